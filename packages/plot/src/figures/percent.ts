import * as Plot from "@observablehq/plot";
import { signedPercent } from "../format.js";
import type { Theme } from "../theme.js";
import type { Axis } from "./axis.js";

/** An axis of fractions with its ticks in percent, with as many decimals as the ticks need. */
export const percentAxis = (plain: Axis): Axis => {
  const needs = (decimals: number) =>
    plain.ticks.every((tick) => Math.abs(tick * 100 - Number((tick * 100).toFixed(decimals))) < 1e-6 * 10 ** -decimals);
  const decimals = [0, 1, 2, 3, 4].find(needs) ?? 5;
  return { ...plain, format: (value) => signedPercent(value, decimals) };
};

/** No deviation. */
export const zeroLine = (theme: Theme): Plot.Markish =>
  Plot.ruleY([0], { stroke: theme.ink, strokeWidth: 1, className: "zero" });
