import type { DataSource } from "@isoflop/data";
import { architectures, type Conditioning, type Context, type Setup } from "@isoflop/flops";
import { choice, nameIn, record, whole } from "@isoflop/spec";
import * as v from "valibot";
import { check, must } from "./errors.js";

const contexts = ["words", "classes", "features", "none"] as const;

const setup = record({
  patch: v.optional(whole({ atLeast: 1 }), 2),
  conditioning: v.optional(nameIn(architectures), "inContext"),
  context: v.optional(choice(contexts)),
});

type CaptionedData = Pick<DataSource, "shape" | "captionLength" | "vocabulary" | "masked" | "features"> & {
  readonly name?: string;
};

const contextOf = (data: CaptionedData, kind: (typeof contexts)[number]): Context => {
  const { captionLength, vocabulary, features, name = "the data" } = data;
  const mask = data.masked ? ({ masked: true } as const) : {};
  switch (kind) {
    case "none":
      return { kind };
    case "words":
      return { kind, tokens: captionLength, vocabulary: vocabulary.size, ...mask };
    case "classes": {
      const right = `options.context is "classes", which takes captions of 1 word, and can be "words" or "none"`;
      must(captionLength === 1, "data", `${name} has captions of ${captionLength}; ${right}`);
      return { kind, classes: vocabulary.size - 1 };
    }
    case "features":
      must(
        features,
        "data",
        `${name} has captions of words; options.context is "features" and can be "words", "classes" or "none"`,
      );
      return { kind, tokens: features.tokens, dim: features.dim, ...mask };
  }
};

/**
 * What of a model's config the data decides, and patch size, conditioning and what of a caption it reads; width, depth and heads are missing.
 * `context` is what the data has unless told: vectors if there are any, words if not, masked where captions are of unlike lengths.
 * @throws TrainError `spec` for an unknown option or choice, `data` for a context that the data has not
 */
export const setupFor = (
  data: CaptionedData,
  options: {
    readonly patch?: number;
    readonly conditioning?: Conditioning;
    readonly context?: (typeof contexts)[number];
  } = {},
): Setup => {
  const [channels, height, width] = data.shape;
  const { context = data.features ? "features" : "words", ...rest } = check(setup, options, "options");
  return { image: { height, width, channels }, ...rest, context: contextOf(data, context) };
};
