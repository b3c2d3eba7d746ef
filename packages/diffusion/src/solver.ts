import type { Tensor } from "@isoflop/tensor";

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
