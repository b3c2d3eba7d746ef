import { type Extractor, extractors, type Features, nearestOthers, rateOf } from "@isoflop/metrics";
import { kind, number, recordOrName, whole } from "@isoflop/spec";
import * as v from "valibot";
import { estimateOf } from "./comparison.js";
import type { Metric, MetricInputs } from "./metric.js";
import { dataFeatures } from "./samples/data-features.js";
import { sampleFeatures } from "./samples/extracted.js";
import { samplingOf, samplingOptions } from "./samples/options.js";
import { checkSamples, checkShown } from "./samples/pictures.js";

/** Training pictures that are looked through: the first ones that the run saw, of a finite set each once. */
const trainingCount = ({ spec: { batch, steps }, data }: MetricInputs, most: number): number =>
  Math.min(most, batch * steps, data.size("train"));

const copied = (samples: Features, training: Features, threshold: number) => {
  const { ratio } = nearestOthers(samples, training);
  return rateOf(ratio.filter((value) => value < threshold).length, samples.count);
};

/**
 * Share of drawn pictures that are copies of training pictures: those whose distance to the nearest is less than a third of that to the second nearest
 * (Yoon et al., "Diffusion probabilistic models generalize when they fail to memorize", 2023; arXiv 2310.02664, section 2). Pictures alike by
 * nature pass too: `parts.heldOut` is the share of held-out pictures that do, and `parts.excess` what is above it.
 */
export const memorisation = kind({
  name: "memorisation",
  about: "share of drawn pictures that copy one of training",
  options: {
    extractor: v.optional(recordOrName(extractors), { kind: "pixels", size: 16 }),
    ...samplingOptions,
    /** Training pictures that are looked through, at most: the first that the run saw. */
    training: v.optional(whole({ atLeast: 2, atMost: 2 ** 24 }), 4096),
    threshold: v.optional(number({ above: 0, atMost: 1 }), 1 / 3),
  },
  build: ({ extractor: record, training, threshold, ...asked }): Metric => {
    const samples = samplingOf(asked);
    const extractor: Extractor = extractors.build(record);
    const { split, from, count } = samples;
    const heldOut = { split, start: from + count, count };
    return {
      ...{ samples, extractor },
      check(planned) {
        checkSamples(planned, samples);
        checkShown(planned, heldOut);
      },
      async measure(inputs) {
        const seen = trainingCount(inputs, training);
        const known = await dataFeatures(inputs, { split: "train", start: 0, count: seen }, extractor);
        const other = await dataFeatures(inputs, heldOut, extractor);
        const drawn = copied(await sampleFeatures(inputs, samples, extractor), known, threshold);
        const others = copied(other, known, threshold);
        const excess = {
          value: drawn.value - others.value,
          stdErr: Math.hypot(drawn.standardError, others.standardError),
        };
        return {
          ...{ ...estimateOf(drawn), count, parts: { heldOut: estimateOf(others), excess } },
          ...(seen < training && { remarks: [`of ${seen} training pictures: the run saw no more`] }),
        };
      },
    };
  },
});
