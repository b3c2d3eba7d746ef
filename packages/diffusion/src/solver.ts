import { add, mul, sub, type Tensor } from "@isoflop/tensor";

/** d x / dt at x [n, ...] and one time for all, a scalar. */
export type VelocityField = (x: Tensor, t: Tensor) => Tensor;

/** One step of an ODE solver from time `from` to time `to`, scalars: pure, with no memory of other steps. */
export type Step = (field: VelocityField, x: Tensor, from: Tensor, to: Tensor) => Tensor;

export interface Solver {
  readonly name: string;
  readonly step: Step;
  /** The step to the last time; `step` where absent. */
  readonly lastStep?: Step;
  /** Whether a step evaluates the field at `to`. */
  readonly readsEnd: boolean;
}

const eulerStep: Step = (field, x, from, to) => add(x, mul(field(x, from), sub(to, from)));

const heunStep: Step = (field, x, from, to) => {
  const h = sub(to, from);
  const first = field(x, from);
  const second = field(add(x, mul(first, h)), to);
  return add(x, mul(add(first, second), mul(h, 0.5)));
};

/** First order, one evaluation a step. */
export const euler = (): Solver => ({ name: "euler", step: eulerStep, readsEnd: false });

/** Second order, two evaluations a step. The last step is Euler's, as in EDM (arXiv 2206.00364, algorithm 1): fields are often singular at t = 0. */
export const heun = (): Solver => ({ name: "heun", step: heunStep, lastStep: eulerStep, readsEnd: true });

/** Times from 1 (noise) to 0 (data) in `steps` equal steps, before `shift` moves them towards noise. */
export const uniformTimes = (steps: number, shift = 1): number[] =>
  Array.from({ length: steps + 1 }, (_, i) => {
    const t = 1 - i / steps;
    return (shift * t) / (1 + (shift - 1) * t);
  });
