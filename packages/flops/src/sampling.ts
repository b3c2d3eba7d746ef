import type { DitConfig } from "./config.js";
import type { Convention } from "./convention.js";
import { type Count, scale } from "./count.js";
import { FlopsError, integer, onlyKeys, shown } from "./errors.js";
import { evaluationsOf, type SolverName, type SolverRecord } from "./evaluations.js";
import { forward } from "./passes.js";

/** How an image is sampled. */
export interface SamplingOptions {
  /** Steps of the solver: of one that chooses its own, those that it tries. */
  readonly steps: number;
  /** A solver of `@isoflop/diffusion`, its name or its record. Default `euler`. */
  readonly solver?: SolverName | SolverRecord;
  /** Share of the evaluations that classifier-free guidance doubles: 0 without, 1 throughout. Default 0. */
  readonly guided?: number;
  /**
   * Whether the first time is pure noise, from which some solvers ask once: it is on the linear and the cosine path, and on paths such as DDPM's and
   * EDM's it holds some signal. Default true.
   */
  readonly pureNoise?: boolean;
}

/**
 * Network passes for one image.
 * @throws FlopsError("config") if an option is unknown or out of range.
 */
export const evaluations = (options: SamplingOptions): number => {
  onlyKeys("config", "sampling's options", options, ["steps", "solver", "guided", "pureNoise"]);
  const { steps, solver = "euler", guided = 0, pureNoise = true } = options;
  integer("config", "steps", steps);
  if (typeof pureNoise !== "boolean") {
    throw new FlopsError("config", `pureNoise is ${shown(pureNoise)}; it must be true or false.`);
  }
  if (!(typeof guided === "number" && guided >= 0 && guided <= 1)) {
    throw new FlopsError("config", `guided is ${shown(guided)}; it must lie in 0..1.`);
  }
  const { each, first = each, last = each, extra = 0 } = evaluationsOf(solver);
  const start = pureNoise ? first : each;
  const all = steps === 1 ? Math.min(start, last) : start + (steps - 2) * each + last;
  return (all + extra) * (1 + guided);
};

/** Work of sampling one image. The decoder of latents and the text encoder are not part of it. */
export const sampling = (config: DitConfig, options: SamplingOptions, convention?: Convention): Count =>
  scale(forward(config, convention), evaluations(options), "image");
