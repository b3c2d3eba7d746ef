import { darkTheme, lightTheme, themeVariables } from "../theme.js";

/** Figures and words take their colours from the same variables; paper and phones get the narrow drawings. */
export const pageStyle = (budgets: number): string => `
:root { color-scheme: light dark; ${themeVariables(lightTheme, budgets)} }
@media (prefers-color-scheme: dark) { :root { ${themeVariables(darkTheme, budgets)} } }
body { margin: 0 auto; max-width: 70rem; padding: 1.5rem 1rem; background: var(--surface); color: var(--ink); font: 16px/1.5 Inter, system-ui, sans-serif; }
h2 { margin: 3rem 0 0; font-size: 1.25rem; }
p { max-width: 45rem; }
figure { margin: 2rem 0; }
figure svg { display: block; max-width: 100%; height: auto; }
figcaption { color: var(--muted); max-width: 45rem; margin-top: .5rem; font-size: .875rem; }
pre { overflow-x: auto; font: 13px/1.45 ui-monospace, monospace; }
.table { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
th, td { padding: .2rem .9rem .2rem 0; text-align: right; border-bottom: 1px solid var(--grid); }
th { color: var(--muted); font-weight: 500; }
.name { text-align: left; }
.narrow { display: none; }
.half { display: inline-block; width: 48%; margin-right: 1.5%; vertical-align: top; }
@media (max-width: 40rem) { .wide { display: none; } .narrow { display: block; } .half { width: 100%; } }
@media print { :root { color-scheme: light; ${themeVariables(lightTheme, budgets)} } }`;
