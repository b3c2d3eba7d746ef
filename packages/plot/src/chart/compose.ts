import { extent } from "@isoflop/scaling";
import { type Drawing, documentOf, type FigureOptions, fontFamily, themeOf } from "./chart.js";
import { element, serialise, textElement } from "./svg.js";

/** Attributes and children of an SVG that holds finished drawings. */
interface Frame extends Omit<Drawing, "svg"> {
  readonly own: readonly SVGElement[];
  /** SVG text of the drawings. */
  readonly drawings: string;
}

const frame = (document: Document, { width, height, description, own, drawings }: Frame): Drawing => {
  const svg = element(document, "svg", {
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    "font-family": fontFamily,
    role: "img",
    "aria-label": description,
  });
  // The place where the drawings go: they are text already, and parsing them again would gain nothing.
  svg.append(...own, element(document, "g", { class: "drawings" }));
  const place = /<g class="drawings"\s*(\/>|><\/g>)/;
  return { svg: serialise(svg).replace(place, () => drawings), width, height, description };
};

const at = ({ svg }: Drawing, x: number, y: number): string => svg.replace(/^<svg /, `<svg x="${x}" y="${y}" `);

const gap = 28;

/** Width of each of `columns` panels that together are `width` wide. */
export const panelWidth = (width: number, columns: number): number =>
  Math.floor((width - gap * (columns - 1)) / columns);

/** Sets drawings side by side, row by row, as one. */
export const compose = (
  panels: readonly Drawing[],
  options: FigureOptions & { readonly columns: number; readonly description: string },
): Drawing => {
  let drawings = "";
  let [width, y] = [0, 0];
  for (let row = 0; row < panels.length; row += options.columns) {
    const cells = panels.slice(row, row + options.columns);
    let x = 0;
    for (const cell of cells) {
      drawings += at(cell, x, y);
      x += cell.width + gap;
    }
    width = Math.max(width, x - gap);
    y += extent(cells.map((cell) => cell.height))[1] + gap;
  }
  const height = Math.max(1, y - gap);
  return frame(documentOf(options), { width, height, description: options.description, own: [], drawings });
};

/**
 * A drawing as a file of its own: on the background of its theme, with a margin and a title. Where the theme has no
 * background the figure belongs to a page, and stands there without a margin.
 */
export const standalone = (options: FigureOptions, draw: (options: FigureOptions) => Drawing): string => {
  const { background, ink } = themeOf(options);
  const document = documentOf(options);
  const margin = background === null ? 0 : 20;
  const drawing = draw(options.width === undefined ? options : { ...options, width: options.width - 2 * margin });
  const top = margin + (options.title ? 32 : 0);
  const width = drawing.width + 2 * margin;
  const height = drawing.height + top + margin;
  const own: SVGElement[] = [];
  if (background !== null)
    own.push(element(document, "rect", { width, height, fill: background, class: "background" }));
  if (options.title) {
    const place = { x: margin, y: margin + 15, fill: ink, "font-size": 16, "font-weight": 600, class: "title" };
    own.push(textElement(document, place, options.title));
  }
  const drawings = at(drawing, margin, top);
  return frame(document, { width, height, description: drawing.description, own, drawings }).svg;
};
