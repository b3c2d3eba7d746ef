import type { LawData } from "../laws/form.js";
import type { Random } from "../math/random.js";
import type { Flops } from "../types.js";
import type { OptimumCurve } from "./curve.js";

/**
 * One of two that are compared: a curve of the optimal loss against compute, and how well it is known. `sideOfRuns`, `sideOfSurface`,
 * `sideOfIsoFlop` and `sideOfLaw` make one; so does whatever else has a curve and can draw it.
 */
export interface Side {
  readonly name: string;
  /** What the curve is, in words: "chinchilla surface of 20 runs, floors weighed". */
  readonly law: string;
  /** What its loss is, where that is known: `loss`, or a metric. */
  readonly quantity?: string;
  /** Whether its errors are not known: it is then taken to be exact, and two such have no intervals. */
  readonly errorless?: boolean;
  /** What a reader must know before the comparison is quoted. */
  readonly caution?: string;
  /** Least and largest compute that it was fitted to; absent where that is not known. */
  readonly fitted?: readonly [Flops, Flops];
  /** What it was fitted to, as compute and loss; none where that is not known. */
  readonly points: LawData;
  /** At its best. */
  readonly curve: OptimumCurve;
  /** Curves from its uncertainty, jointly in all its parameters; the curve itself, each time, where it has no errors. */
  draws(count: number, uniform: Random): readonly OptimumCurve[];
}
