import { readFileSync } from "node:fs";
import { dropHighestLoss, parseRuns, type Run } from "../src/index.js";

export const read = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8");

export const csv = (name: string): readonly Run[] => parseRuns(read(`${name}.csv`)).runs;

/** Besiroglu et al.: the five runs of highest loss are left out. */
export const epoch = (drop = 5): readonly Run[] => {
  const columns = { C: "Training FLOP", N: "Model Size", loss: "loss" };
  return dropHighestLoss(parseRuns(read("chinchilla_epoch_svg.csv"), { columns }).runs, drop).runs;
};

export const llama3 = (): readonly Run[] =>
  parseRuns(read("llama3_isoflops.csv"), {
    columns: { C: "compute_budget", D: "training_tokens", loss: "validation_loss" },
  }).runs;

export const porian = (config: string): readonly Run[] =>
  parseRuns(read("porian_owt2_isoflops.csv"), { columns: { label: "config" } }).runs.filter(
    (run) => run.label === config,
  );

export const dit = (name: "exact" | "noisy"): readonly Run[] =>
  parseRuns(read(`dit_isoflop_${name}.csv`), { columns: { metrics: { fid: "fid" } } }).runs;

export interface LawReference {
  readonly exponent: number;
  readonly log_coef: number;
  readonly exponent_se: number;
  readonly log_coef_se: number;
  readonly r2: number;
  readonly n: number;
}

export interface IsoFlopReference {
  readonly [fit: string]: {
    readonly budgets: readonly {
      readonly C: number;
      readonly N_star: number;
      readonly L_star: number;
      readonly used?: boolean;
    }[];
    readonly N_opt: LawReference;
    readonly D_opt?: LawReference;
    readonly L_opt_powerlaw?: LawReference;
  };
}

export interface SurfaceReference {
  readonly objective?: number;
  readonly rss?: number;
  readonly E: number;
  readonly A: number;
  readonly B: number;
  readonly alpha: number;
  readonly beta: number;
}

/** Reference fits made with numpy and scipy. The shape is asserted where it is read. */
export const expected = JSON.parse(read("expected.json"));
export const synthetic = JSON.parse(read("synthetic_expected.json"));
