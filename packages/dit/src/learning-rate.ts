import { must } from "./errors.js";

/** How the peak learning rate falls with width: base · (baseWidth / width)^exponent. One rate is for the whole model. */
export interface LearningRateRule {
  /** The rate at `baseWidth`. */
  readonly base: number;
  readonly baseWidth: number;
  /** 1 is muP's law for the matrices inside a transformer under Adam (arXiv 2203.03466); 0 is one rate for all. */
  readonly exponent: number;
}

const keys: readonly string[] = ["base", "baseWidth", "exponent"] satisfies readonly (keyof LearningRateRule)[];

/** @throws DitError("config") unless base and widths are above 0, the exponent is finite, and nothing else is there */
export const learningRateFor = (width: number, rule: LearningRateRule): number => {
  const unknown = Object.keys(rule).find((key) => !keys.includes(key));
  const wrong = `The learning rate's rule has an unknown key ${JSON.stringify(unknown)}`;
  must(unknown === undefined, "config", `${wrong}; it takes ${keys.join(", ")}.`);
  const { base, baseWidth, exponent } = rule;
  for (const [field, value] of Object.entries({ width, base, baseWidth })) {
    const holds = Number.isFinite(value) && value > 0;
    must(holds, "config", `${field} is ${value}; a learning rate needs a finite number above 0.`);
  }
  must(Number.isFinite(exponent), "config", `exponent is ${exponent}; it must be a finite number.`);
  return base * (baseWidth / width) ** exponent;
};
