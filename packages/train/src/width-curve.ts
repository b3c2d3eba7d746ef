import { leavesOf } from "@isoflop/tensor";
import { averagedWeights } from "./checkpoint.js";
import type { Packing } from "./pack.js";
import { reconstructAverage } from "./post-hoc.js";
import type { StoredSnapshot } from "./snapshot.js";
import { type ValidateOptions, type Validation, validate } from "./validate.js";

/** The validation loss of one average of a run. */
export interface WidthLoss extends Validation {
  readonly width: number;
  /** How far its profile is from that of the width, see `reconstructAverage`. */
  readonly residual: number;
}

/**
 * The validation loss against the width of the average, after a run and without training again (Karras et al., arXiv 2312.02696, figure 5).
 * Losses are of the same images, noise and times: those of two widths can be compared by `pairedDifference`.
 * @param snapshots of one run, as its store gives them
 * @param widths relative widths, of the average after the last snapshot
 * @throws TrainError as `reconstructAverage` and `validate` do
 */
export const widthCurve = async <P>(
  snapshots: readonly StoredSnapshot[],
  widths: readonly number[],
  { packing, ...options }: ValidateOptions<P> & { readonly packing: Packing<P> },
): Promise<readonly WidthLoss[]> => {
  const curve: WidthLoss[] = [];
  for (const width of widths) {
    const average = await reconstructAverage(snapshots, { width });
    const weights = averagedWeights(average, packing, options.device);
    try {
      curve.push({ width, residual: average.residual, ...(await validate(weights, options)) });
    } finally {
      for (const tensor of leavesOf(weights)) tensor.dispose();
    }
  }
  return curve;
};
