import { estimate, exponentiate } from "../inference/estimate.js";
import { fSurvival } from "../math/distributions.js";
import { congruence, dot, leastSquares, type Matrix, multiply, quadraticForm, transpose } from "../math/linear.js";
import { evenSample } from "../math/sample.js";
import { optimalAllocation } from "../surface/allocate.js";
import { surface as fitSurface } from "../surface/fit.js";
import { quoted } from "../surface/form.js";
import type { SurfaceFormName } from "../surface/forms/index.js";
import { formOfSurface, logSurfaceLoss, type Surface } from "../surface/surface.js";
import { type Outcome, type Run, refuse } from "../types.js";
import { enters, type IsoFlopLaw, type StudiedBudget, type Study } from "./budgets.js";
import { quantityOf } from "./curves.js";
import type { Curve, Found, Shared } from "./methods/method.js";
import { fitParabola } from "./parabola.js";
import { curveOptions } from "./profile.js";
import type { Corrected, CorrectedLaw } from "./record.js";

const LAWS: readonly IsoFlopLaw[] = ["N", "D", "loss"];

/** ln N*, ln D* and ln L* of each budget. */
type Optima = Readonly<Record<IsoFlopLaw, readonly number[]>>;

/** A surface of the runs with what each run does to its θ. */
interface Described {
  readonly surface: Surface;
  /** ∂θ/∂ln L of each run. */
  readonly response: Matrix;
  /** Variance of ln L of a run of weight one about the surface. */
  readonly variance: number;
  readonly degreesOfFreedom: number;
  readonly sumOfSquares: number;
}

/** Of more runs an even sample has the surface. */
const SURFACE_RUNS = 2000;

/**
 * The optima of Approach 2 less its bias on this very grid (2603.22339: a parabola is a second-order expansion, whose vertex is off by a factor
 * that grows with the width of the grid and with α − β), and the laws through them.
 *
 * A surface is fitted to the same runs by least squares of ln L, sampled on their N and D, and Approach 2 done on the samples as it was done on
 * the runs: what it misses the surface's own optimum by is the shift. With ε the errors of ln L, M = ∂(ln optima)/∂ε of Approach 2, θ̂ = θ +
 * F⁺ε and S = ∂shift/∂θ, the corrected optima err by (M − S F⁺)ε: covariances and intervals follow, errors of the shift included. The variance
 * of ε is that about the surface, which holds its lack of fit; where the corrected optima scatter about their law by more than that allows (F
 * test at 5 %), errors are widened by the ratio (Birge 1932).
 *
 * Refused where parabolas describe the runs better than a surface does: then their bias is not the surface's to say.
 */
export const correctedLaws = (study: Study, form: SurfaceFormName = "chinchilla"): Outcome<Corrected> => {
  const { interior, fit, choices } = study;
  for (const of of LAWS) {
    const law = fit[of];
    if (!law.ok) return law;
  }
  const runs = interior.flatMap(({ curves }) =>
    curves.runs.map((run) => ({ ...run, loss: quantityOf(run, choices.quantity)! })),
  );
  const weights = interior.flatMap(({ curves }) => curves.runs.map((_, i) => curves.N.weights?.[i] ?? 1));
  const described = describe(runs, weights, form);
  if (!described.ok) return described;
  const worse = worseThanParabolas(study, runs, weights, described);
  if (worse) return worse;

  const { surface, response } = described;
  const shiftOf = (on: Surface): Optima | undefined => {
    const found = optimaOn(study, on);
    const best = interior.map(({ profile }) => optimalAllocation(on, profile.C));
    if (!best.every((one) => one.ok)) return undefined;
    const of = (name: IsoFlopLaw) => found[name].map((v, b) => v - Math.log(best[b]![name]));
    return { N: of("N"), D: of("D"), loss: of("loss") };
  };
  const shift = shiftOf(surface);
  const slopes = surface.theta.map((value, j) => {
    const h = 1e-5;
    const at = (sign: number) => shiftOf({ ...surface, theta: surface.theta.with(j, value + sign * h) });
    const [high, low] = [at(1), at(-1)];
    return high && low && ((name: IsoFlopLaw, b: number) => (high[name][b]! - low[name][b]!) / (2 * h));
  });
  if (
    !shift ||
    !slopes.every((slope) => slope !== undefined) ||
    LAWS.some((name) => !shift[name].every(Number.isFinite))
  )
    return refuse("unidentified", "the surface through the runs has no optimum, or Approach 2 none on it");

  const responses = approach2Response(study, weights);
  const moved = (name: IsoFlopLaw): Matrix =>
    interior.map((_, b) =>
      runs.map((_, i) => {
        let v = responses?.[name][b]?.[i] ?? 0;
        for (let j = 0; j < slopes.length; j++) v -= slopes[j]!(name, b) * response[j]![i]!;
        return v / Math.sqrt(weights[i]!);
      }),
    );
  const law = (name: IsoFlopLaw) => {
    const used = interior.flatMap(({ profile }, b) => (enters(profile, name, choices.axis) ? [b] : []));
    const rows = moved(name);
    const lnC = used.map((b) => Math.log(interior[b]!.profile.C));
    const points = used.map((b) => Math.log(interior[b]!.profile.optimum[name].value) - shift[name][b]!);
    return lawThrough(
      lnC,
      points,
      used.map((b) => rows[b]!),
      described,
      responses !== undefined,
    );
  };
  const lossRows = moved("loss");
  return {
    ok: true,
    form: surface.form,
    parameters: quoted(formOfSurface(surface), surface.theta),
    N: law("N"),
    D: law("D"),
    loss: law("loss"),
    budgets: interior.map(({ profile: { C, optimum } }, b) => {
      const of = (name: IsoFlopLaw) => optimum[name].value * Math.exp(-shift[name][b]!);
      const share = (name: IsoFlopLaw) => Math.expm1(shift[name][b]!);
      return {
        C,
        N: of("N"),
        D: of("D"),
        loss: of("loss"),
        bias: { N: share("N"), D: share("D"), loss: share("loss") },
        leverage: responses ? dot(lossRows[b]!, lossRows[b]!) : 1,
      };
    }),
    noise: { standardDeviation: Math.sqrt(described.variance), degreesOfFreedom: described.degreesOfFreedom },
  };
};

/** Least squares of ln L; without its floor where that goes to nothing. */
const describe = (runs: readonly Run[], weights: readonly number[], form: SurfaceFormName): Outcome<Described> => {
  const index = evenSample(runs.length, SURFACE_RUNS);
  const some = index.map((i) => runs[i]!);
  const weightOf = new Map(some.map((run, k) => [run, weights[index[k]!]!]));
  const even = weights.every((w) => w === 1);
  const options = { objective: "log-squares", ...(!even && { weight: (run: Run) => weightOf.get(run) ?? 1 }) } as const;
  const first = fitSurface(some, { ...options, form });
  const fit =
    first.ok && first.status === "bound" && form === "chinchilla"
      ? fitSurface(some, { ...options, form: "no-floor" })
      : first;
  if (!fit.ok) return fit;
  if (fit.status === "bound" || fit.status === "stopped-early")
    return refuse("unidentified", `the surface through the runs is not sound: ${fit.message ?? fit.status}`);
  const surface = { form: fit.form, theta: fit.theta, flopsPerToken: fit.flopsPerToken };
  const rows = some.map((run) => {
    const gradient = new Float64Array(fit.theta.length);
    logSurfaceLoss(surface, run, gradient);
    return Array.from(gradient);
  });
  const linear = leastSquares(
    rows,
    some.map(() => 0),
    some.map((run) => weightOf.get(run)!),
  );
  if (!linear) return refuse("unidentified", "the parameters of the surface through the runs cannot be told apart");
  const solved = multiply(linear.unscaledCovariance, transpose(rows));
  const response = solved.map((row) => {
    const all = new Array<number>(runs.length).fill(0);
    index.forEach((i, k) => {
      all[i] = row[k]! * weights[i]!;
    });
    return all;
  });
  const variance = fit.sumOfSquares / fit.degreesOfFreedom;
  return {
    ok: true,
    surface,
    response,
    variance,
    degreesOfFreedom: fit.degreesOfFreedom,
    sumOfSquares: fit.sumOfSquares,
  };
};

/** Chance of refusing a surface that is right. */
const REFUSED_AT = 1e-3;

/**
 * Whether a surface leaves more than parabolas do, though they may bend as they like: F of what its fewer parameters cost, in ln L. Where it is
 * right they leave noise and their misfit, and F is no larger than by chance.
 */
const worseThanParabolas = (
  { interior, choices }: Study,
  runs: readonly Run[],
  weights: readonly number[],
  { sumOfSquares, surface, degreesOfFreedom }: Described,
) => {
  const n = runs.length;
  const free = n - 3 * interior.length;
  const saved = 3 * interior.length - surface.theta.length;
  if (free < 1 || saved < 1) return undefined;
  let parabolas = 0;
  let place = 0;
  for (const { curves } of interior) {
    const { x, y, weights: own } = curves[choices.axis];
    const parabola = fitParabola(x, y, { weights: own });
    if (!parabola) return undefined;
    parabola.residuals.forEach((r, i) => {
      const ratio = choices.scale === "log" ? r : Math.log(y[i]! / Math.max(y[i]! - r, Number.MIN_VALUE));
      parabolas += weights[place + i]! * ratio ** 2;
    });
    place += x.length;
  }
  // A sample of the runs stands for all of them; what rounding leaves is no misfit.
  const ofSurface = sumOfSquares * (n / (degreesOfFreedom + surface.theta.length));
  const rounding = n * 1e-24;
  const statistic = Math.max(0, ofSurface - parabolas - rounding) / saved / ((parabolas + rounding) / free);
  if (fSurvival(statistic, saved, free) > REFUSED_AT) return undefined;
  const [a, b] = [ofSurface / (n - surface.theta.length), parabolas / free].map((v) => Math.sqrt(v).toPrecision(3));
  return refuse(
    "unidentified",
    `a surface describes these runs less well than parabolas do (ln ${choices.quantity} is off by ${a}, and by ${b}), so it cannot tell their bias`,
  );
};

/** Approach 2 as it was done, on the losses of a surface. */
const optimaOn = ({ interior, choices }: Study, surface: Surface): Optima => {
  const on = (axis: "N" | "D") =>
    interior.map(({ curves }): Curve => {
      const logs = curves.runs.map((run) => logSurfaceLoss(surface, run));
      return { ...curves[axis], y: choices.scale === "log" ? logs : logs.map(Math.exp) };
    });
  const find = (axis: "N" | "D"): readonly Found[] => {
    const options = curveOptions(choices, axis);
    const curves = on(axis);
    const shared = choices.method.share?.(curves, options);
    return curves.map((curve) => choices.method.find(curve, options, shared));
  };
  const [N, D] = [find("N"), find("D")];
  const main = choices.axis === "N" ? N : D;
  const value = (v: number | undefined) => v ?? Number.NaN;
  const loss = main.map(({ y }) => (choices.scale === "log" ? value(y?.value) : Math.log(value(y?.value))));
  return { N: N.map(({ x }) => value(x?.value)), D: D.map(({ x }) => value(x?.value)), loss };
};

/** ∂(ln optimum)/∂ln L of every run; undefined where the method does not say. */
const approach2Response = (
  { interior, choices, curves: shared, shared: byAxis }: Study,
  weights: readonly number[],
): Readonly<Record<IsoFlopLaw, Matrix>> | undefined => {
  const { axis, scale } = choices;
  const starts: number[] = [];
  let total = 0;
  for (const { curves } of interior) {
    starts.push(total);
    total += curves.runs.length;
  }
  const place = new Map(interior.map(({ index }, b) => [index, starts[b]!]));
  /** From a change of y to one of ln L. */
  const toLog = (budget: StudiedBudget, i: number) => (scale === "log" ? 1 : budget.curves.N.y[i]!);
  const rowOf = (budget: StudiedBudget, b: number, on: "N" | "D", pick: "x" | "y"): number[] | undefined => {
    const { response, ofShared } = budget.found[on];
    if (!response) return undefined;
    const row = new Array<number>(weights.length).fill(0);
    response()[pick].forEach((v, i) => {
      row[starts[b]! + i]! += v * toLog(budget, i);
    });
    const common: Shared | undefined = byAxis[on];
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

/** Least squares through the corrected optima. */
const lawThrough = (
  lnC: readonly number[],
  points: readonly number[],
  rows: Matrix,
  { variance, degreesOfFreedom }: Described,
  known: boolean,
): CorrectedLaw => {
  const centre = lnC.reduce((s, v) => s + v, 0) / lnC.length;
  const design = lnC.map((v) => [1, v - centre]);
  const fit = leastSquares(design, points)!;
  const onto = multiply(fit.unscaledCovariance, transpose(design));
  const coefficientRows = multiply(onto, rows);
  const own = multiply(coefficientRows, transpose(coefficientRows));
  const over = Math.max(1, lnC.length - 2);
  const fitted = multiply(design, coefficientRows);
  const expected =
    rows.reduce((sum, row, b) => sum + row.reduce((s, v, i) => s + (v - fitted[b]![i]!) ** 2, 0), 0) * variance;
  const ratio = expected > 0 ? fit.rss / expected : 1;
  const widened = known && ratio > 1 && fSurvival(ratio, over, degreesOfFreedom) < WIDENED_AT ? Math.sqrt(ratio) : 1;
  const scatter = fit.rss / over;
  const dof = known ? degreesOfFreedom : over;
  const centred = own.map((row, i) =>
    row.map((v, j) => v * variance * widened ** 2 + (known ? 0 : scatter * fit.unscaledCovariance[i]![j]!)),
  );
  const covariance = congruence(
    [
      [1, -centre],
      [0, 1],
    ],
    centred,
  );
  const [level, slope] = fit.coefficients as [number, number];
  const logCoefficient = estimate(level - slope * centre, Math.sqrt(quadraticForm(centred, [1, -centre])), dof);
  return {
    exponent: estimate(slope, Math.sqrt(centred[1]![1]!), dof),
    logCoefficient,
    coefficient: exponentiate(logCoefficient),
    covariance,
    degreesOfFreedom: dof,
    residualStandardDeviation: Math.sqrt(scatter),
    points: lnC.length,
    widened,
  };
};

/** Chance of a wider interval where nothing is wrong. */
const WIDENED_AT = 0.05;
