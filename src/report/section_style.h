// Styles of the first screen and of the models' pages; page_style.h has those of the whole page.
#pragma once

namespace reclaim::report {

inline constexpr const char* section_style = R"css(
.first .said li{grid-template-columns:8.2rem minmax(0,1fr) minmax(14rem,21rem);padding:.26rem 0}
.first .said{margin:.4rem 0 0}.first h2{margin-top:1.2rem}
nav ul{margin:.5rem 0}nav li:first-child{color:var(--soft);min-width:5.5rem}
.live h3:target,.live div:target{scroll-margin-top:7rem}h2:target,h3:target{text-decoration:underline;
text-decoration-color:var(--accent);text-decoration-thickness:2px;text-underline-offset:5px}
.matrix th a,.sheet td a,tbody th a{color:inherit;text-decoration-color:var(--line)}
.matrix th a:hover,tbody th a:hover{text-decoration-color:currentColor}
.said a{color:inherit;text-decoration-color:var(--soft);text-decoration-style:dotted}
.said a:hover{text-decoration-style:solid}
.said b a{text-decoration-style:solid;text-decoration-color:var(--line)}
.sheet{border-top:1px solid var(--line);padding-top:.4rem;margin-top:2rem}
.sheet h3{font-size:1.15rem;margin:.6rem 0 .2rem}.sheet h4{font-size:.95rem;margin:1rem 0 0}
.how{display:grid;grid-template-columns:minmax(0,25rem) minmax(0,1fr);gap:.5rem 2.5rem;align-items:center}
.how figure{margin:.5rem 0}
.pic{display:block;width:100%;max-width:25rem}.symbols{position:absolute}
.pic text{font-size:12px}.pic .mid{text-anchor:middle}.pic .soft{fill:var(--soft)}.pic .bad{fill:var(--bad)}
.pic .count{font-size:11px;font-weight:650}
.pic use,.pic rect{fill:none;stroke:var(--soft);stroke-width:1.2}
.pic .runs,.pic .live{fill:var(--accent);fill-opacity:.16;stroke:var(--accent)}
.pic .waits,.pic .dead{stroke-dasharray:3 3;opacity:.75}
.pic .ring{fill:var(--bad);fill-opacity:.1;stroke:var(--bad)}
.pic .lock{fill:rgb(var(--heat)/.14);stroke:rgb(var(--heat))}
.pic .heap{fill:var(--panel);stroke:var(--line)}.pic .space{stroke:var(--line);fill:var(--paper)}
.pic .arrow{fill:none;stroke:var(--soft);stroke-width:1.3}
.pic .faint{opacity:.45}
@media (max-width:900px){.how{grid-template-columns:1fr}.first .said li{grid-template-columns:7rem 1fr}}
@media (max-width:640px){.first .said li{grid-template-columns:1fr}}
)css";

}  // namespace reclaim::report
