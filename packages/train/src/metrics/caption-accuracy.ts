import { sources } from "@isoflop/data";
import { type Extractor, type ExtractorImages, extractors, type LoadedExtractor, rateOf } from "@isoflop/metrics";
import { kind, recordOrName } from "@isoflop/spec";
import * as v from "valibot";
import { must } from "../errors.js";
import { yieldToHost } from "../host.js";
import { estimateOf } from "./comparison.js";
import type { Estimate, Metric, MetricInputs } from "./metric.js";
import { withExtractor } from "./samples/extracted.js";
import { type Sampling, samplingOf, samplingOptions } from "./samples/options.js";
import { asImages, checkSamples, samplesOf } from "./samples/pictures.js";

/** Pictures that are read at once. */
const BATCH = 64;

/** How often pictures show what their captions say: in all, and by kind of statement where a caption makes one. */
interface Read {
  /** Captions that make a statement which the reader knows. */
  readonly told: number;
  readonly all: Estimate;
  readonly parts: Readonly<Record<string, Estimate>>;
}

type Reader = Pick<Required<LoadedExtractor>, "readCaptions">;

/** Reads pictures [first, first + count) of a set, for the captions of the same numbers. */
const reading = async (
  { data, signal }: MetricInputs,
  { split, from, count }: Sampling,
  reader: Reader,
  picturesOf: (first: number, n: number) => ExtractorImages,
): Promise<Read> => {
  const tried = new Map<string, { marked: number; trials: number }>();
  let [told, right] = [0, 0];
  for (let first = 0; first < count; first += BATCH) {
    signal?.throwIfAborted();
    const n = Math.min(BATCH, count - first);
    const captions = Array.from({ length: n }, (_, i) => data.caption(split, from + first + i));
    const { statements, shown } = await reader.readCaptions(picturesOf(first, n), captions);
    for (let i = 0; i < n; i++) {
      const marks = shown.subarray(i * statements.length, (i + 1) * statements.length);
      if (marks.every((mark) => mark === -1)) continue;
      told++;
      if (marks.every((mark) => mark !== 0)) right++;
      for (const [at, statement] of statements.entries()) {
        if (marks[at] === -1) continue;
        const { marked, trials } = tried.get(statement) ?? { marked: 0, trials: 0 };
        tried.set(statement, { marked: marked + marks[at]!, trials: trials + 1 });
      }
    }
    await yieldToHost();
  }
  must(
    told > 0,
    "data",
    `none of ${count} captions of ${data.name}, such as "${data.caption(split, from)}", says anything that metric.extractor can read`,
  );
  const parts = [...tried].map(([name, { marked, trials }]) => [name, estimateOf(rateOf(marked, trials))] as const);
  return { told, all: estimateOf(rateOf(right, told)), parts: Object.fromEntries(parts) };
};

/**
 * Share of drawn pictures that show all that their captions say, as a network reads them that learned it from the source. It errs itself: `parts.heldOut` is
 * the share of the data's own pictures of the same captions of which it says so. Its other parts are shares by kind of statement, of the captions that make one.
 */
export const captionAccuracy = kind({
  name: "captionAccuracy",
  about: "share of drawn pictures that show what their captions say",
  options: { data: v.optional(sources.schema), extractor: recordOrName(extractors), ...samplingOptions },
  build: ({ data: other, extractor: record, ...asked }): Metric => {
    const samples = samplingOf(asked);
    const extractor: Extractor = extractors.build(record);
    return {
      ...{ data: other, samples, extractor, better: "higher" },
      check(planned) {
        const told = planned.spec.model.context.kind !== "none";
        must(told, "spec", 'model.context.kind is "none"; captionAccuracy is of models that are told captions');
        checkSamples(planned, samples);
      },
      async measure(inputs) {
        const { data, device } = inputs;
        return await withExtractor(extractor, device, async (loaded) => {
          must(
            loaded.readCaptions,
            "spec",
            `metric.extractor is ${extractor.name}, which reads no captions; captionAccuracy takes one that does, such as emojiEncoder of @isoflop/features`,
          );
          const { count, split, from } = samples;
          const reader: Reader = { readCaptions: loaded.readCaptions.bind(loaded) };
          const drawn = await samplesOf(inputs, samples);
          const width = drawn.data.length / drawn.count;
          const some = (first: number, n: number) =>
            asImages(drawn.data.subarray(first * width, (first + n) * width), inputs);
          const found = await reading(inputs, samples, reader, some);
          const own = (first: number, n: number) => asImages(data.batch(split, from + first, n).images, inputs);
          const { all: heldOut } = await reading(inputs, samples, reader, own);
          const { told, all, parts } = found;
          const remarks = [`of ${told} of ${count} captions: the others say nothing that the extractor can read`];
          return { ...all, count: told, parts: { ...parts, heldOut }, ...(told < count && { remarks }) };
        });
      },
    };
  },
});
