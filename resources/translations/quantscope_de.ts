<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en">
    <context>
        <name>Figures</name>
        <message>
            <source>McNemar's test: right in the baseline alone %1, in this variant alone %2</source>
            <translation>McNemar-Test: nur in der Ausgangsfassung richtig %1, nur in dieser Variante richtig %2</translation>
        </message>
        <message>
            <source>Top-1</source>
            <translation>Top-1</translation>
        </message>
        <message>
            <source>Agreement</source>
            <translation>Übereinstimmung</translation>
        </message>
        <message>
            <source>Paired bootstrap of the %1</source>
            <translation>Gepaarter Bootstrap: %1</translation>
        </message>
        <message>
            <source>1 − relative error</source>
            <translation>1 − relativer Fehler</translation>
        </message>
        <message>
            <source>better</source>
            <translation>besser</translation>
        </message>
        <message>
            <source>worse</source>
            <translation>schlechter</translation>
        </message>
        <message>
            <source>not different</source>
            <translation>kein Unterschied</translation>
        </message>
        <message>
            <source>%1 of %2 samples</source>
            <translation>%1 von %2 Proben</translation>
        </message>
        <message>
            <source>mAP</source>
            <translation>mAP</translation>
        </message>
        <message>
            <source>mAP at 0.5</source>
            <translation>mAP bei 0,5</translation>
        </message>
        <message>
            <source>mAP at 0.75</source>
            <translation>mAP bei 0,75</translation>
        </message>
        <message>
            <source>mAP of small things</source>
            <translation>mAP kleiner Dinge</translation>
        </message>
        <message>
            <source>mAP of medium things</source>
            <translation>mAP mittlerer Dinge</translation>
        </message>
        <message>
            <source>mAP of large things</source>
            <translation>mAP großer Dinge</translation>
        </message>
        <message>
            <source>Recall, 1 box</source>
            <translation>Trefferquote, 1 Kasten</translation>
        </message>
        <message>
            <source>Recall, 10 boxes</source>
            <translation>Trefferquote, 10 Kästen</translation>
        </message>
        <message>
            <source>Recall, 100 boxes</source>
            <translation>Trefferquote, 100 Kästen</translation>
        </message>
        <message>
            <source>Mean IoU</source>
            <translation>Mittlere IoU</translation>
        </message>
        <message>
            <source>Right pixels</source>
            <translation>Richtige Bildpunkte</translation>
        </message>
        <message>
            <source>IoU per picture</source>
            <translation>IoU je Bild</translation>
        </message>
        <message>
            <source>Mean abs. error</source>
            <translation>Mittl. abs. Fehler</translation>
        </message>
        <message>
            <source>RMS error</source>
            <translation>RMS-Fehler</translation>
        </message>
        <message>
            <source>R²</source>
            <translation>R²</translation>
        </message>
        <message>
            <source>AUC</source>
            <translation>AUC</translation>
        </message>
        <message>
            <source>Partial AUC</source>
            <translation>Partielle AUC</translation>
        </message>
        <message>
            <source>KL divergence</source>
            <translation>KL-Divergenz</translation>
        </message>
        <message>
            <source>Cosine</source>
            <translation>Kosinus</translation>
        </message>
        <message>
            <source>Relative error</source>
            <translation>Relativer Fehler</translation>
        </message>
        <message>
            <source>Cosine, same label</source>
            <translation>Kosinus, gleiches Etikett</translation>
        </message>
        <message>
            <source>Cosine, other label</source>
            <translation>Kosinus, anderes Etikett</translation>
        </message>
        <message>
            <source>Recall at %1</source>
            <translation>Trefferquote bei %1</translation>
        </message>
    </context>
    <context>
        <name>GraphDrawing</name>
        <message>
            <source>mixed</source>
            <translation>gemischt</translation>
        </message>
    </context>
    <context>
        <name>GraphExport</name>
        <message>
            <source>Graph</source>
            <translation>Graph</translation>
        </message>
        <message>
            <source>cannot export the graph</source>
            <translation>Der Graph kann nicht ausgegeben werden</translation>
        </message>
        <message>
            <source>it is not laid out yet</source>
            <translation>er ist noch nicht angeordnet</translation>
        </message>
        <message>
            <source>the file name ends in neither .svg, .png nor .pdf</source>
            <translation>der Dateiname endet weder auf .svg noch auf .png oder .pdf</translation>
        </message>
        <message>
            <source>choose one of these endings</source>
            <translation>eine dieser Endungen wählen</translation>
        </message>
        <message>
            <source>there is not enough memory for the picture</source>
            <translation>der Speicher reicht für das Bild nicht aus</translation>
        </message>
        <message>
            <source>export it as .svg</source>
            <translation>als .svg ausgeben</translation>
        </message>
    </context>
    <context>
        <name>GraphOverlay</name>
        <message>
            <source>exact</source>
            <translation>genau</translation>
        </message>
        <message>
            <source>%1 dB</source>
            <translation>%1 dB</translation>
        </message>
        <message>
            <source>other types</source>
            <translation>andere Arten</translation>
        </message>
        <message>
            <source>no value</source>
            <translation>kein Wert</translation>
        </message>
        <message>
            <source>The plan of this recipe is not known yet.</source>
            <translation>Der Plan dieses Rezepts ist noch nicht bekannt.</translation>
        </message>
        <message>
            <source>%1 B</source>
            <translation>%1 B</translation>
        </message>
        <message>
            <source>No operator of this recipe has quantized weights.</source>
            <translation>Kein Operator dieses Rezepts hat quantisierte Gewichte.</translation>
        </message>
        <message>
            <source>Not measured yet: choose Run ▸ Sensitivity.</source>
            <translation>Noch nicht gemessen: Ausführen ▸ Empfindlichkeit wählen.</translation>
        </message>
        <message>
            <source>%1 pp</source>
            <translation>%1 Pp.</translation>
        </message>
        <message>
            <source>Not measured yet: choose Run ▸ Compare layers for a variant.</source>
            <translation>Noch nicht gemessen: Ausführen ▸ Schichten vergleichen für eine Variante wählen.</translation>
        </message>
        <message>
            <source>Not measured yet: evaluate the float model.</source>
            <translation>Noch nicht gemessen: das Float-Modell auswerten.</translation>
        </message>
        <message>
            <source>%1 µs</source>
            <translation>%1 µs</translation>
        </message>
        <message>
            <source>Effective precision</source>
            <translation>Wirkliche Genauigkeit</translation>
        </message>
        <message>
            <source>Operator type</source>
            <translation>Art des Operators</translation>
        </message>
        <message>
            <source>Bytes of constants</source>
            <translation>Bytes der Konstanten</translation>
        </message>
        <message>
            <source>Weight SQNR</source>
            <translation>SQNR der Gewichte</translation>
        </message>
        <message>
            <source>Sensitivity</source>
            <translation>Empfindlichkeit</translation>
        </message>
        <message>
            <source>Accumulated error</source>
            <translation>Aufsummierter Fehler</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>Zeit</translation>
        </message>
        <message>
            <source>Only the main graph is measured.</source>
            <translation>Nur der Hauptgraph wird gemessen.</translation>
        </message>
    </context>
    <context>
        <name>GraphPicture</name>
        <message>
            <source>Input</source>
            <translation>Eingabe</translation>
        </message>
        <message>
            <source>Output</source>
            <translation>Ausgabe</translation>
        </message>
        <message>
            <source>scales of its own</source>
            <translation>eigene Skalen</translation>
        </message>
        <message>
            <source>same scale in and out</source>
            <translation>gleiche Skala ein und aus</translation>
        </message>
        <message>
            <source>fixed scale</source>
            <translation>feste Skala</translation>
        </message>
        <message>
            <source>integer result</source>
            <translation>ganzzahliges Ergebnis</translation>
        </message>
        <message>
            <source>float only</source>
            <translation>nur Float</translation>
        </message>
        <message>
            <source>%1 operators</source>
            <translation>%1 Operatoren</translation>
        </message>
        <message>
            <source> · one of %1 alike</source>
            <translation> · einer von %1 gleichen</translation>
        </message>
        <message>
            <source>%1 params</source>
            <translation>%1 Param.</translation>
        </message>
    </context>
    <context>
        <name>Help</name>
        <message>
            <source>Layers: choose the mode of the selection</source>
            <translation>Schichten: den Modus der Auswahl wählen</translation>
        </message>
        <message>
            <source>Space or F2</source>
            <translation>Leertaste oder F2</translation>
        </message>
        <message>
            <source>Next and previous panel</source>
            <translation>Nächstes und voriges Feld</translation>
        </message>
        <message>
            <source>Tab, Shift+Tab</source>
            <translation>Tab, Umschalt+Tab</translation>
        </message>
        <message>
            <source>Keyboard shortcuts</source>
            <translation>Tastenkürzel</translation>
        </message>
        <message>
            <source>&lt;h3&gt;Quantscope %1&lt;/h3&gt;&lt;p&gt;Inspect, quantize, calibrate and evaluate TensorFlow Lite models.&lt;/p&gt;&lt;p&gt;Free software under the GNU General Public License, version 3 or later.&lt;/p&gt;</source>
            <translation>&lt;h3&gt;Quantscope %1&lt;/h3&gt;&lt;p&gt;TensorFlow-Lite-Modelle ansehen, quantisieren, kalibrieren und auswerten.&lt;/p&gt;&lt;p&gt;Freie Software unter der GNU General Public License, Version 3 oder später.&lt;/p&gt;</translation>
        </message>
        <message>
            <source>About Quantscope</source>
            <translation>Über Quantscope</translation>
        </message>
    </context>
    <context>
        <name>OperatorFilter</name>
        <message>
            <source>the expression has no closing /</source>
            <translation>dem Ausdruck fehlt der schließende /</translation>
        </message>
        <message>
            <source>known numbers are %1</source>
            <translation>bekannte Zahlen sind %1</translation>
        </message>
        <message>
            <source>a number is missing after %1</source>
            <translation>hinter %1 fehlt eine Zahl</translation>
        </message>
        <message>
            <source>a name is missing after the colon</source>
            <translation>hinter dem Doppelpunkt fehlt ein Name</translation>
        </message>
        <message>
            <source>&lt;table cellspacing='4'&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;conv&lt;/b&gt;&lt;/td&gt;&lt;td&gt;text in type or name&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;/dense_\d/&lt;/b&gt;&lt;/td&gt;&lt;td&gt;regular expression&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;op:CONV_2D&lt;/b&gt;&lt;/td&gt;&lt;td&gt;type&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;dtype:float32&lt;/b&gt;&lt;/td&gt;&lt;td&gt;type of the result&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;mode:int8&lt;/b&gt;, &lt;b&gt;effective:float32&lt;/b&gt;&lt;/td&gt;&lt;td&gt;wish, plan&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;#3-#9&lt;/b&gt;&lt;/td&gt;&lt;td&gt;position&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;params&amp;gt;1000&lt;/b&gt;&lt;/td&gt;&lt;td&gt;also sqnr, bytes, after, macs, sensitivity, error (dB), time (µs)&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;!conv&lt;/b&gt;&lt;/td&gt;&lt;td&gt;not&lt;/td&gt;&lt;/tr&gt;&lt;/table&gt;</source>
            <translation>&lt;table cellspacing='4'&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;conv&lt;/b&gt;&lt;/td&gt;&lt;td&gt;Text in Art oder Name&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;/dense_\d/&lt;/b&gt;&lt;/td&gt;&lt;td&gt;regulärer Ausdruck&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;op:CONV_2D&lt;/b&gt;&lt;/td&gt;&lt;td&gt;Art&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;dtype:float32&lt;/b&gt;&lt;/td&gt;&lt;td&gt;Typ des Ergebnisses&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;mode:int8&lt;/b&gt;, &lt;b&gt;effective:float32&lt;/b&gt;&lt;/td&gt;&lt;td&gt;Wunsch, Plan&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;#3-#9&lt;/b&gt;&lt;/td&gt;&lt;td&gt;Stelle&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;params&amp;gt;1000&lt;/b&gt;&lt;/td&gt;&lt;td&gt;auch sqnr, bytes, after, macs, sensitivity, error (dB), time (µs)&lt;/td&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;&lt;b&gt;!conv&lt;/b&gt;&lt;/td&gt;&lt;td&gt;nicht&lt;/td&gt;&lt;/tr&gt;&lt;/table&gt;</translation>
        </message>
    </context>
    <context>
        <name>Plots</name>
        <message>
            <source>Copy as a picture</source>
            <translation>Als Bild kopieren</translation>
        </message>
        <message>
            <source>Save as PNG, SVG or PDF…</source>
            <translation>Als PNG, SVG oder PDF speichern…</translation>
        </message>
        <message>
            <source>Save the plot</source>
            <translation>Die Zeichnung speichern</translation>
        </message>
        <message>
            <source>Pictures (*.svg *.png *.pdf)</source>
            <translation>Bilder (*.svg *.png *.pdf)</translation>
        </message>
    </context>
    <context>
        <name>TensorPage</name>
        <message>
            <source>tensor %1 (no name)</source>
            <translation>Tensor %1 (ohne Namen)</translation>
        </message>
    </context>
    <context>
        <name>Text</name>
        <message>
            <source>%1 B</source>
            <translation>%1 B</translation>
        </message>
        <message>
            <source>%1 ms</source>
            <translation>%1 ms</translation>
        </message>
        <message>
            <source>%1 s</source>
            <translation>%1 s</translation>
        </message>
        <message>
            <source>%1 min %2 s</source>
            <translation>%1 min %2 s</translation>
        </message>
        <message>
            <source>%1 h %2 min</source>
            <translation>%1 h %2 min</translation>
        </message>
        <message>
            <source>less than a second left</source>
            <translation>weniger als eine Sekunde</translation>
        </message>
        <message>
            <source>about %1 s left</source>
            <translation>noch etwa %1 s</translation>
        </message>
        <message>
            <source>about %1 min left</source>
            <translation>noch etwa %1 min</translation>
        </message>
        <message>
            <source>per-channel</source>
            <translation>je Kanal</translation>
        </message>
        <message>
            <source>per-tensor</source>
            <translation>je Tensor</translation>
        </message>
        <message>
            <source>blocks of %1</source>
            <translation>Blöcke von %1</translation>
        </message>
        <message>
            <source>from #%1</source>
            <translation>ab #%1</translation>
        </message>
        <message>
            <source>up to #%1</source>
            <translation>bis #%1</translation>
        </message>
        <message>
            <source>all operators</source>
            <translation>alle Operatoren</translation>
        </message>
        <message>
            <source>CPU</source>
            <translation>CPU</translation>
        </message>
        <message>
            <source>GPU</source>
            <translation>GPU</translation>
        </message>
        <message>
            <source>Microcontroller</source>
            <translation>Mikrocontroller</translation>
        </message>
        <message>
            <source>small size</source>
            <translation>kleine Größe</translation>
        </message>
        <message>
            <source>low latency</source>
            <translation>kurze Laufzeit</translation>
        </message>
        <message>
            <source>balance</source>
            <translation>Ausgewogenheit</translation>
        </message>
        <message>
            <source>classification</source>
            <translation>Klassifikation</translation>
        </message>
        <message>
            <source>keywords in sounds</source>
            <translation>Schlüsselwörter in Klängen</translation>
        </message>
        <message>
            <source>agreement with the float model</source>
            <translation>Übereinstimmung mit dem Float-Modell</translation>
        </message>
        <message>
            <source>detection of objects</source>
            <translation>Erkennen von Objekten</translation>
        </message>
        <message>
            <source>segmentation</source>
            <translation>Segmentierung</translation>
        </message>
        <message>
            <source>regression</source>
            <translation>Regression</translation>
        </message>
        <message>
            <source>anomalies</source>
            <translation>Anomalien</translation>
        </message>
        <message>
            <source>embeddings</source>
            <translation>Einbettungen</translation>
        </message>
        <message>
            <source>Evens out the ranges of channels between neighbouring layers</source>
            <translation>Gleicht die Bereiche der Kanäle benachbarter Schichten an</translation>
        </message>
        <message>
            <source>Moves outliers of activations into the weights behind them</source>
            <translation>Verlagert Ausreißer der Aktivierungen in die Gewichte dahinter</translation>
        </message>
        <message>
            <source>Clips weights where the mean squared error is least</source>
            <translation>Kappt Gewichte dort, wo der mittlere quadratische Fehler am kleinsten ist</translation>
        </message>
        <message>
            <source>Clips weights by the OCTAV recursion</source>
            <translation>Kappt Gewichte nach der OCTAV-Rekursion</translation>
        </message>
        <message>
            <source>Rounds column by column; later weights make up for earlier ones</source>
            <translation>Rundet Spalte für Spalte; spätere Gewichte gleichen frühere aus</translation>
        </message>
        <message>
            <source>Learns which way each weight is rounded</source>
            <translation>Lernt, in welche Richtung jedes Gewicht gerundet wird</translation>
        </message>
        <message>
            <source>Takes the mean error of each channel into the bias</source>
            <translation>Nimmt den mittleren Fehler jedes Kanals in den Bias</translation>
        </message>
        <message>
            <source>the graph's output</source>
            <translation>die Ausgabe des Graphen</translation>
        </message>
        <message>
            <source>operator %1 %2</source>
            <translation>Operator %1 %2</translation>
        </message>
        <message>
            <source>extremes of all samples</source>
            <translation>Extreme aller Proben</translation>
        </message>
        <message>
            <source>mean extremes of the samples</source>
            <translation>mittlere Extreme der Proben</translation>
        </message>
        <message>
            <source>99.98 % of the values</source>
            <translation>99,98 % der Werte</translation>
        </message>
        <message>
            <source>least squared error</source>
            <translation>kleinster quadratischer Fehler</translation>
        </message>
        <message>
            <source>least divergence</source>
            <translation>kleinste Divergenz</translation>
        </message>
    </context>
    <context>
        <name>Views</name>
        <message>
            <source>Layers</source>
            <translation>Schichten</translation>
        </message>
        <message>
            <source>Graph</source>
            <translation>Graph</translation>
        </message>
        <message>
            <source>Compare</source>
            <translation>Vergleich</translation>
        </message>
        <message>
            <source>Pareto</source>
            <translation>Pareto</translation>
        </message>
        <message>
            <source>Report</source>
            <translation>Bericht</translation>
        </message>
        <message>
            <source>Inspector</source>
            <translation>Inspektor</translation>
        </message>
        <message>
            <source>Variants</source>
            <translation>Varianten</translation>
        </message>
        <message>
            <source>Data sets</source>
            <translation>Datensätze</translation>
        </message>
        <message>
            <source>Problems</source>
            <translation>Probleme</translation>
        </message>
        <message>
            <source>Rules</source>
            <translation>Regeln</translation>
        </message>
        <message>
            <source>Jobs</source>
            <translation>Aufträge</translation>
        </message>
        <message>
            <source>Welcome</source>
            <translation>Willkommen</translation>
        </message>
    </context>
    <context>
        <name>main</name>
        <message>
            <source>Inspect, quantize, calibrate and evaluate TensorFlow Lite models.</source>
            <translation>TensorFlow-Lite-Modelle ansehen, quantisieren, kalibrieren und auswerten.</translation>
        </message>
        <message>
            <source>A model (.tflite) or a workspace (.qscope) to open.</source>
            <translation>Ein Modell (.tflite) oder ein Arbeitsbereich (.qscope), der geöffnet wird.</translation>
        </message>
        <message>
            <source>Open a window of its own where the settings ask for one window only.</source>
            <translation>Ein eigenes Fenster öffnen, auch wo die Einstellungen nur eines wollen.</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::ActivationPage</name>
        <message>
            <source>activation value</source>
            <translation>Wert der Aktivierung</translation>
        </message>
        <message>
            <source>Use the calibrated range</source>
            <translation>Den kalibrierten Bereich nehmen</translation>
        </message>
        <message>
            <source>Open a model to see what its operators produce.</source>
            <translation>Ein Modell öffnen, um zu sehen, was seine Operatoren liefern.</translation>
        </message>
        <message>
            <source>Select an operator to see the values that it produces.</source>
            <translation>Einen Operator wählen, um die Werte zu sehen, die er liefert.</translation>
        </message>
        <message>
            <source>No values yet: choose calibration data, then Run ▸ Calibrate.</source>
            <translation>Noch keine Werte: Kalibrierdaten wählen, dann Ausführen ▸ Kalibrieren.</translation>
        </message>
        <message>
            <source>The result of this operator has no real values to calibrate.</source>
            <translation>Das Ergebnis dieses Operators hat keine reellen Werte zum Kalibrieren.</translation>
        </message>
        <message>
            <source>seen min</source>
            <translation>kleinster</translation>
        </message>
        <message>
            <source>seen max</source>
            <translation>größter</translation>
        </message>
        <message>
            <source>set by</source>
            <translation>gesetzt von</translation>
        </message>
        <message>
            <source>Sample with the smallest value</source>
            <translation>Probe mit dem kleinsten Wert</translation>
        </message>
        <message>
            <source>Sample with the largest value</source>
            <translation>Probe mit dem größten Wert</translation>
        </message>
        <message>
            <source>values</source>
            <translation>Werte</translation>
        </message>
        <message>
            <source>Range %1 to %2: %3 % of the values are cut off; SQNR in 8 bits %4 dB. Drag the two lines to change it.</source>
            <translation>Bereich %1 bis %2: %3 % der Werte werden gekappt; SQNR mit 8 Bit %4 dB. Zum Ändern die beiden Linien ziehen.</translation>
        </message>
        <message>
            <source>Clip operator %1 to %2 … %3</source>
            <translation>Operator %1 auf %2 … %3 kappen</translation>
        </message>
        <message>
            <source>Use the calibrated range of operator %1</source>
            <translation>Den kalibrierten Bereich von Operator %1 nehmen</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::AnswerList</name>
        <message>
            <source>Samples whose answer changed</source>
            <translation>Proben mit anderer Antwort</translation>
        </message>
        <message>
            <source>%1 → %2</source>
            <translation>%1 → %2</translation>
        </message>
        <message>
            <source>now right</source>
            <translation>jetzt richtig</translation>
        </message>
        <message>
            <source>now wrong</source>
            <translation>jetzt falsch</translation>
        </message>
        <message>
            <source>both wrong</source>
            <translation>beide falsch</translation>
        </message>
        <message>
            <source>sample %1</source>
            <translation>Probe %1</translation>
        </message>
        <message>
            <source>%1
Truth: %2</source>
            <translation>%1
Wahrheit: %2</translation>
        </message>
        <message>
            <source>Every answer is the same as the float model's</source>
            <translation>Jede Antwort ist die des Float-Modells</translation>
        </message>
        <message>
            <source>%1 answers changed; the first %2 of them</source>
            <translation>%1 Antworten sind anders; die ersten %2 davon</translation>
        </message>
        <message numerus="yes">
            <source>%n answer(s) changed</source>
            <translation>
                <numerusform>%n Antwort ist anders</numerusform>
                <numerusform>%n Antworten sind anders</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::Autosave</name>
        <message>
            <source>a workspace that was never saved</source>
            <translation>ein nie gespeicherter Arbeitsbereich</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::BundleDialog</name>
        <message>
            <source>Models in %1</source>
            <translation>Modelle in %1</translation>
        </message>
        <message>
            <source>%1 holds several models. Which one is to be opened?</source>
            <translation>%1 enthält mehrere Modelle. Welches soll geöffnet werden?</translation>
        </message>
        <message>
            <source>Models in the bundle</source>
            <translation>Modelle im Bündel</translation>
        </message>
        <message>
            <source>%1 · %2</source>
            <translation>%1 · %2</translation>
        </message>
        <message>
            <source> · compressed</source>
            <translation> · komprimiert</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>Öffnen</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::ChannelRangePlot</name>
        <message>
            <source>Range of each channel</source>
            <translation>Bereich jedes Kanals</translation>
        </message>
        <message>
            <source>channel</source>
            <translation>Kanal</translation>
        </message>
        <message>
            <source>Channel %1: %2 to %3</source>
            <translation>Kanal %1: %2 bis %3</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::CommandPalette</name>
        <message>
            <source>Type what you want to do</source>
            <translation>Eintippen, was geschehen soll</translation>
        </message>
        <message>
            <source>Command</source>
            <translation>Befehl</translation>
        </message>
        <message>
            <source>Commands</source>
            <translation>Befehle</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::CompareModel</name>
        <message>
            <source>Bytes</source>
            <translation>Bytes</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>Größe</translation>
        </message>
        <message>
            <source>Bytes relative to the baseline</source>
            <translation>Bytes im Verhältnis zur Ausgangsfassung</translation>
        </message>
        <message>
            <source>Latency µs</source>
            <translation>Laufzeit µs</translation>
        </message>
        <message>
            <source>Median of one invocation on this computer, one thread</source>
            <translation>Median eines Laufs auf diesem Rechner, ein Thread</translation>
        </message>
        <message>
            <source>Samples</source>
            <translation>Proben</translation>
        </message>
        <message>
            <source>%1, stopped</source>
            <translation>%1, angehalten</translation>
        </message>
        <message>
            <source>95 % interval</source>
            <translation>95-%-Intervall</translation>
        </message>
        <message>
            <source>Δ to baseline</source>
            <translation>Δ zum Ausgang</translation>
        </message>
        <message>
            <source>In percentage points, or in the unit of the figure</source>
            <translation>In Prozentpunkten oder in der Einheit der Größe</translation>
        </message>
        <message>
            <source>Paired test</source>
            <translation>Gepaarter Test</translation>
        </message>
        <message>
            <source>What a paired test at 5 % says of the difference</source>
            <translation>Was ein gepaarter Test auf dem 5-%-Niveau über den Unterschied sagt</translation>
        </message>
        <message>
            <source>p</source>
            <translation>p</translation>
        </message>
        <message>
            <source>How likely so great a difference is by chance alone</source>
            <translation>Wie wahrscheinlich ein so großer Unterschied durch Zufall allein ist</translation>
        </message>
        <message>
            <source>Agreement</source>
            <translation>Übereinstimmung</translation>
        </message>
        <message>
            <source>Samples with the same first answer as the baseline</source>
            <translation>Proben mit derselben ersten Antwort wie die Ausgangsfassung</translation>
        </message>
        <message>
            <source>%1 %</source>
            <translation>%1 %</translation>
        </message>
        <message>
            <source>Top-5 %</source>
            <translation>Top-5 %</translation>
        </message>
        <message>
            <source>Samples with the right answer among the first five</source>
            <translation>Proben mit der richtigen Antwort unter den ersten fünf</translation>
        </message>
        <message>
            <source>%1, %2: %3</source>
            <translation>%1, %2: %3</translation>
        </message>
        <message>
            <source>Measured with other data or another model than now.</source>
            <translation>Mit anderen Daten oder einem anderen Modell gemessen als jetzt.</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::CompareView</name>
        <message>
            <source>Measure each layer</source>
            <translation>Jede Schicht messen</translation>
        </message>
        <message>
            <source>Variants side by side</source>
            <translation>Varianten nebeneinander</translation>
        </message>
        <message>
            <source>Copy as a table</source>
            <translation>Als Tabelle kopieren</translation>
        </message>
        <message>
            <source>In detail</source>
            <translation>Im Einzelnen</translation>
        </message>
        <message>
            <source>Variant to compare with the float model</source>
            <translation>Variante, die mit dem Float-Modell verglichen wird</translation>
        </message>
        <message>
            <source>Error of every operator against the float model, on its own and added up</source>
            <translation>Fehler jedes Operators gegen das Float-Modell, für sich und aufsummiert</translation>
        </message>
        <message>
            <source>Operators that stand out</source>
            <translation>Auffällige Operatoren</translation>
        </message>
        <message>
            <source>Quantize the model: its variants will stand here side by side.</source>
            <translation>Das Modell quantisieren: Seine Varianten stehen dann hier nebeneinander.</translation>
        </message>
        <message>
            <source>Open a model, quantize it, and compare the variants here.</source>
            <translation>Ein Modell öffnen, quantisieren und die Varianten hier vergleichen.</translation>
        </message>
        <message>
            <source>Error of each layer on %1 samples; more dB are better. Click one to select it.</source>
            <translation>Fehler jeder Schicht auf %1 Proben; mehr dB sind besser. Ein Klick wählt sie aus.</translation>
        </message>
        <message>
            <source>The error of each layer has not been measured for this variant.</source>
            <translation>Der Fehler jeder Schicht ist für diese Variante nicht gemessen.</translation>
        </message>
        <message>
            <source>%1 %2: %3. Remedy: %4</source>
            <translation>%1 %2: %3. Abhilfe: %4</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::DatasetCard</name>
        <message>
            <source>Calibration</source>
            <translation>Kalibrierung</translation>
        </message>
        <message>
            <source>Evaluation</source>
            <translation>Auswertung</translation>
        </message>
        <message>
            <source>Folder…</source>
            <translation>Ordner…</translation>
        </message>
        <message>
            <source>File…</source>
            <translation>Datei…</translation>
        </message>
        <message>
            <source>Input…</source>
            <translation>Eingabe…</translation>
        </message>
        <message>
            <source>Remove</source>
            <translation>Entfernen</translation>
        </message>
        <message>
            <source>Choose a folder for %1</source>
            <translation>Einen Ordner für %1 wählen</translation>
        </message>
        <message>
            <source>Choose a file for %1</source>
            <translation>Eine Datei für %1 wählen</translation>
        </message>
        <message>
            <source>How samples for %1 become inputs</source>
            <translation>Wie Proben für %1 zu Eingaben werden</translation>
        </message>
        <message>
            <source>Scale, mean, resizing, order of the channels, names of the classes</source>
            <translation>Skala, Mittelwert, Größenänderung, Reihenfolge der Kanäle, Namen der Klassen</translation>
        </message>
        <message>
            <source>Remove the data for %1</source>
            <translation>Die Daten für %1 entfernen</translation>
        </message>
        <message>
            <source>%1: %2</source>
            <translation>%1: %2</translation>
        </message>
        <message>
            <source>Skipped %1</source>
            <translation>Ausgelassen: %1</translation>
        </message>
        <message>
            <source>%1 items skipped, the first %2</source>
            <translation>%1 Stücke ausgelassen, das erste %2</translation>
        </message>
        <message>
            <source>A few hundred samples like those the model will see. Integer modes observe the range of every activation on them.</source>
            <translation>Einige hundert Proben wie die, die das Modell sehen wird. Ganzzahlige Modi beobachten darauf den Bereich jeder Aktivierung.</translation>
        </message>
        <message>
            <source>Labelled samples, one folder per class, that calibration does not use. Accuracy is measured on them.</source>
            <translation>Proben mit Etikett, ein Ordner je Klasse, die das Kalibrieren nicht benutzt. Auf ihnen wird die Güte gemessen.</translation>
        </message>
        <message>
            <source>Listing …</source>
            <translation>Wird aufgelistet …</translation>
        </message>
        <message>
            <source>Choose the calibration data</source>
            <translation>Die Kalibrierdaten wählen</translation>
        </message>
        <message>
            <source>Choose the evaluation data</source>
            <translation>Die Auswertungsdaten wählen</translation>
        </message>
        <message>
            <source>Samples (*.npz *.npy *.csv *.tsv *.jsonl *.json);;All files (*)</source>
            <translation>Proben (*.npz *.npy *.csv *.tsv *.jsonl *.json);;Alle Dateien (*)</translation>
        </message>
        <message>
            <source>How ranges are chosen</source>
            <translation>Wie Bereiche gewählt werden</translation>
        </message>
        <message>
            <source>How the range of an activation follows from the values that were seen</source>
            <translation>Wie der Bereich einer Aktivierung aus den gesehenen Werten folgt</translation>
        </message>
        <message>
            <source>Ranges</source>
            <translation>Bereiche</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::Document</name>
        <message>
            <source>needs samples</source>
            <translation>braucht Proben</translation>
        </message>
        <message>
            <source>%1 (not saved)</source>
            <translation>%1 (nicht gespeichert)</translation>
        </message>
        <message>
            <source>Evaluated %1 on %2 samples, stopped early</source>
            <translation>%1 auf %2 Proben ausgewertet, früh angehalten</translation>
        </message>
        <message>
            <source>Evaluated %1 on %2 samples</source>
            <translation>%1 auf %2 Proben ausgewertet</translation>
        </message>
        <message>
            <source>Evaluating %1</source>
            <translation>%1 wird ausgewertet</translation>
        </message>
        <message>
            <source>Opened %1</source>
            <translation>%1 geöffnet</translation>
        </message>
        <message>
            <source>Opening %1</source>
            <translation>%1 wird geöffnet</translation>
        </message>
        <message>
            <source>The model file has changed since the workspace was saved; its results are marked as stale.</source>
            <translation>Die Modelldatei hat sich seit dem Speichern des Arbeitsbereichs geändert; seine Ergebnisse gelten als veraltet.</translation>
        </message>
        <message>
            <source>%1 operators</source>
            <translation>%1 Operatoren</translation>
        </message>
        <message>
            <source>Set %1 back to the rules</source>
            <translation>%1 auf die Regeln zurücksetzen</translation>
        </message>
        <message>
            <source>Keep %1 in float32</source>
            <translation>%1 in float32 behalten</translation>
        </message>
        <message>
            <source>Set %1 to %2</source>
            <translation>%1 auf %2 setzen</translation>
        </message>
        <message>
            <source>Remove the calibration data</source>
            <translation>Die Kalibrierdaten entfernen</translation>
        </message>
        <message>
            <source>Remove the evaluation data</source>
            <translation>Die Auswertungsdaten entfernen</translation>
        </message>
        <message>
            <source>Calibrate with %1</source>
            <translation>Mit %1 kalibrieren</translation>
        </message>
        <message>
            <source>Evaluate on %1</source>
            <translation>Auf %1 auswerten</translation>
        </message>
        <message>
            <source>Read the outputs of %1 otherwise</source>
            <translation>Die Ausgaben für %1 anders lesen</translation>
        </message>
        <message>
            <source>Evaluate as %1</source>
            <translation>Auswerten als %1</translation>
        </message>
        <message>
            <source>Use the data in %1</source>
            <translation>Die Daten in %1 nehmen</translation>
        </message>
        <message>
            <source>Searching mixed precision</source>
            <translation>Gemischte Genauigkeit wird gesucht</translation>
        </message>
        <message>
            <source>best of search</source>
            <translation>beste der Suche</translation>
        </message>
        <message>
            <source>Searched %1 variants: none is smaller within the budget</source>
            <translation>%1 Varianten durchsucht: keine ist im Rahmen kleiner</translation>
        </message>
        <message>
            <source>The search tried %1 variants. Nothing that is smaller than the original keeps to the budget; allow a greater loss, or more precisions to choose from.</source>
            <translation>Die Suche hat %1 Varianten versucht. Nichts, was kleiner als das Original ist, bleibt im Rahmen; einen größeren Verlust erlauben oder mehr Genauigkeiten zur Wahl stellen.</translation>
        </message>
        <message>
            <source>Search stopped: the best of %1 variants so far</source>
            <translation>Suche angehalten: die bisher beste von %1 Varianten</translation>
        </message>
        <message>
            <source>Searched %1 variants</source>
            <translation>%1 Varianten durchsucht</translation>
        </message>
        <message>
            <source>The search tried %1 variants; %2 of %3 is now the current one. The best of many looks a little better on the samples that chose it than on others: evaluate it on data that took no part.</source>
            <translation>Die Suche hat %1 Varianten versucht; %2 mit %3 ist jetzt die aktuelle. Die beste von vielen sieht auf den Proben, die sie gewählt haben, etwas besser aus als auf anderen: auf Daten auswerten, die nicht dabei waren.</translation>
        </message>
        <message>
            <source>Make it for %1</source>
            <translation>Für %1 machen</translation>
        </message>
        <message>
            <source>Optimize for %1 on %2</source>
            <translation>Für %1 auf %2 optimieren</translation>
        </message>
        <message>
            <source>Start from the mode %1 for %2</source>
            <translation>Vom Modus %1 für %2 ausgehen</translation>
        </message>
        <message>
            <source>all operators</source>
            <translation>alle Operatoren</translation>
        </message>
        <message>
            <source>Use %1 for %2</source>
            <translation>%1 für %2 nehmen</translation>
        </message>
        <message>
            <source>No %1 for %2</source>
            <translation>Kein %1 für %2</translation>
        </message>
        <message>
            <source>Go to variant %1</source>
            <translation>Zur Variante %1 gehen</translation>
        </message>
        <message>
            <source>Exported %1</source>
            <translation>%1 ausgegeben</translation>
        </message>
        <message>
            <source>%1 was written to %2.</source>
            <translation>%1 wurde nach %2 geschrieben.</translation>
        </message>
        <message>
            <source>Exporting %1</source>
            <translation>%1 wird ausgegeben</translation>
        </message>
        <message>
            <source>Calibrated on %1 samples</source>
            <translation>Auf %1 Proben kalibriert</translation>
        </message>
        <message>
            <source>Calibrating</source>
            <translation>Kalibrieren</translation>
        </message>
        <message>
            <source>Quantized: %1</source>
            <translation>Quantisiert: %1</translation>
        </message>
        <message>
            <source>Quantizing %1</source>
            <translation>%1 wird quantisiert</translation>
        </message>
        <message>
            <source>Sensitivity of %1 operators</source>
            <translation>Empfindlichkeit von %1 Operatoren</translation>
        </message>
        <message>
            <source>Measuring sensitivity</source>
            <translation>Empfindlichkeit wird gemessen</translation>
        </message>
        <message>
            <source>Compared the layers of %1</source>
            <translation>Schichten von %1 verglichen</translation>
        </message>
        <message>
            <source>Comparing the layers of %1</source>
            <translation>Die Schichten von %1 werden verglichen</translation>
        </message>
        <message>
            <source>Use the preset for it</source>
            <translation>Die Voreinstellung dafür nehmen</translation>
        </message>
        <message>
            <source>%1 wants integers from input to output</source>
            <translation>%1 will Ganzzahlen von der Eingabe bis zur Ausgabe</translation>
        </message>
        <message>
            <source>The recipe leaves the inputs and outputs of the graph in float32.</source>
            <translation>Das Rezept lässt die Ein- und Ausgaben des Graphen in float32.</translation>
        </message>
        <message>
            <source>%1 stays on the CPU</source>
            <translation>%1 bleibt auf der CPU</translation>
        </message>
        <message>
            <source>%1 cannot run on %2</source>
            <translation>%1 läuft nicht auf %2</translation>
        </message>
        <message>
            <source>The recipe cannot be carried out</source>
            <translation>Das Rezept lässt sich nicht ausführen</translation>
        </message>
        <message>
            <source>Show the rules</source>
            <translation>Die Regeln zeigen</translation>
        </message>
        <message>
            <source>No calibration ranges yet</source>
            <translation>Noch keine kalibrierten Bereiche</translation>
        </message>
        <message>
            <source>Operators that are to compute in integers need the range of their activations. Quantizing calibrates first.</source>
            <translation>Operatoren, die ganzzahlig rechnen sollen, brauchen den Bereich ihrer Aktivierungen. Quantisieren kalibriert zuerst.</translation>
        </message>
        <message>
            <source>Calibrate now</source>
            <translation>Jetzt kalibrieren</translation>
        </message>
        <message>
            <source>%1 will run in %2, not in %3</source>
            <translation>%1 wird in %2 laufen, nicht in %3</translation>
        </message>
        <message>
            <source>Ask for %1 here</source>
            <translation>Hier %1 verlangen</translation>
        </message>
        <message>
            <source>%1: %2</source>
            <translation>%1: %2</translation>
        </message>
        <message>
            <source>Keep it in float32</source>
            <translation>In float32 behalten</translation>
        </message>
        <message>
            <source>Use int16×8 here</source>
            <translation>Hier int16×8 nehmen</translation>
        </message>
        <message>
            <source>When %1 was made</source>
            <translation>Als %1 entstand</translation>
        </message>
        <message>
            <source>The calibration data cannot be used</source>
            <translation>Die Kalibrierdaten sind nicht brauchbar</translation>
        </message>
        <message>
            <source>The evaluation data cannot be used</source>
            <translation>Die Auswertungsdaten sind nicht brauchbar</translation>
        </message>
        <message>
            <source>Show the data sets</source>
            <translation>Die Datensätze zeigen</translation>
        </message>
        <message>
            <source>%1 items of the %2 data are skipped</source>
            <translation>%1 Stücke der Daten zur %2 werden ausgelassen</translation>
        </message>
        <message>
            <source>calibration</source>
            <translation>Kalibrierung</translation>
        </message>
        <message>
            <source>evaluation</source>
            <translation>Auswertung</translation>
        </message>
        <message>
            <source>The first: %1: %2</source>
            <translation>Das erste: %1: %2</translation>
        </message>
        <message>
            <source>The evaluation data has no labels</source>
            <translation>Die Auswertungsdaten haben keine Etiketten</translation>
        </message>
        <message>
            <source>Variants are compared by how often they agree with the baseline; there is no top-1.</source>
            <translation>Varianten werden danach verglichen, wie oft sie mit der Ausgangsfassung übereinstimmen; Top-1 gibt es nicht.</translation>
        </message>
        <message>
            <source>The ranges are of other calibration data</source>
            <translation>Die Bereiche stammen von anderen Kalibrierdaten</translation>
        </message>
        <message>
            <source>The calibration data was changed after calibrating. Quantizing calibrates again first.</source>
            <translation>Die Kalibrierdaten wurden nach dem Kalibrieren geändert. Quantisieren kalibriert zuerst neu.</translation>
        </message>
        <message>
            <source>%1 results are stale</source>
            <translation>%1 Ergebnisse sind veraltet</translation>
        </message>
        <message>
            <source>They were measured on other data, for another task or with another baseline than what is chosen now.</source>
            <translation>Sie wurden auf anderen Daten, für eine andere Aufgabe oder mit einer anderen Ausgangsfassung gemessen, als jetzt gewählt sind.</translation>
        </message>
        <message>
            <source>Evaluate them again</source>
            <translation>Neu auswerten</translation>
        </message>
        <message>
            <source>The model has %1 subgraphs</source>
            <translation>Das Modell hat %1 Teilgraphen</translation>
        </message>
        <message>
            <source>The first one is shown and quantized; the others stay as they are.</source>
            <translation>Der erste wird gezeigt und quantisiert; die anderen bleiben, wie sie sind.</translation>
        </message>
        <message>
            <source>Choose ranges by %1</source>
            <translation>Bereiche wählen: %1</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::GraphCanvas</name>
        <message>
            <source>Graph of the model</source>
            <translation>Graph des Modells</translation>
        </message>
        <message>
            <source>The Layers table lists the same operators as text.</source>
            <translation>Die Tabelle Schichten führt dieselben Operatoren als Text auf.</translation>
        </message>
        <message>
            <source>%1 %2</source>
            <translation>%1 %2</translation>
        </message>
        <message>
            <source>Double-click or E expands it</source>
            <translation>Doppelklick oder E klappt ihn auf</translation>
        </message>
        <message>
            <source>Click jumps to the other end</source>
            <translation>Ein Klick springt zum anderen Ende</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::GraphChanges</name>
        <message>
            <source>Changes of the graph</source>
            <translation>Änderungen am Graphen</translation>
        </message>
        <message>
            <source>Graph: %1 operators added, %2 removed; %3 tensors of another type</source>
            <translation>Graph: %1 Operatoren hinzugekommen, %2 weggefallen; %3 Tensoren anderen Typs</translation>
        </message>
        <message>
            <source>+ %1 that makes %2</source>
            <translation>+ %1, macht %2</translation>
        </message>
        <message>
            <source>− %1</source>
            <translation>− %1</translation>
        </message>
        <message>
            <source>%1: %2 → %3, %4</source>
            <translation>%1: %2 → %3, %4</translation>
        </message>
        <message>
            <source>%1: other values</source>
            <translation>%1: andere Werte</translation>
        </message>
        <message>
            <source>Graph: no difference</source>
            <translation>Graph: kein Unterschied</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::GraphLegend</name>
        <message>
            <source>Meaning of the colours</source>
            <translation>Bedeutung der Farben</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::GraphMinimap</name>
        <message>
            <source>Overview of the graph</source>
            <translation>Übersicht über den Graphen</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::GraphView</name>
        <message>
            <source>Search the graph</source>
            <translation>Im Graphen suchen</translation>
        </message>
        <message>
            <source>Search: text, /regex/, op:ADD, sqnr&lt;43 …</source>
            <translation>Suche: Text, /regex/, op:ADD, sqnr&lt;43 …</translation>
        </message>
        <message>
            <source>Open a model to see its graph.</source>
            <translation>Ein Modell öffnen, um seinen Graphen zu sehen.</translation>
        </message>
        <message>
            <source>Laying out %1 operators…</source>
            <translation>%1 Operatoren werden angeordnet…</translation>
        </message>
        <message>
            <source>%1 of %2</source>
            <translation>%1 von %2</translation>
        </message>
        <message>
            <source>main graph</source>
            <translation>Hauptgraph</translation>
        </message>
        <message>
            <source>condition</source>
            <translation>Bedingung</translation>
        </message>
        <message>
            <source>then</source>
            <translation>dann</translation>
        </message>
        <message>
            <source>body</source>
            <translation>Rumpf</translation>
        </message>
        <message>
            <source>else</source>
            <translation>sonst</translation>
        </message>
        <message>
            <source>graph %1</source>
            <translation>Graph %1</translation>
        </message>
        <message>
            <source>Meaning of the colours</source>
            <translation>Bedeutung der Farben</translation>
        </message>
        <message>
            <source>What the colour of an operator shows</source>
            <translation>Was die Farbe eines Operators zeigt</translation>
        </message>
        <message>
            <source>Colour: %1</source>
            <translation>Farbe: %1</translation>
        </message>
        <message>
            <source>Search the graph  (/)</source>
            <translation>Im Graphen suchen  (/)</translation>
        </message>
        <message>
            <source>Collapse, zoom, export</source>
            <translation>Einklappen, Zoom, Ausgabe</translation>
        </message>
        <message>
            <source>Show the whole graph</source>
            <translation>Den ganzen Graphen zeigen</translation>
        </message>
        <message>
            <source>Zoom to the selection</source>
            <translation>Auf die Auswahl zoomen</translation>
        </message>
        <message>
            <source>Export the graph as a picture…</source>
            <translation>Den Graphen als Bild ausgeben…</translation>
        </message>
        <message>
            <source>Expand	E</source>
            <translation>Aufklappen	E</translation>
        </message>
        <message>
            <source>Collapse %1 (%2 operators)	C</source>
            <translation>%1 einklappen (%2 Operatoren)	C</translation>
        </message>
        <message>
            <source>Collapse all %1 blocks like this</source>
            <translation>Alle %1 solchen Blöcke einklappen</translation>
        </message>
        <message>
            <source>Expand all %1 blocks like this</source>
            <translation>Alle %1 solchen Blöcke aufklappen</translation>
        </message>
        <message>
            <source>Enter graph %1</source>
            <translation>Graph %1 betreten</translation>
        </message>
        <message>
            <source>Set %1 operators to</source>
            <translation>%1 Operatoren setzen auf</translation>
        </message>
        <message>
            <source>Set the mode</source>
            <translation>Den Modus setzen</translation>
        </message>
        <message>
            <source>Collapse to outer scopes</source>
            <translation>Bis zu den äußeren Bereichen einklappen</translation>
        </message>
        <message>
            <source>Collapse to scopes of level %1</source>
            <translation>Bis zu den Bereichen der Ebene %1 einklappen</translation>
        </message>
        <message>
            <source>No scopes: the tensors have no paths as names</source>
            <translation>Keine Bereiche: Die Namen der Tensoren sind keine Pfade</translation>
        </message>
        <message>
            <source>Expand everything</source>
            <translation>Alles aufklappen</translation>
        </message>
        <message>
            <source>Search…	/</source>
            <translation>Suchen…	/</translation>
        </message>
        <message>
            <source>Show the whole graph	Ctrl+0</source>
            <translation>Den ganzen Graphen zeigen	Strg+0</translation>
        </message>
        <message>
            <source>Zoom to the selection	F</source>
            <translation>Auf die Auswahl zoomen	F</translation>
        </message>
        <message>
            <source>Back to the graph around	Backspace</source>
            <translation>Zurück zum Graphen darum	Rücktaste</translation>
        </message>
        <message>
            <source>Export as PNG, SVG or PDF…	Ctrl+Shift+E</source>
            <translation>Als PNG, SVG oder PDF ausgeben…	Strg+Umschalt+E</translation>
        </message>
        <message>
            <source>Export the graph</source>
            <translation>Den Graphen ausgeben</translation>
        </message>
        <message>
            <source>Pictures (*.svg *.png *.pdf)</source>
            <translation>Bilder (*.svg *.png *.pdf)</translation>
        </message>
        <message>
            <source>Saved %1</source>
            <translation>%1 gespeichert</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::GuideDialog</name>
        <message>
            <source>Guide to a mode</source>
            <translation>Wegweiser zu einem Modus</translation>
        </message>
        <message>
            <source>What will run it</source>
            <translation>Worauf es laufen wird</translation>
        </message>
        <message>
            <source>Samples to calibrate with</source>
            <translation>Proben zum Kalibrieren</translation>
        </message>
        <message>
            <source>Yes, a few hundred like those the model will see</source>
            <translation>Ja, einige hundert wie die, die das Modell sehen wird</translation>
        </message>
        <message>
            <source>No</source>
            <translation>Nein</translation>
        </message>
        <message>
            <source>What will run it?</source>
            <translation>Worauf wird es laufen?</translation>
        </message>
        <message>
            <source>Are there samples?</source>
            <translation>Gibt es Proben?</translation>
        </message>
        <message>
            <source>Modes and how they suit</source>
            <translation>Modi und wie sie passen</translation>
        </message>
        <message>
            <source>Mode</source>
            <translation>Modus</translation>
        </message>
        <message>
            <source>Bytes</source>
            <translation>Bytes</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>Größe</translation>
        </message>
        <message>
            <source>Suits</source>
            <translation>Passt</translation>
        </message>
        <message>
            <source>Why</source>
            <translation>Warum</translation>
        </message>
        <message>
            <source>Or let rules be chosen for it:</source>
            <translation>Oder Regeln dafür wählen lassen:</translation>
        </message>
        <message>
            <source>Optimize for %1</source>
            <translation>Für %1 optimieren</translation>
        </message>
        <message>
            <source>Planning every mode …</source>
            <translation>Jeder Modus wird geplant …</translation>
        </message>
        <message>
            <source>There is no advice</source>
            <translation>Es gibt keinen Rat</translation>
        </message>
        <message>
            <source>Leave the model as it is</source>
            <translation>Das Modell lassen, wie es ist</translation>
        </message>
        <message>
            <source>No mode suits: stay in float32</source>
            <translation>Kein Modus passt: in float32 bleiben</translation>
        </message>
        <message>
            <source>Take %1</source>
            <translation>%1 nehmen</translation>
        </message>
        <message>
            <source>• and %1 more</source>
            <translation>• und %1 weitere</translation>
        </message>
        <message>
            <source>yes</source>
            <translation>ja</translation>
        </message>
        <message>
            <source>no</source>
            <translation>nein</translation>
        </message>
        <message>
            <source>Use %1</source>
            <translation>%1 nehmen</translation>
        </message>
        <message>
            <source>Use this mode</source>
            <translation>Diesen Modus nehmen</translation>
        </message>
        <message>
            <source>Copy as a table</source>
            <translation>Als Tabelle kopieren</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::HistogramPlot</name>
        <message>
            <source>count</source>
            <translation>Anzahl</translation>
        </message>
        <message>
            <source>√count</source>
            <translation>√Anzahl</translation>
        </message>
        <message>
            <source>log count</source>
            <translation>log Anzahl</translation>
        </message>
        <message>
            <source>Scale of the counts</source>
            <translation>Maßstab der Anzahlen</translation>
        </message>
        <message>
            <source>Histogram</source>
            <translation>Histogramm</translation>
        </message>
        <message numerus="yes">
            <source>%1: %n value(s)</source>
            <translation>
                <numerusform>%1: %n Wert</numerusform>
                <numerusform>%1: %n Werte</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::InputDialog</name>
        <message>
            <source>As the model's metadata says, else 0 to 255</source>
            <translation>Wie die Metadaten des Modells sagen, sonst 0 bis 255</translation>
        </message>
        <message>
            <source>As said here</source>
            <translation>Wie hier gesagt</translation>
        </message>
        <message>
            <source>How samples become inputs</source>
            <translation>Wie Proben zu Eingaben werden</translation>
        </message>
        <message>
            <source>input = (pixel · scale − mean) / deviation</source>
            <translation>Eingabe = (Pixel · Skala − Mittelwert) / Abweichung</translation>
        </message>
        <message>
            <source>One value, or one per channel: 123.7, 116.8, 103.9</source>
            <translation>Ein Wert oder einer je Kanal: 123.7, 116.8, 103.9</translation>
        </message>
        <message>
            <source>to the input's size</source>
            <translation>auf die Größe der Eingabe</translation>
        </message>
        <message>
            <source>middle 87.5 %</source>
            <translation>die mittleren 87,5 %</translation>
        </message>
        <message>
            <source>fit, fill with black</source>
            <translation>einpassen, mit Schwarz füllen</translation>
        </message>
        <message>
            <source>bilinear (TensorFlow, OpenCV)</source>
            <translation>bilinear (TensorFlow, OpenCV)</translation>
        </message>
        <message>
            <source>antialiased (Pillow, PyTorch)</source>
            <translation>geglättet (Pillow, PyTorch)</translation>
        </message>
        <message>
            <source>area</source>
            <translation>Fläche</translation>
        </message>
        <message>
            <source>nearest</source>
            <translation>nächster</translation>
        </message>
        <message>
            <source>by the input</source>
            <translation>nach der Eingabe</translation>
        </message>
        <message>
            <source>red, green, blue</source>
            <translation>Rot, Grün, Blau</translation>
        </message>
        <message>
            <source>blue, green, red</source>
            <translation>Blau, Grün, Rot</translation>
        </message>
        <message>
            <source>grey</source>
            <translation>Grau</translation>
        </message>
        <message>
            <source>Scale</source>
            <translation>Skala</translation>
        </message>
        <message>
            <source>Mean</source>
            <translation>Mittelwert</translation>
        </message>
        <message>
            <source>Deviation</source>
            <translation>Abweichung</translation>
        </message>
        <message>
            <source>Resize</source>
            <translation>Größe</translation>
        </message>
        <message>
            <source>Pixels</source>
            <translation>Bildpunkte</translation>
        </message>
        <message>
            <source>Channels</source>
            <translation>Kanäle</translation>
        </message>
        <message>
            <source>Class names</source>
            <translation>Klassennamen</translation>
        </message>
        <message>
            <source>File of class names</source>
            <translation>Datei mit Klassennamen</translation>
        </message>
        <message>
            <source>from the model's metadata, else sorted folder names</source>
            <translation>aus den Metadaten des Modells, sonst sortierte Ordnernamen</translation>
        </message>
        <message>
            <source>File…</source>
            <translation>Datei…</translation>
        </message>
        <message>
            <source>Choose a file of class names</source>
            <translation>Eine Datei mit Klassennamen wählen</translation>
        </message>
        <message>
            <source>A text file with one name per line, in the order of the outputs</source>
            <translation>Eine Textdatei mit einem Namen je Zeile, in der Reihenfolge der Ausgaben</translation>
        </message>
        <message>
            <source>Text (*.txt);;All files (*)</source>
            <translation>Text (*.txt);;Alle Dateien (*)</translation>
        </message>
        <message>
            <source>Mean and deviation are numbers with commas between.</source>
            <translation>Mittelwert und Abweichung sind Zahlen mit Kommas dazwischen.</translation>
        </message>
        <message>
            <source>A deviation of 0 cannot be divided by.</source>
            <translation>Durch eine Abweichung von 0 lässt sich nicht teilen.</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::InspectorView</name>
        <message>
            <source>Operator</source>
            <translation>Operator</translation>
        </message>
        <message>
            <source>Tensor</source>
            <translation>Tensor</translation>
        </message>
        <message>
            <source>Activation</source>
            <translation>Aktivierung</translation>
        </message>
        <message>
            <source>Values</source>
            <translation>Werte</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::JobCard</name>
        <message>
            <source>Waiting</source>
            <translation>Wartet</translation>
        </message>
        <message>
            <source>%1/s</source>
            <translation>%1/s</translation>
        </message>
        <message>
            <source>%1 %2/s</source>
            <translation>%1 %2/s</translation>
        </message>
        <message>
            <source>Starting</source>
            <translation>Beginnt</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>Stopping</source>
            <translation>Hält an</translation>
        </message>
        <message>
            <source>%1 / %2</source>
            <translation>%1 / %2</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::JobHistoryModel</name>
        <message>
            <source>%1: failed</source>
            <translation>%1: gescheitert</translation>
        </message>
        <message>
            <source>%1: cancelled</source>
            <translation>%1: abgebrochen</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::JobsView</name>
        <message>
            <source>Nothing has run yet.</source>
            <translation>Noch ist nichts gelaufen.</translation>
        </message>
        <message>
            <source>Clear</source>
            <translation>Leeren</translation>
        </message>
        <message>
            <source>Finished jobs</source>
            <translation>Erledigte Aufträge</translation>
        </message>
        <message>
            <source>Forget the finished jobs</source>
            <translation>Die erledigten Aufträge vergessen</translation>
        </message>
        <message>
            <source>%1 running</source>
            <translation>%1 läuft</translation>
        </message>
        <message>
            <source>, %1 waiting</source>
            <translation>, %1 warten</translation>
        </message>
        <message>
            <source>Copy as a table</source>
            <translation>Als Tabelle kopieren</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::KernelTiles</name>
        <message>
            <source>Weights as images</source>
            <translation>Gewichte als Bilder</translation>
        </message>
        <message>
            <source>channel %1: %2 to %3</source>
            <translation>Kanal %1: %2 bis %3</translation>
        </message>
        <message>
            <source>%1 to %2</source>
            <translation>%1 bis %2</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::LayerErrorPlot</name>
        <message>
            <source>Error of each layer</source>
            <translation>Fehler jeder Schicht</translation>
        </message>
        <message>
            <source>each layer alone</source>
            <translation>jede Schicht allein</translation>
        </message>
        <message>
            <source>accumulated</source>
            <translation>aufsummiert</translation>
        </message>
        <message>
            <source>layer</source>
            <translation>Schicht</translation>
        </message>
        <message>
            <source>SQNR dB (higher is better)</source>
            <translation>SQNR dB (höher ist besser)</translation>
        </message>
        <message>
            <source>%1: %2 dB</source>
            <translation>%1: %2 dB</translation>
        </message>
        <message>
            <source>alone</source>
            <translation>allein</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::LayersModel</name>
        <message>
            <source>The result is %1, which is not quantized: there is no precision to choose.</source>
            <translation>Das Ergebnis ist %1 und wird nicht quantisiert: Es gibt keine Genauigkeit zu wählen.</translation>
        </message>
        <message>
            <source>#</source>
            <translation>#</translation>
        </message>
        <message>
            <source>Operator</source>
            <translation>Operator</translation>
        </message>
        <message>
            <source>Output</source>
            <translation>Ausgabe</translation>
        </message>
        <message>
            <source>Params</source>
            <translation>Param.</translation>
        </message>
        <message>
            <source>Mode</source>
            <translation>Modus</translation>
        </message>
        <message>
            <source>Effective</source>
            <translation>Wirklich</translation>
        </message>
        <message>
            <source>Bytes → after</source>
            <translation>Bytes → danach</translation>
        </message>
        <message>
            <source>SQNR dB</source>
            <translation>SQNR dB</translation>
        </message>
        <message>
            <source>Sensitivity</source>
            <translation>Empfindlichkeit</translation>
        </message>
        <message>
            <source>Position in execution order</source>
            <translation>Stelle in der Reihenfolge der Ausführung</translation>
        </message>
        <message>
            <source>Type of the operator</source>
            <translation>Art des Operators</translation>
        </message>
        <message>
            <source>Shape of the first result, without the batch</source>
            <translation>Form des ersten Ergebnisses, ohne den Stapel</translation>
        </message>
        <message>
            <source>Trained numbers of the operator</source>
            <translation>Gelernte Zahlen des Operators</translation>
        </message>
        <message>
            <source>The precision that is asked for</source>
            <translation>Die Genauigkeit, die verlangt ist</translation>
        </message>
        <message>
            <source>The precision that the plan gives, where it is another one</source>
            <translation>Die Genauigkeit, die der Plan gibt, wo es eine andere ist</translation>
        </message>
        <message>
            <source>Bytes of the constants now and after quantizing</source>
            <translation>Bytes der Konstanten jetzt und nach dem Quantisieren</translation>
        </message>
        <message>
            <source>Signal to quantization noise of the weights in decibel: 6 dB are one bit, more is better</source>
            <translation>Signal zu Quantisierungsrauschen der Gewichte in Dezibel: 6 dB sind ein Bit, mehr ist besser</translation>
        </message>
        <message>
            <source>What accuracy loses when this operator alone is quantized, in percentage points</source>
            <translation>Was die Güte verliert, wenn nur dieser Operator quantisiert ist, in Prozentpunkten</translation>
        </message>
        <message>
            <source>%1 pp</source>
            <translation>%1 Pp.</translation>
        </message>
        <message>
            <source>chosen for this operator</source>
            <translation>für diesen Operator gewählt</translation>
        </message>
        <message>
            <source>by the rules</source>
            <translation>durch die Regeln</translation>
        </message>
        <message>
            <source>%1 (%2)</source>
            <translation>%1 (%2)</translation>
        </message>
        <message>
            <source>The plan gives %1: %2</source>
            <translation>Der Plan gibt %1: %2</translation>
        </message>
        <message>
            <source>%1: %2</source>
            <translation>%1: %2</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::LayersTable</name>
        <message>
            <source>Layers</source>
            <translation>Schichten</translation>
        </message>
        <message>
            <source>%1 operators</source>
            <translation>%1 Operatoren</translation>
        </message>
        <message>
            <source>Back to the rules</source>
            <translation>Zurück zu den Regeln</translation>
        </message>
        <message>
            <source>Set the mode</source>
            <translation>Den Modus setzen</translation>
        </message>
        <message>
            <source>Keep in float32</source>
            <translation>In float32 behalten</translation>
        </message>
        <message>
            <source>Algorithms</source>
            <translation>Algorithmen</translation>
        </message>
        <message>
            <source>Select all of type %1</source>
            <translation>Alle der Art %1 auswählen</translation>
        </message>
        <message>
            <source>Select all in %1</source>
            <translation>Alle in %1 auswählen</translation>
        </message>
        <message>
            <source>Copy as a table</source>
            <translation>Als Tabelle kopieren</translation>
        </message>
        <message>
            <source>No operator matches the filter.</source>
            <translation>Kein Operator passt zum Filter.</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::LayersView</name>
        <message>
            <source>Filter: text, /regex/, op:CONV_2D, sqnr&lt;43 …</source>
            <translation>Filter: Text, /regex/, op:CONV_2D, sqnr&lt;43 …</translation>
        </message>
        <message>
            <source>Filter the layers</source>
            <translation>Die Schichten filtern</translation>
        </message>
        <message>
            <source>%1 of %2</source>
            <translation>%1 von %2</translation>
        </message>
        <message>
            <source>%1 operators · %2 parameters · %3</source>
            <translation>%1 Operatoren · %2 Parameter · %3</translation>
        </message>
        <message>
            <source>Size of the file now, and as the plan predicts it</source>
            <translation>Größe der Datei jetzt und wie der Plan sie vorhersagt</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::MainWindow</name>
        <message>
            <source>This needs samples to calibrate with: a few hundred like those the model will see.</source>
            <translation>Das braucht Proben zum Kalibrieren: einige hundert wie die, die das Modell sehen wird.</translation>
        </message>
        <message>
            <source>This needs samples to evaluate on, such as pictures in one folder per class.</source>
            <translation>Das braucht Proben zum Auswerten, etwa Bilder mit einem Ordner je Klasse.</translation>
        </message>
        <message>
            <source>Choose a folder…</source>
            <translation>Einen Ordner wählen…</translation>
        </message>
        <message>
            <source>Choose a file…</source>
            <translation>Eine Datei wählen…</translation>
        </message>
        <message>
            <source>Quantscope</source>
            <translation>Quantscope</translation>
        </message>
        <message>
            <source>%1[*] — Quantscope</source>
            <translation>%1[*] — Quantscope</translation>
        </message>
        <message>
            <source>%1 — Quantscope</source>
            <translation>%1 — Quantscope</translation>
        </message>
        <message>
            <source>Calibration: %1</source>
            <translation>Kalibrierung: %1</translation>
        </message>
        <message>
            <source>, %1 samples</source>
            <translation>, %1 Proben</translation>
        </message>
        <message>
            <source>, cannot be used</source>
            <translation>, nicht brauchbar</translation>
        </message>
        <message>
            <source>No calibration data</source>
            <translation>Keine Kalibrierdaten</translation>
        </message>
        <message>
            <source>Target: %1</source>
            <translation>Ziel: %1</translation>
        </message>
        <message>
            <source>: %1 %</source>
            <translation>: %1 %</translation>
        </message>
        <message>
            <source>Start from the mode %1</source>
            <translation>Vom Modus %1 ausgehen</translation>
        </message>
        <message>
            <source>Open a model or a workspace</source>
            <translation>Ein Modell oder einen Arbeitsbereich öffnen</translation>
        </message>
        <message>
            <source>Models and workspaces (*.tflite *.lite *.qscope *.task *.litertlm *.zip);;All files (*)</source>
            <translation>Modelle und Arbeitsbereiche (*.tflite *.lite *.qscope *.task *.litertlm *.zip);;Alle Dateien (*)</translation>
        </message>
        <message>
            <source>%1 is data. Open a model first, then drop it again.</source>
            <translation>%1 sind Daten. Zuerst ein Modell öffnen, dann noch einmal ablegen.</translation>
        </message>
        <message>
            <source>Nothing yet</source>
            <translation>Noch nichts</translation>
        </message>
        <message>
            <source>Saved %1</source>
            <translation>%1 gespeichert</translation>
        </message>
        <message>
            <source>Save the workspace</source>
            <translation>Den Arbeitsbereich speichern</translation>
        </message>
        <message>
            <source>Workspaces (*.qscope)</source>
            <translation>Arbeitsbereiche (*.qscope)</translation>
        </message>
        <message>
            <source>Unsaved changes</source>
            <translation>Ungespeicherte Änderungen</translation>
        </message>
        <message>
            <source>Save the changes to %1?</source>
            <translation>Die Änderungen an %1 speichern?</translation>
        </message>
        <message>
            <source>Otherwise recipe, variants and results since the last save are lost.</source>
            <translation>Sonst gehen Rezept, Varianten und Ergebnisse seit dem letzten Speichern verloren.</translation>
        </message>
        <message>
            <source>Choose a folder with calibration and evaluation data</source>
            <translation>Einen Ordner mit Daten zum Kalibrieren und Auswerten wählen</translation>
        </message>
        <message>
            <source>Choose the calibration data</source>
            <translation>Die Kalibrierdaten wählen</translation>
        </message>
        <message>
            <source>Choose the evaluation data</source>
            <translation>Die Auswertungsdaten wählen</translation>
        </message>
        <message>
            <source>Samples (*.npz *.npy *.csv *.tsv *.jsonl *.json);;All files (*)</source>
            <translation>Proben (*.npz *.npy *.csv *.tsv *.jsonl *.json);;Alle Dateien (*)</translation>
        </message>
        <message>
            <source>Export %1</source>
            <translation>%1 ausgeben</translation>
        </message>
        <message>
            <source>TensorFlow Lite models (*.tflite)</source>
            <translation>TensorFlow-Lite-Modelle (*.tflite)</translation>
        </message>
        <message>
            <source>Load a recipe</source>
            <translation>Ein Rezept laden</translation>
        </message>
        <message>
            <source>Recipes (*.json);;All files (*)</source>
            <translation>Rezepte (*.json);;Alle Dateien (*)</translation>
        </message>
        <message>
            <source>Load the recipe %1</source>
            <translation>Das Rezept %1 laden</translation>
        </message>
        <message>
            <source>Save the recipe</source>
            <translation>Das Rezept speichern</translation>
        </message>
        <message>
            <source>Recipes (*.json)</source>
            <translation>Rezepte (*.json)</translation>
        </message>
        <message>
            <source>Quantscope ended unexpectedly. It kept the unsaved changes of %1.</source>
            <translation>Quantscope endete unerwartet. Die ungespeicherten Änderungen an %1 sind noch da.</translation>
        </message>
        <message>
            <source>Recover</source>
            <translation>Wiederherstellen</translation>
        </message>
        <message>
            <source>Discard</source>
            <translation>Verwerfen</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::MessageBar</name>
        <message>
            <source>Messages</source>
            <translation>Meldungen</translation>
        </message>
        <message>
            <source>Dismiss this message</source>
            <translation>Diese Meldung schließen</translation>
        </message>
        <message>
            <source>Dismiss</source>
            <translation>Schließen</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::OperatorPage</name>
        <message>
            <source>Options</source>
            <translation>Einstellungen des Operators</translation>
        </message>
        <message>
            <source>Inputs and outputs</source>
            <translation>Eingaben und Ausgaben</translation>
        </message>
        <message>
            <source>Role</source>
            <translation>Rolle</translation>
        </message>
        <message>
            <source>Tensor</source>
            <translation>Tensor</translation>
        </message>
        <message>
            <source>Shape</source>
            <translation>Form</translation>
        </message>
        <message>
            <source>Type</source>
            <translation>Art</translation>
        </message>
        <message>
            <source>Inputs and outputs of the operator</source>
            <translation>Eingaben und Ausgaben des Operators</translation>
        </message>
        <message>
            <source>Select an operator in the table or the graph.</source>
            <translation>Einen Operator in der Tabelle oder im Graphen wählen.</translation>
        </message>
        <message>
            <source>Open a model to inspect its operators.</source>
            <translation>Ein Modell öffnen, um seine Operatoren anzusehen.</translation>
        </message>
        <message>
            <source>version</source>
            <translation>Version</translation>
        </message>
        <message>
            <source>parameters</source>
            <translation>Parameter</translation>
        </message>
        <message>
            <source>MACs</source>
            <translation>MACs</translation>
        </message>
        <message>
            <source>Multiply-accumulate operations of one run</source>
            <translation>Multiplikationen mit Addition in einem Lauf</translation>
        </message>
        <message>
            <source>asked for</source>
            <translation>verlangt</translation>
        </message>
        <message>
            <source>will get</source>
            <translation>bekommt</translation>
        </message>
        <message>
            <source>bytes</source>
            <translation>Bytes</translation>
        </message>
        <message>
            <source>%1 → %2</source>
            <translation>%1 → %2</translation>
        </message>
        <message>
            <source>Constants, before and after</source>
            <translation>Konstanten, vorher und nachher</translation>
        </message>
        <message>
            <source>weight SQNR</source>
            <translation>SQNR der Gewichte</translation>
        </message>
        <message>
            <source>%1 dB</source>
            <translation>%1 dB</translation>
        </message>
        <message>
            <source>custom options</source>
            <translation>eigene Einstellungen</translation>
        </message>
        <message>
            <source>%1 bytes</source>
            <translation>%1 Bytes</translation>
        </message>
        <message>
            <source>input</source>
            <translation>Eingabe</translation>
        </message>
        <message>
            <source>weights</source>
            <translation>Gewichte</translation>
        </message>
        <message>
            <source>bias</source>
            <translation>Bias</translation>
        </message>
        <message>
            <source>parameter</source>
            <translation>Parameter</translation>
        </message>
        <message>
            <source>state</source>
            <translation>Zustand</translation>
        </message>
        <message>
            <source>left out</source>
            <translation>weggelassen</translation>
        </message>
        <message>
            <source>output</source>
            <translation>Ausgabe</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::ParetoView</name>
        <message>
            <source>Evaluate at least two variants, or search: each becomes a point, accuracy against bytes.</source>
            <translation>Mindestens zwei Varianten auswerten oder suchen: Jede wird ein Punkt, Güte gegen Bytes.</translation>
        </message>
        <message>
            <source>Open a model, quantize it and evaluate the variants: each becomes a point here.</source>
            <translation>Ein Modell öffnen, quantisieren und die Varianten auswerten: Jede wird hier ein Punkt.</translation>
        </message>
        <message>
            <source>latency not measured</source>
            <translation>Laufzeit nicht gemessen</translation>
        </message>
        <message>
            <source>%1 µs</source>
            <translation>%1 µs</translation>
        </message>
        <message>
            <source>%1 %2</source>
            <translation>%1 %2</translation>
        </message>
        <message>
            <source>size, kB</source>
            <translation>Größe, kB</translation>
        </message>
        <message>
            <source>%1 with 95 % interval</source>
            <translation>%1 mit 95-%-Intervall</translation>
        </message>
        <message>
            <source>Colour: latency, &lt;span style='color:%1'&gt;■&lt;/span&gt; %2 µs to &lt;span style='color:%3'&gt;■&lt;/span&gt; %4 µs. </source>
            <translation>Farbe: Laufzeit, &lt;span style='color:%1'&gt;■&lt;/span&gt; %2 µs bis &lt;span style='color:%3'&gt;■&lt;/span&gt; %4 µs. </translation>
        </message>
        <message>
            <source>The dashed line joins variants that no other beats in both size and accuracy.</source>
            <translation>Die gestrichelte Linie verbindet Varianten, die keine andere in Größe und Güte zugleich schlägt.</translation>
        </message>
        <message>
            <source>Click a point to make that variant the current one.</source>
            <translation>Ein Klick auf einen Punkt macht diese Variante zur aktuellen.</translation>
        </message>
        <message>
            <source>&lt;b&gt;%1&lt;/b&gt;: %2, %3× the size of the float model</source>
            <translation>&lt;b&gt;%1&lt;/b&gt;: %2, das %3-Fache der Größe des Float-Modells</translation>
        </message>
        <message>
            <source>%1 percentage points</source>
            <translation>%1 Prozentpunkte</translation>
        </message>
        <message>
            <source>; %1 % of the same answers</source>
            <translation>; %1 % gleiche Antworten</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::ProblemsModel</name>
        <message>
            <source>Severity</source>
            <translation>Schwere</translation>
        </message>
        <message>
            <source>Operator</source>
            <translation>Operator</translation>
        </message>
        <message>
            <source>What</source>
            <translation>Was</translation>
        </message>
        <message>
            <source>Why</source>
            <translation>Warum</translation>
        </message>
        <message>
            <source>What to do</source>
            <translation>Was zu tun ist</translation>
        </message>
        <message>
            <source>Error</source>
            <translation>Fehler</translation>
        </message>
        <message>
            <source>Warning</source>
            <translation>Warnung</translation>
        </message>
        <message>
            <source>Note</source>
            <translation>Hinweis</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::ProblemsView</name>
        <message>
            <source>No problems.</source>
            <translation>Keine Probleme.</translation>
        </message>
        <message>
            <source>Problems</source>
            <translation>Probleme</translation>
        </message>
        <message>
            <source>Copy as a table</source>
            <translation>Als Tabelle kopieren</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::ReportView</name>
        <message>
            <source>… Lines left out here: %1. The file that Save recipe… writes has them all.</source>
            <translation>… Hier weggelassene Zeilen: %1. Die Datei, die Rezept speichern… schreibt, hat sie alle.</translation>
        </message>
        <message>
            <source>Open a model and quantize it: its report is put together here.</source>
            <translation>Ein Modell öffnen und quantisieren: Sein Bericht wird hier zusammengestellt.</translation>
        </message>
        <message>
            <source>Save report as HTML…</source>
            <translation>Bericht als HTML speichern…</translation>
        </message>
        <message>
            <source>Save the report</source>
            <translation>Den Bericht speichern</translation>
        </message>
        <message>
            <source>Web pages (*.html)</source>
            <translation>Webseiten (*.html)</translation>
        </message>
        <message>
            <source>Save table as CSV…</source>
            <translation>Tabelle als CSV speichern…</translation>
        </message>
        <message>
            <source>Save the table</source>
            <translation>Die Tabelle speichern</translation>
        </message>
        <message>
            <source>Tables (*.csv)</source>
            <translation>Tabellen (*.csv)</translation>
        </message>
        <message>
            <source>Save recipe…</source>
            <translation>Rezept speichern…</translation>
        </message>
        <message>
            <source>Save the recipe</source>
            <translation>Das Rezept speichern</translation>
        </message>
        <message>
            <source>Recipes (*.json)</source>
            <translation>Rezepte (*.json)</translation>
        </message>
        <message>
            <source>The same on the command line</source>
            <translation>Dasselbe auf der Kommandozeile</translation>
        </message>
        <message>
            <source>Recipe</source>
            <translation>Rezept</translation>
        </message>
        <message>
            <source>Saved %1</source>
            <translation>%1 gespeichert</translation>
        </message>
        <message numerus="yes">
            <source>&lt;b&gt;%1&lt;/b&gt;&lt;br&gt;%n variant(s), %2 of them evaluated. The report is one page with tables, plots, the recipe and the way to make it again; it needs no network.</source>
            <translation>
                <numerusform>&lt;b&gt;%1&lt;/b&gt;&lt;br&gt;%n Variante, %2 davon ausgewertet. Der Bericht ist eine Seite mit Tabellen, Zeichnungen, dem Rezept und dem Weg, ihn noch einmal zu machen; er braucht kein Netz.</numerusform>
                <numerusform>&lt;b&gt;%1&lt;/b&gt;&lt;br&gt;%n Varianten, %2 davon ausgewertet. Der Bericht ist eine Seite mit Tabellen, Zeichnungen, dem Rezept und dem Weg, ihn noch einmal zu machen; er braucht kein Netz.</numerusform>
            </translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>Kopieren</translation>
        </message>
        <message>
            <source>Copy the command line</source>
            <translation>Die Kommandozeile kopieren</translation>
        </message>
        <message>
            <source>The command line was copied; it needs the recipe as recipe.json.</source>
            <translation>Die Kommandozeile wurde kopiert; sie braucht das Rezept als recipe.json.</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::RuleEditor</name>
        <message>
            <source>Operator type</source>
            <translation>Art des Operators</translation>
        </message>
        <message>
            <source>Type</source>
            <translation>Art</translation>
        </message>
        <message>
            <source>regular expression over names</source>
            <translation>regulärer Ausdruck über Namen</translation>
        </message>
        <message>
            <source>Name expression</source>
            <translation>Ausdruck für den Namen</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>Name</translation>
        </message>
        <message>
            <source>first</source>
            <translation>erste</translation>
        </message>
        <message>
            <source>last</source>
            <translation>letzte</translation>
        </message>
        <message>
            <source>From position</source>
            <translation>Von Stelle</translation>
        </message>
        <message>
            <source>To position</source>
            <translation>Bis Stelle</translation>
        </message>
        <message>
            <source>Position</source>
            <translation>Stelle</translation>
        </message>
        <message>
            <source>Precision</source>
            <translation>Genauigkeit</translation>
        </message>
        <message>
            <source>Sets</source>
            <translation>Setzt</translation>
        </message>
        <message>
            <source>per-channel</source>
            <translation>je Kanal</translation>
        </message>
        <message>
            <source>per-tensor</source>
            <translation>je Tensor</translation>
        </message>
        <message>
            <source>blockwise</source>
            <translation>blockweise</translation>
        </message>
        <message>
            <source>Granularity of weights</source>
            <translation>Körnung der Gewichte</translation>
        </message>
        <message>
            <source>Weights</source>
            <translation>Gewichte</translation>
        </message>
        <message>
            <source>Algorithms that choose parameters</source>
            <translation>Algorithmen, die Parameter wählen</translation>
        </message>
        <message>
            <source>needs samples</source>
            <translation>braucht Proben</translation>
        </message>
        <message>
            <source>Algorithms</source>
            <translation>Algorithmen</translation>
        </message>
        <message>
            <source>all types</source>
            <translation>alle Arten</translation>
        </message>
        <message>
            <source>none: nearest rounding</source>
            <translation>keine: Runden zum Nächsten</translation>
        </message>
        <message>
            <source>The expression is not complete: %1</source>
            <translation>Der Ausdruck ist nicht vollständig: %1</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::RulesModel</name>
        <message>
            <source>Applies to</source>
            <translation>Gilt für</translation>
        </message>
        <message>
            <source>Sets</source>
            <translation>Setzt</translation>
        </message>
        <message>
            <source>Matches</source>
            <translation>Passt auf</translation>
        </message>
        <message>
            <source>Decides</source>
            <translation>Entscheidet</translation>
        </message>
        <message>
            <source>Operators that the rule matches</source>
            <translation>Operatoren, auf die die Regel passt</translation>
        </message>
        <message>
            <source>Operators for which no later rule and no choice of their own stands above it</source>
            <translation>Operatoren, über denen keine spätere Regel und keine eigene Wahl steht</translation>
        </message>
        <message>
            <source>otherwise</source>
            <translation>sonst</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::RulesStrip</name>
        <message>
            <source>Otherwise: %1</source>
            <translation>Sonst: %1</translation>
        </message>
        <message>
            <source>%1  %2 → %3: %4 operators</source>
            <translation>%1  %2 → %3: %4 Operatoren</translation>
        </message>
        <message>
            <source>, it matches nothing</source>
            <translation>, sie passt auf nichts</translation>
        </message>
        <message>
            <source>, %1 of them set by a later rule or by hand</source>
            <translation>, %1 davon durch eine spätere Regel oder von Hand gesetzt</translation>
        </message>
        <message>
            <source>Rules</source>
            <translation>Regeln</translation>
        </message>
        <message>
            <source>all operators →</source>
            <translation>alle Operatoren →</translation>
        </message>
        <message>
            <source>%1 of %2</source>
            <translation>%1 von %2</translation>
        </message>
        <message>
            <source>+%1</source>
            <translation>+%1</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::RulesView</name>
        <message>
            <source>Rules</source>
            <translation>Regeln</translation>
        </message>
        <message>
            <source>Add</source>
            <translation>Hinzufügen</translation>
        </message>
        <message>
            <source>Add a rule; begins with the type of the selected operators</source>
            <translation>Eine Regel hinzufügen; beginnt mit der Art der ausgewählten Operatoren</translation>
        </message>
        <message>
            <source>Remove</source>
            <translation>Entfernen</translation>
        </message>
        <message>
            <source>Up</source>
            <translation>Nach oben</translation>
        </message>
        <message>
            <source>Down</source>
            <translation>Nach unten</translation>
        </message>
        <message>
            <source>Select its operators</source>
            <translation>Ihre Operatoren auswählen</translation>
        </message>
        <message>
            <source>Add a rule</source>
            <translation>Eine Regel hinzufügen</translation>
        </message>
        <message>
            <source>Remove the rule</source>
            <translation>Die Regel entfernen</translation>
        </message>
        <message>
            <source>Move the rule up</source>
            <translation>Die Regel nach oben schieben</translation>
        </message>
        <message>
            <source>Move the rule down</source>
            <translation>Die Regel nach unten schieben</translation>
        </message>
        <message>
            <source>Select the operators of the rule</source>
            <translation>Die Operatoren der Regel auswählen</translation>
        </message>
        <message>
            <source>Otherwise %1</source>
            <translation>Sonst %1</translation>
        </message>
        <message>
            <source>Rule %1: %2 → %3</source>
            <translation>Regel %1: %2 → %3</translation>
        </message>
        <message>
            <source>Add the rule %1</source>
            <translation>Die Regel %1 hinzufügen</translation>
        </message>
        <message>
            <source>Remove the rule %1</source>
            <translation>Die Regel %1 entfernen</translation>
        </message>
        <message>
            <source>Move rule %1 up</source>
            <translation>Regel %1 nach oben schieben</translation>
        </message>
        <message>
            <source>Move rule %1 down</source>
            <translation>Regel %1 nach unten schieben</translation>
        </message>
        <message>
            <source>Copy as a table</source>
            <translation>Als Tabelle kopieren</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::ScatterPlot</name>
        <message>
            <source>Variants by size and accuracy</source>
            <translation>Varianten nach Größe und Güte</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::SearchDialog</name>
        <message>
            <source>Smallest file that loses at most</source>
            <translation>Kleinste Datei, die höchstens verliert</translation>
        </message>
        <message>
            <source>Most accurate file of at most</source>
            <translation>Genaueste Datei mit höchstens</translation>
        </message>
        <message>
            <source>Search mixed precision</source>
            <translation>Gemischte Genauigkeit suchen</translation>
        </message>
        <message>
            <source>Gives every operator a precision of its own. Mixtures are planned from what each operator costs alone, then really made and evaluated; every one becomes a variant.</source>
            <translation>Gibt jedem Operator eine eigene Genauigkeit. Mischungen werden danach geplant, was jeder Operator allein kostet, dann wirklich gemacht und ausgewertet; jede wird eine Variante.</translation>
        </message>
        <message>
            <source> percentage points</source>
            <translation> Prozentpunkte</translation>
        </message>
        <message>
            <source>Greatest loss in percentage points</source>
            <translation>Größter Verlust in Prozentpunkten</translation>
        </message>
        <message>
            <source> bytes</source>
            <translation> Bytes</translation>
        </message>
        <message>
            <source>Greatest size in bytes</source>
            <translation>Größte Größe in Bytes</translation>
        </message>
        <message>
            <source>Precisions to choose from, beside float32</source>
            <translation>Genauigkeiten zur Wahl, neben float32</translation>
        </message>
        <message>
            <source>%1 does not compute in this form</source>
            <translation>%1 rechnet nicht in dieser Form</translation>
        </message>
        <message>
            <source>Variants to evaluate at most</source>
            <translation>Varianten, die höchstens ausgewertet werden</translation>
        </message>
        <message>
            <source>all</source>
            <translation>alle</translation>
        </message>
        <message>
            <source>Samples to evaluate on</source>
            <translation>Proben, auf denen ausgewertet wird</translation>
        </message>
        <message>
            <source>Search</source>
            <translation>Suchen</translation>
        </message>
        <message>
            <source>Choose at least one precision.</source>
            <translation>Mindestens eine Genauigkeit wählen.</translation>
        </message>
        <message>
            <source>It can be stopped at any time; the best variant found so far is kept. Made for %1.</source>
            <translation>Die Suche lässt sich jederzeit anhalten; die bis dahin beste Variante bleibt. Gemacht für %1.</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::SettingsDialog</name>
        <message>
            <source>Settings</source>
            <translation>Einstellungen</translation>
        </message>
        <message>
            <source>As the system</source>
            <translation>Wie das System</translation>
        </message>
        <message>
            <source>The next start takes it up.</source>
            <translation>Gilt ab dem nächsten Start.</translation>
        </message>
        <message>
            <source>Language</source>
            <translation>Sprache</translation>
        </message>
        <message>
            <source>Light</source>
            <translation>Hell</translation>
        </message>
        <message>
            <source>Dark</source>
            <translation>Dunkel</translation>
        </message>
        <message>
            <source>Theme</source>
            <translation>Farben</translation>
        </message>
        <message>
            <source>Size of the text</source>
            <translation>Größe der Schrift</translation>
        </message>
        <message>
            <source>Open at the start what was open last</source>
            <translation>Beim Start öffnen, was zuletzt offen war</translation>
        </message>
        <message>
            <source>Open further files in the window that is there</source>
            <translation>Weitere Dateien im vorhandenen Fenster öffnen</translation>
        </message>
        <message>
            <source>Otherwise every start has a window of its own</source>
            <translation>Sonst hat jeder Start ein eigenes Fenster</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::TaskCard</name>
        <message>
            <source>Labelled samples: top-1 and top-5 of one score per class.</source>
            <translation>Proben mit Etikett: Top-1 und Top-5 eines Werts je Klasse.</translation>
        </message>
        <message>
            <source>Labelled WAV sounds: top-1 and top-5 of one score per word.</source>
            <translation>WAV-Klänge mit Etikett: Top-1 und Top-5 eines Werts je Wort.</translation>
        </message>
        <message>
            <source>No labels: how near the answers are to the float model's.</source>
            <translation>Ohne Etiketten: wie nah die Antworten denen des Float-Modells sind.</translation>
        </message>
        <message>
            <source>Boxes (COCO .json or .jsonl): mAP of the detections.</source>
            <translation>Kästen (COCO .json oder .jsonl): mAP der Funde.</translation>
        </message>
        <message>
            <source>Masks (images/ and masks/): mean IoU of the pixels' classes.</source>
            <translation>Masken (images/ und masks/): mittlere IoU der Klassen der Bildpunkte.</translation>
        </message>
        <message>
            <source>Values (.npz, .csv or .jsonl): mean absolute error.</source>
            <translation>Werte (.npz, .csv oder .jsonl): mittlerer absoluter Fehler.</translation>
        </message>
        <message>
            <source>Labels of normal and other samples: area under the ROC curve.</source>
            <translation>Etiketten normaler und anderer Proben: Fläche unter der ROC-Kurve.</translation>
        </message>
        <message>
            <source>Labelled samples: whether the nearest other one has the same label.</source>
            <translation>Proben mit Etikett: ob die nächste andere dasselbe Etikett hat.</translation>
        </message>
        <message>
            <source>Label offset</source>
            <translation>Versatz der Etiketten</translation>
        </message>
        <message>
            <source>Task</source>
            <translation>Aufgabe</translation>
        </message>
        <message>
            <source>What the outputs mean</source>
            <translation>Was die Ausgaben bedeuten</translation>
        </message>
        <message>
            <source>Output index (detection: category id) = label + offset; 1 where output 0 is a background class that no label has</source>
            <translation>Nummer der Ausgabe (beim Erkennen: der Kategorie) = Etikett + Versatz; 1, wo Ausgabe 0 eine Hintergrundklasse ohne Etikett ist</translation>
        </message>
        <message>
            <source>found out</source>
            <translation>wird erkannt</translation>
        </message>
        <message>
            <source>take the softmax</source>
            <translation>den Softmax nehmen</translation>
        </message>
        <message>
            <source>are probabilities</source>
            <translation>sind Wahrscheinlichkeiten</translation>
        </message>
        <message>
            <source>What the scores are</source>
            <translation>Was die Werte sind</translation>
        </message>
        <message>
            <source>Whether confidences are the softmax of the scores; found out: unless a SOFTMAX made them or they sum to 1</source>
            <translation>Ob Zuversichten der Softmax der Werte sind; wird erkannt: außer wenn ein SOFTMAX sie machte oder ihre Summe 1 ist</translation>
        </message>
        <message>
            <source>Least score of a box</source>
            <translation>Kleinster Wert eines Kastens</translation>
        </message>
        <message>
            <source>Label of normal samples</source>
            <translation>Etikett normaler Proben</translation>
        </message>
        <message>
            <source>False positives of the partial AUC</source>
            <translation>Falsch-Positive der partiellen AUC</translation>
        </message>
        <message>
            <source>Scores</source>
            <translation>Werte</translation>
        </message>
        <message>
            <source>Least score</source>
            <translation>Kleinster Wert</translation>
        </message>
        <message>
            <source>Normal label</source>
            <translation>Etikett normal</translation>
        </message>
        <message>
            <source>False positives up to</source>
            <translation>Falsch-Positive bis</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::TensorPage</name>
        <message>
            <source>Values</source>
            <translation>Werte</translation>
        </message>
        <message>
            <source>Range of each output channel</source>
            <translation>Bereich jedes Ausgabekanals</translation>
        </message>
        <message>
            <source>Select an operator or a wire to see its tensor.</source>
            <translation>Einen Operator oder eine Leitung wählen, um den Tensor zu sehen.</translation>
        </message>
        <message>
            <source>Open a model to inspect its tensors.</source>
            <translation>Ein Modell öffnen, um seine Tensoren anzusehen.</translation>
        </message>
        <message>
            <source>shape</source>
            <translation>Form</translation>
        </message>
        <message>
            <source>type</source>
            <translation>Typ</translation>
        </message>
        <message>
            <source>min</source>
            <translation>min</translation>
        </message>
        <message>
            <source>max</source>
            <translation>max</translation>
        </message>
        <message>
            <source>mean</source>
            <translation>Mittel</translation>
        </message>
        <message>
            <source>std</source>
            <translation>Abw.</translation>
        </message>
        <message>
            <source>Standard deviation</source>
            <translation>Standardabweichung</translation>
        </message>
        <message>
            <source>0.1–99.9 %</source>
            <translation>0,1–99,9 %</translation>
        </message>
        <message>
            <source>%1 to %2</source>
            <translation>%1 bis %2</translation>
        </message>
        <message>
            <source>Between these lie all values but the smallest and the largest thousandth</source>
            <translation>Dazwischen liegen alle Werte außer dem kleinsten und dem größten Tausendstel</translation>
        </message>
        <message>
            <source>SQNR</source>
            <translation>SQNR</translation>
        </message>
        <message>
            <source>%1 dB</source>
            <translation>%1 dB</translation>
        </message>
        <message>
            <source>–</source>
            <translation>–</translation>
        </message>
        <message>
            <source>Signal-to-quantization-noise ratio of the values under the plan</source>
            <translation>Verhältnis von Signal zu Quantisierungsrauschen der Werte nach dem Plan</translation>
        </message>
        <message>
            <source>NaN, infinite</source>
            <translation>NaN, unendlich</translation>
        </message>
        <message>
            <source>%1, %2</source>
            <translation>%1, %2</translation>
        </message>
        <message>
            <source>Calibrated</source>
            <translation>Kalibriert</translation>
        </message>
        <message>
            <source>real value = %1 × (integer − %2)</source>
            <translation>reeller Wert = %1 × (Ganzzahl − %2)</translation>
        </message>
        <message numerus="yes">
            <source>one scale for each of %n channels</source>
            <translation>
                <numerusform>eine Skala für den %n Kanal</numerusform>
                <numerusform>eine Skala für jeden von %n Kanälen</numerusform>
            </translation>
        </message>
        <message>
            <source>values</source>
            <translation>Werte</translation>
        </message>
        <message>
            <source>%1 channels · widest: %2</source>
            <translation>%1 Kanäle · weitester: %2</translation>
        </message>
        <message>
            <source>after %1</source>
            <translation>nach %1</translation>
        </message>
        <message>
            <source>float32</source>
            <translation>float32</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::ToolBar</name>
        <message>
            <source>Data</source>
            <translation>Daten</translation>
        </message>
        <message>
            <source>Tools</source>
            <translation>Werkzeuge</translation>
        </message>
        <message>
            <source>Target device</source>
            <translation>Zielgerät</translation>
        </message>
        <message>
            <source>Ctrl+K  all commands</source>
            <translation>Strg+K  alle Befehle</translation>
        </message>
        <message>
            <source>Every command, by typing</source>
            <translation>Jeder Befehl durch Tippen</translation>
        </message>
        <message>
            <source>All commands</source>
            <translation>Alle Befehle</translation>
        </message>
        <message>
            <source>Calibration: %1</source>
            <translation>Kalibrierung: %1</translation>
        </message>
        <message>
            <source>Evaluation: %1</source>
            <translation>Auswertung: %1</translation>
        </message>
        <message>
            <source>Choose the pictures to calibrate with and to evaluate on</source>
            <translation>Die Bilder zum Kalibrieren und zum Auswerten wählen</translation>
        </message>
        <message>
            <source>The device that the model is made for: %1</source>
            <translation>Das Gerät, für das das Modell gemacht wird: %1</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::ValuesModel</name>
        <message>
            <source>The values of this tensor exist only while the model runs; the Activation tab has their distribution.</source>
            <translation>Die Werte dieses Tensors gibt es nur, während das Modell läuft; ihre Verteilung steht unter Aktivierung.</translation>
        </message>
        <message>
            <source>byte %1: %2</source>
            <translation>Byte %1: %2</translation>
        </message>
        <message>
            <source>%1 = %2, stored as %3</source>
            <translation>%1 = %2, gespeichert als %3</translation>
        </message>
        <message>
            <source>%1 = %2</source>
            <translation>%1 = %2</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::ValuesPage</name>
        <message>
            <source>How values are shown</source>
            <translation>Wie Werte gezeigt werden</translation>
        </message>
        <message>
            <source>real values</source>
            <translation>reelle Werte</translation>
        </message>
        <message>
            <source>stored numbers</source>
            <translation>gespeicherte Zahlen</translation>
        </message>
        <message>
            <source>bytes</source>
            <translation>Bytes</translation>
        </message>
        <message>
            <source>images</source>
            <translation>Bilder</translation>
        </message>
        <message>
            <source>go to 17 or 1,0,2,3</source>
            <translation>zu 17 oder 1,0,2,3</translation>
        </message>
        <message>
            <source>Go to an element</source>
            <translation>Zu einem Element gehen</translation>
        </message>
        <message>
            <source>Input channel</source>
            <translation>Eingabekanal</translation>
        </message>
        <message>
            <source>input channel </source>
            <translation>Eingabekanal </translation>
        </message>
        <message>
            <source>Values of the tensor</source>
            <translation>Werte des Tensors</translation>
        </message>
        <message>
            <source>Select an operator or a wire to see the values of its tensor.</source>
            <translation>Einen Operator oder eine Leitung wählen, um die Werte des Tensors zu sehen.</translation>
        </message>
        <message>
            <source>Open a model to look at its values.</source>
            <translation>Ein Modell öffnen, um seine Werte anzusehen.</translation>
        </message>
        <message>
            <source>%1 %2 · %3 elements</source>
            <translation>%1 %2 · %3 Elemente</translation>
        </message>
        <message>
            <source>%1 channels of %2×%3</source>
            <translation>%1 Kanäle mit %2×%3</translation>
        </message>
        <message>
            <source>outputs downwards, inputs to the right</source>
            <translation>Ausgaben nach unten, Eingaben nach rechts</translation>
        </message>
        <message>
            <source>, the first %1</source>
            <translation>, die ersten %1</translation>
        </message>
        <message>
            <source> · blue below zero, orange above</source>
            <translation> · Blau unter null, Orange darüber</translation>
        </message>
        <message>
            <source>There is no such element; the last one is %1</source>
            <translation>Ein solches Element gibt es nicht; das letzte ist %1</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::VariantsModel</name>
        <message>
            <source>Variant</source>
            <translation>Variante</translation>
        </message>
        <message>
            <source>Made</source>
            <translation>Gemacht</translation>
        </message>
        <message>
            <source>Bytes</source>
            <translation>Bytes</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>Größe</translation>
        </message>
        <message>
            <source>95 %</source>
            <translation>95 %</translation>
        </message>
        <message>
            <source>Δ to baseline</source>
            <translation>Δ zum Ausgang</translation>
        </message>
        <message>
            <source>Agreement</source>
            <translation>Übereinstimmung</translation>
        </message>
        <message>
            <source>Latency µs</source>
            <translation>Laufzeit µs</translation>
        </message>
        <message>
            <source>Recipe, model and results</source>
            <translation>Rezept, Modell und Ergebnisse</translation>
        </message>
        <message>
            <source>The variant whose recipe it began with</source>
            <translation>Die Variante, mit deren Rezept sie begann</translation>
        </message>
        <message>
            <source>Bytes of the file</source>
            <translation>Bytes der Datei</translation>
        </message>
        <message>
            <source>Bytes relative to the baseline</source>
            <translation>Bytes im Verhältnis zur Ausgangsfassung</translation>
        </message>
        <message>
            <source>What variants are compared by: the share of right answers, or the task's figure</source>
            <translation>Wonach Varianten verglichen werden: der Anteil richtiger Antworten oder die Größe der Aufgabe</translation>
        </message>
        <message>
            <source>Half of the 95 % interval</source>
            <translation>Die Hälfte des 95-%-Intervalls</translation>
        </message>
        <message>
            <source>Difference to the baseline, and what a paired test at 5 % says of it</source>
            <translation>Unterschied zur Ausgangsfassung und was ein gepaarter Test auf dem 5-%-Niveau dazu sagt</translation>
        </message>
        <message>
            <source>Samples with the same first answer as the baseline</source>
            <translation>Proben mit derselben ersten Antwort wie die Ausgangsfassung</translation>
        </message>
        <message>
            <source>Median of one invocation on this computer, one thread</source>
            <translation>Median eines Laufs auf diesem Rechner, ein Thread</translation>
        </message>
        <message>
            <source>waiting</source>
            <translation>wartet</translation>
        </message>
        <message>
            <source>running %1 %</source>
            <translation>läuft, %1 %</translation>
        </message>
        <message>
            <source>running</source>
            <translation>läuft</translation>
        </message>
        <message>
            <source>stale</source>
            <translation>veraltet</translation>
        </message>
        <message>
            <source>partial</source>
            <translation>teilweise</translation>
        </message>
        <message>
            <source>by search</source>
            <translation>durch Suche</translation>
        </message>
        <message>
            <source>baseline</source>
            <translation>Ausgangsfassung</translation>
        </message>
        <message>
            <source>trial of the search</source>
            <translation>Versuch der Suche</translation>
        </message>
        <message>
            <source>from %1</source>
            <translation>aus %1</translation>
        </message>
        <message>
            <source>%1 %</source>
            <translation>%1 %</translation>
        </message>
        <message>
            <source>Measured on other data or another baseline than now. Evaluate again to renew.</source>
            <translation>Auf anderen Daten oder mit einer anderen Ausgangsfassung gemessen als jetzt. Neu auswerten, um es zu erneuern.</translation>
        </message>
        <message>
            <source>%1 on %2 samples; 95 % interval %3 to %4</source>
            <translation>%1 auf %2 Proben; 95-%-Intervall %3 bis %4</translation>
        </message>
        <message>
            <source>Median of %1 runs; 9 of 10 below %2 µs</source>
            <translation>Median von %1 Läufen; 9 von 10 unter %2 µs</translation>
        </message>
        <message>
            <source>%1; p = %2</source>
            <translation>%1; p = %2</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::VariantsView</name>
        <message>
            <source>Variants</source>
            <translation>Varianten</translation>
        </message>
        <message>
            <source>Evaluate</source>
            <translation>Auswerten</translation>
        </message>
        <message>
            <source>Compare the layers with the baseline</source>
            <translation>Die Schichten mit der Ausgangsfassung vergleichen</translation>
        </message>
        <message>
            <source>Rename</source>
            <translation>Umbenennen</translation>
        </message>
        <message>
            <source>Continue from its recipe</source>
            <translation>Mit ihrem Rezept weitermachen</translation>
        </message>
        <message>
            <source>Export as .tflite…</source>
            <translation>Als .tflite ausgeben…</translation>
        </message>
        <message>
            <source>Copy as a table</source>
            <translation>Als Tabelle kopieren</translation>
        </message>
        <message>
            <source>Delete</source>
            <translation>Löschen</translation>
        </message>
        <message>
            <source>Continue from the recipe of %1</source>
            <translation>Mit dem Rezept von %1 weitermachen</translation>
        </message>
        <message>
            <source>Export %1</source>
            <translation>%1 ausgeben</translation>
        </message>
        <message>
            <source>TensorFlow Lite models (*.tflite)</source>
            <translation>TensorFlow-Lite-Modelle (*.tflite)</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::WelcomeView</name>
        <message>
            <source>Quantscope</source>
            <translation>Quantscope</translation>
        </message>
        <message>
            <source>Make a trained TensorFlow Lite model small and fast, and see what it costs.</source>
            <translation>Ein gelerntes TensorFlow-Lite-Modell klein und schnell machen und sehen, was es kostet.</translation>
        </message>
        <message>
            <source>Drop a model (.tflite) or a workspace (.qscope) here</source>
            <translation>Ein Modell (.tflite) oder einen Arbeitsbereich (.qscope) hier ablegen</translation>
        </message>
        <message>
            <source>Open a model…</source>
            <translation>Ein Modell öffnen…</translation>
        </message>
        <message>
            <source>Open the sample workspace</source>
            <translation>Den Beispiel-Arbeitsbereich öffnen</translation>
        </message>
        <message>
            <source>Recent</source>
            <translation>Zuletzt</translation>
        </message>
        <message>
            <source>Opening …</source>
            <translation>Wird geöffnet …</translation>
        </message>
        <message>
            <source>Open a model or a workspace</source>
            <translation>Ein Modell oder einen Arbeitsbereich öffnen</translation>
        </message>
        <message>
            <source>Models and workspaces (*.tflite *.lite *.qscope *.task *.litertlm *.zip);;All files (*)</source>
            <translation>Modelle und Arbeitsbereiche (*.tflite *.lite *.qscope *.task *.litertlm *.zip);;Alle Dateien (*)</translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::WindowActions</name>
        <message>
            <source>&amp;Open…</source>
            <translation>Ö&amp;ffnen…</translation>
        </message>
        <message>
            <source>Open a model (.tflite) or a workspace (.qscope)</source>
            <translation>Ein Modell (.tflite) oder einen Arbeitsbereich (.qscope) öffnen</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>Öffnen</translation>
        </message>
        <message>
            <source>Open the sample workspace</source>
            <translation>Den Beispiel-Arbeitsbereich öffnen</translation>
        </message>
        <message>
            <source>A small network that names drawn shapes, with its pictures</source>
            <translation>Ein kleines Netz, das gezeichnete Formen benennt, mit seinen Bildern</translation>
        </message>
        <message>
            <source>&amp;Save workspace</source>
            <translation>Arbeitsbereich &amp;speichern</translation>
        </message>
        <message>
            <source>Save model, data, recipe, variants and results as one file</source>
            <translation>Modell, Daten, Rezept, Varianten und Ergebnisse als eine Datei speichern</translation>
        </message>
        <message>
            <source>Save workspace &amp;as…</source>
            <translation>Arbeitsbereich speichern &amp;unter…</translation>
        </message>
        <message>
            <source>Save under another name</source>
            <translation>Unter einem anderen Namen speichern</translation>
        </message>
        <message>
            <source>&amp;Export the current variant…</source>
            <translation>Die aktuelle Variante &amp;ausgeben…</translation>
        </message>
        <message>
            <source>Write the current variant as a .tflite file</source>
            <translation>Die aktuelle Variante als .tflite-Datei schreiben</translation>
        </message>
        <message>
            <source>&amp;Close workspace</source>
            <translation>Arbeitsbereich s&amp;chließen</translation>
        </message>
        <message>
            <source>Back to the welcome page</source>
            <translation>Zurück zur Willkommensseite</translation>
        </message>
        <message>
            <source>&amp;Quit</source>
            <translation>&amp;Beenden</translation>
        </message>
        <message>
            <source>End Quantscope</source>
            <translation>Quantscope beenden</translation>
        </message>
        <message>
            <source>&amp;Undo</source>
            <translation>&amp;Rückgängig</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>Rückgängig</translation>
        </message>
        <message>
            <source>&amp;Redo</source>
            <translation>&amp;Wiederholen</translation>
        </message>
        <message>
            <source>Redo</source>
            <translation>Wiederholen</translation>
        </message>
        <message>
            <source>&amp;Find operators</source>
            <translation>Operatoren &amp;finden</translation>
        </message>
        <message>
            <source>Filter the layers by text, type or number</source>
            <translation>Die Schichten nach Text, Art oder Zahl filtern</translation>
        </message>
        <message>
            <source>All &amp;commands…</source>
            <translation>Alle &amp;Befehle…</translation>
        </message>
        <message>
            <source>Every command, by typing</source>
            <translation>Jeder Befehl durch Tippen</translation>
        </message>
        <message>
            <source>Data &amp;folder…</source>
            <translation>Daten&amp;ordner…</translation>
        </message>
        <message>
            <source>A folder with calibration and evaluation inside, or one that serves for both</source>
            <translation>Ein Ordner mit Kalibrierung und Auswertung darin oder einer, der für beides dient</translation>
        </message>
        <message>
            <source>Calibration folder…</source>
            <translation>Ordner zum Kalibrieren…</translation>
        </message>
        <message>
            <source>Pictures to observe ranges on, in one folder or one folder per class</source>
            <translation>Bilder, auf denen Bereiche beobachtet werden, in einem Ordner oder einem je Klasse</translation>
        </message>
        <message>
            <source>Calibration file…</source>
            <translation>Datei zum Kalibrieren…</translation>
        </message>
        <message>
            <source>Samples in an .npz, .npy, .csv, .tsv, .jsonl or COCO .json file</source>
            <translation>Proben in einer .npz-, .npy-, .csv-, .tsv-, .jsonl- oder COCO-.json-Datei</translation>
        </message>
        <message>
            <source>Evaluation folder…</source>
            <translation>Ordner zum Auswerten…</translation>
        </message>
        <message>
            <source>Labelled pictures, one folder per class</source>
            <translation>Bilder mit Etikett, ein Ordner je Klasse</translation>
        </message>
        <message>
            <source>Evaluation file…</source>
            <translation>Datei zum Auswerten…</translation>
        </message>
        <message>
            <source>Remove the data</source>
            <translation>Die Daten entfernen</translation>
        </message>
        <message>
            <source>No calibration and evaluation data</source>
            <translation>Keine Daten zum Kalibrieren und Auswerten</translation>
        </message>
        <message>
            <source>Set the selection to %1</source>
            <translation>Die Auswahl auf %1 setzen</translation>
        </message>
        <message>
            <source>For every selected operator</source>
            <translation>Für jeden ausgewählten Operator</translation>
        </message>
        <message>
            <source>Keep the selection in float32</source>
            <translation>Die Auswahl in float32 behalten</translation>
        </message>
        <message>
            <source>Replace the recipe by the mode %1</source>
            <translation>Das Rezept durch den Modus %1 ersetzen</translation>
        </message>
        <message>
            <source>Make the model for this device</source>
            <translation>Das Modell für dieses Gerät machen</translation>
        </message>
        <message>
            <source>Optimize for %1</source>
            <translation>Für %1 optimieren</translation>
        </message>
        <message>
            <source>Replace the recipe by rules that suit the device</source>
            <translation>Das Rezept durch Regeln ersetzen, die zum Gerät passen</translation>
        </message>
        <message>
            <source>&amp;Guide…</source>
            <translation>&amp;Wegweiser…</translation>
        </message>
        <message>
            <source>From "what will run it, are there samples" to a mode, with reasons</source>
            <translation>Von „worauf läuft es, gibt es Proben“ zu einem Modus, mit Gründen</translation>
        </message>
        <message>
            <source>Set the selection back to the rules</source>
            <translation>Die Auswahl auf die Regeln zurücksetzen</translation>
        </message>
        <message>
            <source>Forget the choices of the selected operators</source>
            <translation>Die eigenen Wünsche der ausgewählten Operatoren vergessen</translation>
        </message>
        <message>
            <source>&amp;Rules</source>
            <translation>&amp;Regeln</translation>
        </message>
        <message>
            <source>Rules that set many operators at once</source>
            <translation>Regeln, die viele Operatoren auf einmal setzen</translation>
        </message>
        <message>
            <source>&amp;Load recipe…</source>
            <translation>Rezept &amp;laden…</translation>
        </message>
        <message>
            <source>Read a recipe from a JSON file</source>
            <translation>Ein Rezept aus einer JSON-Datei lesen</translation>
        </message>
        <message>
            <source>Save recipe as…</source>
            <translation>Rezept speichern unter…</translation>
        </message>
        <message>
            <source>Write the recipe as a JSON file</source>
            <translation>Das Rezept als JSON-Datei schreiben</translation>
        </message>
        <message>
            <source>&amp;Calibrate</source>
            <translation>&amp;Kalibrieren</translation>
        </message>
        <message>
            <source>Observe the range of every activation on the calibration data</source>
            <translation>Den Bereich jeder Aktivierung auf den Kalibrierdaten beobachten</translation>
        </message>
        <message>
            <source>&amp;Quantize</source>
            <translation>&amp;Quantisieren</translation>
        </message>
        <message>
            <source>Make a variant from the recipe; calibrates first where needed</source>
            <translation>Aus dem Rezept eine Variante machen; kalibriert zuerst, wo es nötig ist</translation>
        </message>
        <message>
            <source>&amp;Evaluate</source>
            <translation>&amp;Auswerten</translation>
        </message>
        <message>
            <source>Measure accuracy and latency of every variant that has no results yet</source>
            <translation>Güte und Laufzeit jeder Variante messen, die noch keine Ergebnisse hat</translation>
        </message>
        <message>
            <source>Evaluate the current variant again</source>
            <translation>Die aktuelle Variante neu auswerten</translation>
        </message>
        <message>
            <source>Measure it on the present data</source>
            <translation>Sie auf den jetzigen Daten messen</translation>
        </message>
        <message>
            <source>&amp;Sensitivity</source>
            <translation>&amp;Empfindlichkeit</translation>
        </message>
        <message>
            <source>What each operator costs when it alone is quantized</source>
            <translation>Was jeder Operator kostet, wenn nur er quantisiert ist</translation>
        </message>
        <message>
            <source>Sear&amp;ch…</source>
            <translation>Su&amp;chen…</translation>
        </message>
        <message>
            <source>Find a precision for every operator, under a budget of accuracy or bytes</source>
            <translation>Eine Genauigkeit für jeden Operator finden, in einem Rahmen aus Güte oder Bytes</translation>
        </message>
        <message>
            <source>Search</source>
            <translation>Suchen</translation>
        </message>
        <message>
            <source>Compare the &amp;layers of the current variant</source>
            <translation>Die &amp;Schichten der aktuellen Variante vergleichen</translation>
        </message>
        <message>
            <source>Error of every operator against the float model</source>
            <translation>Fehler jedes Operators gegen das Float-Modell</translation>
        </message>
        <message>
            <source>Cancel all &amp;jobs</source>
            <translation>Alle Aufträge ab&amp;brechen</translation>
        </message>
        <message>
            <source>Stop what runs and forget what waits</source>
            <translation>Anhalten, was läuft, und vergessen, was wartet</translation>
        </message>
        <message>
            <source>Restore the &amp;arrangement</source>
            <translation>Die &amp;Anordnung wiederherstellen</translation>
        </message>
        <message>
            <source>All panels where they were in the beginning</source>
            <translation>Alle Felder dort, wo sie am Anfang waren</translation>
        </message>
        <message>
            <source>Follow the system</source>
            <translation>Dem System folgen</translation>
        </message>
        <message>
            <source>Light</source>
            <translation>Hell</translation>
        </message>
        <message>
            <source>Dark</source>
            <translation>Dunkel</translation>
        </message>
        <message>
            <source>Larger text</source>
            <translation>Größere Schrift</translation>
        </message>
        <message>
            <source>Larger text and rows</source>
            <translation>Größere Schrift und Zeilen</translation>
        </message>
        <message>
            <source>Smaller text</source>
            <translation>Kleinere Schrift</translation>
        </message>
        <message>
            <source>Smaller text and rows</source>
            <translation>Kleinere Schrift und Zeilen</translation>
        </message>
        <message>
            <source>Normal text</source>
            <translation>Normale Schrift</translation>
        </message>
        <message>
            <source>Text in its usual size</source>
            <translation>Schrift in üblicher Größe</translation>
        </message>
        <message>
            <source>&amp;Full screen</source>
            <translation>&amp;Ganzer Bildschirm</translation>
        </message>
        <message>
            <source>Use the whole screen</source>
            <translation>Den ganzen Bildschirm benutzen</translation>
        </message>
        <message>
            <source>&amp;Keyboard shortcuts</source>
            <translation>&amp;Tastenkürzel</translation>
        </message>
        <message>
            <source>All shortcuts on one page</source>
            <translation>Alle Tastenkürzel auf einer Seite</translation>
        </message>
        <message>
            <source>&amp;Settings…</source>
            <translation>&amp;Einstellungen…</translation>
        </message>
        <message>
            <source>Language, theme, text size, what happens at the start</source>
            <translation>Sprache, Farben, Schriftgröße, was beim Start geschieht</translation>
        </message>
        <message>
            <source>&amp;About Quantscope</source>
            <translation>Ü&amp;ber Quantscope</translation>
        </message>
        <message>
            <source>Version and licence</source>
            <translation>Version und Lizenz</translation>
        </message>
        <message>
            <source>&amp;File</source>
            <translation>&amp;Datei</translation>
        </message>
        <message>
            <source>Open &amp;recent</source>
            <translation>&amp;Zuletzt geöffnet</translation>
        </message>
        <message>
            <source>&amp;Edit</source>
            <translation>&amp;Bearbeiten</translation>
        </message>
        <message>
            <source>&amp;Model</source>
            <translation>&amp;Modell</translation>
        </message>
        <message>
            <source>&amp;Data</source>
            <translation>&amp;Daten</translation>
        </message>
        <message>
            <source>&amp;Target</source>
            <translation>&amp;Ziel</translation>
        </message>
        <message>
            <source>&amp;Recipe</source>
            <translation>&amp;Rezept</translation>
        </message>
        <message>
            <source>&amp;Start from</source>
            <translation>&amp;Ausgehen von</translation>
        </message>
        <message>
            <source>&amp;Optimize for</source>
            <translation>&amp;Optimieren für</translation>
        </message>
        <message>
            <source>Algorithms of the se&amp;lection</source>
            <translation>Algorithmen der Auswah&amp;l</translation>
        </message>
        <message>
            <source>&amp;Algorithms of all operators</source>
            <translation>&amp;Algorithmen aller Operatoren</translation>
        </message>
        <message>
            <source>R&amp;un</source>
            <translation>A&amp;usführen</translation>
        </message>
        <message>
            <source>&amp;View</source>
            <translation>An&amp;sicht</translation>
        </message>
        <message>
            <source>&amp;Theme</source>
            <translation>&amp;Farben</translation>
        </message>
        <message>
            <source>&amp;Help</source>
            <translation>&amp;Hilfe</translation>
        </message>
        <message>
            <source>&amp;Undo: %1</source>
            <translation>&amp;Rückgängig: %1</translation>
        </message>
        <message>
            <source>&amp;Redo: %1</source>
            <translation>&amp;Wiederholen: %1</translation>
        </message>
        <message>
            <source>Undo: %1  (Ctrl+Z)</source>
            <translation>Rückgängig: %1  (Strg+Z)</translation>
        </message>
        <message>
            <source>Nothing to undo</source>
            <translation>Nichts rückgängig zu machen</translation>
        </message>
        <message>
            <source>Redo: %1  (Ctrl+Shift+Z)</source>
            <translation>Wiederholen: %1  (Strg+Umschalt+Z)</translation>
        </message>
        <message>
            <source>Nothing to redo</source>
            <translation>Nichts zu wiederholen</translation>
        </message>
    </context>
</TS>
