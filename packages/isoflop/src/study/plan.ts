import type { DataSource } from "@isoflop/data";
import { learningRateFor } from "@isoflop/dit";
import { type Flops, ladderRules, type NamedConfig, nearest, type Parameters } from "@isoflop/flops";
import { contentOf, type DataSpec, type SweepRun, sweepGrid } from "@isoflop/sweep";
import { setupFor } from "@isoflop/train";
import type { Preset } from "./preset.js";

/** A study before anything has run. */
export interface StudyPlan {
  readonly preset: Preset;
  readonly data: DataSpec;
  readonly seed: number;
  /** Every fitted run, smallest budget first. */
  readonly grid: readonly SweepRun[];
  /** Models that the held-out run may have. */
  readonly candidates: readonly NamedConfig[];
  /** The held-out run of the candidate whose non-embedding parameters are nearest to `n` in ratio. */
  heldOut(n: Parameters): SweepRun;
}

/** Lays out the grid for a source of images and captions. */
export const planStudy = (preset: Preset, data: DataSpec, source: DataSource, seed: number): StudyPlan => {
  const { patch, conditioning } = preset;
  const setup = setupFor(source, { patch, conditioning });
  const model = (width: number): NamedConfig => {
    const size = ladderRules[preset.ladder](width);
    return { name: `${width}x${size.depth}`, config: { ...setup, ...size } };
  };
  const grid = (budgets: readonly Flops[], models: (budget: Flops) => readonly NamedConfig[]) =>
    sweepGrid({
      budgets,
      models,
      base: {
        data,
        content: contentOf(source),
        seed,
        captionDropout: preset.captionDropout,
        validation: { split: "validation", images: preset.validationImages },
      },
      batch: preset.batch,
      learningRate: ({ width }) => learningRateFor(width, preset.learningRate),
    });
  const candidates = preset.heldOutWidths.map(model);
  return {
    ...{ preset, data, seed, candidates },
    grid: grid(preset.budgets, (budget) => preset.widths(budget).map(model)),
    heldOut: (n) => grid([preset.heldOut], () => [nearest(candidates, n, "nonEmbedding")])[0]!,
  };
};
