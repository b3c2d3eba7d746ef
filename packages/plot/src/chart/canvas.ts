import { printable } from "./format.js";
import { type Drawing, fontFamily, type Sheet } from "./sheet.js";
import { type Attributes, element, serialise } from "./svg.js";
import type { Theme } from "./theme.js";

/** Draws on an SVG by hand, element by element. */
export const pen = (document: Document, svg: Element, type: Attributes = {}) => ({
  add: (name: string, attributes: Attributes) => svg.append(element(document, name, attributes)),
  write: (place: Attributes, words: string) => {
    const text = element(document, "text", { "text-anchor": "start", ...type, ...place });
    text.textContent = printable(words);
    svg.append(text);
  },
});

export type Pen = ReturnType<typeof pen>;

/** An SVG with nothing on it yet. */
export const canvas = ({ document, width }: Sheet, description: string) => {
  const svg = element(document, "svg", { width, "font-family": fontFamily, role: "img", "aria-label": description });
  return {
    ...pen(document, svg, { "font-size": 12 }),
    /** The picture, as high as it has become. */
    drawing: (height: number): Drawing => {
      svg.setAttribute("height", String(height));
      svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      return { svg: serialise(svg), width, height, description };
    },
  };
};

/** What keeps words readable that stand on something. */
export const halo = ({ surface }: Theme) =>
  ({ stroke: surface, "stroke-width": 4, "stroke-linejoin": "round", "paint-order": "stroke" }) as const;

/** Room that words take on one side of their middle, in pixels: near an edge a centred label would be cut off. */
export const keptInside = (at: number, words: string, width: number): number => {
  const half = words.length * 3.5;
  return Math.min(Math.max(at, half), Math.max(half, width - half));
};
