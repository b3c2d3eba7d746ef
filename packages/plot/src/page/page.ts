import { extent } from "@isoflop/scaling";
import type { Figure } from "../chart/figure.js";
import type { FigureOptions } from "../chart/sheet.js";
import { pageTheme } from "../chart/theme.js";
import { type Html, html, trusted } from "./html.js";
import type { Illustrated, PageFigure, Panels } from "./section.js";
import { sortScript } from "./sort.js";
import { styleSheet } from "./style.js";
import { tableHtml } from "./table.js";

/** Pixels at which every figure is drawn, on a desk and on a phone, so that its type has the same size on both. */
const widths = { wide: 1088, half: 530, narrow: 350 } as const;

export interface Page {
  readonly title: string;
  /** What was done, in a sentence or two. */
  readonly lead?: string;
  readonly sections: readonly Illustrated[];
  /** Compute budgets for which the page keeps colours. Default: as many as its figures have. */
  readonly budgets?: number;
}

export type PageOptions = Pick<FigureOptions, "document">;

/**
 * One HTML file that needs nothing else: no network, no fonts, figures inline. Light and dark, for a desk, a phone and paper.
 * @throws PlotInputError naming the first number that cannot be drawn
 */
export const renderPage = ({ title, lead, sections, budgets }: Page, options: PageOptions = {}): string => {
  const header = html`<h1>${title}</h1>\n${lead !== undefined && html`<p class="lead">${lead}</p>\n`}`;
  return layOut({ title, header, sections, ...(budgets !== undefined && { budgets }) }, options);
};

/** A section with markup of this package below its table. */
export interface Part extends Illustrated {
  readonly more?: Html;
}

/** A page with a head of its own. */
export interface Layout {
  readonly title: string;
  readonly header: Html;
  readonly sections: readonly Part[];
  readonly budgets?: number;
  readonly footer?: string;
  /** What became of it all, for the style sheet. */
  readonly state?: string;
}

export const layOut = (page: Layout, options: PageOptions): string => {
  const { title, header, sections, footer, state = "" } = page;
  let figures = 0;
  const numbered: Numbered = (caption) => html`<figcaption><b>Figure ${++figures}.</b> ${caption}</figcaption>`;
  const parts = sections.map((part) => sectionHtml(part, numbered, options));
  const { budgets = budgetsIn(parts) } = page;
  return `<!doctype html>\n${
    html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="generator" content="@isoflop/plot">
<title>${title}</title>
<style>${trusted(styleSheet(budgets))}</style>
</head>
<body>
<main class="${`page ${state}`.trim()}">
<header>
${header}</header>
${parts}${footer !== undefined && html`<footer>${footer}</footer>\n`}</main>
${sections.some(({ table }) => table?.keys) && html`<script>${trusted(sortScript)}</script>\n`}</body>
</html>
`.markup
  }`;
};

/** How many colours of budgets the figures of some sections leave to the page. */
const budgetsIn = (parts: readonly Html[]): number =>
  parts.reduce((most, { markup }) => {
    const used = [...markup.matchAll(/var\(--budget-(\d+)\)/g)].map(([, index]) => Number(index) + 1);
    return Math.max(most, extent(used)[1]);
  }, 0);

/** A caption with the number of its figure, in the order in which they appear. */
type Numbered = (caption: string) => Html;

const sectionHtml = (part: Part, numbered: Numbered, options: PageOptions): Html => {
  const { title, lead, figures = [], table, notes = [], text, more } = part;
  return html`<section>
${title !== undefined && html`<h2>${title}</h2>\n`}${lead !== undefined && html`<p>${lead}</p>\n`}${figures.map((figure) => figureHtml(figure, numbered, options))}${table && tableHtml(table)}${notes.map((note) => html`<p>${note}</p>\n`)}${text !== undefined && html`<pre>${text}</pre>\n`}${more}</section>
`;
};

const figureHtml = (figure: PageFigure | Panels, numbered: Numbered, options: PageOptions): Html => {
  const caption = numbered(figure.caption);
  if ("panels" in figure) return html`<figure>\n${panelsHtml(figure.panels, options)}${caption}\n</figure>\n`;
  const { half = false } = figure;
  return html`<figure${trusted(half ? ' class="half"' : "")}>\n${responsive(figure, options, half ? widths.half : widths.wide)}${caption}\n</figure>\n`;
};

const drawn = ({ draw }: Figure, { document }: PageOptions, width: number): Html =>
  trusted(draw({ ...(document && { document }), theme: pageTheme, width }));

/** A figure drawn twice, of which the style sheet shows the one that fits. */
export const responsive = (figure: Figure, options: PageOptions, wide: number = widths.wide): Html =>
  html`<div class="wide">${drawn(figure, options, wide)}</div>\n<div class="narrow">${drawn(figure, options, widths.narrow)}</div>\n`;

/** A third of the page is as wide as a phone; two that share the page follow each other on a phone. */
const panelsHtml = (panels: readonly Figure[], options: PageOptions): Html => {
  const row = (kind: string, width: number) =>
    html`<div class="${kind}">${panels.map((figure) => html`<div>${drawn(figure, options, width)}</div>`)}</div>\n`;
  if (panels.length !== 2) return row("panels", widths.narrow);
  return html`${row("wide panels pair", widths.half)}${row("narrow panels", widths.narrow)}`;
};
