import { type Axis, axisOver, decimalsFor } from "./axis.js";
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

/** A log axis that holds `values`, its ticks written as the quantity asks: plain decimals only where they are short. */
export const logAxis = (
  { label, format }: AxisQuantity,
  values: readonly number[],
  ticks: number,
  pad = 0.06,
): Axis => {
  const place = axisOver("log", values, ticks, pad);
  const long = place.ticks.some((tick) => tick >= 1e5 || tick < 1e-3);
  return {
    ...place,
    label: `${label} (log)`,
    format: formatOf(place.ticks, long && (format ?? "plain") === "plain" ? "scientific" : format),
  };
};

/** A linear axis that holds `values`. */
export const linearAxis = (
  { label, format }: AxisQuantity,
  values: readonly number[],
  ticks: number,
  pad = 0.06,
): Axis => {
  const place = axisOver("linear", values, ticks, pad);
  return { ...place, label, format: formatOf(place.ticks, format) };
};

const formatOf = (ticks: readonly number[], format: AxisQuantity["format"]): ((value: number) => string) => {
  if (format === "count") return (value) => count(value);
  return format === "scientific" ? (value) => scientific(value) : decimalsFor(ticks);
};

/** A linear axis of fractions with its ticks in percent, with as many decimals as the ticks need. */
export const percentAxis = (label: string, values: readonly number[], ticks: number, pad: number): Axis => {
  const place = axisOver("linear", values, ticks, pad);
  const needs = (decimals: number) =>
    place.ticks.every((tick) => Math.abs(tick * 100 - Number((tick * 100).toFixed(decimals))) < 1e-6 * 10 ** -decimals);
  const decimals = [0, 1, 2, 3, 4].find(needs) ?? 5;
  return { ...place, label, format: (value) => signedPercent(value, decimals) };
};

/** One value of a quantity in words. */
export const valueText = ({ format = "plain" }: AxisQuantity, value: number): string =>
  format === "count" ? count(value) : format === "scientific" ? scientific(value) : significant(value);
