import type { Interval } from "@isoflop/scaling";
import { scaleOf } from "../chart/axis.js";
import { canvas, halo, keptInside } from "../chart/canvas.js";
import { type Figure, figure } from "../chart/figure.js";
import { type AxisQuantity, linearAxis, logAxis, valueText } from "../chart/quantity.js";
import { withRows } from "../chart/sheet.js";
import type { Attributes } from "../chart/svg.js";
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

const rowHeight = 40;
const heading = 24;
const below = 40;
/** Room for half a tick's label at either end. */
const edge = 24;

/**
 * Estimates of one quantity with their intervals, one row each on one axis from top to bottom. Names stand above their bars and not
 * beside them, so that neither long names nor a phone take room from the axis.
 */
export const intervalsFigure = (
  quantity: AxisQuantity,
  rows: readonly IntervalRow[],
  { log = false, reference, caption = "" }: IntervalsFigureOptions = {},
): Figure => {
  const type = log ? "log" : "linear";
  for (const [i, { value, interval = [] }] of some("rows", rows, "estimate").entries()) {
    drawable(`rows[${i}].value`, value, type);
    for (const [j, end] of interval.entries()) drawable(`rows[${i}].interval[${j}]`, end, type);
  }
  if (reference) drawable("reference.at", reference.at, type);
  const values = rows.flatMap(({ value, interval = [] }) => [value, ...interval]);
  const numbers = rows.map(({ value, interval }) => {
    const spread = interval ? ` [${interval.map((end) => valueText(quantity, end)).join(", ")}]` : "";
    return valueText(quantity, value) + spread;
  });
  const estimates = rows.map(({ name }, i) => `${name} ${numbers[i]}`).join("; ");
  const kind = rows.length === 1 ? "estimate" : "estimates with intervals";
  const description = `${quantity.label}, ${rows.length} ${kind}: ${estimates}.`;
  const data = rows.map(({ name, value, interval }) => ({
    name,
    [quantity.label]: value,
    ...(interval && { [`${quantity.label}, low`]: interval[0], [`${quantity.label}, high`]: interval[1] }),
  }));
  const held = reference ? [{ name: reference.label, [quantity.label]: reference.at }] : [];
  return figure(
    caption,
    withRows(
      (sheet) => {
        const { theme, width, small } = sheet;
        const top = reference ? heading : 4;
        const bottom = top + rows.length * rowHeight;
        const height = bottom + below;
        const all = reference ? [...values, reference.at] : values;
        const axis = (log ? logAxis : linearAxis)(quantity, all, small ? 4 : 7, 0.03);
        const x = scaleOf(axis, edge, width - edge);
        const { add, write, drawing } = canvas(sheet, description);
        const rule = (name: string, at: number, style: Attributes) =>
          add("line", { class: name, x1: at, x2: at, y1: top, y2: bottom, ...style });
        const colour = theme.scale(0.45);
        for (const tick of axis.ticks) {
          rule("grid", x(tick), { stroke: theme.grid });
          const place = { x: x(tick), y: bottom + 16, fill: theme.muted, "text-anchor": "middle", class: "tick" };
          write(place, axis.format(tick));
        }
        write(
          { x: width, y: height - 6, fill: theme.muted, "text-anchor": "end", class: "x-label" },
          `${axis.label} →`,
        );
        if (reference) {
          const at = x(reference.at);
          rule("reference", at, { stroke: theme.heldOut, "stroke-width": 1.5, "stroke-dasharray": "3 3" });
          const words = `${reference.label} ${valueText(quantity, reference.at)}`;
          const style = { fill: theme.heldOut, "font-weight": 600, "text-anchor": "middle", class: "reference-label" };
          write({ x: keptInside(at, words, width), y: 14, ...style }, words);
        }
        rows.forEach(({ name, value, interval }, i) => {
          const y = top + i * rowHeight;
          write({ x: 0, y: y + 14, fill: theme.ink, ...halo(theme), "font-weight": 500, class: "name" }, name);
          const place = {
            x: width,
            y: y + 14,
            fill: theme.muted,
            ...halo(theme),
            "text-anchor": "end",
            class: "numbers",
          };
          write(place, numbers[i]!);
          const middle = y + 26;
          if (interval) {
            const [x1, x2] = [x(interval[0]), x(interval[1])];
            const bar = {
              x1,
              x2,
              y1: middle,
              y2: middle,
              stroke: colour,
              "stroke-width": 3,
              "stroke-linecap": "round",
            };
            add("line", { ...bar, class: "interval" });
          }
          const dot = { cx: x(value), cy: middle, r: 5, fill: colour, stroke: theme.surface, "stroke-width": 1.5 };
          add("circle", { ...dot, class: "estimate" });
        });
        return drawing(height);
      },
      [...data, ...held],
    ),
  );
};
