import { extent } from "@isoflop/scaling";
import { canvas } from "./canvas.js";
import { type Draw, type Drawing, type FigureOptions, type Sheet, sheetOf } from "./sheet.js";

const at = ({ svg }: Drawing, x: number, y: number): string => svg.replace(/^<svg /, `<svg x="${x}" y="${y}" `);

/** A canvas that holds finished drawings: they are text already, and parsing them again would gain nothing. */
const holding = (drawings: string, { add, drawing }: ReturnType<typeof canvas>, height: number): Drawing => {
  add("g", { class: "drawings" });
  const place = /<g class="drawings"\s*(\/>|><\/g>)/;
  const frame = drawing(height);
  return { ...frame, svg: frame.svg.replace(place, () => drawings) };
};

const gap = 28;

/** Sets drawings side by side, row by row, as one that is as wide as the sheet. */
export const compose = (draws: readonly Draw[], columns: number, description: string, sheet: Sheet): Drawing => {
  const each = Math.floor((sheet.width - gap * (columns - 1)) / columns);
  const panels = draws.map((draw) => draw(sheetOf(sheet, each)));
  let drawings = "";
  let [width, y] = [0, 0];
  for (let row = 0; row < panels.length; row += columns) {
    const cells = panels.slice(row, row + columns);
    let x = 0;
    for (const cell of cells) {
      drawings += at(cell, x, y);
      x += cell.width + gap;
    }
    width = Math.max(width, x - gap);
    y += extent(cells.map((cell) => cell.height))[1] + gap;
  }
  return holding(drawings, canvas({ ...sheet, width }, description), Math.max(1, y - gap));
};

/**
 * A drawing as a file of its own: on the background of its theme, with a margin and a title. Where the theme has no
 * background the figure belongs to a page, and stands there without a margin.
 * @param usual width of the drawing where none is asked for
 */
export const standalone = (options: FigureOptions, usual: number, draw: Draw): string => {
  const sheet = sheetOf(options, usual);
  const { background, ink } = sheet.theme;
  const margin = background === null ? 0 : 20;
  const drawing = draw(options.width === undefined ? sheet : sheetOf(options, options.width - 2 * margin));
  const top = margin + (options.title ? 32 : 0);
  const width = drawing.width + 2 * margin;
  const height = drawing.height + top + margin;
  const around = canvas({ ...sheet, width }, drawing.description);
  if (background !== null) around.add("rect", { width, height, fill: background, class: "background" });
  if (options.title) {
    const place = { x: margin, y: margin + 15, fill: ink, "font-size": 16, "font-weight": 600, class: "title" };
    around.write(place, options.title);
  }
  return holding(at(drawing, margin, top), around, height).svg;
};
