import { studentFactor95 } from "../math/distributions.js";
import { dot, type Matrix, solvePositive, zeros } from "../math/linear.js";
import type { Interval } from "../types.js";
import { rowLoss, type SurfaceData } from "./data.js";
import type { SurfaceForm } from "./form.js";
import type { Measure } from "./objective.js";

/** A least-squares fit on the centred axes of its data. */
export interface Fitted {
  readonly form: SurfaceForm;
  readonly data: SurfaceData;
  readonly measure: Measure;
  /** A term that has gone is at −∞. */
  readonly theta: readonly number[];
  /** Runs less all parameters of the form. */
  readonly degreesOfFreedom: number;
}

/** More runs than this, and the likelihood of what they determine is a parabola; a profile would be seconds. */
export const PROFILED_RUNS = 20_000;

/** A number that follows from θ on centred axes. */
export type OfTheta = (theta: readonly number[]) => number;

/** A floor below this share of the lowest loss is none. */
const NONE = 1e-9;
const STEPS = 40;
const HALVINGS = 12;
/** Beyond so many times its first distance an end is not looked for: there is none. */
const DOUBLINGS = 40;
const REFINEMENTS = 30;
/** Of Student's factor: an end is exact to a thousandth of a standard error. */
const EXACT = 1e-3;

/**
 * 95 % profile-likelihood interval of a number that follows from a surface: all values at which the best other parameters leave a sum
 * of squares below S (1 + t² / ν), as of least squares with unknown variance (Bates & Watts 1988, section 6.1). It needs no symmetry:
 * a floor is searched for down to 0, where the interval ends, one-sided; an end that no value reaches is infinite.
 * @param value of the number at the fit
 * @param error of the number by the delta method, where it has one: how far to look first
 */
export const profileInterval = (fit: Fitted, number: OfTheta, value: number, error: number): Interval => {
  const { degreesOfFreedom: nu } = fit;
  if (nu < 1) return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const problem = constrained(fit, number);
  const limit = studentFactor95(nu);
  const least = problem.squares(problem.start);
  const rise = ({ squares }: Point) => Math.sqrt(Math.max(0, squares - least) / (least / nu));
  const first = error > 0 && Number.isFinite(error) ? error : 0.1 * Math.abs(value) || 0.1;
  const end = (sign: 1 | -1): number => {
    let inside: End & { readonly u: Vector } = { at: value, rise: 0, u: problem.start };
    let outside: End | undefined;
    let step = limit * first;
    for (let k = 0; k < DOUBLINGS && !outside; k++) {
      const at = Math.max(problem.lowest, inside.at + sign * step);
      const point = problem.solve(at, inside.u);
      const height = point ? rise(point) : Number.POSITIVE_INFINITY;
      if (height > limit) outside = { at, rise: height };
      else if (at === problem.lowest) return 0;
      else {
        step = Math.max(step, 2 * Math.abs(at - inside.at));
        inside = { at, rise: height, u: point!.u };
      }
    }
    if (!outside) return sign * Number.POSITIVE_INFINITY;
    for (let k = 0; k < REFINEMENTS; k++) {
      // The rise is nearly linear in the number, so a chord finds the limit at once; its middle guards against where it does not.
      const share: number = (limit - inside.rise) / (outside.rise - inside.rise);
      const at: number =
        inside.at + (k % 3 === 2 || !(share > 0.01 && share < 0.99) ? 0.5 : share) * (outside.at - inside.at);
      const point = problem.solve(at, inside.u);
      const height = point ? rise(point) : Number.POSITIVE_INFINITY;
      if (Math.abs(height - limit) < EXACT * limit) return at;
      if (height > limit) outside = { at, rise: height };
      else inside = { at, rise: height, u: point!.u };
    }
    return (inside.at + outside.at) / 2;
  };
  return [end(-1), end(1)];
};

/** A value of the number, and how far its squares lie above the least, in standard errors. */
interface End {
  readonly at: number;
  readonly rise: number;
}

/** Parameters as they are searched: a floor stands for itself instead of its logarithm, so that it can be 0. */
type Vector = readonly number[];

interface Point {
  readonly u: Vector;
  readonly squares: number;
}

/** Least squares under the condition that a number has a value, by Gauss–Newton steps with Lagrange's multiplier. */
const constrained = ({ form, data, measure, theta }: Fitted, number: OfTheta) => {
  const p = theta.length;
  const floor = form.theta.indexOf(form.parameters.find(({ name }) => name === "E")?.exponentialOf ?? "");
  const none = NONE * data.scale.lowestLoss;
  const free = theta.flatMap((v, j) => (Number.isFinite(v) || j === floor ? [j] : []));
  const start = theta.map((v, j) => (j === floor ? Math.max(none, Math.exp(v)) : v));
  const back = (u: Vector): number[] => u.map((v, j) => (j === floor ? Math.log(Math.max(v, none)) : v));
  const at = rowLoss(form, data);
  const raw = measure.objective.scale === "raw";
  const g = new Float64Array(p);

  const squares = (u: Vector): number => {
    const t = back(u);
    let sum = 0;
    for (let i = 0; i < data.lnL.length; i++) {
      const w = data.weight[i]!;
      if (w === 0) continue;
      const log = at(t, i, g);
      const r = raw ? Math.exp(log) - data.loss[i]! : log - data.lnL[i]!;
      sum += w * r * r;
    }
    return sum;
  };

  /** JᵀJ and Jᵀr of the free parameters. */
  const linearised = (u: Vector): { readonly gram: number[][]; readonly moments: number[] } => {
    const t = back(u);
    const gram = zeros(free.length);
    const moments = new Array<number>(free.length).fill(0);
    const row = new Float64Array(free.length);
    for (let i = 0; i < data.lnL.length; i++) {
      const w = data.weight[i]!;
      if (w === 0) continue;
      const log = at(t, i, g);
      const predicted = raw ? Math.exp(log) : 1;
      const r = raw ? predicted - data.loss[i]! : log - data.lnL[i]!;
      for (let a = 0; a < free.length; a++) {
        const j = free[a]!;
        row[a] = (predicted * g[j]!) / (j === floor ? Math.max(u[j]!, none) : 1);
      }
      for (let a = 0; a < free.length; a++) {
        moments[a]! += w * row[a]! * r;
        for (let b = 0; b <= a; b++) gram[a]![b]! += w * row[a]! * row[b]!;
      }
    }
    for (let a = 0; a < free.length; a++) for (let b = 0; b < a; b++) gram[b]![a] = gram[a]![b]!;
    return { gram, moments };
  };

  const slopes = (u: Vector): number[] =>
    free.map((j) => {
      const h = j === floor ? 1e-5 * data.scale.lowestLoss : 1e-5;
      const low = j === floor ? Math.max(none, u[j]! - h) : u[j]! - h;
      const high = u[j]! + h;
      return (number(back(u.with(j, high))) - number(back(u.with(j, low)))) / (high - low);
    });

  /** The least sum of squares where the number is `target`; undefined where no parameters were found that give it. */
  const solve = (target: number, from: Vector): Point | undefined => {
    let u = from;
    let sum = squares(u);
    let gap = target - number(back(u));
    const close = 1e-9 * Math.max(1, Math.abs(target));
    for (let k = 0; k < STEPS; k++) {
      const { gram, moments } = linearised(u);
      const slope = slopes(u);
      let step = stepOf(gram, moments, slope, gap);
      const f = free.indexOf(floor);
      // A floor that would go below 0 stays there, and the others move without it.
      if (step && f >= 0 && u[floor]! <= none && step.d[f]! < 0) {
        const others = free.flatMap((_, a) => (a === f ? [] : [a]));
        const some = (values: readonly number[]) => others.map((a) => values[a]!);
        const reduced = stepOf(
          others.map((a) => some(gram[a]!)),
          some(moments),
          some(slope),
          gap,
        );
        step = reduced && { ...reduced, d: spreadOut(reduced.d, others, free.length) };
      }
      if (!step) return undefined;
      const price = 20 * Math.abs(step.multiplier) + 1e-300;
      const merit = sum + price * Math.abs(gap);
      let accepted = false;
      let share = 1;
      for (let h = 0; h < HALVINGS; h++, share /= 2) {
        const next = moved(u, step.d, share);
        const nextSum = squares(next);
        const nextGap = target - number(back(next));
        if (!(nextSum + price * Math.abs(nextGap) < merit)) continue;
        accepted = true;
        const gain = merit - nextSum - price * Math.abs(nextGap);
        [u, sum, gap] = [next, nextSum, nextGap];
        if (gain < 1e-9 * merit && Math.abs(gap) < close) return { u, squares: sum };
        break;
      }
      if (!accepted) break;
    }
    return Math.abs(gap) < 1e3 * close ? { u, squares: sum } : undefined;
  };

  const moved = (u: Vector, d: readonly number[], share: number): Vector => {
    const next = [...u];
    free.forEach((j, a) => {
      next[j] = j === floor ? Math.max(none, u[j]! + share * d[a]!) : u[j]! + share * d[a]!;
    });
    return next;
  };

  const isFloor =
    floor >= 0 &&
    Math.abs(number(back(start)) - start[floor]!) <= none &&
    number(back(start.with(floor, none))) <= 2 * none;
  return { start, squares, solve, lowest: isFloor ? none : Number.NEGATIVE_INFINITY };
};

const spreadOut = (d: readonly number[], at: readonly number[], size: number): number[] => {
  const out = new Array<number>(size).fill(0);
  at.forEach((a, k) => {
    out[a] = d[k]!;
  });
  return out;
};

/** Least |r + J d|² under slope · d = gap: Lagrange's equations, solved through JᵀJ. */
const stepOf = (
  gram: Matrix,
  moments: readonly number[],
  slope: readonly number[],
  gap: number,
): { readonly d: readonly number[]; readonly multiplier: number } | undefined => {
  const scale = gram.map((row, i) => Math.sqrt(row[i]!) || 1);
  const scaled = gram.map((row, i) => row.map((v, j) => v / (scale[i]! * scale[j]!) + (i === j ? 1e-12 : 0)));
  const through = (b: readonly number[]) =>
    solvePositive(
      scaled,
      b.map((v, i) => v / scale[i]!),
    )?.map((v, i) => v / scale[i]!);
  const newton = through(moments.map((v) => -v));
  const along = through(slope);
  if (!newton || !along) return undefined;
  const stiffness = dot(slope, along);
  // A number that the free parameters do not move stays what it is.
  if (!(stiffness > 0)) return gap === 0 || slope.every((v) => v === 0) ? { d: newton, multiplier: 0 } : undefined;
  const multiplier = (gap - dot(slope, newton)) / stiffness;
  return { d: newton.map((v, i) => v + multiplier * along[i]!), multiplier };
};
