import { type Html, html, trusted } from "../report/html.js";
import type { Illustrated, PageFigure, PageTable } from "./section.js";
import { pageStyle } from "./style.js";

/** Pixels at which every figure is drawn, on a desk and on a phone, so that its type has the same size on both. */
const widths = { wide: 1088, half: 526, narrow: 350 } as const;

export interface Page {
  readonly title: string;
  /** What was done, in a sentence or two. */
  readonly lead?: string;
  readonly sections: readonly Illustrated[];
  /** Compute budgets for which the page keeps colours. Default 0. */
  readonly budgets?: number;
}

/**
 * One HTML file that needs nothing else, for a desk, a phone and paper, light and dark. Figures are to be drawn with `pageTheme`.
 * @throws PlotInputError naming the first number that cannot be drawn
 */
export const renderPage = ({ title, lead, sections, budgets = 0 }: Page): string =>
  `<!doctype html>\n${
    html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="generator" content="@isoflop/plot">
<title>${title}</title>
<style>${trusted(pageStyle(budgets))}
</style>
</head>
<body>
<h1>${title}</h1>
${lead !== undefined && html`<p>${lead}</p>\n`}${sections.map(section)}</body>
</html>
`.markup
  }`;

const section = ({ title, figures, table, notes = [], text }: Illustrated): Html =>
  html`${title !== undefined && html`<h2>${title}</h2>\n`}${figures.map(figure)}${table && tableOf(table)}${notes.map((note) => html`<p>${note}</p>\n`)}${text !== undefined && html`<pre>${text}</pre>\n`}`;

const figure = ({ draw, caption, half = false }: PageFigure): Html =>
  html`<figure${trusted(half ? ' class="half"' : "")}>
<div class="wide">${trusted(draw(half ? widths.half : widths.wide))}</div>
<div class="narrow">${trusted(draw(widths.narrow))}</div>
<figcaption>${caption}</figcaption>
</figure>
`;

const tableOf = ({ head, rows, names }: PageTable): Html => {
  const cell = (tag: "th" | "td") => (text: string, column: number) =>
    html`<${trusted(tag)}${trusted(column < names ? ' class="name"' : "")}>${text}</${trusted(tag)}>`;
  const line = (cells: readonly string[], tag: "th" | "td") => html`<tr>${cells.map(cell(tag))}</tr>\n`;
  return html`<div class="table"><table>
${line(head, "th")}${rows.map((row) => line(row, "td"))}</table></div>
`;
};
