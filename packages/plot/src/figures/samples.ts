import { extent } from "@isoflop/scaling";
import { canvas } from "../chart/canvas.js";
import { type Figure, figure } from "../chart/figure.js";
import { type Drawing, type Sheet, withRows } from "../chart/sheet.js";
import { some } from "../error.js";
import { checkSamples, type Sample, sampleGroups, samplePngUrl } from "./sample.js";

/**
 * Pictures with their captions below, one block of rows per group, grown by nearest neighbour and embedded as PNG. As many columns as fill the
 * rows of the largest group best, and where those are few, a narrower figure.
 * @throws PlotInputError when a sample has the wrong number of pixels, or one that is not a number
 */
export const sampleGridFigure = (samples: readonly Sample[]): Figure => {
  checkSamples(some("samples", samples, "sample"));
  const caption = "Pictures with the captions that were asked for, every pixel enlarged.";
  const few = columnsFor(samples, MOST_COLUMNS) * (usualCell + gap) - gap;
  const rows = samples.map((sample) => ({ group: sample.group ?? "", caption: sample.caption }));
  const draw = withRows((sheet) => drawingOf(samples, sheet), rows);
  return figure(caption, draw, Math.min(760, few));
};

const gap = 14;
const MOST_COLUMNS = 6;
/** Width of a picture where there are few. */
const usualCell = 180;
const captionLines = 3;
const lineHeight = 14;

/** At most `most` columns: no more rows than that takes, and the last as full as can be. */
const columnsFor = (samples: readonly Sample[], most: number): number => {
  const [, largest] = extent([...sampleGroups(samples).values()].map(({ length }) => length));
  return Math.ceil(largest / Math.ceil(largest / most));
};

const drawingOf = (samples: readonly Sample[], sheet: Sheet): Drawing => {
  const { theme, width, small } = sheet;
  const columns = columnsFor(samples, small ? 3 : MOST_COLUMNS);
  const cell = Math.floor((width - gap * (columns - 1)) / columns);
  const { add, write, drawing } = canvas(sheet, `${samples.length} pictures with their captions.`);
  let y = 0;
  for (const [group, members] of sampleGroups(samples)) {
    if (group !== "") {
      write({ x: 0, y: y + 12, fill: theme.ink, "font-weight": 600 }, group);
      y += 24;
    }
    for (let row = 0; row < members.length; row += columns) {
      const cells = members.slice(row, row + columns).map((sample) => ({
        sample,
        height: (cell * sample.height) / sample.width,
        caption: wrap(sample.caption, Math.floor(cell / 5.9), captionLines),
      }));
      const [, tallest] = extent(cells.map(({ height }) => height));
      cells.forEach(({ sample, height, caption }, column) => {
        const x = column * (cell + gap);
        const href = samplePngUrl(sample);
        add("image", { x, y, width: cell, height, href, "image-rendering": "pixelated" });
        caption.forEach((line, i) => {
          write({ x, y: y + tallest + 14 + i * lineHeight, fill: theme.muted, "font-size": 11 }, line);
        });
      });
      y += tallest + 8 + extent(cells.map(({ caption }) => caption.length))[1] * lineHeight + gap;
    }
  }
  return drawing(Math.max(1, Math.ceil(y - gap + 4)));
};

/** Breaks a caption into at most `most` lines of `room` characters; an ellipsis marks what is left out. */
export const wrap = (caption: string, room: number, most: number): string[] => {
  // Where there is no room for a letter, one stands there all the same.
  const length = Math.max(1, room);
  const pieces = (word: string) =>
    Array.from({ length: Math.ceil(word.length / length) }, (_, i) => word.slice(i * length, (i + 1) * length));
  const lines: string[] = [];
  for (const piece of caption.split(/\s+/).flatMap(pieces)) {
    const joined = `${lines.at(-1)} ${piece}`;
    if (lines.length > 0 && joined.length <= length) lines[lines.length - 1] = joined;
    else lines.push(piece);
  }
  if (lines.length <= most) return lines;
  const last = lines[most - 1]!;
  return [...lines.slice(0, most - 1), `${last.slice(0, Math.max(0, length - 1)).trimEnd()}…`];
};
