import {
  approach2Bias,
  bootstrapIsoFlop,
  type Estimate,
  type Flops,
  type IsoFlop,
  type IsoFlopOptions,
  isoFlop,
  type Outcome,
  type Run,
  type Surface,
} from "@isoflop/scaling";

/** Compute of the nine isoFLOP curves of Hoffmann et al. 2022; extracted runs scatter about them. */
export const budgets: readonly Flops[] = [6e18, 1e19, 3e19, 6e19, 1e20, 3e20, 6e20, 1e21, 3e21];
/** Relative distance from its budget at which a run still belongs to it. */
export const tolerance = 0.15;

const grouping: IsoFlopOptions = { budgets, tolerance };

/** What each method says of the optimum N* ~ C^a, with 95 % bootstrap intervals. */
export interface Answer {
  readonly a: Estimate;
  /** At the target compute. */
  readonly N: Estimate;
  readonly D: Estimate;
}

/** Approach 2 with what its parabola's bias would be. */
export interface IsoFlopMethod {
  readonly fit: IsoFlop;
  readonly answer: Outcome<Answer>;
  /** Approach 2 on this grid without noise, if `surface` were the truth: exponent minus the true one, and N* relative to it. */
  readonly bias: Outcome<{ readonly a: number; readonly N: number }>;
}

export interface Resampling {
  readonly target: Flops;
  readonly resamples: number;
}

/** Parabolas of the loss in ln N at each budget and power laws through their vertices; runs are drawn again within budgets. */
export const isoFlopMethod = (
  runs: readonly Run[],
  surface: Surface,
  { target, resamples }: Resampling,
): IsoFlopMethod => {
  const fit = isoFlop(runs, grouping);
  const boot = bootstrapIsoFlop(runs, { ...grouping, resamples, seed: 1, at: [target] });
  const assigned = runs.filter((run) => !fit.unassigned.includes(run));
  const bias = approach2Bias(surface, assigned, target, grouping);
  return {
    fit,
    answer: boot.ok ? { ok: true, a: boot.N.exponent, N: boot.N.at[0]!, D: boot.D.at[0]! } : boot,
    bias: bias.ok ? { ok: true, a: bias.exponent.N, N: bias.relative.N } : bias,
  };
};
