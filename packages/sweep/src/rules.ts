import { number, positive, record } from "@isoflop/spec";
import * as v from "valibot";

/** `[reference, exponent]`: a factor of (x / reference)^exponent. */
export type Power = readonly [reference: number, exponent: number];

/** One number for every run of a study, or a law of what they differ in. */
export type RateRule = number | LearningRateRule;

/** Peak learning rate: `at`, times the power of each quantity that is named. One law for all sizes, so that it cannot confound theirs. */
export interface LearningRateRule {
  /** The rate where every quantity is at its reference. */
  readonly at: number;
  /** Of the model's width; -1 is muP's law for the matrices inside a transformer under Adam (arXiv 2203.03466). */
  readonly width?: Power;
  /** Of the image tokens of the whole run. */
  readonly tokens?: Power;
  /** Of the images of a step. */
  readonly batch?: Power;
}

/** Images per step: one number, or a law of the budget, the same for every size. */
export type BatchRule = number | { readonly at: number; readonly budget: Power };

const power = v.custom<Power>(
  (given) => Array.isArray(given) && given.length === 2 && given[0] > 0 && given.every((part) => Number.isFinite(part)),
  "a list [reference, exponent], such as [32, -0.5]",
);

/** A learning rate's rule. */
export const learningRateRule = record({
  at: positive,
  width: v.exactOptional(power),
  tokens: v.exactOptional(power),
  batch: v.exactOptional(power),
});

/** A batch's rule. */
export const batchRule = record({ at: number({ atLeast: 1 }), budget: power });

const factor = ([reference, exponent]: Power, x: number): number => (reference / x) ** -exponent;

/** What of a run its learning rate may follow. */
export interface RatedRun {
  readonly width: number;
  /** Image tokens of the whole run. */
  readonly tokens: number;
  /** Images of a step. */
  readonly batch: number;
}

/** The peak rate of a run. */
export const learningRateOf = (rule: RateRule, run: RatedRun): number => {
  if (typeof rule === "number") return rule;
  const { at, ...powers } = rule;
  return Object.entries(powers).reduce((rate, [name, of]) => rate * factor(of, run[name as keyof RatedRun]), at);
};

/** Images of a step at a budget, a whole number. */
export const batchOf = (rule: BatchRule, budget: number): number =>
  typeof rule === "number" ? rule : Math.max(1, Math.round(rule.at * factor(rule.budget, budget)));
