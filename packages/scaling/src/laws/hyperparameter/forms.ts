import { type Named, registry } from "@isoflop/spec";

/** What a paper lets the best hyperparameters depend on. */
export interface HyperparameterForm extends Named {
  readonly formula: string;
  /** Predictors of each hyperparameter that the paper has a law for. */
  readonly laws: Readonly<Record<string, readonly string[]>>;
  readonly source: string;
}

/** Forms of the literature by name. Only which numbers each law has is here; coefficients are fitted. */
export const hyperparameterForms = registry<HyperparameterForm>("form of hyperparameter law", [
  {
    name: "deepseek",
    formula: "lr = c · C^γ, batch = c · C^γ",
    laws: { lr: ["C"], batch: ["C"] },
    source: "DeepSeek-AI 2024, 2401.02954, eq. 1",
  },
  {
    name: "step-law",
    formula: "lr = c · N^γ · D^δ, batch = c · D^δ",
    laws: { lr: ["N", "D"], batch: ["D"] },
    source: "Li et al. 2025, 2503.04715",
  },
  {
    name: "power-lines",
    formula: "batch/lr/weightDecay/D = c · (D/N)^γ, batch = c · D^δ",
    laws: { "batch/lr/weightDecay/D": ["D/N"], batch: ["D"] },
    source: "Bergsma et al. 2025, 2505.13738: the timescale of AdamW's average as a share of training",
  },
]);
