import { type Axis, axis, decimalsFor, scaleOf } from "../figures/axis.js";
import { type Drawing, documentOf, type FigureOptions, fontFamily, themeOf } from "../figures/chart.js";
import { element, serialise, textElement } from "../figures/svg.js";
import { given } from "../study/check.js";
import { logAxis, valueText } from "./quantity.js";
import type { IntervalRow, IntervalsFigureData } from "./types.js";

const rowHeight = 40;
const heading = 24;
const below = 40;
/** Room for half a tick's label at either end. */
const edge = 24;

/**
 * Estimates of one quantity with their intervals, one row each on one axis. Names stand above their bars and not beside them,
 * so that neither long names nor a phone take room from the axis.
 */
export const intervalsDrawing = (data: IntervalsFigureData, options: FigureOptions): Drawing => {
  const theme = themeOf(options);
  const document = documentOf(options);
  const width = options.width ?? 760;
  const { rows, reference, quantity } = data;
  const top = given(reference) ? heading : 4;
  const bottom = top + rows.length * rowHeight;
  const height = bottom + below;
  const line = axisOf(data, width);
  const x = scaleOf(line, edge, width - edge);
  const description = `${quantity.label}, ${rows.length} ${rows.length === 1 ? "estimate" : "estimates with intervals"}: ${rows
    .map((row) => `${row.name} ${numbers(data, row)}`)
    .join("; ")}.`;
  const svg = element(document, "svg", {
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    "font-family": fontFamily,
    "font-size": 12,
    role: "img",
    "aria-label": description,
  });
  const rule = (name: string, at: number, attributes: Record<string, string | number>) =>
    svg.append(element(document, "line", { class: name, x1: at, x2: at, y1: top, y2: bottom, ...attributes }));
  const write = (place: Record<string, string | number>, words: string) =>
    svg.append(textElement(document, place, words));

  const halo = { stroke: theme.surface, "stroke-width": 4, "stroke-linejoin": "round", "paint-order": "stroke" };
  for (const tick of line.ticks) {
    rule("grid", x(tick), { stroke: theme.grid });
    const place = { x: x(tick), y: bottom + 16, fill: theme.muted, "text-anchor": "middle", class: "tick" };
    write(place, line.format(tick));
  }
  write({ x: width, y: height - 6, fill: theme.muted, "text-anchor": "end", class: "x-label" }, `${line.label} →`);
  if (given(reference)) {
    const at = x(reference.at);
    rule("reference", at, { stroke: theme.heldOut, "stroke-width": 1.5, "stroke-dasharray": "3 3" });
    const words = `${reference.label} ${valueText(quantity, reference.at)}`;
    // Near an end of the axis a centred label would be cut off.
    const half = words.length * 3.5;
    const middle = Math.min(Math.max(at, half), Math.max(half, width - half));
    const style = { fill: theme.heldOut, "font-weight": 600, "text-anchor": "middle", class: "reference-label" };
    write({ x: middle, y: 14, ...style }, words);
  }
  rows.forEach((row, i) => {
    const y = top + i * rowHeight;
    write({ x: 0, y: y + 14, fill: theme.ink, ...halo, "font-weight": 500, class: "name" }, row.name);
    const place = { x: width, y: y + 14, fill: theme.muted, ...halo, "text-anchor": "end", class: "numbers" };
    write(place, numbers(data, row));
    const middle = y + 26;
    const colour = theme.scale(0.45);
    if (given(row.interval)) {
      const [x1, x2] = row.interval.map(x) as [number, number];
      const bar = { x1, x2, y1: middle, y2: middle, stroke: colour, "stroke-width": 3, "stroke-linecap": "round" };
      svg.append(element(document, "line", { ...bar, class: "interval" }));
    }
    const dot = { cx: x(row.value), cy: middle, r: 5, fill: colour, stroke: theme.surface, "stroke-width": 1.5 };
    svg.append(element(document, "circle", { ...dot, class: "estimate" }));
  });
  return { svg: serialise(svg), width, height, description };
};

const axisOf = ({ rows, reference, quantity, log }: IntervalsFigureData, width: number): Axis => {
  const values = [
    ...rows.flatMap(({ value, interval }) => [value, ...(interval ?? [])]),
    ...(given(reference) ? [reference.at] : []),
  ];
  const ticks = width < 480 ? 4 : 7;
  if (log) return logAxis(quantity, values, ticks, 0.03);
  const plain = axis({ label: quantity.label, values, type: "linear", format: String, ticks, pad: 0.03 });
  const { format } = quantity;
  const asked = format === "count" || format === "scientific";
  return { ...plain, format: asked ? (value) => valueText(quantity, value) : decimalsFor(plain.ticks) };
};

const numbers = ({ quantity }: IntervalsFigureData, { value, interval }: IntervalRow): string => {
  const spread = given(interval) ? ` [${interval.map((end) => valueText(quantity, end)).join(", ")}]` : "";
  return valueText(quantity, value) + spread;
};
