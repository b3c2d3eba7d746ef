import { kernelDistance } from "@isoflop/metrics";
import { kind } from "@isoflop/spec";
import { comparison } from "./comparison.js";
import { comparisonOptions } from "./samples/options.js";

/**
 * Kernel distance of drawn pictures from held-out ones (KID, arXiv 1801.01401): unbiased at any count, so below 0 where both are alike. Its error is over both
 * sets, by the jackknife.
 */
export const kid = kind({
  name: "kid",
  about: "kernel distance of drawn pictures from held-out ones: unbiased",
  options: comparisonOptions,
  build: (asked) =>
    comparison(asked, (real, drawn) => {
      const { value, standardError } = kernelDistance(real, drawn);
      return { value, stdErr: standardError, count: drawn.count };
    }),
});
