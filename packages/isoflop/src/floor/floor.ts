import type { DataSource } from "@isoflop/data";
import type { ValidationSpec } from "@isoflop/train";
import { bayesLoss, buildObjective, type LossBin, type ObjectiveInput, whyNoBayesLoss } from "@isoflop/train";

/** The least loss that any model can have on the samples of a validation. */
export interface Floor {
  readonly value: number;
  /** Over images and noise, as that of a validation loss: both are of the same samples. */
  readonly standardError: number;
  /** What it takes for known of the images: that they are of a split; or "all", of what there was before some were held out. */
  readonly prior: string;
  /** By time, as the bins of a validation. */
  readonly bins: readonly LossBin[];
}

/** What a study's plan says of its loss. */
export interface MeasuredLoss {
  readonly source: DataSource;
  readonly file: { readonly objective: ObjectiveInput; readonly validation: ValidationSpec };
}

export interface FloorOptions {
  /** Default "all": the floor of models that were not told what was held out. */
  readonly prior?: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, images: number) => void) | undefined;
}

/** Why nobody knows the floor of a loss, in words; undefined where it is known. */
export const whyNoFloor = ({ source, file: { objective } }: MeasuredLoss): string | undefined =>
  whyNoBayesLoss({ data: source, objective: buildObjective(objective) });

/**
 * The floor of a study's loss, about a second for 1,024 images of 16 px; undefined where nobody knows it: of images that were found, and of a bound.
 * @param of a `StudyPlan`, or what of it is needed
 * @throws TrainError for a split that the data do not have, or too few images in it
 */
export const floorOf = async (of: MeasuredLoss, options: FloorOptions = {}): Promise<Floor | undefined> => {
  if (whyNoFloor(of) !== undefined) return undefined;
  const { source, file } = of;
  const { prior = "all", signal, onProgress } = options;
  const { mean, stdErr, bins } = await bayesLoss({
    ...{ objective: buildObjective(file.objective), data: source, validation: file.validation, prior },
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
  return { value: mean, standardError: stdErr, prior, bins };
};
