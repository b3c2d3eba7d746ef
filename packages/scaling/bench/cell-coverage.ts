import {
  allocationExponents,
  type Interval,
  isoFlop,
  predictIsoFlop,
  predictRollOut,
  predictSurface,
  rollOut,
  rollOutEstimate,
  surface,
} from "../src/index.js";
import { type Cell, type Study, study } from "./cells.js";

/** The intervals that are judged: of the exponents, of ln N_opt at ten times the largest budget, and of a new run's loss there. */
export const judged = ["N exponent", "L exponent", "N_opt", "loss"] as const;
export type Judged = (typeof judged)[number];

/** Intervals of one study by one method, and what each should hold. */
type Intervals = Partial<Readonly<Record<Judged, { readonly interval: Interval; readonly truth: number }>>>;

const ofSurface =
  (objective: "log-squares" | "log-huber") =>
  ({ truth, runs, target, error }: Study): Intervals => {
    const fit = surface(runs, { objective });
    if (!fit.ok || !fit.allocation) return {};
    const at = predictSurface(fit, { C: target });
    if (!at.ok) return {};
    const { N, loss } = at.predicted;
    return {
      "N exponent": { interval: fit.allocation.N.exponent.ci95, truth: truth.exponents.N },
      "L exponent": { interval: fit.allocation.loss.exponent.ci95, truth: truth.exponents.loss },
      ...atTarget({ truth, target, error }, N, loss),
    };
  };

const atTarget = (
  { truth, target, error }: Pick<Study, "truth" | "target" | "error">,
  N: { readonly value: number; readonly ci95?: Interval },
  loss: { readonly interval95?: Interval },
): Intervals => {
  const measured = truth.loss(N.value, target / (6 * N.value)) * Math.exp(error);
  const [low, high] = N.ci95!;
  return {
    N_opt: { interval: [Math.log(low), Math.log(high)], truth: Math.log(truth.optimum(target)) },
    // In units of what was measured, so that widths are relative.
    loss: { interval: loss.interval95!.map((end) => end / measured) as unknown as Interval, truth: 1 },
  };
};

/** Every way to an interval that is compared. */
export const methods: Readonly<Record<string, (study: Study) => Intervals>> = {
  "log-Huber surface": ofSurface("log-huber"),
  "log-squares surface": ofSurface("log-squares"),
  "Approach 2": (of) => {
    const fit = isoFlop(of.runs);
    const at = predictIsoFlop(fit, of.target);
    if (!at.ok || !fit.N.ok) return {};
    return {
      "N exponent": { interval: fit.N.exponent.ci95, truth: of.truth.exponents.N },
      ...atTarget(of, at.predicted.N, at.predicted.loss),
    };
  },
  "roll-out": (of) => {
    const fit = rollOut(of.runs, { rehearse: false });
    if (!fit.ok) return {};
    const at = predictRollOut(fit, { C: of.target });
    if (!at.ok) return {};
    const exponent = rollOutEstimate(fit, (one) => allocationExponents(one, of.target).N);
    return {
      "N exponent": { interval: exponent.ci95, truth: of.truth.exponents.N },
      ...atTarget(of, at.predicted.N, at.predicted.loss),
    };
  },
};

export interface CellCoverage {
  /** Share of the studies whose interval holds the truth. */
  readonly covered: number;
  /** Mean full width. */
  readonly width: number;
  readonly studies: number;
}

/** How often each interval of each method holds, over the studies of a cell; the same studies for every method. */
export const cellCoverage = (
  cell: Cell,
  studies: number,
  names: readonly string[] = Object.keys(methods),
): Readonly<Record<string, Partial<Record<Judged, CellCoverage>>>> => {
  const sums = Object.fromEntries(
    names.map((name) => [name, Object.fromEntries(judged.map((what) => [what, { n: 0, covered: 0, width: 0 }]))]),
  );
  for (let seed = 0; seed < studies; seed++) {
    const of = study(cell, seed);
    for (const name of names) {
      for (const [what, { interval, truth }] of Object.entries(methods[name]!(of))) {
        const sum = sums[name]![what]!;
        sum.n++;
        if (interval[0] <= truth && truth <= interval[1]) sum.covered++;
        sum.width += interval[1] - interval[0];
      }
    }
  }
  return Object.fromEntries(
    Object.entries(sums).map(([name, whats]) => [
      name,
      Object.fromEntries(
        Object.entries(whats).flatMap(([what, { n, covered, width }]) =>
          n > 0 ? [[what, { covered: covered / n, width: width / n, studies: n }]] : [],
        ),
      ),
    ]),
  );
};
