import { type DataSpec, sources } from "@isoflop/data";
import type { DitConfig, Flops } from "@isoflop/flops";
import { digest } from "@isoflop/spec";

/** A run of a study, as far as its seed follows from it. */
export interface SeededRun {
  /** The study's own. */
  readonly seed: number;
  readonly budget: Flops;
  readonly model: Pick<DitConfig, "width" | "depth" | "heads">;
  /** Which of the runs that are equal but for the seed, from 0 on. */
  readonly replicate: number;
}

/**
 * The seed of one run, of 32 bits: weights, noise and order of data of its own, so that no two runs of a study err together. Runs of a size that
 * share their first weights at every budget bend its curve by an error that no replicate shows. Runs of one size at one budget that differ
 * otherwise, as in their learning rate or architecture, have equal seeds: what is compared meets the same noise.
 */
export const runSeed = ({ seed, budget, model: { width, depth, heads }, replicate }: SeededRun): number =>
  Number.parseInt(digest({ seed, budget, width, depth, heads, replicate }).slice(0, 8), 16);

/** The data in the order of a seed, where their source has one. */
export const seededData = (data: DataSpec, seed: number): DataSpec => {
  const has = sources.has(data.source) && Object.hasOwn(sources.get(data.source).options, "seed");
  return has ? ({ ...data, seed } as DataSpec) : data;
};
