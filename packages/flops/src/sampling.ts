import type { DitConfig } from "./config.js";
import type { Convention } from "./convention.js";
import { type Count, scale } from "./count.js";
import { FlopsError, integer, oneOf, onlyKeys, shown } from "./errors.js";
import { forward } from "./passes.js";

/** How an image is sampled. */
export interface SamplingOptions {
  /** Steps of the solver. */
  readonly steps: number;
  /** `euler` evaluates once a step; `heun` twice, but once in the last step, as EDM has it. Default `euler`. */
  readonly solver?: "euler" | "heun";
  /** Share of the evaluations that classifier-free guidance doubles: 0 without, 1 throughout. Default 0. */
  readonly guided?: number;
}

/**
 * Network passes for one image.
 * @throws FlopsError("config") if an option is unknown or out of range.
 */
export const evaluations = (options: SamplingOptions): number => {
  onlyKeys("config", "sampling's options", options, ["steps", "solver", "guided"]);
  const { steps, solver = "euler", guided = 0 } = options;
  integer("config", "steps", steps);
  oneOf("config", "solver", solver, ["euler", "heun"]);
  if (!(typeof guided === "number" && guided >= 0 && guided <= 1)) {
    throw new FlopsError("config", `guided is ${shown(guided)}; it must lie in 0..1.`);
  }
  return (solver === "heun" ? 2 * steps - 1 : steps) * (1 + guided);
};

/** Work of sampling one image. The decoder of latents and the text encoder are not part of it. */
export const sampling = (config: DitConfig, options: SamplingOptions, convention?: Convention): Count =>
  scale(forward(config, convention), evaluations(options), "image");
