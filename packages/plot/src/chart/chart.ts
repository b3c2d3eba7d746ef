import * as Plot from "@observablehq/plot";
import { scaleOf } from "./axis.js";
import { halo, pen } from "./canvas.js";
import { type ColourKey, drawKey, keyHeight } from "./colour-key.js";
import { rowsOf } from "./data.js";
import { apart, type PointLabel } from "./labels.js";
import type { Axes, Point } from "./marks.js";
import { type Draw, type Drawing, fontFamily, type Look, type Sheet } from "./sheet.js";
import { serialise } from "./svg.js";
import { addTips } from "./tips.js";

/** Words centred on a pixel of the frame. */
export interface Annotation extends Point {
  readonly text: string;
  readonly color: string;
}

/** The frame in pixels, and where values lie in it. */
export interface FramePlace {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface ChartSpec extends Axes {
  /** What the picture shows, for readers who do not see it. */
  readonly description: string;
  /** @internal */
  readonly marks: readonly Plot.Markish[];
  readonly labels?: readonly PointLabel[];
  /** Words whose place is found in pixels. */
  readonly annotations?: (frame: FramePlace) => readonly Annotation[];
  /** What the colours of the dots mean. */
  readonly key?: ColourKey | undefined;
  /** Names of the lines, in their colours. */
  readonly legend?: readonly { readonly text: string; readonly color: string; readonly dashes?: string }[];
  readonly height: number;
  readonly marginRight?: number;
  readonly subtitle?: string;
}

const legendLine = 20;

/** Where each name of a legend stands: below each other where the chart is narrow, side by side in as many lines as they take where it is not. */
const placesOf = (names: readonly string[], width: number, small: boolean) => {
  let [left, line] = [0, 0];
  return names.map((name, i) => {
    if (small) return { left: 0, line: i };
    const taken = name.length * 7.2 + 46;
    if (left > 0 && left + taken - 24 > width) [left, line] = [0, line + 1];
    const place = { left, line };
    left += taken;
    return place;
  });
};

/** Pixels that a legend takes of a chart's height. */
export const legendHeight = (names: readonly string[], width: number, small: boolean): number =>
  legendLine * placesOf(names, width, small).reduce((lines, { line }) => Math.max(lines, line + 1), 0);

/** Frame, axes, grid, marks and labels as one SVG; its numbers are those of the marks. */
export const chart = (specOf: (look: Look) => ChartSpec): Draw =>
  Object.assign((sheet: Sheet) => drawnFrom(specOf(sheet), sheet), {
    rows: (look: Look) => {
      const { marks, ...axes } = specOf(look);
      return rowsOf(marks, axes);
    },
  });

const drawnFrom = (whole: ChartSpec, { document, theme, width, small }: Sheet): Drawing => {
  const { description, x, y, marks, height, key, marginRight = 16, subtitle, ...spec } = whole;
  const { labels = [], annotations, legend = [] } = spec;
  const lead = subtitle ? 20 : 0;
  const names = legend.map(({ text }) => text);
  const below = legendHeight(names, width, small);
  const heading = lead + (key ? keyHeight : 0) + below;
  const marginTop = 34 + heading;
  const marginBottom = 46;
  const tickWidth = y.ticks.reduce((most, tick) => Math.max(most, y.format(tick).length), 1) * 7;
  const marginLeft = Math.max(34, tickWidth + 14);
  const gridStyle = { stroke: theme.grid, strokeOpacity: 1 };
  const tickStyle = { tickSize: 0, tickPadding: 8, color: theme.muted, label: null };
  const svg = Plot.plot({
    ...{ document, width, height, marginTop, marginRight, marginBottom, marginLeft },
    style: { fontFamily, fontSize: "12px", color: theme.ink },
    x: { type: x.type, domain: [...x.domain], axis: null },
    y: { type: y.type, domain: [...y.domain], axis: null },
    // Marks carry their colours themselves.
    color: { type: "identity" },
    r: { type: "identity" },
    marks: [
      Plot.gridX([...x.ticks], gridStyle),
      Plot.gridY([...y.ticks], gridStyle),
      Plot.axisX([...x.ticks], { ...tickStyle, text: (d: number) => x.format(d) }),
      Plot.axisY([...y.ticks], { ...tickStyle, text: (d: number) => y.format(d) }),
      ...marks,
    ],
  });
  addTips(document, svg, marks, { x, y });
  const { add, write } = pen(document, svg);
  if (subtitle) write({ x: 0, y: 14, fill: theme.muted }, subtitle);
  const places = placesOf(names, width, small);
  legend.forEach(({ text, color, dashes }, i) => {
    const { left, line } = places[i]!;
    const middle = lead + legendLine * line + legendLine / 2;
    const swatch = { x1: left, x2: left + 16, y1: middle, y2: middle, stroke: color, "stroke-width": 3 };
    add("line", { ...swatch, ...(dashes !== undefined && { "stroke-dasharray": dashes }), class: "legend" });
    write({ x: left + 22, y: middle + 4, fill: color, "font-weight": 600, class: "legend-label" }, text);
  });
  if (key) drawKey({ add, write }, key, theme, lead);
  write({ x: 0, y: heading + 14, fill: theme.muted, class: "y-label" }, `↑ ${y.label}`);
  const [right, bottom] = [width - marginRight, height - marginBottom];
  write({ x: right, y: height - 6, fill: theme.muted, "text-anchor": "end", class: "x-label" }, `${x.label} →`);
  const [toX, toY] = [scaleOf(x, marginLeft, right), scaleOf(y, bottom, marginTop)];
  const frame = { x: toX, y: toY, left: marginLeft, right, top: marginTop, bottom };
  for (const { x: at, y: level, text, color } of annotations?.(frame) ?? []) {
    // A line runs through these words, and would stand in their gaps.
    const wide = { ...halo(theme), "stroke-width": 7 };
    const style = { fill: color, ...wide, "text-anchor": "middle", "font-weight": 500, class: "annotation" };
    write({ x: at, y: level + 4, ...style }, text);
  }
  const placed = labels.map((label) => ({
    ...label,
    x: toX(label.x) + (label.shift ?? 0),
    y: toY(label.y) - (label.lift ?? 0),
  }));
  for (const { x: at, y: level, side, bold, color, text } of apart(placed, marginTop, bottom)) {
    const left = side === "left";
    const weight = { "font-weight": bold ? 600 : 500, "text-anchor": left ? "end" : "start", class: "label" };
    write({ x: at + (left ? -13 : 9), y: level + 4, fill: color, ...halo(theme), ...weight }, text);
  }
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", description);
  return { svg: serialise(svg), width, height, description };
};
