import { choice, whole } from "@isoflop/spec";
import * as v from "valibot";
import { schedules } from "../ddpm/betas.js";
import { lossKinds, variances } from "../objective.js";
import { predictionSchema } from "../prediction.js";
import { preset } from "./preset.js";

/**
 * DDPM (Ho et al., arXiv 2006.11239): discrete betas, noise, all steps alike, a network that is told the index over the steps. With `variance`
 * "learnedRange" it is what DiT trains (arXiv 2212.09748, 2102.09672); with `zeroTerminalSnr` the prediction is v unless told, as noise says nothing
 * where no signal is left (arXiv 2305.08891).
 * @throws DiffusionError("option"), or ("singular") for noise with `zeroTerminalSnr`
 */
export const ddpm = preset({
  name: "ddpm",
  about: "DDPM and DiT: discrete betas, noise, all steps alike",
  options: {
    steps: v.optional(whole({ atLeast: 2 }), 1000),
    schedule: v.optional(choice(schedules), "linear"),
    zeroTerminalSnr: v.optional(v.boolean("true or false"), false),
    prediction: v.optional(predictionSchema),
    variance: v.optional(choice(variances)),
    loss: v.optional(choice(lossKinds)),
  },
  parts: ({ steps, schedule, zeroTerminalSnr, prediction = zeroTerminalSnr ? "v" : "noise", variance, loss }) => ({
    path: { kind: "discrete", schedule, steps, zeroTerminalSnr },
    prediction,
    density: "discreteUniform",
    inputs: { kind: "ddpm", steps },
    ...(variance && { variance }),
    ...(loss && { loss }),
  }),
});
