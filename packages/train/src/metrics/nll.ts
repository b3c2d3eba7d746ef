import {
  heun,
  likelihood,
  noDequantization,
  type Objective,
  truncatedNormalDequantization,
  uniformDequantization,
} from "@isoflop/diffusion";
import { choice, kind, whole } from "@isoflop/spec";
import * as v from "valibot";
import { checkSplit } from "../validate.js";
import { bitsOfImages, imagesOptions, networkOf } from "./blocks.js";
import type { Metric } from "./metric.js";

const dequantizations = {
  none: noDequantization,
  uniform: () => uniformDequantization(),
  truncatedNormal: ({ path }: Objective) => truncatedNormalDequantization(path),
};

/**
 * Negative log-likelihood under the model's probability flow, in bits per dimension: with a dequantization an upper bound of what bytes take up, without one of
 * a density. Probes of signs, one set a solve; Heun's steps.
 */
export const nll = kind({
  name: "nll",
  about: "bits per dimension under the probability flow; of latents with dequantization none, a density",
  options: {
    ...imagesOptions,
    dequantization: v.optional(choice(["none", "uniform", "truncatedNormal"]), "uniform"),
    steps: v.optional(whole({ atLeast: 1 }), 32),
    probes: v.optional(whole({ atLeast: 1, atMost: 64 }), 1),
  },
  build: ({ data, dequantization, steps, probes, ...set }): Metric => ({
    data,
    check: (planned) => checkSplit(planned.data, set.split, set.images),
    async measure(inputs) {
      const { objective, device } = inputs;
      using compiled = likelihood(networkOf(inputs), {
        ...{ objective, steps, device, solver: heun({ lastEuler: false }) },
        probes: { kind: "rademacher", count: probes },
        dequantization: dequantizations[dequantization](objective),
      });
      return await bitsOfImages(inputs, set, ({ inputs: given, ...block }) => compiled.run(given, block));
    },
  }),
});
