import { leastSquares, multiply, transpose } from "../../math/linear.js";
import { evenSample } from "../../math/sample.js";
import { refuse } from "../../types.js";
import type { Study } from "../budgets.js";
import type { Curve } from "../methods/method.js";
import { fitSlices, sliceAt, sliceMinimum, sliceValue } from "../slice.js";
import { MODEL_RUNS, type Model, type Modelled, type Sample } from "./model.js";

/**
 * Slices of a surface with α and β in common and a level, place and depth of each budget's own: what is known of the bias where no surface
 * describes all budgets. θ is (ln α, ln β) and three numbers a budget; N alone is its axis, and D = C/kN.
 */
export const slicesModel = ({ interior }: Study, { runs, weights }: Sample): Modelled => {
  const kept = new Set(evenSample(runs.length, MODEL_RUNS));
  let place = 0;
  const members = interior.map(({ curves }) => curves.runs.map(() => place++));
  const curves = members.map((all): Curve => {
    const own = all.filter((i) => kept.has(i));
    const y = own.map((i) => runs[i]!.loss);
    // Relative squares, those of ln L to first order.
    return { x: own.map((i) => Math.log(runs[i]!.N)), y, weights: own.map((i, k) => weights[i]! / y[k]! ** 2) };
  });
  const fit = fitSlices(curves);
  if (!fit) return refuse("too-few-points", "the budgets together do not show the shape of their slices");
  const { alpha, beta, unscaledCovariance, sumOfSquares, degreesOfFreedom } = fit;
  const slices = curves.map((curve) => sliceAt(curve, alpha, beta));
  if (!slices.every((slice) => slice !== undefined))
    return refuse("too-few-points", "a budget has fewer than three sizes");
  const theta = [Math.log(alpha), Math.log(beta), ...slices.flatMap(({ coefficients }) => coefficients)];
  const of = (theta: readonly number[], b: number) => ({
    alpha: Math.exp(theta[0]!),
    beta: Math.exp(theta[1]!),
    coefficients: theta.slice(2 + 3 * b, 5 + 3 * b),
    centre: slices[b]!.centre,
  });
  const logLoss = (theta: readonly number[], b: number, lnN: number) => {
    const { alpha, beta, coefficients, centre } = of(theta, b);
    return Math.log(Math.max(Number.MIN_VALUE, sliceValue(alpha, beta, coefficients, lnN - centre)));
  };
  const budgetOf = members.flatMap((all, b) => all.map(() => b));
  const index = [...kept];
  const free = theta.flatMap((_, j) => (j < 2 && unscaledCovariance[j]![j] === 0 ? [] : [j]));
  const h = 1e-6;
  const rows = index.map((i) => {
    const lnN = Math.log(runs[i]!.N);
    const at = (j: number, sign: number) => {
      const step = h * Math.max(1e-3, Math.abs(theta[j]!));
      return logLoss(theta.with(j, theta[j]! + sign * step), budgetOf[i]!, lnN) / (2 * step);
    };
    return free.map((j) => (j < 2 || Math.floor((j - 2) / 3) === budgetOf[i]! ? at(j, 1) - at(j, -1) : 0));
  });
  const own = index.map((i) => weights[i]!);
  const linear = leastSquares(
    rows,
    index.map(() => 0),
    own,
  );
  if (!linear) return refuse("unidentified", "the slices through the runs cannot be told apart");
  const solved = multiply(linear.unscaledCovariance, transpose(rows));
  const response = theta.map((_, j) => {
    const all = new Array<number>(runs.length).fill(0);
    const row = solved[free.indexOf(j)];
    index.forEach((i, k) => {
      all[i] = (row?.[k] ?? 0) * own[k]!;
    });
    return all;
  });
  const model: Model = {
    form: "slices",
    parameters: { alpha, beta },
    theta,
    logLosses: (theta) => runs.map((run, i) => logLoss(theta, budgetOf[i]!, Math.log(run.N))),
    optima: (theta) => {
      const best = interior.map((_, b) => {
        const { alpha, beta, coefficients, centre } = of(theta, b);
        const at = sliceMinimum(alpha, beta, coefficients);
        if (at === undefined) return undefined;
        const lnND =
          members[b]!.reduce((s, i) => s + Math.log(runs[i]!.N) + Math.log(runs[i]!.D), 0) / members[b]!.length;
        const N = centre + at;
        return { N, D: lnND - N, loss: logLoss(theta, b, N) };
      });
      if (!best.every((one) => one !== undefined)) return undefined;
      return { N: best.map(({ N }) => N), D: best.map(({ D }) => D), loss: best.map(({ loss }) => loss) };
    },
    response,
    variance: sumOfSquares / degreesOfFreedom,
    degreesOfFreedom,
  };
  return { ok: true, model };
};
