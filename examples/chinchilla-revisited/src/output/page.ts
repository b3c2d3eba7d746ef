import { darkTheme, lightTheme, themeVariables } from "@isoflop/plot";
import type { Figure, Illustrated, Table } from "./section.js";

/** Pixels at which every figure is drawn, on a desk and on a phone, so that its type has the same size on both. */
const widths = { wide: 1056, half: 510, narrow: 350 } as const;

/** Figures and words take their colours from the same variables. */
const style = (budgets: number): string => `
:root { color-scheme: light dark; ${themeVariables(lightTheme, budgets)} }
@media (prefers-color-scheme: dark) { :root { ${themeVariables(darkTheme, budgets)} } }
body { margin: 0 auto; max-width: 68rem; padding: 1.5rem 1rem; background: var(--surface); color: var(--ink); font: 16px/1.5 Inter, system-ui, sans-serif; }
h2 { margin: 3rem 0 0; font-size: 1.25rem; }
p { max-width: 45rem; }
figure { margin: 1.5rem 0 2rem; }
figure svg { display: block; max-width: 100%; height: auto; }
figcaption { color: var(--muted); max-width: 45rem; margin-top: .5rem; font-size: .875rem; }
.table { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
th, td { padding: .2rem .9rem .2rem 0; text-align: right; border-bottom: 1px solid var(--grid); }
th { color: var(--muted); font-weight: 500; }
.name { text-align: left; }
.narrow { display: none; }
.half { display: inline-block; width: 48%; margin-right: 1.5%; vertical-align: top; }
@media (max-width: 40rem) { .wide { display: none; } .narrow { display: block; } .half { width: 100%; } }
@media print { :root { color-scheme: light; ${themeVariables(lightTheme, budgets)} } }`;

export interface Page {
  readonly title: string;
  /** What was done, in a sentence or two. */
  readonly lead: string;
  readonly sections: readonly Illustrated[];
  /** Budgets for which the page keeps colours. */
  readonly budgets: number;
}

/**
 * One HTML file that needs nothing else.
 * @throws PlotInputError naming the first number that cannot be drawn.
 */
export const pageHtml = ({ title, lead, sections, budgets }: Page): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escaped(title)}</title>
<style>${style(budgets)}
</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<p>${escaped(lead)}</p>
${sections.map(sectionHtml).join("\n")}
</body>
</html>
`;

const sectionHtml = ({ title, figures, table, notes = [] }: Illustrated): string =>
  [
    `<h2>${escaped(title)}</h2>`,
    ...figures.map(figureHtml),
    ...(table ? [tableHtml(table)] : []),
    ...notes.map((note) => `<p>${escaped(note)}</p>`),
  ].join("\n");

const figureHtml = ({ draw, caption, half = false }: Figure): string => `<figure${half ? ' class="half"' : ""}>
<div class="wide">${draw(half ? widths.half : widths.wide)}</div>
<div class="narrow">${draw(widths.narrow)}</div>
<figcaption>${escaped(caption)}</figcaption>
</figure>`;

function tableHtml({ head, rows, names }: Table): string {
  const line = (cells: readonly string[], tag: "th" | "td") =>
    `<tr>${cells
      .map((cell, column) => `<${tag}${column < names ? ' class="name"' : ""}>${escaped(cell)}</${tag}>`)
      .join("")}</tr>`;
  return `<div class="table"><table>
${[line(head, "th"), ...rows.map((row) => line(row, "td"))].join("\n")}
</table></div>`;
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
