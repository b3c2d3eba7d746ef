import { type Plan, planNext, type SurfaceFit } from "@isoflop/scaling";
import { unsound, usageError } from "../exit.js";
import type { InputFile } from "../files/read.js";
import type { SavedFit } from "../fit/saved.js";
import { type FitSource, sourceFrom } from "../fit/source.js";
import type { LoadedRuns } from "../runs/load.js";
import { versions } from "../versions.js";

export interface PlanAsked extends Omit<FitSource, "quantity"> {
  readonly allowance: number;
  readonly target: number;
  readonly quantity: "loss" | "N" | "D";
  readonly posterior: "delta" | "bootstrap";
  readonly runCompute?: readonly [number, number];
  readonly sizeFactor?: number;
  readonly maxRuns?: number;
  readonly noise?: number;
}

export interface PlanDocument {
  readonly command: "plan-next";
  readonly posterior: "delta" | "bootstrap";
  readonly plan: Plan;
  readonly fit: { readonly input: InputFile; readonly status: SavedFit["status"] };
  readonly versions: Readonly<Record<string, string>>;
}

/** A plan, with the runs so far where they are known. */
export interface Planned {
  readonly document: PlanDocument;
  readonly loaded: LoadedRuns | undefined;
}

export const planFrom = async (file: string | undefined, asked: PlanAsked): Promise<Planned> => {
  const { allowance, target, quantity, posterior, runCompute, sizeFactor, maxRuns, noise, ...source } = asked;
  const { saved, loaded } = await sourceFrom(file, source);
  const { command, fit, status, message, input } = saved;
  if (command !== "fit surface") throw usageError(`a ${command} cannot be planned with; expected a fit surface`);
  // A plan on a surface that its own data do not determine would be a plan on nothing.
  if (fit?.record !== "surface" || status !== "converged") throw unsound(`${status}: ${message}`);
  const outcome = planNext(fit, {
    target: { C: target, quantity },
    allowance,
    runCompute,
    sizeFactor,
    maximumRuns: maxRuns,
    noise,
    covariance: posterior === "bootstrap" ? bootstrapCovariance(fit) : undefined,
  });
  if (!outcome.ok) throw unsound(`${outcome.reason}: ${outcome.message}`);
  const { ok: _, ...plan } = outcome;
  const document = {
    command: "plan-next",
    posterior,
    plan,
    fit: { input, status },
    versions: versions("@isoflop/scaling"),
  } as const;
  return { document, loaded };
};

const bootstrapCovariance = ({ bootstrap }: SurfaceFit) => {
  if (!bootstrap) throw usageError("--posterior bootstrap needs a fit surface with --bootstrap");
  if (!bootstrap.ok) throw unsound(`${bootstrap.reason}: ${bootstrap.message}`);
  if (bootstrap.covariance) return bootstrap.covariance;
  throw unsound(
    "unidentified: the resamples give no covariance, as some lack a term or they are too few; use --posterior delta",
  );
};
