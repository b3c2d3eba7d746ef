import type { Matrix } from "../../math/linear.js";
import type { IsoFlopLaw, StudiedBudget, Study } from "../budgets.js";
import type { Curve, Found } from "../methods/method.js";
import { curveOptions } from "../profile.js";
import { sampledCurve } from "../slice.js";
import type { Optima } from "./model.js";

/** Approach 2 as it was done on the runs, on other losses of theirs. */
export const optimaOn = ({ interior, choices }: Study, logLosses: readonly number[]): Optima => {
  const starts = startsOf(interior);
  const on = (axis: "N" | "D") =>
    interior.map(({ curves }, b): Curve => {
      const logs = logLosses.slice(starts[b]!, starts[b]! + curves.runs.length);
      return { ...curves[axis], y: choices.scale === "log" ? logs : logs.map(Math.exp) };
    });
  const find = (axis: "N" | "D"): readonly Found[] => {
    const options = curveOptions(choices, axis);
    const curves = on(axis);
    // Losses of a model have no noise: an even sample shows what the budgets share.
    const shared = choices.method.share?.(curves.map(sampledCurve), options);
    return curves.map((curve) => choices.method.find(curve, options, shared));
  };
  const [N, D] = [find("N"), find("D")];
  const main = choices.axis === "N" ? N : D;
  const value = (v: number | undefined) => v ?? Number.NaN;
  const loss = main.map(({ y }) => (choices.scale === "log" ? value(y?.value) : Math.log(value(y?.value))));
  return { N: N.map(({ x }) => value(x?.value)), D: D.map(({ x }) => value(x?.value)), loss };
};

/** Where the runs of each budget begin among all. */
const startsOf = (interior: readonly StudiedBudget[]): number[] => {
  let total = 0;
  return interior.map(({ curves }) => {
    const start = total;
    total += curves.runs.length;
    return start;
  });
};

/** ∂(ln optimum)/∂ln L of every run; undefined where the method does not say. */
export const approach2Response = (
  { interior, choices, curves: shared, shared: byAxis }: Study,
  runs: number,
): Readonly<Record<IsoFlopLaw, Matrix>> | undefined => {
  const { axis, scale } = choices;
  const starts = startsOf(interior);
  const place = new Map(interior.map(({ index }, b) => [index, starts[b]!]));
  /** From a change of y to one of ln L. */
  const toLog = (budget: StudiedBudget, i: number) => (scale === "log" ? 1 : budget.curves.N.y[i]!);
  const rowOf = (budget: StudiedBudget, b: number, on: "N" | "D", pick: "x" | "y"): number[] | undefined => {
    const { response, ofShared } = budget.found[on];
    if (!response) return undefined;
    const row = new Array<number>(runs).fill(0);
    response()[pick].forEach((v, i) => {
      row[starts[b]! + i]! += v * toLog(budget, i);
    });
    const common = byAxis[on];
    ofShared?.[pick].forEach((move, j) => {
      shared.forEach((_, c) => {
        const from = place.get(c);
        if (from === undefined) return;
        const member = interior.find(({ index }) => index === c)!;
        common?.response[j]?.[c]?.forEach((v, i) => {
          row[from + i]! += move * v * toLog(member, i);
        });
      });
    });
    return row;
  };
  const rows = (on: "N" | "D", pick: "x" | "y") => interior.map((budget, b) => rowOf(budget, b, on, pick));
  const [N, D, y] = [rows("N", "x"), rows("D", "x"), rows(axis, "y")];
  const known = (all: readonly (number[] | undefined)[]): all is number[][] => all.every((row) => row !== undefined);
  if (!known(N) || !known(D) || !known(y)) return undefined;
  const loss = y.map((row, b) => row.map((v) => v / (scale === "log" ? 1 : interior[b]!.profile.optimum.loss.value)));
  return { N, D, loss };
};
