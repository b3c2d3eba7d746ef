import { abs, add, type Device, div, jit, maximum, mean, mul, sqrt, square, type Tensor } from "@isoflop/tensor";
import { type Answer, type Course, type Moment, momentOf } from "./course.js";
import { must } from "./errors.js";
import type { Advanced, Solver, Step } from "./solver.js";

/** What a walk asks at a moment of a step: a network, or what is made of it. */
export type Field<I> = (x: Tensor, moment: Moment<Tensor>, inputs: I) => Answer;

/** What a compiled step gives. */
export interface Stepped {
  readonly x: Tensor;
  readonly memory: readonly Tensor[];
  readonly size: Tensor;
  readonly error?: Tensor;
}

/** The root of the mean square of an error in units of what is tolerated. */
const errorNorm = (error: Tensor, x: Tensor, next: Tensor, { control }: Solver): Tensor => {
  const { absolute, relative } = control!;
  const allowed = add(mul(maximum(abs(x), abs(next)), relative), absolute);
  return sqrt(mean(square(div(error, allowed))) as Tensor);
};

/** A step as a program of the state, the course, the inputs, noise and memory. */
export const compile = <I>(step: Step, field: Field<I>, solver: Solver, device: Device | undefined) =>
  jit(
    (
      x: Tensor,
      { moments, numbers }: Course<Tensor>,
      inputs: I,
      noise: readonly Tensor[],
      memory: readonly Tensor[],
    ): Stepped => {
      const answers = new Map<string, Answer>();
      const answer = (at: Tensor, i: number): Answer => {
        const key = `${at.node.id}.${at.index} ${i}`;
        const known = answers.get(key) ?? field(at, momentOf(moments, solver.name, i), inputs);
        answers.set(key, known);
        return known;
      };
      const range = (at: Tensor, i: number): Tensor => {
        const { range: told } = answer(at, i);
        must(
          told,
          "option",
          `${solver.name} reads a learned variance; the objective's variance is not "learnedRange".`,
        );
        return told;
      };
      const state = { x, ask: (at: Tensor, i: number) => answer(at, i).value, askRange: range, numbers, noise, memory };
      const next: Advanced = step.advance(state);
      return {
        x: next.x,
        memory: next.memory ?? [],
        size: mean(abs(next.x)) as Tensor,
        ...(solver.control && next.error && { error: errorNorm(next.error, x, next.x, solver) }),
      };
    },
    device ? { device } : {},
  );
