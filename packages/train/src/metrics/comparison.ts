import { type Extractor, extractors, type Features, type Rate } from "@isoflop/metrics";
import type { SpecIn } from "@isoflop/spec";
import type { Estimate, Measurement, Metric, MetricInputs } from "./metric.js";
import { dataFeatures } from "./samples/data-features.js";
import { sampleFeatures } from "./samples/extracted.js";
import { type Sampling, samplingOf } from "./samples/options.js";
import { checkSamples, checkShown } from "./samples/pictures.js";

/** What a comparison is asked for, as its options were checked. */
export interface Asked extends Sampling {
  readonly data?: Metric["data"];
  readonly extractor: SpecIn<typeof extractors>;
  readonly reference?: number | undefined;
}

/** A metric that holds features of drawn pictures against those of held-out ones. */
export const comparison = (
  asked: Asked,
  compare: (real: Features, drawn: Features, inputs: MetricInputs) => Measurement | Promise<Measurement>,
): Metric => {
  const samples = samplingOf(asked);
  const extractor: Extractor = extractors.build(asked.extractor);
  const { split, from, count } = samples;
  // Pictures of other captions than those asked for: sets that are drawn apart leave estimates unbiased.
  const shown = { split, start: from + count, count: asked.reference ?? count };
  return {
    ...{ data: asked.data, samples, extractor },
    check(planned) {
      checkSamples(planned, samples);
      checkShown(planned, shown);
    },
    async measure(inputs) {
      const real = await dataFeatures(inputs, shown, extractor);
      const drawn = await sampleFeatures(inputs, samples, extractor);
      return await compare(real, drawn, inputs);
    },
  };
};

/** A share as metrics tell it. */
export const estimateOf = ({ value, standardError }: Rate): Estimate => ({ value, stdErr: standardError });
