import {
  type BudgetProfile,
  bootstrapIsoFlop,
  type DroppedBudget,
  groupByBudget,
  type IntervalKind,
  type IsoFlop,
  type IsoFlopBootstrap,
  type IsoFlopOptions,
  type IsoFlopResampling,
  isInterior,
  isoFlop,
  type Outcome,
  type Parabola,
  type PowerLaw,
  type SaturatingLaw,
  saturatingLaw,
} from "@isoflop/scaling";
import type { Dropped, LoadedRuns } from "../../runs/load.js";
import { versions } from "../../versions.js";
import { progress } from "../../words/progress.js";
import { type FitHead, pointsOf } from "../saved.js";

export interface IsoFlopChoices {
  readonly x?: "N" | "D";
  readonly loss?: "raw" | "log";
  readonly optimum?: "parabola" | "huber" | "akima";
  readonly tolerance?: number;
  readonly budgets?: readonly number[];
  readonly quantity?: string;
  readonly bootstrap?: number;
  readonly resample?: IsoFlopResampling;
  readonly interval?: IntervalKind;
  readonly seed?: number;
}

/** A parabola without its residuals; their sum of squares is the objective. */
type ParabolaSummary = Omit<Parabola, "residuals" | "leverages"> & { readonly objective: number };

type Summarised<P> = P extends BudgetProfile
  ? Omit<P, "parabola"> & { readonly parabola?: { readonly N: ParabolaSummary; readonly D: ParabolaSummary } }
  : never;

export interface IsoFlopDocument extends FitHead<"fit isoflop"> {
  readonly choices: IsoFlop["choices"];
  readonly laws: {
    readonly N: Outcome<PowerLaw>;
    readonly D: Outcome<PowerLaw>;
    readonly loss: Outcome<PowerLaw>;
    /** L = E + A·C^−α through the same optima. */
    readonly lossWithFloor: Outcome<SaturatingLaw>;
  };
  readonly budgets: readonly Summarised<BudgetProfile>[];
  readonly droppedBudgets: readonly DroppedBudget[];
  readonly noise: IsoFlop["noise"];
  readonly bootstrap?: Outcome<IsoFlopBootstrap> & { readonly seed: number };
}

/** Groups runs by compute, finds each budget's optimum and the laws through the optima. */
export const fitIsoFlop = (loaded: LoadedRuns, choices: IsoFlopChoices = {}): IsoFlopDocument => {
  const options: IsoFlopOptions = {
    ...(choices.x && { axis: choices.x }),
    ...(choices.loss && { scale: choices.loss }),
    ...(choices.optimum && { optimum: choices.optimum }),
    ...(choices.tolerance !== undefined && { tolerance: choices.tolerance }),
    ...(choices.budgets && { budgets: choices.budgets }),
    ...(choices.quantity && { quantity: choices.quantity }),
  };
  const { runs } = loaded;
  const fit = isoFlop(runs, options);
  const optima = fit.budgets.filter(isInterior);
  const lossWithFloor = saturatingLaw(
    optima.map(({ C }) => C),
    optima.map(({ optimum }) => optimum.loss.value),
  );
  const { N, D, loss } = fit;
  const refused = [N, D, loss].find((law) => !law.ok);
  return {
    command: "fit isoflop",
    ok: refused === undefined,
    status: refused && !refused.ok ? refused.reason : "converged",
    ...(refused && !refused.ok && { message: refused.message }),
    laws: { N, D, loss, lossWithFloor },
    budgets: fit.budgets.map(summarise),
    droppedBudgets: fit.dropped,
    noise: fit.noise,
    ...(choices.bootstrap !== undefined && { bootstrap: resampled(loaded, options, choices, choices.bootstrap) }),
    choices: fit.choices,
    points: pointsOf(loaded, refusedRows(loaded, fit)),
    input: loaded.origin,
    versions: versions("@isoflop/scaling"),
  };
};

const resampled = ({ runs }: LoadedRuns, options: IsoFlopOptions, choices: IsoFlopChoices, resamples: number) => {
  const { onProgress, end } = progress("bootstrap");
  const { resample, interval, seed = 0 } = choices;
  const outcome = bootstrapIsoFlop(runs, {
    ...options,
    resamples,
    seed,
    onProgress,
    ...(resample && { resample }),
    ...(interval && { interval }),
  });
  end();
  return { ...outcome, seed };
};

const summarise = (profile: BudgetProfile): Summarised<BudgetProfile> => {
  const { parabola, ...rest } = profile;
  return parabola ? { ...rest, parabola: { N: brief(parabola.N), D: brief(parabola.D) } } : rest;
};

const brief = ({ residuals, leverages: _, ...rest }: Parabola): ParabolaSummary => ({
  ...rest,
  objective: residuals.reduce((sum, r) => sum + r * r, 0),
});

/** Rows that enter no law, each with the reason of its budget. */
const refusedRows = ({ runs }: LoadedRuns, fit: IsoFlop): Dropped[] => {
  const { tolerance, budgets } = fit.choices;
  const refused = groupByBudget(runs, tolerance, budgets).flatMap((budget, b) => {
    const profile = fit.budgets[b]!;
    if (isInterior(profile)) return [];
    return budget.runs.map((run): Dropped => ({ row: run.row!, reason: profile.status, message: profile.message }));
  });
  const far = `further than ${tolerance} from every budget that was named`;
  return [
    ...refused,
    ...fit.unassigned.map(({ row, C }): Dropped => ({ row: row!, reason: "no-budget", message: `C = ${C} is ${far}` })),
  ];
};

/** The library's fit again, for predictions. Residuals are not saved, and predictions do not read them. */
export const isoFlopOf = (document: IsoFlopDocument): IsoFlop => {
  const { laws, budgets, droppedBudgets, noise, choices } = document;
  const whole = (parabola: ParabolaSummary): Parabola => ({ ...parabola, residuals: [], leverages: [] });
  return {
    unassigned: [],
    budgets: budgets.map(
      ({ parabola, ...rest }): BudgetProfile => ({
        ...rest,
        parabola: parabola && { N: whole(parabola.N), D: whole(parabola.D) },
      }),
    ),
    N: laws.N,
    D: laws.D,
    loss: laws.loss,
    dropped: droppedBudgets,
    noise,
    choices,
  };
};
