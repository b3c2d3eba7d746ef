import type { Drawing, FigureOptions } from "../figures/chart.js";
import { type Html, html, trusted } from "./html.js";

/** Widths of a full figure on a desk and on a phone; type stays the same size on both. */
const widths = { wide: 1088, narrow: 350 } as const;

/** A figure drawn twice, of which the style sheet shows the one that fits. */
export const responsive = (draw: (width: number) => Drawing): Html =>
  html`<div class="wide">${trusted(draw(widths.wide).svg)}</div><div class="narrow">${trusted(draw(widths.narrow).svg)}</div>`;

const row = (drawings: readonly Drawing[], kind: string): Html =>
  html`<div class="${kind}">${drawings.map((drawing) => html`<div>${trusted(drawing.svg)}</div>`)}</div>`;

/** Small figures side by side, as many as fit; a third of the page is as wide as a phone. */
export const panels = (draw: (width: number) => readonly Drawing[]): Html => row(draw(widths.narrow), "panels");

/** Two figures that share the page, or follow each other on a phone. */
export const pair = (draw: (width: number) => readonly Drawing[]): Html =>
  html`${row(draw((widths.wide - 28) / 2), "wide panels pair")}${row(draw(widths.narrow), "narrow panels")}`;

/** Numbers figures in the order in which they appear. */
export const figureCounter = (): ((content: Html, caption: string) => Html) => {
  let n = 0;
  return (content, caption) => {
    n += 1;
    return html`<figure>${content}<figcaption><b>Figure ${n}.</b> ${caption}</figcaption></figure>`;
  };
};

export type ReportOptions = Pick<FigureOptions, "document" | "tokenUnit">;
