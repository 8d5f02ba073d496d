"""The style of the page: the colours of the application, light and dark, and paper."""

from __future__ import annotations

_LIGHT = """--bg:#fff;--surface:#f6f7f9;--raised:#eef0f3;--line:#d8dce2;--strong:#7f8894;
--text:#1a1d21;--soft:#444b55;--muted:#5f6772;--accent:#4b4fd6;--pos:#00695f;--neg:#b03a0a;--warn:#8a5a00;
--bad:#b42318;--ok:#0b6b2c;--s1:#0b376a;--s2:#d0429e;color-scheme:light;"""
_DARK = """--bg:#101216;--surface:#171a20;--raised:#20242c;--line:#2e343e;--strong:#6f7885;
--text:#e8eaed;--soft:#b9c0ca;--muted:#939ca8;--accent:#9aa0ff;--pos:#4fc7b5;--neg:#ff9a6b;--warn:#e3b341;
--bad:#ff8f85;--ok:#5fcf80;--s1:#67b5e1;--s2:#f3de24;color-scheme:dark;"""
_HEAT = "".join(
    f".{sign}{i}{{background:color-mix(in srgb,var(--{sign}) {share}%,transparent)}}"
    for sign in ("pos", "neg")
    for i, share in enumerate((7, 16, 27, 40), start=1)
)
_CHOSEN = "".join(
    f"#as-{name}:checked~.profiles .as-{name}{{display:block}}"
    f"#as-{name}:checked~.switch label[for=as-{name}]"
    "{background:var(--bg);color:var(--accent);box-shadow:0 0 0 1px var(--line)}"
    f"#as-{name}:focus-visible~.switch label[for=as-{name}]{{outline:2px solid var(--accent)}}"
    for name in ("default", "quantstats", "empyrical", "brain")
)

_SCREEN = """
*{box-sizing:border-box}
html{background:var(--bg);-webkit-text-size-adjust:100%}
body{font:14px/1.5 "Inter",system-ui,-apple-system,"Segoe UI",sans-serif;color:var(--text);
max-width:62rem;margin:0 auto;padding:2rem 1.5rem 3rem}
h1{font-size:1.15rem;line-height:1.4;font-weight:600;margin:.25rem 0 .5rem}
h1 code{font-weight:500}
h2{font-size:1.02rem;font-weight:600;margin:2.4rem 0 .6rem;padding-bottom:.3rem;
border-bottom:1px solid var(--line)}
h3{font-size:.86rem;font-weight:600;margin:1.2rem 0 .3rem;color:var(--soft)}
p{margin:.4rem 0}
code{font:.92em/1.5 "JetBrains Mono",ui-monospace,"SF Mono",Consolas,monospace;
overflow-wrap:anywhere;white-space:pre-wrap}
.eyebrow{font-size:.72rem;letter-spacing:.08em;text-transform:uppercase;color:var(--muted);
margin:0;display:flex;justify-content:space-between}
.facts{display:flex;flex-wrap:wrap;gap:.15rem 1.1rem;color:var(--soft);font-size:.82rem;margin:0;
padding:0;list-style:none}
.facts b{font-weight:400;color:var(--muted);margin-right:.3rem}
.note{color:var(--muted);font-size:.84rem;max-width:46rem}
.remark{white-space:pre-wrap;overflow-wrap:anywhere;border-left:3px solid var(--line);
padding-left:.8rem;margin:.8rem 0;color:var(--soft)}
.flag{border:1px solid var(--warn);border-left-width:4px;border-radius:6px;padding:.45rem .8rem;
margin:.6rem 0;font-size:.88rem}
.flag.bad{border-color:var(--bad)} .flag.bad b{color:var(--bad)} .flag b{color:var(--warn)}
.chip{display:inline-block;background:var(--raised);border-radius:99px;padding:0 .55rem;
margin:.15rem .3rem 0 0;font-size:.78rem;color:var(--soft);overflow-wrap:anywhere}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(11.5rem,1fr));gap:.6rem;
margin:1.1rem 0 0;padding:0;list-style:none}
.cards li{background:var(--surface);border:1px solid var(--line);border-radius:8px;
padding:.5rem .75rem .45rem}
.cards span{display:block;font-size:.74rem;color:var(--muted)}
.cards span::first-letter,.profile td:first-child::first-letter,
.pairs td:first-child::first-letter{text-transform:uppercase}
.cards strong{font-size:1.28rem;font-weight:600;font-variant-numeric:tabular-nums}
.cards small{display:block;color:var(--muted);font-size:.72rem}
.pos{color:var(--pos)} .neg{color:var(--neg)}
.wide{overflow-x:auto;margin:.3rem 0 .8rem}
.wide:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:.82rem}
caption{text-align:left;font-weight:600;font-size:.82rem;color:var(--soft);padding:.2rem 0 .35rem}
th{font-weight:500;color:var(--muted);text-align:left;vertical-align:bottom;white-space:nowrap}
td,th{padding:.26rem .7rem .26rem 0;border-bottom:1px solid var(--line)}
td{vertical-align:top;overflow-wrap:anywhere}
td.num{overflow-wrap:normal}
td:last-child,th:last-child{padding-right:0}
.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td small{display:block;color:var(--muted);font-size:.78rem;max-width:36rem}
.heat td.num,.heat th.num{padding:.26rem .35rem;text-align:right;border:1px solid var(--bg)}
.heat td:last-child{font-weight:600}
.split{display:grid;grid-template-columns:repeat(auto-fit,minmax(19rem,1fr));gap:.2rem 1.6rem}
.split>*{min-width:0}
figure{margin:.7rem 0 .3rem}
figcaption{font-size:.82rem;color:var(--soft);display:flex;flex-wrap:wrap;gap:0 1rem;
padding-bottom:.2rem}
figcaption b{font-weight:600}
.key::before{content:"";display:inline-block;width:.9rem;height:.2rem;border-radius:1px;
margin-right:.35rem;vertical-align:.22em}
.key.own::before{background:var(--s1)} .key.market::before{background:var(--s2)}
.key.neg{color:inherit} .key.neg::before{background:var(--neg)}
svg{display:block;width:100%;height:auto;overflow:visible}
svg text{font-size:11px;fill:var(--muted);font-variant-numeric:tabular-nums}
.rule{stroke:var(--line);stroke-width:.7;fill:none}
.axis{stroke:var(--strong);stroke-width:.9;fill:none}
.mark{stroke:var(--strong);stroke-width:1;stroke-dasharray:4 3;fill:none}
.line{fill:none;stroke-width:1.6;stroke-linejoin:round;stroke-linecap:round}
.line.own{stroke:var(--s1)} .line.market{stroke:var(--s2);stroke-width:1.2}
.line.neg{stroke:var(--neg);stroke-width:1.1}
.area{stroke:none;opacity:.22} .area.neg{fill:var(--neg)} .area.own{fill:var(--s1)}
rect.pos{fill:var(--pos)} rect.neg{fill:var(--neg)} rect{opacity:.85}
.dot{fill:var(--s1);opacity:.45}
.verdict{font-weight:600} .holds{color:var(--ok)} .weakens{color:var(--warn)}
.fails{color:var(--bad)} .unknown{color:var(--muted)}
.pick{position:absolute;opacity:0;pointer-events:none}
.switch{display:inline-flex;flex-wrap:wrap;gap:2px;background:var(--raised);border-radius:8px;
padding:3px;margin:.2rem 0 .4rem}
.switch label{padding:.2rem .8rem;border-radius:6px;font-size:.82rem;cursor:pointer;
color:var(--soft)}
.profile{display:none}
footer{margin-top:2.5rem;padding-top:.6rem;border-top:1px solid var(--line);color:var(--muted);
font-size:.78rem}
"""
_PAPER = """
@page{size:A4;margin:14mm 13mm}
html{font-size:13px}
body{font-size:9.5pt;padding:0;max-width:none}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
h2,h3,caption,figcaption{break-after:avoid}
figure,.cards,tr,.flag{break-inside:avoid}
section.page{break-before:page} section.page>h2{margin-top:0}
thead{display:table-header-group;break-after:avoid}
.cards{grid-template-columns:repeat(4,1fr)} .split{grid-template-columns:1fr 1fr;gap:.2rem 1rem}
.split td,.split th{padding-right:.4rem;white-space:normal}
 .wide{overflow:visible}
.switch label{display:none} .switch{display:none}
table{font-size:8pt} td,th{padding-top:.15rem;padding-bottom:.15rem}
"""

STYLE = (
    f":root{{{_LIGHT}}}@media (prefers-color-scheme:dark){{:root{{{_DARK}}}}}"
    f"{_SCREEN}{_CHOSEN}{_HEAT}@media print{{:root{{{_LIGHT}}}{_PAPER}}}"
)
