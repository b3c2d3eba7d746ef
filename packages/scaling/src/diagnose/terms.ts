import { formOfSurface, type ModelAndData, type Surface, surfaceLoss } from "../surface/surface.js";
import type { Loss } from "../types.js";
import type { TermName } from "./record.js";

/** A loss taken apart, in its unit; the three add up to it. */
export type Terms = Readonly<Record<TermName, Loss>>;

/**
 * A loss as what the size leaves over, what the tokens leave over, and the floor: Shapley's values of "the size were infinite" and "the
 * tokens were infinite" (Shapley 1953), by the limits of the form. In E + A/N^α + B/D^β they are the terms themselves; in a form whose
 * terms act together, such as Kaplan's, what they do together is halved, and neither comes first.
 * @returns NaN where the form has no limit
 */
export const termsOf = (surface: Surface, model: ModelAndData): Terms => {
  const floor = formOfSurface(surface).floor(surface.theta);
  const loss = surfaceLoss(surface, model);
  const { N: withoutN, D: withoutD } = limitsOf(surface, model);
  const together = loss - floor;
  return {
    N: (loss - withoutN + (together - (loss - withoutD))) / 2,
    D: (loss - withoutD + (together - (loss - withoutN))) / 2,
    floor,
  };
};

/** The loss if the size alone, or the tokens alone, were infinite. */
export const limitsOf = (surface: Surface, model: ModelAndData): Readonly<Record<"N" | "D", Loss>> => {
  const { inputs = [] } = formOfSurface(surface);
  const of = inputs.length > 0 ? nearLimit : limit;
  return {
    N: of((N) => surfaceLoss(surface, { ...model, N })),
    D: of((D) => surfaceLoss(surface, { ...model, D })),
  };
};

const limit = (loss: (at: number) => Loss): Loss => {
  const end = loss(Number.POSITIVE_INFINITY);
  return Number.isFinite(end) ? end : nearLimit(loss);
};

/** Where a form has no value at infinity itself, as one with inputs that follow N or D, it has all but arrived by these, or has no limit. */
const LARGE = [1e200, 1e300] as const;
const ARRIVED = 1e-4;

const nearLimit = (loss: (at: number) => Loss): Loss => {
  const [near, far] = LARGE.map(loss) as [number, number];
  return Math.abs(far - near) <= ARRIVED * near ? far : Number.NaN;
};
