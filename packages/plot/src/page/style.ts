import { darkTheme, lightTheme, themeVariables } from "../chart/theme.js";

/** The face of the figures, so that a page has one. */
const face = `Inter,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif`;
const mono = `ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace`;

/** Rows set as blocks, every cell below its head: a table that is wider than the screen is not cut. */
const stacked = (tables: string): string => `
${tables},${tables} thead,${tables} tbody,${tables} td{display:block}
${tables}{width:100%}
${tables}.plain thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
${tables} thead tr{display:flex;flex-wrap:wrap;gap:.3rem 1rem;padding-bottom:.5rem;border-bottom:1px solid var(--muted)}
${tables} th{border:0;padding:0}${tables} th small{display:none}${tables} th button{display:inline-block;min-width:1.5rem;min-height:1.5rem}
${tables} tbody tr{display:grid;grid-template-columns:repeat(auto-fill,minmax(4.25rem,1fr));gap:.4rem .75rem;padding:.75rem 0;border-bottom:1px solid var(--grid)}
${tables} td{border:0;padding:0;text-align:left;white-space:normal;overflow-wrap:anywhere}
${tables} td.name{grid-column:1/-1}
${tables} td::before{content:attr(data-head);display:block;font-size:.75rem;color:var(--muted)}
`;

/**
 * The style sheet. Colours are declared once per scheme; figures use the same variables as the text. Paper takes the
 * narrow drawings: the wide ones would shrink until their labels could not be read.
 */
export const styleSheet = (budgets: number): string => {
  const light = themeVariables({ ...lightTheme, surface: "#fdfcfa" }, budgets);
  const dark = themeVariables(darkTheme, budgets);
  const paper = themeVariables(lightTheme, budgets);
  return `
:root{color-scheme:light dark;${light};--good:#0b6e4f;--bad:#b3261e;--wash:#f3f1ec}
@media (prefers-color-scheme:dark){:root{${dark};--good:#5ad1a5;--bad:#ff8a80;--wash:#1d2125}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--surface);color:var(--ink);font:400 1rem/1.6 ${face};font-kerning:normal}
.page{max-width:74rem;margin:0 auto;padding:clamp(2rem,6vw,5.5rem) clamp(1.25rem,4vw,3rem) 4rem}
a{color:inherit;text-decoration-color:var(--muted);text-underline-offset:.15em}
a:hover{text-decoration-color:currentColor}
:focus-visible{outline:2px solid var(--held-out);outline-offset:3px;border-radius:2px}
h1,h2,p,figure,dl,dd,ul,pre{margin:0;padding:0}
.kicker{font-size:.8125rem;letter-spacing:.02em;color:var(--muted);display:flex;align-items:center;gap:.6rem;flex-wrap:wrap}
.badge{font-weight:600;color:var(--muted);border:1px solid currentColor;border-radius:99px;padding:.05rem .6rem}
.inside .badge{color:var(--good)}.outside .badge{color:var(--bad)}
h1{font-size:clamp(1.75rem,4.4vw,3rem);line-height:1.14;font-weight:600;letter-spacing:-.015em;max-width:24ch;margin:1.1rem 0 1.25rem;text-wrap:balance}
.lead{font-size:clamp(1.0625rem,1.6vw,1.25rem);line-height:1.55;max-width:42em;text-wrap:pretty}
header p+p:not(.lead){margin-top:.7rem;max-width:46em;text-wrap:pretty}
.strip{margin:2.25rem 0 0}
.facts{display:flex;flex-wrap:wrap;gap:1.1rem 2.75rem;margin-top:2.5rem;padding-top:1.25rem;border-top:1px solid var(--grid)}
.facts dt{font-size:.75rem;color:var(--muted)}
.facts dd{font-size:.9375rem;font-weight:500;font-variant-numeric:tabular-nums}
h2 a{text-decoration:none}h2 a:hover{text-decoration:underline}
.contents{margin-top:2rem;padding-top:1.25rem;border-top:1px solid var(--grid);font-size:.875rem}
.contents ul{list-style:none;display:flex;flex-wrap:wrap;gap:.45rem 1.5rem}
.list{max-width:42em;padding-left:1.2em;margin-top:.9rem}.list li{margin-top:.35rem;overflow-wrap:anywhere}
.caution{border-left:3px solid var(--held-out);padding-left:.9rem}
section{border-top:1px solid var(--grid);margin-top:4.5rem;padding-top:1.5rem}
h2{scroll-margin-top:1rem;font-size:1.5rem;line-height:1.25;font-weight:600;letter-spacing:-.01em}
section>p{max-width:42em;margin-top:.6rem;text-wrap:pretty}
figure{margin-top:2rem;scroll-margin-top:1rem}
div>svg{display:block;max-width:100%;height:auto;overflow:visible}
figcaption{font-size:.8125rem;line-height:1.5;color:var(--muted);max-width:52em;margin-top:.75rem}
figcaption b{color:var(--ink);font-weight:600}
.data{white-space:nowrap}
.panels{display:grid;gap:2rem 1.75rem;grid-template-columns:repeat(auto-fit,minmax(19rem,1fr))}
.panels.pair{grid-template-columns:1fr 1fr}
.panels>div>svg{width:100%}
.half{display:inline-block;width:48%;margin-right:1.5%;vertical-align:top}
.table{overflow-x:auto;margin-top:2rem}
table{border-collapse:collapse;font-size:.875rem;line-height:1.35;font-variant-numeric:tabular-nums}
th,td{padding:.45rem 0 .45rem 1.6rem;text-align:right;vertical-align:baseline;border-bottom:1px solid var(--grid);white-space:nowrap}
th:first-child,td:first-child{padding-left:0}
thead th{font-weight:600;border-bottom-color:var(--muted);vertical-align:bottom}
th small{display:block;font-weight:400;color:var(--muted);font-size:.75rem}
.name{text-align:left}td.name{white-space:normal;min-width:6rem}
.note{font-size:.8125rem;color:var(--muted)}
.sortable th{padding-top:0}
.sortable button{all:unset;cursor:pointer;font:inherit;text-align:inherit}
.sortable button:focus-visible{outline:2px solid var(--held-out);outline-offset:3px}
.copied{position:relative}
.copy{font:500 .75rem/1.4 ${face};color:var(--ink);background:var(--surface);border:1px solid var(--muted);border-radius:4px;padding:.2rem .6rem;cursor:pointer}
.copied .copy{position:absolute;top:.5rem;right:.5rem}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.tip{position:absolute;z-index:1;max-width:18rem;padding:.35rem .6rem;white-space:pre-line;font-size:.75rem;line-height:1.4;color:var(--surface);background:var(--ink);border-radius:4px;pointer-events:none}
.tip[hidden]{display:none}
svg [tabindex]:focus{outline:2px solid var(--held-out);outline-offset:2px}
.sortable [aria-sort=ascending] button::after{content:" ↑"}
.sortable [aria-sort=descending] button::after{content:" ↓"}
.group{font-size:.875rem;font-weight:600;margin-top:2rem}
.samples{display:grid;grid-template-columns:repeat(auto-fill,minmax(6.75rem,1fr));gap:1.25rem 1rem;margin-top:.9rem}
.samples figure{margin:0}
.samples img{display:block;width:100%;height:auto;image-rendering:pixelated;border-radius:2px}
.samples figcaption{margin-top:.45rem;font-size:.75rem;line-height:1.4;overflow-wrap:anywhere}
.choices{margin-top:1.75rem;font-size:.875rem;line-height:1.5}
.choices div{display:grid;grid-template-columns:10rem minmax(0,44rem);gap:1rem;padding:.55rem 0;border-bottom:1px solid var(--grid)}
.choices dt{color:var(--muted)}
.choices dd{overflow-wrap:anywhere}
.missing{color:var(--bad)}
.time{margin-top:2rem;max-width:54rem;font-size:.8125rem}
.bar{display:flex;gap:2px;height:.75rem}
.bar span,.time i{background:var(--ink);min-width:2px}
.time p{margin-top:.6rem;color:var(--muted)}
.time ul{list-style:none;display:flex;flex-wrap:wrap;gap:.35rem 1.5rem;margin-top:.75rem;color:var(--muted)}
.time b{color:var(--ink);font-weight:600}
.time i{display:inline-block;width:.65rem;height:.65rem;margin-right:.45rem}
pre{margin-top:1.25rem;padding:1rem 1.15rem;background:var(--wash);border-radius:4px;font:.875rem/1.6 ${mono};overflow-x:auto}
pre.wrapped{white-space:pre-wrap;overflow-wrap:anywhere;padding-right:5rem}
details{margin-top:1.25rem}summary{cursor:pointer;font-size:.875rem}
footer{margin-top:4.5rem;padding-top:1.25rem;border-top:1px solid var(--grid);font-size:.8125rem;color:var(--muted)}
.narrow,.panels.narrow{display:none}
@media (max-width:40rem){
section{margin-top:3.25rem}
.wide,.panels.wide{display:none}.narrow{display:block}.panels.narrow{display:grid}
.narrow>svg,.narrow>div>svg{width:100%}
.half{width:100%}
.facts{gap:.9rem 2rem}
.choices div{grid-template-columns:1fr;gap:.1rem}
.samples{grid-template-columns:repeat(3,1fr);gap:1rem .75rem}
th,td{padding-left:.85rem;white-space:normal}
table{font-size:.8125rem}
}
@media screen and (max-width:40rem){${stacked(".many")}}
@media screen and (max-width:62rem){${stacked(".most")}}
@media print{
:root{${paper};--wash:#f5f5f5;--good:#0b6e4f;--bad:#b3261e;color-scheme:light}
body{font-size:10.5pt}
.page{max-width:none;padding:0}
.wide,.panels.wide{display:none}.narrow{display:block;max-width:27rem}
.panels,.panels.narrow{display:grid;max-width:none;grid-template-columns:1fr 1fr;gap:1.25rem 1.5rem}
.samples{grid-template-columns:repeat(6,1fr)}
.screen,.contents{display:none}
a{text-decoration:none}
table{font-size:8pt}.most{font-size:7pt}
th,td{padding:.3rem 0 .3rem .75rem}th{white-space:normal}th small{font-size:.9em}
pre{white-space:pre-wrap;overflow-wrap:anywhere}
section{margin-top:2rem}
.table{overflow:visible}
.panels>div,.narrow,tr,.choices div,pre,.samples figure{break-inside:avoid}
figcaption{break-before:avoid}
h1{font-size:22pt}.lead{font-size:12pt}.facts,.strip{margin-top:1.5rem}
h2{break-after:avoid}
}
`;
};
