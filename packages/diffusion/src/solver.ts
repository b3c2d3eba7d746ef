import { add, mul, type Tensor } from "@isoflop/tensor";
import { checkCount } from "./checks.js";
import { checkShift, shiftTime } from "./density.js";

/** d x / dt at x [n, ...] and at a share of the step: 0 where it starts, 1 where it ends. */
export type VelocityField = (x: Tensor, share: number) => Tensor;

/** One step of an ODE solver: pure, with no memory of other steps. */
export interface Step {
  /** The shares of a step at which it asks for the field. Their times are computed on the host, in float64. */
  readonly shares: readonly number[];
  /** x [n, ...] after a step of length h, a scalar below 0 on the way to data. */
  advance(field: VelocityField, x: Tensor, h: Tensor): Tensor;
}

export interface Solver {
  readonly name: string;
  readonly step: Step;
  /** The step to the last time; `step` where absent. */
  readonly lastStep?: Step;
}

const eulerStep: Step = {
  shares: [0],
  advance: (field, x, h) => add(x, mul(field(x, 0), h)),
};

const heunStep: Step = {
  shares: [0, 1],
  advance(field, x, h) {
    const first = field(x, 0);
    const second = field(add(x, mul(first, h)), 1);
    return add(x, mul(add(first, second), mul(h, 0.5)));
  },
};

/** First order, one evaluation a step. */
export const euler = (): Solver => ({ name: "euler", step: eulerStep });

/** Second order, two evaluations a step. The last step is Euler's, as in EDM (arXiv 2206.00364, algorithm 1): fields are often singular at t = 0. */
export const heun = (): Solver => ({ name: "heun", step: heunStep, lastStep: eulerStep });

/**
 * Times from 1 (noise) to 0 (data) in `steps` equal steps, before `shift` moves them towards noise.
 * @throws DiffusionError("option") unless steps is a whole number of at least 1 and shift a finite number above 0
 */
export const uniformTimes = (steps: number, shift = 1): number[] => {
  checkCount("uniformTimes: steps", steps);
  checkShift("uniformTimes", shift);
  return Array.from({ length: steps + 1 }, (_, i) => shiftTime(1 - i / steps, shift));
};
