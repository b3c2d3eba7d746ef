import * as Plot from "@observablehq/plot";
import { type Axis, scaleOf } from "./axis.js";
import { type ColourKey, keyHeight, keyMarks } from "./colour-key.js";
import { apart, type PointLabel } from "./labels.js";
import { type Drawing, fontFamily, type Sheet } from "./sheet.js";
import { element, serialise, textElement } from "./svg.js";

/** Words centred on a pixel of the frame. */
export interface Annotation {
  readonly x: number;
  readonly y: number;
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

export interface ChartSpec {
  /** What the picture shows, for readers who do not see it. */
  readonly description: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly marks: readonly Plot.Markish[];
  readonly labels?: readonly PointLabel[];
  /** Words whose place is found in pixels. */
  readonly annotations?: (frame: FramePlace) => readonly Annotation[];
  /** What the colours of the dots mean. */
  readonly key?: ColourKey | undefined;
  /** Names of the lines, in their colours. */
  readonly legend?: readonly { readonly text: string; readonly color: string }[];
  readonly height: number;
  readonly marginRight?: number;
  readonly subtitle?: string;
}

/** Frame, axes, grid, marks and labels as one SVG. */
export const chart = (spec: ChartSpec, { document, theme, width, small }: Sheet): Drawing => {
  const { x, y, height, marginRight = 16 } = spec;
  const lead = spec.subtitle ? 20 : 0;
  const legend = spec.legend ?? [];
  const legendLines = small ? legend.length : Math.min(1, legend.length);
  const heading = lead + (spec.key ? keyHeight : 0) + 20 * legendLines;
  const marginTop = 34 + heading;
  const marginBottom = 46;
  const tickWidth = y.ticks.reduce((most, tick) => Math.max(most, y.format(tick).length), 1) * 7;
  const marginLeft = Math.max(34, tickWidth + 14);
  const tickStyle = { tickSize: 0, tickPadding: 8, color: theme.muted };
  const svg = Plot.plot({
    document,
    width,
    height,
    marginTop,
    marginRight,
    marginBottom,
    marginLeft,
    style: { fontFamily, fontSize: "12px", color: theme.ink },
    x: { type: x.type, domain: [...x.domain], axis: null },
    y: { type: y.type, domain: [...y.domain], axis: null },
    // Marks carry their colours themselves.
    color: { type: "identity" },
    r: { type: "identity" },
    marks: [
      Plot.gridX([...x.ticks], { stroke: theme.grid, strokeOpacity: 1 }),
      Plot.gridY([...y.ticks], { stroke: theme.grid, strokeOpacity: 1 }),
      Plot.axisX([...x.ticks], { ...tickStyle, label: null, text: (d: number) => x.format(d) }),
      Plot.axisY([...y.ticks], { ...tickStyle, label: null, text: (d: number) => y.format(d) }),
      ...spec.marks,
    ],
  });
  const text = (place: Parameters<typeof textElement>[1], words: string) =>
    svg.append(textElement(document, place, words));
  if (spec.subtitle) text({ x: 0, y: 14, fill: theme.muted }, spec.subtitle);
  let along = 0;
  legend.forEach(({ text: words, color }, i) => {
    const [left, middle] = legendLines > 1 ? [0, lead + 20 * i + 10] : [along, lead + 10];
    const swatch = { x1: left, x2: left + 16, y1: middle, y2: middle, stroke: color, "stroke-width": 3 };
    svg.append(element(document, "line", { ...swatch, class: "legend" }));
    text({ x: left + 22, y: middle + 4, fill: color, "font-weight": 600, class: "legend-label" }, words);
    along += words.length * 7.2 + 46;
  });
  if (spec.key) svg.append(...keyMarks(document, spec.key, theme, lead));
  text({ x: 0, y: heading + 14, fill: theme.muted, class: "y-label" }, `↑ ${y.label}`);
  text(
    { x: width - marginRight, y: height - 6, fill: theme.muted, "text-anchor": "end", class: "x-label" },
    `${x.label} →`,
  );
  const toX = scaleOf(x, marginLeft, width - marginRight);
  const toY = scaleOf(y, height - marginBottom, marginTop);
  const halo = { stroke: theme.surface, "stroke-width": 4, "stroke-linejoin": "round", "paint-order": "stroke" };
  const frame = {
    x: toX,
    y: toY,
    left: marginLeft,
    right: width - marginRight,
    top: marginTop,
    bottom: height - marginBottom,
  };
  for (const { x: at, y: level, text: words, color } of spec.annotations?.(frame) ?? []) {
    // A line runs through these words, and would stand in their gaps.
    const wide = { ...halo, "stroke-width": 7 };
    const place = { x: at, y: level + 4, fill: color, ...wide, "text-anchor": "middle", "font-weight": 500 };
    text({ ...place, class: "annotation" }, words);
  }
  const placed = (spec.labels ?? []).map((label) => ({
    ...label,
    x: toX(label.x),
    y: toY(label.y) - (label.lift ?? 0),
  }));
  for (const label of apart(placed, marginTop, height - marginBottom)) {
    const left = label.side === "left";
    const weight = { "font-weight": label.bold ? 600 : 500, "text-anchor": left ? "end" : "start", class: "label" };
    text({ x: label.x + (left ? -13 : 9), y: label.y + 4, fill: label.color, ...halo, ...weight }, label.text);
  }
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", spec.description);
  return { svg: serialise(svg), width, height, description: spec.description };
};
