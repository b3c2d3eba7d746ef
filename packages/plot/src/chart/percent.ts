import * as Plot from "@observablehq/plot";
import type { Axis } from "./axis.js";
import { signedPercent } from "./format.js";
import { linearAxis } from "./quantity.js";
import type { Theme } from "./theme.js";

/** A linear axis of fractions with its ticks in percent, with as many decimals as the ticks need. */
export const percentAxis = (label: string, values: readonly number[], ticks: number, pad: number): Axis => {
  const plain = linearAxis({ label }, values, ticks, pad);
  const needs = (decimals: number) =>
    plain.ticks.every((tick) => Math.abs(tick * 100 - Number((tick * 100).toFixed(decimals))) < 1e-6 * 10 ** -decimals);
  const decimals = [0, 1, 2, 3, 4].find(needs) ?? 5;
  return { ...plain, format: (value) => signedPercent(value, decimals) };
};

/** No deviation. */
export const zeroLine = (theme: Theme): Plot.Markish =>
  Plot.ruleY([0], { stroke: theme.ink, strokeWidth: 1, className: "zero" });
