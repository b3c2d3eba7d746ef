import { type Plan, planNext } from "@isoflop/scaling";
import { unsound, usageError } from "../exit.js";
import type { InputFile } from "../files/read.js";
import { type FitSource, sourceFrom } from "../fit/source.js";
import { asSixND } from "../fit/surface/allocation.js";
import { type SurfaceDocument, surfaceOf } from "../fit/surface/fit.js";
import type { LoadedRuns } from "../runs/load.js";
import { versions } from "../versions.js";

export interface PlanChoices extends Omit<FitSource, "quantity"> {
  readonly allowance: number;
  readonly target: number;
  readonly quantity: "loss" | "N" | "D";
  readonly posterior: "delta" | "bootstrap";
  readonly runCompute?: readonly [number, number];
  readonly sizeFactor?: number;
  readonly maxRuns?: number;
  readonly noise?: number;
}

export interface PlanDocument extends Plan {
  readonly command: "plan-next";
  readonly target: { readonly C: number; readonly quantity: "loss" | "N" | "D" };
  readonly allowance: number;
  readonly posterior: "delta" | "bootstrap";
  readonly fit: { readonly input: InputFile; readonly status: SurfaceDocument["status"] };
  readonly versions: Readonly<Record<string, string>>;
}

/** A plan with what it was made from. */
export interface Planned {
  readonly document: PlanDocument;
  readonly fit: SurfaceDocument;
  readonly loaded: LoadedRuns | undefined;
}

export const planFrom = async (file: string | undefined, choices: PlanChoices): Promise<Planned> => {
  const { allowance, quantity, posterior, ...rest } = choices;
  const { fit, loaded } = await sourceFrom(file, rest);
  if (fit.command !== "fit surface")
    throw usageError(`a ${fit.command} cannot be planned with; expected a fit surface`);
  // A plan on a surface that its own data do not determine would be a plan on nothing.
  if (!fit.fit || fit.status !== "converged") throw unsound(`${fit.status}: ${fit.message}`);
  const target = { C: choices.target, quantity };
  // The library plans under 6ND; what the study calls C goes in and comes out by its own rule.
  const k = fit.flopsPerToken;
  const [low, high] = choices.runCompute ?? [];
  const outcome = planNext(surfaceOf(fit, fit.fit), {
    target: { ...target, C: asSixND(target.C, k) },
    allowance: asSixND(allowance, k),
    ...(low !== undefined && high !== undefined && { runCompute: [asSixND(low, k), asSixND(high, k)] as const }),
    ...(choices.sizeFactor !== undefined && { sizeFactor: choices.sizeFactor }),
    ...(choices.maxRuns !== undefined && { maximumRuns: choices.maxRuns }),
    ...(choices.noise !== undefined && { noise: choices.noise }),
    ...(posterior === "bootstrap" && { covariance: bootstrapCovariance(fit) }),
  });
  if (!outcome.ok) throw unsound(`${outcome.reason}: ${outcome.message}`);
  const ownCompute = (runs: Plan["runs"]) => runs.map((run) => ({ ...run, C: (run.C * k) / 6 }));
  const plan = {
    runs: ownCompute(outcome.runs),
    cost: (outcome.cost * k) / 6,
    standardError: outcome.standardError,
    evenGrid: ownCompute(outcome.evenGrid),
    evenGridCost: (outcome.evenGridCost * k) / 6,
  };
  const document = {
    command: "plan-next",
    target,
    allowance,
    posterior,
    ...plan,
    fit: { input: fit.input, status: fit.status },
    versions: versions("@isoflop/scaling"),
  } as const;
  return { document, fit, loaded };
};

const bootstrapCovariance = ({ bootstrap }: SurfaceDocument) => {
  if (!bootstrap) throw usageError("--posterior bootstrap needs a fit surface with --bootstrap");
  if (!bootstrap.ok) throw unsound(`${bootstrap.reason}: ${bootstrap.message}`);
  if (bootstrap.covariance) return bootstrap.covariance;
  throw unsound(
    "unidentified: the resamples give no covariance, as some lack a term or they are too few; use --posterior delta",
  );
};
