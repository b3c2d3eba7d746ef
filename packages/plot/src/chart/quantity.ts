import { type Axis, axis, decimalsFor } from "./axis.js";
import { count, scientific, significant } from "./format.js";

/** What stands on an axis. */
export interface Quantity {
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
} as const satisfies Record<string, Quantity>;

/** The optima of a study of `quantity`. */
export const optimal = (quantity: string) =>
  ({
    N: { label: "optimal model size N*, parameters", format: "count" },
    D: { label: "optimal data D*, tokens", format: "count" },
    loss: { label: `optimal ${quantity}` },
  }) as const satisfies Record<string, Quantity>;

/** A log axis that holds `values`, its ticks written as the quantity asks. */
export const logAxis = ({ label, format }: Quantity, values: readonly number[], ticks: number, pad = 0.06): Axis =>
  written(axis({ label: `${label} (log)`, values, type: "log", format: String, ticks, pad }), format);

/** A linear axis that holds `values`. */
export const linearAxis = ({ label, format }: Quantity, values: readonly number[], ticks: number, pad = 0.06): Axis =>
  written(axis({ label, values, type: "linear", format: String, ticks, pad }), format);

/** Plain decimals where they are short, powers of ten where zeros would have to be counted. */
const written = (plain: Axis, format: Quantity["format"] = "plain"): Axis => {
  const { ticks, type } = plain;
  const long = type === "log" && ticks.some((tick) => tick >= 1e5 || tick < 1e-3);
  if (format === "count") return { ...plain, format: (value) => count(value) };
  if (format === "scientific" || long) return { ...plain, format: (value) => scientific(value) };
  return { ...plain, format: decimalsFor(ticks) };
};

/** One value of a quantity in words. */
export const valueText = ({ format = "plain" }: Quantity, value: number): string =>
  format === "count" ? count(value) : format === "scientific" ? scientific(value) : significant(value);
