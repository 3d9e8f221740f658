#pragma once

namespace quantscope::report {

/// Style sheet of the page; the colours are those of the window (docs/ui.md).
inline constexpr const char* kPageStyle = R"css(
:root{color-scheme:light dark;--window:#f3f5f7;--panel:#fff;--alternate:#f8fafb;--line:#dde2e8;--grid:#eceff3;--text:#1c2530;
--secondary:#5d6874;--accent:#2458d6;--bad:#c4481b;--good:#0b8a5f}
@media (prefers-color-scheme:dark){:root{--window:#1b1f24;--panel:#22272e;--alternate:#262c33;--line:#363d46;--grid:#2c333b;
--text:#dfe5ec;--secondary:#93a0ad;--accent:#7aa5ff;--bad:#ef7b4d;--good:#35b98a}}
*{box-sizing:border-box}
body{margin:0;background:var(--window);color:var(--text);font:15px/1.5 system-ui,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
main{max-width:1140px;margin:0 auto;padding:24px 20px 60px}
h1{font-size:24px;margin:8px 0 2px;overflow-wrap:anywhere}h2{font-size:17px;margin:0 0 12px}h3{font-size:15px;margin:20px 0 8px}
p{margin:6px 0}.note{color:var(--secondary);font-size:13px}
section{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:16px 18px;margin-top:16px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
th{text-align:left;font-weight:600;color:var(--secondary);font-size:13px;white-space:nowrap}
th,td{padding:5px 10px 5px 0;border-bottom:1px solid var(--grid);vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.n.wrap{white-space:normal;min-width:10em}
tr.baseline td{background:var(--alternate)}
.good{color:var(--good)}.bad{color:var(--bad)}
.path{overflow-wrap:anywhere}
pre{background:var(--alternate);border:1px solid var(--grid);border-radius:6px;padding:10px 12px;overflow-x:auto;font-size:13px}
details{margin:8px 0}summary{cursor:pointer;color:var(--accent)}
svg{max-width:100%;height:auto;display:block}
svg text{font-family:inherit;fill:var(--text)}svg .tick{font-size:12px;fill:var(--secondary)}
svg .axis{font-size:13px;fill:var(--secondary)}svg .name{font-size:12.5px}
svg .grid{stroke:var(--grid)}svg .bar{fill:var(--accent)}svg .second{stroke:var(--bad);stroke-width:2.5}
svg .dot{fill:var(--accent)}svg .whisker{stroke:var(--accent);stroke-width:1.5}svg .leader{stroke:var(--line)}
svg .baseline .dot{fill:var(--secondary)}svg .baseline .whisker{stroke:var(--secondary)}
ul{margin:6px 0 12px;padding-left:20px}.remedy{color:var(--secondary)}
.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:12px}
figure{margin:0;padding:8px;background:var(--alternate);border:1px solid var(--grid);border-radius:6px}
figure img{display:block;width:100%;aspect-ratio:1;object-fit:contain;image-rendering:auto}
figcaption{font-size:12px;margin-top:6px;overflow-wrap:anywhere}
@media print{body{background:#fff}section{break-inside:avoid}}
)css";

}  // namespace quantscope::report
