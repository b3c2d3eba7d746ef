import type { DataSource } from "@isoflop/data";
import { type DitParams, dit } from "@isoflop/dit";
import { TrainError } from "./errors.js";
import type { TrainSpec } from "./spec.js";
import type { Denoiser } from "./step.js";

/** The model of a spec. One without context is handed captions like any other, and leaves them. */
export const modelOf = ({ model }: TrainSpec): Denoiser<DitParams> => {
  const built = dit(model);
  return model.context.kind === "none" ? { ...built, apply: (params, x, t) => built.apply(params, x, t) } : built;
};

/** @throws TrainError `data` if the data's images or captions do not fit the model */
export const checkData = ({ model }: TrainSpec, data: DataSource): void => {
  const { channels, height, width } = model.image;
  if (data.shape.join() !== [channels, height, width].join())
    throw new TrainError(
      "data",
      `${data.name} has images [${data.shape.join(", ")}]; model.image is [${channels}, ${height}, ${width}] (channels, height, width)`,
    );
  const { context } = model;
  if (context.kind === "none") return;
  if (context.kind !== "words")
    throw new TrainError(
      "data",
      `${data.name} has captions of words; model.context.kind is "${context.kind}" and must be "words" or "none"`,
    );
  const { captionLength, vocabulary } = data;
  if (context.tokens !== captionLength || context.vocabulary !== vocabulary.size)
    throw new TrainError(
      "data",
      `${data.name} has captions of ${captionLength} from ${vocabulary.size} words; model.context has ${context.tokens} of ${context.vocabulary}`,
    );
};
