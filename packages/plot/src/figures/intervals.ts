import type { Interval } from "@isoflop/scaling";
import { type Axis, scaleOf } from "../chart/axis.js";
import { canvas, keptInside } from "../chart/canvas.js";
import { type Figure, figure } from "../chart/figure.js";
import { type AxisQuantity, linearAxis, logAxis, valueText } from "../chart/quantity.js";
import type { Drawing, Sheet } from "../chart/sheet.js";
import { drawable, some } from "../error.js";

/** One estimate among several of the same quantity. */
export interface IntervalRow {
  /** How it was estimated, or from what. */
  readonly name: string;
  readonly value: number;
  /** 95 % interval; absent where it is unknown. */
  readonly interval?: Interval;
}

export interface IntervalsFigureOptions {
  /** What the rows are held against: a truth, or a published value. */
  readonly reference?: { readonly at: number; readonly label: string } | undefined;
  /** A log axis. Linear by default. */
  readonly log?: boolean;
  readonly caption?: string;
}

interface Intervals extends IntervalsFigureOptions {
  readonly quantity: AxisQuantity;
  readonly rows: readonly IntervalRow[];
}

/**
 * Estimates of one quantity with their intervals, one row each on one axis from top to bottom. Names stand above their bars and not
 * beside them, so that neither long names nor a phone take room from the axis.
 */
export const intervalsFigure = (
  quantity: AxisQuantity,
  rows: readonly IntervalRow[],
  options: IntervalsFigureOptions = {},
): Figure => {
  const { log = false, reference, caption = "" } = options;
  const axis = log ? "log" : "linear";
  for (const [i, { value, interval = [] }] of some("rows", rows, "estimate").entries()) {
    drawable(`rows[${i}].value`, value, axis);
    for (const [j, end] of interval.entries()) drawable(`rows[${i}].interval[${j}]`, end, axis);
  }
  if (reference) drawable("reference.at", reference.at, axis);
  return figure(caption, 760, (sheet) => intervalsDrawing({ quantity, rows, ...options }, sheet));
};

const rowHeight = 40;
const heading = 24;
const below = 40;
/** Room for half a tick's label at either end. */
const edge = 24;

const intervalsDrawing = (data: Intervals, sheet: Sheet): Drawing => {
  const { theme, width } = sheet;
  const { rows, reference, quantity } = data;
  const top = reference ? heading : 4;
  const bottom = top + rows.length * rowHeight;
  const height = bottom + below;
  const line = axisOf(data, sheet);
  const x = scaleOf(line, edge, width - edge);
  const estimates = rows.map((row) => `${row.name} ${numbers(data, row)}`).join("; ");
  const { add, write, drawing } = canvas(
    sheet,
    `${quantity.label}, ${rows.length} ${rows.length === 1 ? "estimate" : "estimates with intervals"}: ${estimates}.`,
  );
  const rule = (name: string, at: number, style: Record<string, string | number>) =>
    add("line", { class: name, x1: at, x2: at, y1: top, y2: bottom, ...style });
  const halo = { stroke: theme.surface, "stroke-width": 4, "stroke-linejoin": "round", "paint-order": "stroke" };
  const colour = theme.scale(0.45);
  for (const tick of line.ticks) {
    rule("grid", x(tick), { stroke: theme.grid });
    const place = { x: x(tick), y: bottom + 16, fill: theme.muted, "text-anchor": "middle", class: "tick" };
    write(place, line.format(tick));
  }
  write({ x: width, y: height - 6, fill: theme.muted, "text-anchor": "end", class: "x-label" }, `${line.label} →`);
  if (reference) {
    const at = x(reference.at);
    rule("reference", at, { stroke: theme.heldOut, "stroke-width": 1.5, "stroke-dasharray": "3 3" });
    const words = `${reference.label} ${valueText(quantity, reference.at)}`;
    const style = { fill: theme.heldOut, "font-weight": 600, "text-anchor": "middle", class: "reference-label" };
    write({ x: keptInside(at, words, width), y: 14, ...style }, words);
  }
  rows.forEach((row, i) => {
    const y = top + i * rowHeight;
    write({ x: 0, y: y + 14, fill: theme.ink, ...halo, "font-weight": 500, class: "name" }, row.name);
    const place = { x: width, y: y + 14, fill: theme.muted, ...halo, "text-anchor": "end", class: "numbers" };
    write(place, numbers(data, row));
    const middle = y + 26;
    if (row.interval) {
      const [x1, x2] = [x(row.interval[0]), x(row.interval[1])];
      const bar = { x1, x2, y1: middle, y2: middle, stroke: colour, "stroke-width": 3, "stroke-linecap": "round" };
      add("line", { ...bar, class: "interval" });
    }
    const dot = { cx: x(row.value), cy: middle, r: 5, fill: colour, stroke: theme.surface, "stroke-width": 1.5 };
    add("circle", { ...dot, class: "estimate" });
  });
  return drawing(height);
};

const axisOf = ({ rows, reference, quantity, log }: Intervals, { small }: Sheet): Axis => {
  const values = [
    ...rows.flatMap(({ value, interval = [] }) => [value, ...interval]),
    ...(reference ? [reference.at] : []),
  ];
  return (log ? logAxis : linearAxis)(quantity, values, small ? 4 : 7, 0.03);
};

const numbers = ({ quantity }: Intervals, { value, interval }: IntervalRow): string => {
  const spread = interval ? ` [${interval.map((end) => valueText(quantity, end)).join(", ")}]` : "";
  return valueText(quantity, value) + spread;
};
