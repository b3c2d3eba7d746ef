import { type ManifoldMetrics, manifoldMetrics, rateOf } from "@isoflop/metrics";
import { kind, whole } from "@isoflop/spec";
import * as v from "valibot";
import { comparison, estimateOf } from "./comparison.js";
import type { Metric } from "./metric.js";
import { comparisonOptions, samplingOf } from "./samples/options.js";
import { keyOfPictures } from "./samples/pictures.js";
import { sharedBy } from "./samples/shared.js";

const manifoldOptions = {
  ...comparisonOptions,
  /** Balls reach to the k-th nearest other sample of their own set. */
  k: v.optional(whole({ atLeast: 1, atMost: 256 }), 5),
} as const;

const REMARK = "its error is of the pictures that are tried, given the balls";

/** A share of pictures that lie within balls around the others; all such shares of the same sets are computed together. */
export const manifoldShare = <const N extends string>(
  name: N,
  about: string,
  share: (found: ManifoldMetrics) => {
    readonly value: number;
    /** Pictures that are tried. */
    readonly of: number;
    readonly parts: Readonly<Record<string, { readonly value: number }>>;
  },
) =>
  kind({
    ...{ name, about, options: manifoldOptions },
    build: ({ k, ...asked }): Metric => ({
      better: "higher",
      ...comparison(asked, (real, drawn, inputs) => {
        const pictures = keyOfPictures(inputs, samplingOf(asked));
        const key = `manifold ${k} ${real.extractor} ${real.count} ${drawn.count} ${pictures}`;
        const { value, of, parts } = share(sharedBy(inputs.weights, key, () => manifoldMetrics(real, drawn, k)));
        const rate = rateOf(Math.round(value * of), of);
        return { ...estimateOf(rate), count: drawn.count, parts, remarks: [REMARK] };
      }),
    }),
  });
