import type { DataSource } from "@isoflop/data";
import { architectures, type Conditioning, type Setup } from "@isoflop/flops";
import { nameIn, record, whole } from "@isoflop/spec";
import * as v from "valibot";
import { check } from "./errors.js";

const setup = record({
  patch: v.optional(whole({ atLeast: 1 }), 2),
  conditioning: v.optional(nameIn(architectures), "inContext"),
});

/** What of a model's config the data decides, and patch size and conditioning; width, depth and heads are missing. @throws TrainError `spec` for an unknown option or choice */
export const setupFor = (
  {
    shape: [channels, height, width],
    captionLength,
    vocabulary,
  }: Pick<DataSource, "shape" | "captionLength" | "vocabulary">,
  options: { readonly patch?: number; readonly conditioning?: Conditioning } = {},
): Setup => ({
  image: { height, width, channels },
  ...check(setup, options, "options"),
  context: { kind: "words", tokens: captionLength, vocabulary: vocabulary.size },
});
