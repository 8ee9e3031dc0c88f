// The HTML page's style sheet: system fonts, tabular numerals, Okabe and Ito's colours
// (distinguishable with any colour vision), for light and for dark paper.
#pragma once

namespace reclaim::report {

/// Declarations for the root element.
inline constexpr const char* light_colours =
    R"css(color-scheme:light;--ink:#1b1d21;--soft:#5d636d;--line:#dfe2e6;--grid:#e9ebee;--paper:#fff;
--panel:#f7f8f9;--accent:#0060a0;--heat:196 98 16;--good:#00664b;--bad:#b3261e;
--f0:#c85200;--f1:#0072b2;--f2:#3a9fd6;--f3:#00906a;--f4:#b75d8f;--f5:#b07d00;--f6:#6a5acd;--fq:#7a808a;
--hold:#0072b2;--wait:#e69f00;--lock:#8a5fbf;--collect:#b3261e)css";
inline constexpr const char* dark_colours =
    R"css(color-scheme:dark;--ink:#e6e8eb;--soft:#9aa2ad;--line:#343a43;--grid:#292e36;
--paper:#15181c;--panel:#1b1f24;--accent:#74b9f0;--heat:240 150 60;--good:#4fd1a5;--bad:#ff8a80;
--f0:#ff8f45;--f1:#4aa8e8;--f2:#98d3f5;--f3:#3cc79b;--f4:#e3a0c6;--f5:#e8b93c;--f6:#a99cf2;--fq:#8b929c;
--hold:#4fb0e8;--wait:#e6a817;--lock:#b79be0;--collect:#ff8a80)css";

inline constexpr const char* page_style = R"css(
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",
Roboto,"Noto Sans","DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.page{max-width:1400px;margin:0 auto;padding:1.5rem clamp(1rem,3vw,2.5rem) 4rem}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem}
a{color:var(--accent);text-decoration-thickness:1px;text-underline-offset:2px}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
h1{font-size:1.75rem;line-height:1.2;margin:.5rem 0 .6rem;letter-spacing:-.015em}
h2{font-size:1.3rem;margin:3rem 0 .4rem;letter-spacing:-.01em}
h3{font-size:1rem;margin:1.6rem 0 .3rem}
p{max-width:75ch;margin:.4rem 0}
.lead{font-size:1.06rem}
.meta,.caption,figcaption,.certainty,summary,.size{color:var(--soft);font-size:.87rem}
figcaption{max-width:75ch;margin:.2rem 0 .5rem}
.note{border-left:3px solid var(--bad);padding:.2rem .8rem;margin:.6rem 0;max-width:75ch}
.said{list-style:none;padding:0;margin:.8rem 0}
.said li{display:grid;grid-template-columns:4.6rem minmax(0,75ch) minmax(14rem,1fr);gap:0 1.2rem;
padding:.3rem 0}
.said li.topic{border-top:1px solid var(--line);padding-top:.45rem}
.said b{font-weight:600}.said .certainty{padding-top:.1rem}
.said li.more b{visibility:hidden}
.said .alarm b{color:var(--bad)}
nav ul{display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;padding:0;margin:1rem 0;list-style:none}
.panels{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,34rem),1fr));gap:.5rem 3rem}
.panels>*{min-width:0}
figure{margin:.8rem 0 0}
.scroll{overflow-x:auto;margin:.4rem 0;max-width:100%}
table{border-collapse:collapse;font-size:.87rem;overflow-wrap:normal}
caption{text-align:left;color:var(--soft);padding:.2rem 0;caption-side:top}
th,td{padding:.22rem .5rem;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}
thead th{font-weight:500;color:var(--soft);vertical-align:bottom;border-bottom:1px solid var(--soft)}
th.t,td.t{text-align:left}tbody th{font-weight:400;text-align:left}
th:first-child,td:first-child{padding-left:0}
tr:hover td,tr:hover th{background:var(--panel)}
tbody th,thead th:first-child{position:sticky;left:0;background:var(--paper);z-index:1}
.best{font-weight:650;color:var(--good)}.quiet-text{color:var(--soft)}.alarm-text{color:var(--bad);font-weight:650}
.matrix th[scope=col]{font-size:.75rem;line-height:1.2;padding:.2rem .15rem;white-space:normal;
max-width:4.9rem;text-align:center}
.matrix th.t[scope=col]{text-align:left}
.matrix td{text-align:center;padding:.2rem .25rem;min-width:3.25rem;border:2px solid var(--paper);
background:rgb(var(--heat)/var(--h,0));border-radius:5px}
.matrix .group th{color:var(--soft);padding-top:.7rem;border-bottom:0}
.matrix tr:hover td{background:rgb(var(--heat)/var(--h,0))}
.matrix td.best{box-shadow:inset 0 0 0 1.5px var(--good)}
.matrix td.alarm-text{font-weight:400;font-size:.72rem;line-height:1.1;white-space:normal;max-width:4rem}
details{margin:.5rem 0}summary{cursor:pointer;width:fit-content}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;font-size:.87rem;margin:.5rem 0}
dt{color:var(--soft)}dd{margin:0;max-width:75ch}
@media (max-width:900px){.said li{grid-template-columns:4.6rem 1fr}.said .certainty{grid-column:2}}
@media (max-width:640px){dl.wide,.said li{grid-template-columns:1fr}.said .certainty{grid-column:1}
.said li.more b{display:none}dl.wide dd{margin-bottom:.4rem}}
.plot{padding:.6rem 4.8rem 0 10.6rem;max-width:46rem}
.plot svg{display:block;overflow:visible}
.plot.stops{padding-left:11.2rem}
.plot.scatter{padding:1.6rem .8rem 0 4.2rem}.plot.lines{padding:1.6rem 11rem 0 4.6rem}
.live-only,.live .chart>.plot,.live .chart>.panels,.live .chart>svg{display:none}
.live .live-only{display:block}.chart>svg{max-width:100%;height:auto}
svg text{font-size:12px;fill:var(--ink)}
svg .grid{stroke:var(--grid);stroke-width:1}
svg .tick{fill:var(--soft);text-anchor:middle;font-size:11px}
svg .label{text-anchor:end}svg .tick-left,svg .axis-name,svg .minor{fill:var(--soft);font-size:11px}
svg .end{text-anchor:end}
svg .bar{fill:var(--c);opacity:.42}svg .round{fill:var(--c);opacity:.75}
svg .whisker{stroke:var(--ink);stroke-width:1.5}
svg .span,svg .leader{stroke:var(--c);stroke-width:1.5;opacity:.6}svg .leader{stroke-width:1}
svg .dot{fill:var(--c)}svg .p50{fill:var(--paper);stroke:var(--c);stroke-width:1.5}
svg .expected{fill:none;stroke:var(--ink);stroke-width:1.2}
svg .part{opacity:.55}
svg .line{fill:none;stroke:var(--c);stroke-width:1.8;vector-effect:non-scaling-stroke}
svg .second{stroke-dasharray:5 3}svg .shade{fill:var(--panel)}
svg .ideal{fill:none;stroke:var(--soft);stroke-dasharray:2 3;vector-effect:non-scaling-stroke}
svg .name{paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}
.f0{--c:var(--f0)}.f1{--c:var(--f1)}.f2{--c:var(--f2)}.f3{--c:var(--f3)}.f4{--c:var(--f4)}
.f5{--c:var(--f5)}.f6{--c:var(--f6)}.quiet{--c:var(--fq)}
@media (max-width:640px){.plot{padding-right:4.2rem;padding-left:9.9rem}.plot.stops{padding-left:9.4rem}
svg text{font-size:11px}.page{padding-top:.8rem}h1{font-size:1.45rem}}
.toolbar{position:sticky;top:0;z-index:5;background:var(--paper);border-bottom:1px solid var(--line);
padding:.4rem 0;margin:1.2rem 0 0}
.tools,.tools>div{display:flex;flex-wrap:wrap;gap:.3rem .35rem;align-items:center}.tools{gap:.35rem 1.6rem;
padding-top:.35rem}.tools .meta{margin-right:.2rem}
.tools button,.zoom button{font:inherit;font-size:.82rem;line-height:1.5;color:var(--ink);background:var(--panel);
border:1px solid var(--line);border-radius:1rem;padding:.05rem .6rem;cursor:pointer}
.tools button svg{margin-right:.35rem;vertical-align:-.05em}
.tools button:hover,.zoom button:hover{border-color:var(--soft)}
.tools button[aria-pressed=false]{background:none;color:var(--soft);text-decoration:line-through}
.tools button[aria-pressed=false] svg{opacity:.3}.tools button.all{border-color:transparent;background:none;
color:var(--accent);padding:.05rem .3rem}.tools .theme{margin-left:auto}
.panels .chart{max-width:46rem}.chart .canvas{width:100%}.filtered{display:none}
.extras{display:flex;flex-wrap:wrap;justify-content:flex-end;gap:.2rem 1.2rem}
.kinds{display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;list-style:none;padding:0;margin:0 auto 0 0;font-size:.82rem}
.kinds i{display:inline-block;width:1.1rem;height:.8rem;margin-right:.4rem;border-radius:2px}
.kinds i.low{height:.28rem}
.zoom{display:flex;gap:.2rem}.zoom button{border-radius:4px;padding:0 .45rem;color:var(--soft)}
.unseen{position:absolute;width:1px;height:1px;margin:0;overflow:hidden;clip-path:inset(50%)}
.chart.empty .canvas,.chart.empty .extras{display:none}
.chart.empty::after{content:"Nothing chosen to show.";color:var(--soft);font-size:.87rem}
.live h2{scroll-margin-top:7rem}
@media (max-width:640px){.toolbar{max-height:70vh;overflow-y:auto}}
@media print{.filtered{display:block}.live .chart>.plot,.live .chart>.panels,.live .chart>svg{display:block}.canvas,.extras,.live-only,
.toolbar{display:none!important}body{font-size:10pt}.scroll{overflow:visible}nav,.skip{display:none}figure,tr{break-inside:avoid}}
)css";

}  // namespace reclaim::report
