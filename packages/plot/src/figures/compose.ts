import { type Drawing, documentOf, type FigureOptions, fontFamily, themeOf } from "./chart.js";
import { element, serialise, textElement } from "./svg.js";

export interface ComposeOptions extends FigureOptions {
  readonly columns: number;
  readonly gap?: number;
  readonly description: string;
}

/** Sets drawings side by side, row by row, as one SVG. */
export function compose(panels: readonly Drawing[], options: ComposeOptions): Drawing {
  const { columns, gap = 24, description, title } = options;
  const theme = themeOf(options);
  const document = documentOf(options);
  const top = title ? 34 : 0;
  let y = top;
  let width = 0;
  const placed: string[] = [];
  for (let row = 0; row < panels.length; row += columns) {
    const cells = panels.slice(row, row + columns);
    let x = 0;
    for (const cell of cells) {
      placed.push(cell.svg.replace(/^<svg /, `<svg x="${x}" y="${y}" `));
      x += cell.width + gap;
    }
    width = Math.max(width, x - gap);
    y += Math.max(...cells.map((cell) => cell.height)) + gap;
  }
  const height = Math.max(top, y - gap);
  const heading = title
    ? textElement(document, { x: 0, y: 17, fill: theme.ink, "font-size": 15, "font-weight": 600 }, title)
    : undefined;
  const frame = element(document, "svg", {
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    "font-family": fontFamily,
    role: "img",
    "aria-label": description,
  });
  if (theme.background !== null) frame.append(element(document, "rect", { width, height, fill: theme.background }));
  if (heading) frame.append(heading);
  // The panels are finished text already; they go in before the closing tag.
  const svg = serialise(frame).replace(/<\/svg>$|\s*\/>$/, (end) => (end === "</svg>" ? "" : ">"));
  return { svg: `${svg}${placed.join("")}</svg>`, width, height };
}
