import { add, mul, type Tensor } from "@isoflop/tensor";
import { defineStep, lengthOf, type Step, type StepPlace } from "../solver.js";

/** An explicit Runge–Kutta method: where in a step it asks, what of the slopes so far leads there, and what of all of them is the step. */
export interface Tableau {
  readonly nodes: readonly number[];
  readonly rows: readonly (readonly number[])[];
  readonly weights: readonly number[];
  /** The same less those of a method of lower order: what the error is told by. */
  readonly error?: readonly number[];
  /** The last stage asks where the step ends, so that the next one knows its first slope. */
  readonly firstSameAsLast?: boolean;
}

const weighted = (slopes: readonly Tensor[], weights: readonly number[]): Tensor =>
  slopes.flatMap((slope, i) => (weights[i] ? [mul(slope, weights[i])] : [])).reduce((sum, term) => add(sum, term));

/** A step of a tableau on the velocity; `known`: its first slope is what the step before left. */
export const rungeKuttaStep = (tableau: Tableau, known = false): Step => {
  const { nodes, rows, weights, error, firstSameAsLast = false } = tableau;
  const asked = known ? nodes.slice(1) : nodes;
  const timeAt = ({ from, to }: StepPlace, node: number): number =>
    node === 1 ? to.t : from.t + node * (to.t - from.t);
  return defineStep({
    reads: "velocity",
    times: (place) => asked.map((node) => timeAt(place, node)),
    numbers: (place) => ({ h: lengthOf(place) }),
    recalls: known ? 1 : 0,
    advance({ x, ask, numbers: { h }, memory }) {
      const along = (slopes: readonly Tensor[], shares: readonly number[]) => add(x, mul(weighted(slopes, shares), h));
      const slopes: Tensor[] = known ? [memory[0]!] : [];
      for (let i = slopes.length; i < nodes.length; i++)
        slopes.push(ask(i === 0 ? x : along(slopes, rows[i]!), known ? i - 1 : i));
      return {
        x: along(slopes, weights),
        ...(firstSameAsLast && { memory: slopes.slice(-1) }),
        ...(error && { error: mul(weighted(slopes, error), h) }),
      };
    },
  });
};
