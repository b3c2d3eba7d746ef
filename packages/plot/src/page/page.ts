import { extent } from "@isoflop/scaling";
import { csvOf, joined } from "../chart/data.js";
import type { Figure } from "../chart/figure.js";
import type { FigureOptions } from "../chart/sheet.js";
import { pageTheme } from "../chart/theme.js";
import { dataUrl } from "./data-url.js";
import { type Html, html, trusted } from "./html.js";
import { linked } from "./links.js";
import { scriptOf } from "./script.js";
import type { Illustrated, PageFigure, Panels } from "./section.js";
import { namer, slug } from "./slug.js";
import { styleSheet } from "./style.js";
import { tableHtml } from "./table.js";

/** Pixels at which every figure is drawn, on a desk and on a phone, so that its type has the same size on both. */
const widths = { wide: 1088, half: 530, narrow: 350 } as const;

/** A page with fewer sections is seen at a glance. */
const fewest = 4;

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
 * One HTML file that needs nothing else: no network, no fonts, figures inline with their numbers as CSV. Light and dark, for a desk, a
 * phone and paper; it sorts, copies and reads out marks where scripts run.
 * @throws PlotInputError naming the first number that cannot be drawn
 */
export const renderPage = ({ title, lead, sections, budgets }: Page, options: PageOptions = {}): string => {
  const header = html`<h1>${title}</h1>\n${lead !== undefined && html`<p class="lead">${linked(lead)}</p>\n`}`;
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
  const { title, header, footer, state = "" } = page;
  const named = namer();
  const sections = page.sections.map((part) => ({
    ...part,
    ...(part.title !== undefined && { id: named(slug(part.title)) }),
  }));
  const numbering = numberer(named);
  const parts = sections.map((part) => sectionHtml(part, numbering, options));
  const { budgets = budgetsIn(parts) } = page;
  const body = html`<main class="${`page ${state}`.trim()}">
<header>
${header}</header>
${contents(sections)}${parts}${footer !== undefined && html`<footer>${linked(footer)}</footer>\n`}</main>
`;
  const script = scriptOf(body.markup);
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
${body}${script !== "" && html`<script>${trusted(script)}</script>\n`}</body>
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

/** A section with the address of its title, where it has one. */
interface Placed extends Part {
  readonly id?: string;
}

const contents = (sections: readonly Placed[]): Html | false => {
  const titled = sections.flatMap(({ id, title }) => (id === undefined || title === undefined ? [] : [{ id, title }]));
  if (titled.length < fewest) return false;
  const items = titled.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`);
  return html`<nav class="contents" aria-label="Contents"><ul>${items}</ul></nav>\n`;
};

/** The number of the next figure and its address, which is its name where it has one. */
type Numbering = (name: string | undefined) => { readonly number: number; readonly id: string };

const numberer = (named: (wanted: string) => string): Numbering => {
  let number = 0;
  return (name) => {
    number += 1;
    return { number, id: named(`figure-${name ?? number}`) };
  };
};

const sectionHtml = (part: Placed, numbering: Numbering, options: PageOptions): Html => {
  const { id, title, lead, figures = [], table, notes = [], text, more } = part;
  const heading = id !== undefined && html`<h2 id="${id}"><a href="#${id}">${title}</a></h2>\n`;
  return html`<section>
${heading}${lead !== undefined && html`<p>${linked(lead)}</p>\n`}${figures.map((figure) => figureHtml(figure, numbering, options))}${table && tableHtml(table)}${notes.map((note) => html`<p>${linked(note)}</p>\n`)}${text !== undefined && html`<pre tabindex="0">${text}</pre>\n`}${more}</section>
`;
};

const figureHtml = (figure: PageFigure | Panels, numbering: Numbering, options: PageOptions): Html => {
  const { number, id } = numbering(figure.name);
  const caption = html`<figcaption><b>Figure ${number}.</b> ${linked(figure.caption)}${dataLink(figure, number, id)}</figcaption>`;
  if ("panels" in figure)
    return html`<figure id="${id}">\n${panelsHtml(figure.panels, options)}${caption}\n</figure>\n`;
  const { half = false } = figure;
  return html`<figure id="${id}"${half && html` class="half"`}>\n${responsive(figure, options, half ? widths.half : widths.wide)}${caption}\n</figure>\n`;
};

/** The numbers of a figure as a file that is in the page already. */
const dataLink = (figure: PageFigure | Panels, number: number, id: string): Html | false => {
  const parts = "panels" in figure ? figure.panels : [figure];
  const held = parts.flatMap(({ data }, i) => (data ? [{ name: i + 1, data: data() }] : []));
  if (held.length === 0) return false;
  const data = parts.length > 1 ? joined(held) : held[0]!.data;
  const file = `${id.replace(/^figure-(?!\d)/, "")}.csv`;
  return html` <a class="data" href="${dataUrl("text/csv", csvOf(data))}" download="${file}" aria-label="Data of figure ${number} (CSV)">Data (CSV)</a>`;
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
