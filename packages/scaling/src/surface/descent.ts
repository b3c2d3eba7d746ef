import type { BfgsOptions } from "../math/bfgs.js";

/** Where a descent ended; θ on the centred axes of its data. */
export interface Descent {
  readonly theta: readonly number[];
  readonly value: number;
  readonly gradientNorm: number;
  readonly converged: boolean;
}

/** How far a descent is carried: see `bfgs`. */
export type Effort = Required<BfgsOptions>;
