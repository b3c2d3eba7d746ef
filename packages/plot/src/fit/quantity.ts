import { type Axis, axis, decimalsFor } from "../figures/axis.js";
import { count, scientific, significant } from "../format.js";
import type { Quantity } from "./types.js";

/** A log axis that holds `values`, its ticks written as the quantity asks. */
export const logAxis = ({ label, format }: Quantity, values: readonly number[], ticks: number, pad = 0.06): Axis => {
  const plain = axis({ label: `${label} (log)`, values, type: "log", format: String, ticks, pad });
  return { ...plain, format: formatOf(format ?? "plain", plain.ticks) };
};

/** Plain decimals where they are short, powers of ten where zeros would have to be counted. */
const formatOf = (format: NonNullable<Quantity["format"]>, ticks: readonly number[]): ((value: number) => string) => {
  if (format === "count") return (value) => count(value);
  if (format === "scientific" || ticks.some((tick) => tick >= 1e5 || tick < 1e-3)) return (value) => scientific(value);
  return decimalsFor(ticks);
};

/** One value of a quantity in words. */
export const valueText = ({ format = "plain" }: Quantity, value: number): string =>
  format === "count" ? count(value) : format === "scientific" ? scientific(value) : significant(value);
