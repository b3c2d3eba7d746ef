import { type Outcome, type SeedNoise, seedNoise } from "@isoflop/scaling";
import { pairedLosses, type RunStore, unlikeSamples, type ValidationLosses } from "@isoflop/sweep";
import { type DoneRun, pointsOf } from "./point.js";

/**
 * How much runs of one size and budget differ that differ in their seeds, and what of it is the validation's, where they kept the losses of the same
 * samples.
 * @throws SweepError `record` for a file of losses that is not whole
 */
export const seedNoiseOf = async (
  runs: readonly DoneRun[],
  store: Pick<RunStore, "losses">,
): Promise<Outcome<SeedNoise>> => {
  const points = pointsOf(runs);
  const alone = seedNoise(points);
  if (!alone.ok) return alone;
  const kept = new Map<string | undefined, ValidationLosses>();
  for (const { id } of runs) {
    const losses = await store.losses(id);
    if (losses) kept.set(id, losses);
  }
  return seedNoise(points, {
    validation({ label: a }, { label: b }) {
      const [ofA, ofB] = [kept.get(a), kept.get(b)];
      return ofA && ofB && unlikeSamples(ofA, ofB) === undefined ? pairedLosses(ofA, ofB).stdErr : undefined;
    },
  });
};
