import { blockJackknife, type Features, frechetDistance } from "@isoflop/metrics";
import { kind, whole } from "@isoflop/spec";
import * as v from "valibot";
import { comparison } from "./comparison.js";
import { comparisonOptions } from "./samples/options.js";

const half = (features: Features, which: 0 | 1): Features => {
  const count = Math.floor(features.count / 2);
  const from = which * count * features.dim;
  return { ...features, count, data: features.data.subarray(from, from + count * features.dim) };
};

const distance = (real: Features, drawn: Features): number => frechetDistance(real, drawn).value;

/**
 * How much too large the distance is for its number of samples: its bias falls as one over them (Chong and Forsyth, arXiv 1911.07023, section 3), so that of
 * half as many is twice as large, and the distance of halves is above it by the bias of the whole.
 */
const biasOf = (real: Features, drawn: Features, whole: number): number =>
  (distance(half(real, 0), half(drawn, 0)) + distance(half(real, 1), half(drawn, 1))) / 2 - whole;

/**
 * Fréchet distance of drawn pictures from held-out ones (arXiv 1706.08500), which is FID of FID's own network alone. It is biased upward by the number of
 * samples: `parts.bias` says by about how much.
 */
export const fd = kind({
  name: "fd",
  about: "Fréchet distance of drawn pictures from held-out ones: biased upward by their number",
  options: {
    ...comparisonOptions,
    /** Blocks of the jackknife by which it has an error, each computing the distance twice more. 0: it has none. */
    blocks: v.optional(
      v.pipe(
        whole({ atMost: 64 }),
        v.check((blocks) => blocks !== 1, "0, or at least 2"),
      ),
      0,
    ),
  },
  build: ({ blocks, ...asked }) =>
    comparison(asked, (real, drawn) => {
      const { value, meanTerm, covarianceTerm, status } = frechetDistance(real, drawn);
      const stdErr = blocks === 0 ? undefined : blockJackknife(real, drawn, blocks, distance);
      const fewest = Math.min(real.count, drawn.count);
      return {
        ...{ value, ...(stdErr !== undefined && { stdErr }), count: drawn.count },
        parts: {
          mean: { value: meanTerm },
          covariance: { value: covarianceTerm },
          bias: { value: biasOf(real, drawn, value) },
        },
        remarks: [
          "biased upward by the number of samples, by about parts.bias: compare it at one count only",
          ...(status === "ok"
            ? []
            : [
                `rank-deficient: ${fewest} samples span less than their ${drawn.dim} features, so it is the distance of flattened Gaussians, and its bias need not fall as 1 / samples; prefer kid`,
              ]),
          ...(blocks === 0 ? ["no standard error: blocks is 0"] : []),
        ],
      };
    }),
});
