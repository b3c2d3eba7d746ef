import type { LearningRateRule } from "@isoflop/dit";
import type { Conditioning, Flops, LadderRuleName } from "@isoflop/flops";

/** Everything that decides a study but its data source, seed and device. */
export interface Preset {
  readonly name: string;
  readonly summary: string;
  /** Fitted budgets, increasing. */
  readonly budgets: readonly Flops[];
  /** Predicted first, then trained: at least three times the largest fitted budget. */
  readonly heldOut: Flops;
  /** Widths tried at a budget. */
  widths(budget: Flops): readonly number[];
  /** The one rule for depth and heads. */
  readonly ladder: LadderRuleName;
  /** Widths the held-out model may have. */
  readonly heldOutWidths: readonly number[];
  /** Pixels per side, and pixels per side of a patch. */
  readonly image: 16 | 32;
  readonly patch: number;
  /** How time and caption reach the blocks. */
  readonly conditioning: Conditioning;
  /** Images per step, the same for all sizes. */
  readonly batch: number;
  readonly learningRate: LearningRateRule;
  readonly captionDropout: number;
  readonly validationImages: number;
  /** Samples drawn from the held-out model, and how. */
  readonly samples: { readonly count: number; readonly steps: number; readonly guidance: number };
}

const multiplesOf = (step: number, from: number, to: number): number[] =>
  Array.from({ length: (to - from) / step + 1 }, (_, i) => from + i * step);

/** The widths nearest to a centre that moves with the budget as C^slope, spread by a constant ratio. */
const around =
  (
    centre: { readonly budget: Flops; readonly width: number },
    slope: number,
    ratio: number,
    count: number,
    step: number,
  ) =>
  (budget: Flops): readonly number[] => {
    const middle = centre.width * (budget / centre.budget) ** slope;
    const wanted = Array.from({ length: count }, (_, i) => middle * ratio ** (i - (count - 1) / 2));
    const widths = new Set<number>();
    for (const width of wanted) {
      let rounded = Math.max(2 * step, Math.round(width / step) * step);
      while (widths.has(rounded)) rounded += step;
      widths.add(rounded);
    }
    return [...widths].sort((a, b) => a - b);
  };

/** Minutes on two cores without a GPU. */
export const quick: Preset = {
  name: "quick",
  summary: "four budgets of five sizes and one held out: minutes on two cores without a GPU",
  budgets: [1e11, 1.7e11, 3e11, 5e11],
  heldOut: 1.5e12,
  widths: around({ budget: 2e11, width: 30 }, 0.25, 1.4, 5, 8),
  ladder: "shallow",
  heldOutWidths: multiplesOf(8, 16, 128),
  image: 16,
  patch: 2,
  conditioning: "inContext",
  batch: 16,
  learningRate: { base: 1.15e-2, baseWidth: 32, exponent: 0.15 },
  captionDropout: 0.1,
  validationImages: 1024,
  samples: { count: 24, steps: 25, guidance: 2 },
};

/** About an hour on a laptop's GPU, by its arithmetic: centred on the optima that `quick` finds, extrapolated. */
export const laptop: Preset = {
  ...quick,
  name: "laptop",
  summary: "five budgets of seven sizes at 32 pixels and one held out: about an hour on a laptop's GPU",
  budgets: [3e12, 6e12, 1.2e13, 2.5e13, 5e13],
  heldOut: 2e14,
  widths: around({ budget: 1.2e13, width: 64 }, 0.19, 1.25, 7, 8),
  ladder: "halfRoot",
  heldOutWidths: multiplesOf(8, 32, 512),
  image: 32,
  batch: 16,
  learningRate: { base: 5e-3, baseWidth: 64, exponent: 0.5 },
  validationImages: 2048,
  samples: { count: 24, steps: 50, guidance: 2 },
};

export const presets: Readonly<Record<string, Preset>> = { quick, laptop };
