import { kind, text, whole } from "@isoflop/spec";
import { random } from "@isoflop/tensor";
import { type Captions, dropCaptions, type Metric, pairedDifference, validate } from "@isoflop/train";
import * as v from "valibot";

/**
 * What a caption is worth: by how much the validation loss rises when all captions are emptied, on the same pictures, noise and times. Near 0
 * for a model that does not listen, however good its pictures. As both losses meet the same samples, the error of their difference is far
 * smaller than that of either.
 */
export const metric = kind({
  name: "captionWorth",
  about: "the rise of the loss when captions are emptied",
  options: {
    split: v.optional(text, "validation"),
    images: v.optional(v.pipe(whole({ atLeast: 64 }), v.multipleOf(64, "a multiple of 64")), 1024),
  },
  build: (validation): Metric => ({
    async measure({ weights, model, objective, data, device, signal }) {
      const fixed = { objective, data, device, validation, ...(signal && { signal }) };
      const told = await validate(weights, { ...fixed, model });
      const empty = (captions: Captions): Captions => dropCaptions(captions, 1, random.key(0));
      const deaf: typeof model = { ...model, apply: (params, x, t, told) => model.apply(params, x, t, empty(told)) };
      const untold = await validate(weights, { ...fixed, model: deaf });
      const { mean, stdErr } = pairedDifference(untold.losses, told.losses);
      return { value: mean, stdErr, count: validation.images };
    },
  }),
});
