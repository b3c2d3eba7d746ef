import { discreteBound, variationalBound } from "@isoflop/diffusion";
import { choice, kind, whole } from "@isoflop/spec";
import * as v from "valibot";
import { checkSplit } from "../validate.js";
import { bitsOfImages, imagesOptions, networkOf } from "./blocks.js";
import type { Metric } from "./metric.js";

/**
 * The variational bound in bits per dimension: in continuous time, of any path, or of the steps of a discrete one, each of which asks the network. It is
 * one of what bytes take up where the decoder has their levels, else of a density. With levels a discrete process keeps what the network takes for data
 * within -1 to 1, as guided-diffusion's evaluation does.
 */
export const vlb = kind({
  name: "vlb",
  about: "variational bound in bits per dimension; of latents with the decoder gaussian, a density",
  options: {
    ...imagesOptions,
    process: v.optional(choice(["continuous", "discrete"]), "continuous"),
    decoder: v.optional(choice(["levels", "gaussian"]), "levels"),
    strata: v.optional(whole({ atLeast: 1 }), 16),
    draws: v.optional(whole({ atLeast: 1 }), 1),
  },
  build: ({ data, process, decoder, strata, draws, ...set }): Metric => ({
    data,
    check: (planned) => checkSplit(planned.data, set.split, set.images),
    async measure(inputs) {
      const { objective, device } = inputs;
      const network = networkOf(inputs);
      using compiled =
        process === "continuous"
          ? variationalBound(network, { objective, decoder, strata, device })
          : discreteBound(network, { objective, decoder, device, ...(decoder === "levels" && { clip: [-1, 1] }) });
      return await bitsOfImages(inputs, set, ({ inputs: given, ...block }) => compiled.run(given, { ...block, draws }));
    },
  }),
});
