import { type Axis, decimalsFor, linearTicks, logTicks, padded } from "./axis.js";
import { count, scientific, signedPercent, significant } from "./format.js";

/** What stands on an axis. */
export interface AxisQuantity {
  /** Words with the unit, e.g. "model size N, parameters". */
  readonly label: string;
  /** `count` writes 25.3k and 1.2B, `scientific` 3×10²¹; `plain`, the default, whichever digits tell the ticks apart. */
  readonly format?: "count" | "scientific" | "plain";
}

/** What the axes of most figures say. */
export const quantities = {
  C: { label: "compute C, FLOPs", format: "scientific" },
  N: { label: "model size N, parameters", format: "count" },
  D: { label: "data D, tokens", format: "count" },
} as const satisfies Record<string, AxisQuantity>;

/** The optima of a study of `quantity`. */
export const optimal = (quantity: string) =>
  ({
    N: { label: "optimal model size N*, parameters", format: "count" },
    D: { label: "optimal data D*, tokens", format: "count" },
    loss: { label: `optimal ${quantity}` },
  }) as const satisfies Record<string, AxisQuantity>;

const words = {
  count: (value: number) => count(value),
  scientific: (value: number) => scientific(value),
  plain: (value: number) => significant(value),
};

/** One value of a quantity in words. */
export const valueText = ({ format = "plain" }: AxisQuantity, value: number): string => words[format](value);

const axisOf =
  (type: Axis["type"]) =>
  ({ label, format = "plain" }: AxisQuantity, values: readonly number[], most: number, pad = 0.06): Axis => {
    const domain = padded(values, type, pad);
    const ticks = (type === "log" ? logTicks : linearTicks)(...domain, most);
    // Plain decimals of a log axis only where they are short.
    const long = type === "log" && ticks.some((tick) => tick >= 1e5 || tick < 1e-3);
    const plain = long ? words.scientific : decimalsFor(ticks);
    const said = type === "log" ? `${label} (log)` : label;
    return { label: said, type, domain, ticks, format: format === "plain" ? plain : words[format] };
  };

/** A log axis that holds `values`, with about so many ticks, written as the quantity asks, and a margin. */
export const logAxis = axisOf("log");

/** A linear axis that holds `values`. */
export const linearAxis = axisOf("linear");

/** A linear axis of fractions with its ticks in percent, with as many decimals as the ticks need. */
export const percentAxis = (label: string, values: readonly number[], most: number, pad: number): Axis => {
  const axis = linearAxis({ label }, values, most, pad);
  const needs = (decimals: number) =>
    axis.ticks.every((tick) => Math.abs(tick * 100 - Number((tick * 100).toFixed(decimals))) < 1e-6 * 10 ** -decimals);
  const decimals = [0, 1, 2, 3, 4].find(needs) ?? 5;
  return { ...axis, format: (value) => signedPercent(value, decimals), times: 100 };
};
