import { badOption } from "../errors.js";
import { checkRuns } from "../input/runs.js";
import { groupByBudget } from "../isoflop/group.js";
import { inner } from "../math/orthonormal.js";
import { evenSample } from "../math/sample.js";
import type { SurfaceFit } from "../surface/surface-fit.js";
import { type Outcome, type Run, refuse } from "../types.js";
import { type Linearised, linearise } from "./linearise.js";
import { clustersOf, normalNoise, replicatesOf, signFlips } from "./noise.js";
import type { ResidualStructure } from "./record.js";
import { type Tested, tester } from "./tester.js";
import { structureInWords } from "./words.js";

export interface StructureOptions {
  /** A warning is given below this chance of a false one. Default 0.05. */
  readonly level?: number | undefined;
  /** Default 999. */
  readonly draws?: number | undefined;
  readonly seed?: number | undefined;
  /** The weight the fit was made with. */
  readonly weight?: ((run: Run) => number) | undefined;
  /** Runs of one name are not independent, as checkpoints of one curve: their signs are drawn together. */
  readonly cluster?: ((run: Run) => string) | undefined;
}

/** More runs than this are tested on a sample: what it does not show is too small to matter. */
const MOST = 4096;
/** Degrees of freedom that must be left beside the form and the quadratic. */
const FEWEST_LEFT = 3;
/** Residuals below this share of the loss are rounding, or where a search ended. */
const EXACT = 1e-7;

/**
 * Do the residuals of a surface fit follow size, tokens or compute? Then its form is wrong, whatever its intervals say. The model
 * linearised at the fit gets the quadratic in ln N and ln D beside its own parameters (F test of added regressors), and the signs of
 * the residuals are followed along compute, within a budget along size (Wald & Wolfowitz 1940). The yardstick is the scatter of
 * repeated runs where six degrees of freedom or more are in them, with normal noise alike for all; otherwise it is the residuals
 * themselves with random signs (wild bootstrap, Davidson & Flachaire 2008), which allows for noise that differs between runs.
 *
 * Named directions carry p-values that allow for their number (the largest |t| of all, by the same draws). Runs must be independent:
 * an error that many runs share is structure too; of several points of one training curve `cluster` says so.
 * @param fit of these runs, by any objective; of a Huber fit what one step of least squares would take up is no structure
 * @throws ScalingError `bad-option` or `bad-value`, naming the option or the row
 */
export const structure = (
  runs: readonly Run[],
  fit: SurfaceFit,
  options: StructureOptions = {},
): Outcome<ResidualStructure> => {
  const { level = 0.05, draws = 999, seed = 0, weight = () => 1, cluster } = options;
  if (!(level > 0 && level < 1)) throw badOption("level", level, "a number between 0 and 1");
  if (!(Number.isInteger(draws) && draws >= 19)) throw badOption("draws", draws, "a whole number of at least 19");
  checkRuns(runs);
  const tested = alongCompute(evenSample(runs.length, MOST).map((i) => runs[i]!)).filter((run) => weight(run) > 0);
  const model = linearise(tested, fit, weight);
  const { length: terms } = model.beyond.quadratic;
  const taken = model.spanned.length + terms;
  if (tested.length < taken + FEWEST_LEFT) {
    const needed = `at least ${taken + FEWEST_LEFT} are needed beside the form and a quadratic`;
    return refuse("too-few-points", `${tested.length} runs to test their residuals; ${needed}`);
  }
  const left = tested.length - taken;
  const replicates = options.weight || cluster ? undefined : replicatesOf(tested);
  const test = tester(model, left, replicates);
  const exact = rootMeanSquare(model, model.residuals) < EXACT;
  const found = exact ? nothing(model) : test(model.residuals);
  const noise = replicates
    ? normalNoise(tested.length)
    : signFlips(model.residuals, model.spanned, cluster && clustersOf(tested, cluster));
  const drawn = Array.from({ length: exact ? 0 : draws }, (_, i) => test(noise(seed, i)));
  /** Share of all draws that are as extreme, the data among them. */
  const chance = (extreme: (draw: Tested) => boolean) => (1 + drawn.filter(extreme).length) / (1 + drawn.length);
  const quadratic = {
    statistic: found.F,
    degreesOfFreedom: [terms, replicates?.freedom ?? left] as const,
    pValue: chance(({ F }) => F >= found.F),
  };
  const signs = {
    runs: found.stretches,
    expected: exact ? found.stretches : drawn.reduce((s, { stretches }) => s + stretches, 0) / draws,
    pValue: chance(({ stretches }) => stretches <= found.stretches),
  };
  const directions = model.beyond.named.map(({ along, shape, seen }, k) => {
    const statistic = found.t[k]!;
    const explained = found.total > 0 ? inner(seen, model.residuals) ** 2 / found.total : 0;
    return { along, shape, statistic, explained, pValue: chance(({ largest }) => largest >= Math.abs(statistic)) };
  });
  const size = rootMeanSquare(model, explainedBy(model));
  const pValue = Math.min(1, 2 * Math.min(quadratic.pValue, signs.pValue));
  return {
    ok: true,
    pValue,
    ...(pValue < level && { warning: structureInWords({ quadratic, signs, directions, size }) }),
    level,
    quadratic,
    signs,
    directions,
    size,
    explained: found.total > 0 ? found.explained / found.total : 0,
    from: replicates ? "replicates" : "residuals",
    points: tested.length,
    draws,
    seed,
  };
};

/** By budget, and by size within each. */
const alongCompute = (runs: readonly Run[]): Run[] =>
  groupByBudget(runs).flatMap((budget) => [...budget.runs].sort((a, b) => a.N - b.N));

/** Of ln L. */
const rootMeanSquare = ({ scale }: Linearised, residuals: Float64Array): number =>
  Math.sqrt(residuals.reduce((s, v, i) => s + (v / scale[i]!) ** 2, 0) / residuals.length);

/** What the quadratic has of the residuals. */
const explainedBy = ({ residuals, beyond }: Linearised): Float64Array => {
  const out = new Float64Array(residuals.length);
  for (const unit of beyond.quadratic) {
    const along = inner(unit, residuals);
    for (let i = 0; i < out.length; i++) out[i]! += along * unit[i]!;
  }
  return out;
};

/** An exact fit. */
const nothing = ({ beyond }: Linearised): Tested => ({
  F: 0,
  t: beyond.named.map(() => 0),
  largest: 0,
  stretches: 1,
  total: 0,
  explained: 0,
});
