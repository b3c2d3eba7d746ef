import type { DataSource } from "@isoflop/data";
import { type Conditioning, conditionings, type Setup } from "@isoflop/flops";
import { integer, oneOf, record, withDefault } from "./fields.js";

const setupFields = { patch: withDefault(integer(1), 2), conditioning: withDefault(oneOf(conditionings), "inContext") };

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
  ...record<Pick<Setup, "patch" | "conditioning">>(setupFields)(options, "options"),
  context: { kind: "words", tokens: captionLength, vocabulary: vocabulary.size },
});
