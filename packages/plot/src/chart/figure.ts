import { extent } from "@isoflop/scaling";
import { canvas } from "./canvas.js";
import { type FigureData, tableOf } from "./data.js";
import { type Draw, type Drawing, type FigureOptions, type Look, type Sheet, sheetOf } from "./sheet.js";
import { lightTheme } from "./theme.js";

/** What is drawn of a record, and what stands below it. */
export interface Figure {
  readonly caption: string;
  /**
   * SVG text.
   * @throws PlotInputError naming what cannot be drawn
   */
  readonly draw: (options?: FigureOptions) => string;
  /** The numbers that it shows, where it shows any. */
  readonly data?: () => FigureData;
}

/** A figure whose drawing is `width` pixels wide where no other width is asked for. */
export const figure = (caption: string, draw: Draw, width = 760): Figure => {
  const { rows } = draw;
  return {
    caption,
    draw: (options = {}) => standalone(options, width, draw),
    ...(rows && { data: () => tableOf(rows({ theme: lightTheme, width, small: false })) }),
  };
};

/** Drawings as one figure, so many side by side as `columns` says of its width, and the others below them. */
export const panels = (
  caption: string,
  description: string,
  draws: readonly Draw[],
  width: number,
  columns: (width: number) => number,
): Figure => {
  const draw = (sheet: Sheet) => compose(draws, columns(sheet.width), description, sheet);
  const rows = (look: Look) =>
    draws.flatMap(
      ({ rows }, i) => rows?.(look).map((row) => (draws.length > 1 ? { panel: i + 1, ...row } : row)) ?? [],
    );
  return figure(caption, Object.assign(draw, { rows }), width);
};

/** A drawing at its place in another, which says what all of it shows. */
const at = ({ svg }: Drawing, x: number, y: number): string =>
  svg.replace(/^<svg ([^>]*)>/, (_, attributes: string) => {
    const rest = attributes.replace(/ ?\brole="img"/, "").replace(/ ?\baria-label="[^"]*"/, "");
    return `<svg x="${x}" y="${y}" ${rest.trim()}>`;
  });

/** A canvas that holds finished drawings: they are text already, and parsing them again would gain nothing. */
const holding = (drawings: string, { add, drawing }: ReturnType<typeof canvas>, height: number): Drawing => {
  add("g", { class: "drawings" });
  const place = /<g class="drawings"\s*(\/>|><\/g>)/;
  const frame = drawing(height);
  return { ...frame, svg: frame.svg.replace(place, () => drawings) };
};

const gap = 28;

/** Sets drawings side by side, row by row, as one that is as wide as the sheet. */
const compose = (draws: readonly Draw[], columns: number, description: string, sheet: Sheet): Drawing => {
  const each = Math.floor((sheet.width - gap * (columns - 1)) / columns);
  const cells = draws.map((draw) => draw(sheetOf(sheet, each)));
  let drawings = "";
  let [width, y] = [0, 0];
  for (let first = 0; first < cells.length; first += columns) {
    const row = cells.slice(first, first + columns);
    let x = 0;
    for (const cell of row) {
      drawings += at(cell, x, y);
      x += cell.width + gap;
    }
    width = Math.max(width, x - gap);
    y += extent(row.map(({ height }) => height))[1] + gap;
  }
  return holding(drawings, canvas({ ...sheet, width }, description), Math.max(1, y - gap));
};

/**
 * A drawing as a file of its own: on the background of its theme, with a margin and a title. Where the theme has no
 * background the figure belongs to a page, and stands there without a margin.
 * @param usual width of the drawing where none is asked for
 */
const standalone = (options: FigureOptions, usual: number, draw: Draw): string => {
  const sheet = sheetOf(options, usual);
  const { background, ink } = sheet.theme;
  const margin = background === null ? 0 : 20;
  const drawing = draw(options.width === undefined ? sheet : sheetOf(options, options.width - 2 * margin));
  const top = margin + (options.title ? 32 : 0);
  const width = drawing.width + 2 * margin;
  const height = drawing.height + top + margin;
  const around = canvas({ ...sheet, width }, drawing.description);
  if (background !== null) around.add("rect", { width, height, fill: background, class: "background" });
  const place = { x: margin, y: margin + 15, fill: ink, "font-size": 16, "font-weight": 600, class: "title" };
  if (options.title) around.write(place, options.title);
  return holding(at(drawing, margin, top), around, height).svg;
};
