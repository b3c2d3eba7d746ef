import type { Flops } from "@isoflop/flops";
import type { StudyTune } from "@isoflop/plot";
import { fitHyperparameter, type HyperparameterFit } from "@isoflop/scaling";
import { type LearningRateRule, learningRateOf, type RatedRun, type SweepRun } from "@isoflop/sweep";
import type { DoneRun } from "../runs/point.js";
import { num, plural, round } from "../words/numbers.js";

/** Models of one width trained on one budget at several learning rates. */
export interface TuneCell {
  readonly budget: Flops;
  readonly width: number;
  /** Increasing. */
  readonly rates: readonly number[];
}

/** How a study finds the rule of its learning rate: what is tried first, and the runs of what is tried. */
export interface Tuning {
  readonly cells: readonly TuneCell[];
  readonly follows: readonly ("width" | "tokens")[];
  runsOf(cell: TuneCell): readonly SweepRun[];
}

/** A rule that was found, and from what. */
export interface Tuned {
  readonly rule: LearningRateRule;
  readonly fit: HyperparameterFit;
  readonly runs: readonly DoneRun[];
  /** FLOPs of all runs together. */
  readonly flops: Flops;
}

/** Trains runs; those that diverge are left out. */
export type TrainSome = (runs: readonly SweepRun[]) => Promise<readonly DoneRun[]>;

/** Rates beyond a cell's edge, where its best lies there, and how often. */
const FURTHER = 2;
const MOST_ROUNDS = 4;

/** Rates that are tried where nothing is said: a factor of two apart, around a guess that falls with the root of the width. */
export const usualRates = (width: number): readonly number[] =>
  [-2, -1, 0, 1, 2].map((step) => Number((0.01 * Math.sqrt(32 / width) * 2 ** step).toPrecision(3)));

/**
 * The rule by which the best learning rate follows width and tokens: every cell is tried at its rates, and further where its best lies at
 * an edge; then loss = L_cell + κ (ln rate - rule)² through all runs at once.
 * @returns why there is no rule, where the losses show none
 */
export const tuneRate = async (tuning: Tuning, train: TrainSome): Promise<Tuned | string> => {
  let cells = tuning.cells;
  for (let round = 1; ; round++) {
    const done = await train(cells.flatMap(tuning.runsOf));
    const wider = cells.map((cell) => widened(cell, runsIn(cell, done)));
    const same = wider.every((cell, i) => cell === cells[i]);
    if (same || round === MOST_ROUNDS) return ruleOf(tuning, done);
    cells = wider;
  }
};

const runsIn = ({ budget, width }: TuneCell, runs: readonly DoneRun[]): readonly DoneRun[] =>
  runs.filter(({ spec }) => spec.budget === budget && spec.model.width === width);

/** The cell with more rates on the side where its best lies at the edge; the same where it lies inside. */
const widened = (cell: TuneCell, runs: readonly DoneRun[]): TuneCell => {
  const { rates } = cell;
  const [best] = [...runs].sort((a, b) => a.result.loss - b.result.loss);
  const ratio = (rates.at(-1)! / rates[0]!) ** (1 / (rates.length - 1));
  const beyond = (from: number, step: number) =>
    Array.from({ length: FURTHER }, (_, i) => Number((from * step ** (i + 1)).toPrecision(3)));
  const at = best?.spec.optimizer.learningRate;
  // Where all runs diverge, the rates are too high.
  if (at === undefined || at === rates[0])
    return { ...cell, rates: [...beyond(rates[0]!, 1 / ratio).reverse(), ...rates] };
  // Above the highest that trains, the others diverge.
  const tried = runs.map(({ spec }) => spec.optimizer.learningRate);
  if (at === rates.at(-1) && Math.max(...tried) === at) return { ...cell, rates: [...rates, ...beyond(at, ratio)] };
  return cell;
};

const rated = ({ spec, result }: DoneRun): RatedRun & { readonly rate: number } => ({
  rate: spec.optimizer.learningRate,
  width: spec.model.width,
  tokens: result.tokens,
  batch: spec.batch,
});

const ruleOf = ({ follows }: Tuning, runs: readonly DoneRun[]): Tuned | string => {
  const rows = runs.map(rated).map(({ batch: _, ...row }) => row);
  const told = (why: string) =>
    `the learning rate's rule could not be tuned from ${plural(rows.length, "run")}: ${why}; give optimizer.learningRate a rule, or tune other rates`;
  if (rows.length === 0) return told("every run diverged");
  const cells = (["width", "tokens"] as const).filter((name) => !follows.includes(name));
  const losses = runs.map(({ result }) => result.loss);
  const fit = fitHyperparameter(rows, { laws: { rate: follows }, cells, losses, method: "joint" });
  if (!fit.ok) return told(fit.message);
  const { coefficient, exponents } = fit.laws.rate!;
  const middle = (name: "width" | "tokens") => {
    const mean = rows.reduce((sum, row) => sum + Math.log(row[name]), 0) / rows.length;
    return Number(Math.exp(mean).toPrecision(3));
  };
  const powers = follows.map((name) => [name, [middle(name), exponents[name]!.value]] as const);
  const at = powers.reduce((rate, [, [reference, exponent]]) => rate * reference ** exponent, coefficient.value);
  const rule: LearningRateRule = { at, ...Object.fromEntries(powers) };
  return { rule, fit, runs, flops: runs.reduce((sum, { result }) => sum + result.flops, 0) };
};

/** A rule that was tuned, for a person. */
export const tunedWords = (tuned: Tuned): string =>
  `learning rate, tuned by ${plural(tuned.runs.length, "run")} of ${round(tuned.flops)} FLOPs in all: ${ruleWords(tuned)}`;

const ruleWords = ({ rule, fit }: Tuned): string => {
  const { exponents } = fit.laws.rate!;
  const powers = Object.entries(exponents).map(([name, { value, standardError }]) => {
    const [reference] = rule[name as "width" | "tokens"]!;
    return ` · (${name} / ${num(reference, 3)})^(${num(value, 3)} ± ${num(standardError, 2)})`;
  });
  return `${num(rule.at, 3)}${powers.join("")}`;
};

/** The same as a report has it: the rule at the tokens that each width was tried with on average. */
export const tuneDocument = (tuned: Tuned): StudyTune => {
  const { rule, fit, runs } = tuned;
  const widths = [...new Set(runs.map(({ spec }) => spec.model.width))].sort((a, b) => a - b);
  const tokensAt = (width: number): number => {
    const own = runs.filter(({ spec }) => spec.model.width === width).map(({ result }) => Math.log(result.tokens));
    return Math.exp(own.reduce((sum, value) => sum + value, 0) / own.length);
  };
  const { batch } = runs[0]!.spec;
  return {
    rule: ruleWords(tuned),
    curve: widths.map((width) => {
      return { width, learningRate: learningRateOf(rule, { width, tokens: tokensAt(width), batch }) };
    }),
    runs: runs.map(({ id, spec, result }) => {
      const { learningRate } = spec.optimizer;
      return { id, width: spec.model.width, learningRate, loss: result.loss, sigma: result.lossStdErr };
    }),
    notes: [
      `${plural(runs.length, "run")}, ${round(tuned.flops)} FLOPs in all; ${fit.method} fit, at the tokens that each width was tried with`,
    ],
  };
};
