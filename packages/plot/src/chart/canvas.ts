import { type Drawing, fontFamily, type Sheet } from "./sheet.js";
import { element, serialise, textElement } from "./svg.js";

type Attributes = Readonly<Record<string, string | number>>;

/** An SVG drawn by hand, element by element. */
export const canvas = ({ document, width }: Sheet, description: string) => {
  const svg = element(document, "svg", { width, "font-family": fontFamily, role: "img", "aria-label": description });
  return {
    add: (name: string, attributes: Attributes) => svg.append(element(document, name, attributes)),
    write: (place: Attributes, words: string) =>
      svg.append(textElement(document, { "font-size": 12, ...place }, words)),
    /** The picture, as high as it has become. */
    drawing: (height: number): Drawing => {
      svg.setAttribute("height", String(height));
      svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      return { svg: serialise(svg), width, height, description };
    },
  };
};

/** Room that words take on one side of their middle, in pixels: near an edge a centred label would be cut off. */
export const keptInside = (at: number, words: string, width: number): number => {
  const half = words.length * 3.5;
  return Math.min(Math.max(at, half), Math.max(half, width - half));
};
