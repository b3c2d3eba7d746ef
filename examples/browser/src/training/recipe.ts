import type { DataSource } from "@isoflop/data";
import type { TrainSpecInput } from "@isoflop/train";

/** A transformer of 49 thousand parameters on 16 × 16 pixels, as in the quickstart: small enough to learn in about a minute. */
export const recipe = (data: DataSource, steps: number) =>
  ({
    model: {
      image: { height: 16, width: 16, channels: 3 },
      patch: 2,
      width: 32,
      depth: 3,
      heads: 2,
      conditioning: "inContext",
      context: { kind: "words", tokens: data.captionLength, vocabulary: data.vocabulary.size },
    },
    steps,
    // Predicting the image rather than the velocity, with more weight near the data, gives cleaner pictures this early.
    objective: { prediction: "data", weighting: { kind: "minSnr", gamma: 5 } },
    optimizer: { learningRate: 0.01 },
    // What lets samples be guided by their caption later.
    captionDropout: 0.1,
    validation: { images: 256 },
  }) satisfies TrainSpecInput;
