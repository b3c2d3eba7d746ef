import { samplePngUrl } from "../image.js";
import { extent } from "../range.js";
import { each } from "../study/check.js";
import type { Sample } from "../study/types.js";
import { validateSample } from "../study/validate.js";
import { type Drawing, documentOf, type FigureOptions, fontFamily, themeOf } from "./chart.js";
import { element, serialise, textElement } from "./svg.js";

/** Samples by group, in the order in which groups first appear. */
export const sampleGroups = (samples: readonly Sample[]): Map<string, Sample[]> => {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const name = sample.group ?? "";
    groups.set(name, [...(groups.get(name) ?? []), sample]);
  }
  return groups;
};

/** Breaks a caption into at most `most` lines of `room` characters; an ellipsis marks what is left out. */
export const wrap = (caption: string, room: number, most: number): string[] => {
  // Where there is no room for a letter, one stands there all the same.
  const length = Math.max(1, room);
  const lines: string[] = [];
  let line = "";
  for (const word of caption.split(/\s+/).filter(Boolean)) {
    for (let rest = word; rest.length > 0; ) {
      const joined = line === "" ? rest : `${line} ${rest}`;
      if (joined.length <= length) {
        line = joined;
        rest = "";
      } else if (line !== "") {
        lines.push(line);
        line = "";
      } else {
        lines.push(rest.slice(0, length));
        rest = rest.slice(length);
      }
    }
  }
  if (line !== "") lines.push(line);
  if (lines.length <= most) return lines;
  const last = lines[most - 1]!;
  return [...lines.slice(0, most - 1), `${last.slice(0, Math.max(0, length - 1)).trimEnd()}…`];
};

const gap = 14;
const captionLines = 3;
const lineHeight = 14;

/** A grid of pictures with their captions below, one block of rows per group. */
export const sampleGridDrawing = (samples: readonly Sample[], options: FigureOptions): Drawing => {
  each("samples", samples, validateSample);
  const theme = themeOf(options);
  const document = documentOf(options);
  const width = options.width ?? 760;
  const columns = width < 480 ? 3 : 6;
  const cell = Math.floor((width - gap * (columns - 1)) / columns);
  const description = `${samples.length} pictures with their captions.`;
  const svg = element(document, "svg", {
    width,
    "font-family": fontFamily,
    "font-size": 11,
    role: "img",
    "aria-label": description,
  });
  let y = 0;
  for (const [group, members] of sampleGroups(samples)) {
    if (group !== "") {
      svg.append(
        textElement(document, { x: 0, y: y + 12, fill: theme.ink, "font-size": 12, "font-weight": 600 }, group),
      );
      y += 24;
    }
    for (let row = 0; row < members.length; row += columns) {
      const cells = members.slice(row, row + columns);
      const tallest = extent(cells.map((sample) => (cell * sample.height) / sample.width))[1];
      const captions = cells.map((sample) => wrap(sample.caption, Math.floor(cell / 5.9), captionLines));
      cells.forEach((sample, column) => {
        const x = column * (cell + gap);
        const size = { width: cell, height: (cell * sample.height) / sample.width };
        svg.append(
          element(document, "image", { x, y, ...size, href: samplePngUrl(sample), "image-rendering": "pixelated" }),
        );
        captions[column]!.forEach((line, i) => {
          svg.append(textElement(document, { x, y: y + tallest + 14 + i * lineHeight, fill: theme.muted }, line));
        });
      });
      y += tallest + 8 + extent(captions.map((lines) => lines.length))[1] * lineHeight + gap;
    }
  }
  const height = Math.max(1, Math.ceil(y - gap + 4));
  svg.setAttribute("height", String(height));
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  return { svg: serialise(svg), width, height, description };
};
