import { type SeedNoise, seedNoise } from "@isoflop/scaling";
import { pairedLosses, type RunStore, unlikeSamples, type ValidationLosses } from "@isoflop/sweep";
import { type DoneRun, pointsOf } from "../runs/point.js";

/**
 * How much runs differ that differ in their seeds alone, and what of it is the validation's own, where runs have kept their losses; undefined
 * where no run has a replicate.
 */
export const noiseOf = async (runs: readonly DoneRun[], store: RunStore): Promise<SeedNoise | undefined> => {
  const kept = new Map<string, ValidationLosses>();
  for (const { id } of runs) {
    const losses = await store.losses(id);
    if (losses) kept.set(id, losses);
  }
  const noise = seedNoise(pointsOf(runs), {
    validation(a, b) {
      const [one, other] = [kept.get(a.label!), kept.get(b.label!)];
      if (!one || !other || unlikeSamples(one, other) !== undefined) return undefined;
      return pairedLosses(one, other).stdErr;
    },
  });
  if (!noise.ok) return undefined;
  const { ok: _, ...record } = noise;
  return record;
};
