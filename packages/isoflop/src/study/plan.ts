import type { DataSource } from "@isoflop/data";
import { learningRateFor } from "@isoflop/dit";
import { conventions, type DitConfig, type Flops, parameters } from "@isoflop/flops";
import { type DataSpec, type GridRun, isoFlopGrid } from "@isoflop/sweep";
import type { Preset } from "./preset.js";

/** A study before anything has run. */
export interface StudyPlan {
  readonly preset: Preset;
  readonly data: DataSpec;
  readonly seed: number;
  /** Every fitted run, smallest budget first. */
  readonly grid: readonly GridRun[];
  /** The held-out run at a given size. */
  heldOut(width: number): GridRun;
  /** The width whose non-embedding parameters are nearest to `n` in ratio. */
  widthFor(n: number): number;
}

/** FLOPs are counted as the program spends them: attention's backward pass computes the scores again. */
export const CONVENTION = conventions.exactFused;

/** Lays out the grid for a source of images and captions. */
export const planStudy = (preset: Preset, data: DataSpec, source: DataSource, seed: number): StudyPlan => {
  const model = (width: number): DitConfig => ({
    image: { height: preset.image, width: preset.image, channels: 3 },
    patch: preset.patch,
    ...preset.size(width),
    conditioning: preset.conditioning,
    context: { kind: "words", tokens: source.captionLength, vocabulary: source.vocabulary.size },
  });
  const named = (width: number) => ({ name: `${width}x${preset.size(width).depth}`, config: model(width) });
  const grid = (budgets: readonly Flops[], widths: (budget: Flops) => readonly number[]): readonly GridRun[] =>
    isoFlopGrid({
      budgets,
      sizes: (budget) => widths(budget).map(named),
      base: {
        data,
        seed,
        captionDropout: preset.captionDropout,
        validation: { split: "validation", images: preset.validationImages },
      },
      batch: preset.batch,
      learningRate: ({ width }) => learningRateFor(width, preset.learningRate),
      convention: CONVENTION,
    });
  const sizes = preset.heldOutWidths.map((width) => ({ width, n: parameters(model(width)).nonEmbedding }));
  return {
    preset,
    data,
    seed,
    grid: grid(preset.budgets, (budget) => preset.widths(budget)),
    heldOut: (width) => grid([preset.heldOut], () => [width])[0]!,
    widthFor: (n) =>
      sizes.reduce((best, size) => (Math.abs(Math.log(size.n / n)) < Math.abs(Math.log(best.n / n)) ? size : best))
        .width,
  };
};
