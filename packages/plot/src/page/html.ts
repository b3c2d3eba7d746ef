import { escapeText } from "../chart/svg.js";

/** Markup that may stand in a page as it is. Only {@link html} and {@link trusted} make it. */
export class Html {
  constructor(readonly markup: string) {}
}

type Part = Html | string | number | readonly Html[] | undefined | false;

const render = (part: Part): string => {
  if (part instanceof Html) return part.markup;
  if (part === undefined || part === false) return "";
  if (typeof part === "string" || typeof part === "number") return escapeText(String(part));
  return part.map((piece) => piece.markup).join("");
};

/** A template whose strings are always escaped, in elements and in quoted attributes: captions are other people's words. */
export const html = (literals: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(literals.map((literal, i) => literal + (i < parts.length ? render(parts[i]) : "")).join(""));

/** Markup made by this package: figures, style sheet, script. */
export const trusted = (markup: string): Html => new Html(markup);
