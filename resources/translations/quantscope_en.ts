<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_GB" sourcelanguage="en">
    <context>
        <name>quantscope::ui::AnswerList</name>
        <message numerus="yes">
            <source>%n answer(s) changed</source>
            <translation>
                <numerusform>%n answer changed</numerusform>
                <numerusform>%n answers changed</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::HistogramPlot</name>
        <message numerus="yes">
            <source>%1: %n value(s)</source>
            <translation>
                <numerusform>%1: %n value</numerusform>
                <numerusform>%1: %n values</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::ReportView</name>
        <message numerus="yes">
            <source>&lt;b&gt;%1&lt;/b&gt;&lt;br&gt;%n variant(s), %2 of them evaluated. The report is one page with tables, plots, the recipe and the way to make it again; it needs no network.</source>
            <translation>
                <numerusform>&lt;b&gt;%1&lt;/b&gt;&lt;br&gt;%n variant, %2 of them evaluated. The report is one page with tables, plots, the recipe and the way to make it again; it needs no network.</numerusform>
                <numerusform>&lt;b&gt;%1&lt;/b&gt;&lt;br&gt;%n variants, %2 of them evaluated. The report is one page with tables, plots, the recipe and the way to make it again; it needs no network.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>quantscope::ui::TensorPage</name>
        <message numerus="yes">
            <source>one scale for each of %n channels</source>
            <translation>
                <numerusform>one scale for the %n channel</numerusform>
                <numerusform>one scale for each of %n channels</numerusform>
            </translation>
        </message>
    </context>
</TS>
