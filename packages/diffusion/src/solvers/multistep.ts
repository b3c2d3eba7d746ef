import { add, mul, type Tensor } from "@isoflop/tensor";
import { defineStep, type Step, type StepPlace } from "../solver.js";
import type { Form } from "./exponential.js";

/** What a step comes to: carry · x, and a share of what the network says now and said in the steps before, the latest first, and of noise. */
export interface Shares {
  readonly carry: number;
  readonly of: readonly number[];
  readonly noise?: number;
}

/** a · x, or nothing where there is none. */
const sumOf = (terms: readonly (readonly [value: Tensor, share: Tensor])[]): Tensor =>
  terms.map(([value, share]) => mul(value, share)).reduce((sum, term) => add(sum, term));

/**
 * A step that asks the network once, where it starts, and recalls what it said in the `count - 1` steps before; it leaves so many as `keep`, itself
 * among them.
 */
export const multistep = (
  { reads }: Pick<Form, "reads">,
  { count, keep, draws = 0 }: { readonly count: number; readonly keep: number; readonly draws?: 0 | 1 },
  shares: (place: StepPlace) => Shares,
): Step =>
  defineStep<string>({
    reads,
    times: ({ from }) => [from.t],
    numbers(place) {
      const { carry, of, noise = 0 } = shares(place);
      const named = of.map((share, j) => [`share${j}`, share] as const);
      return { carry, ...Object.fromEntries(named), ...(draws === 1 && { noise }) };
    },
    draws,
    recalls: count - 1,
    advance({ x, ask, numbers, noise, memory }) {
      const values = [ask(x, 0), ...memory];
      const terms = [
        [x, numbers.carry!] as const,
        ...values.map((value, j) => [value, numbers[`share${j}`]!] as const),
      ];
      const drawn = noise.map((value) => [value, numbers.noise!] as const);
      return { x: sumOf([...terms, ...drawn]), memory: values.slice(0, keep) };
    },
  });
