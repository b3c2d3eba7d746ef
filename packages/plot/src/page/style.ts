import { darkTheme, lightTheme, themeVariables } from "../chart/theme.js";

const prose = `Charter,"Bitstream Charter","Iowan Old Style","Source Serif 4","Palatino Linotype",Georgia,serif`;
const plain = `Inter,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif`;
const mono = `ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace`;

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
body{margin:0;background:var(--surface);color:var(--ink);font:400 1.0625rem/1.6 ${prose};font-kerning:normal}
.page{max-width:74rem;margin:0 auto;padding:clamp(2rem,6vw,5.5rem) clamp(1.25rem,4vw,3rem) 4rem}
a{color:inherit}
h1,h2,p,figure,dl,dd,ul,pre{margin:0;padding:0}
.kicker,figcaption,table,dl,pre,.time,.group,footer{font-family:${plain}}
.kicker{font-size:.8125rem;letter-spacing:.02em;color:var(--muted);display:flex;align-items:center;gap:.6rem;flex-wrap:wrap}
.badge{font-weight:600;color:var(--muted);border:1px solid currentColor;border-radius:99px;padding:.05rem .6rem}
.inside .badge{color:var(--good)}.outside .badge{color:var(--bad)}
h1{font-size:clamp(1.75rem,4.4vw,3rem);line-height:1.14;font-weight:600;letter-spacing:-.015em;max-width:24ch;margin:1.1rem 0 1.25rem;text-wrap:balance}
.lead{font-size:clamp(1.0625rem,1.6vw,1.25rem);line-height:1.55;max-width:42em;text-wrap:pretty}
.strip{margin:2.25rem 0 0}
.facts{display:flex;flex-wrap:wrap;gap:1.1rem 2.75rem;margin-top:2.5rem;padding-top:1.25rem;border-top:1px solid var(--grid)}
.facts dt{font-size:.75rem;color:var(--muted)}
.facts dd{font-size:.9375rem;font-weight:500;font-variant-numeric:tabular-nums}
section{border-top:1px solid var(--grid);margin-top:4.5rem;padding-top:1.5rem}
h2{font-size:1.5rem;line-height:1.25;font-weight:600;letter-spacing:-.01em}
section>p{max-width:42em;margin-top:.6rem;text-wrap:pretty}
figure{margin-top:2rem}
div>svg{display:block;max-width:100%;height:auto;overflow:visible}
figcaption{font-size:.8125rem;line-height:1.5;color:var(--muted);max-width:52em;margin-top:.75rem}
figcaption b{color:var(--ink);font-weight:600}
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
.name{text-align:left}
.sortable th{padding-top:0}
.sortable button{all:unset;cursor:pointer;font:inherit;text-align:inherit}
.sortable button:focus-visible{outline:2px solid var(--held-out);outline-offset:3px}
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
.time ul{list-style:none;display:flex;flex-wrap:wrap;gap:.35rem 1.5rem;margin-top:.75rem;color:var(--muted)}
.time b{color:var(--ink);font-weight:600}
.time i{display:inline-block;width:.65rem;height:.65rem;margin-right:.45rem}
pre{margin-top:1.25rem;padding:1rem 1.15rem;background:var(--wash);border-radius:4px;font:.875rem/1.6 ${mono};overflow-x:auto}
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
th,td{padding-left:.85rem}
table{font-size:.8125rem}
}
@media print{
:root{${paper};--wash:#f5f5f5;--good:#0b6e4f;--bad:#b3261e;color-scheme:light}
body{font-size:10.5pt}
.page{max-width:none;padding:0}
.wide,.panels.wide{display:none}.narrow{display:block;max-width:27rem}
.panels,.panels.narrow{display:grid;max-width:none;grid-template-columns:1fr 1fr;gap:1.25rem 1.5rem}
.samples{grid-template-columns:repeat(6,1fr)}
.screen{display:none}
section{margin-top:2rem}
.table{overflow:visible}
.panels>div,.narrow,tr,.choices div,pre,.samples figure{break-inside:avoid}
figcaption{break-before:avoid}
h1{font-size:22pt}.lead{font-size:12pt}.facts,.strip{margin-top:1.5rem}
h2{break-after:avoid}
}
`;
};
