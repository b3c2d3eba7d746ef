import type { DataSource } from "@isoflop/data";
import type { Conditioning, Setup } from "@isoflop/flops";

/** What of a model's config the data decides, and patch size and conditioning; width, depth and heads are missing. */
export const setupFor = (
  {
    shape: [channels, height, width],
    captionLength,
    vocabulary,
  }: Pick<DataSource, "shape" | "captionLength" | "vocabulary">,
  { patch = 2, conditioning = "inContext" }: { readonly patch?: number; readonly conditioning?: Conditioning } = {},
): Setup => ({
  image: { height, width, channels },
  patch,
  conditioning,
  context: { kind: "words", tokens: captionLength, vocabulary: vocabulary.size },
});
