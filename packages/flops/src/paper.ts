import { positive } from "./errors.js";
import { type GridRun, isoFlopGrid } from "./grid.js";
import { ladder, ladderRules, type NamedConfig, nearest, type Setup, within } from "./ladder.js";
import { memory, precisions } from "./memory.js";
import type { Bytes, Flops } from "./units.js";

/** What the numbers of this file are from, or ours where it says so. */
export const paperSource = "arXiv 2410.08184";

/**
 * The set-up of the paper: in-context, 256×256 pixels as 32×32×4 latents, patch 2, so 256 image tokens.
 * The text length of 120 and the feature width of 768 are our defaults; the paper's are not confirmed.
 */
export const paperSetup: Setup = {
  image: { height: 32, width: 32, channels: 4 },
  patch: 2,
  conditioning: "inContext",
  context: { kind: "features", tokens: 120, dim: 768 },
};

/** Widths from 1 M to 1 B parameters, at most a factor of 2 apart. */
const widths: readonly number[] = [
  160, 192, 224, 256, 288, 320, 352, 384, 416, 448, 480, 512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536,
  1728,
];

/** The ladder of the paper, 1 M to 1 B parameters; it gives the range, the rule is ours. */
export const paperLadder: readonly NamedConfig[] = ladder(paperSetup, widths, ladderRules.sd3);

/** The paper's six fitted budgets, in FLOPs. */
export const paperBudgets: readonly Flops[] = [1e17, 3e17, 6e17, 1e18, 3e18, 6e18];

/** The budget the paper predicts and then trains at. */
export const paperHeldOutBudget: Flops = 1.5e21;

/** y = coefficient · C^exponent. */
export interface PaperLaw {
  readonly coefficient: number;
  readonly exponent: number;
}

/** The laws of the paper, equations 5 to 8, as printed. 6·N·D gives C back within 1 %. */
export const paperLaws = {
  parameters: { coefficient: 0.0009, exponent: 0.5681 },
  tokens: { coefficient: 186.8535, exponent: 0.4319 },
  loss: { coefficient: 2.3943, exponent: -0.0273 },
  fid: { coefficient: 2.2566e6, exponent: -0.234 },
} as const satisfies Record<string, PaperLaw>;

/** @throws FlopsError("plan") unless `compute` is above 0. */
export const evaluate = ({ coefficient, exponent }: PaperLaw, compute: Flops): number =>
  coefficient * positive("plan", "compute", compute) ** exponent;

/** Sizes within this factor of a budget's optimum bracket its minimum on both sides. */
export const paperReach = 4;

/** A run of the paper's grid and what it needs in mixed precision: weights, gradients, AdamW, averaged weights; saved activations of one image. */
export interface PaperRun extends GridRun {
  readonly memory: { readonly state: Bytes; readonly perImage: Bytes };
}

/**
 * The study of the paper: at its budgets the sizes of the ladder around the optima that its own law gives, and at the held-out one the
 * nearest. N is trainable parameters, D image tokens, C exact FLOPs.
 * @param batch images per step; the paper's is not confirmed
 */
export const paperGrid = (
  batch = 1024,
): { readonly fitted: readonly PaperRun[]; readonly heldOut: readonly PaperRun[] } => {
  const runs = (budgets: readonly Flops[], sizes: (optimum: number) => readonly NamedConfig[]): PaperRun[] =>
    isoFlopGrid({
      budgets,
      models: (budget) => sizes(evaluate(paperLaws.parameters, budget)),
      batch,
    }).runs.map((run) => {
      const { total, activations } = memory(run.config, { batch: 1, precision: precisions.mixed });
      return { ...run, memory: { state: total - activations, perImage: activations } };
    });
  return {
    fitted: runs(paperBudgets, (optimum) => within(paperLadder, optimum, paperReach)),
    heldOut: runs([paperHeldOutBudget], (optimum) => [nearest(paperLadder, optimum)]),
  };
};
