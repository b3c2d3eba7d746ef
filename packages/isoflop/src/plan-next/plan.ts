import { type LeftOut, type Plan, planNext, type SurfaceFit } from "@isoflop/scaling";
import { unsound, usageError } from "../exit.js";
import type { InputFile } from "../files/read.js";
import type { SavedFit } from "../fit/saved.js";
import type { LoadedRuns } from "../runs/load.js";
import { versions } from "../versions.js";
import { type Grounds, groundsOf, limitsOn } from "./grounds.js";
import type { PlanAsked } from "./options.js";

export interface PlanDocument {
  readonly command: "plan-next";
  readonly posterior: "delta" | "bootstrap";
  readonly plan: Plan;
  /** Forms that take no part, and why. */
  readonly leftOut: readonly LeftOut[];
  readonly fit: { readonly input: InputFile; readonly status: SavedFit["status"] };
  readonly versions: Readonly<Record<string, string>>;
}

/** A plan, with the runs so far where they are known. */
export interface Planned {
  readonly document: PlanDocument;
  readonly loaded: LoadedRuns | undefined;
}

export const planFrom = async (file: string | undefined, asked: PlanAsked): Promise<Planned> => {
  const grounds = await groundsOf(file, asked);
  const plan = planOn(grounds, asked, asked.allowance);
  const { input, status, leftOut, loaded } = grounds;
  return {
    document: {
      command: "plan-next",
      posterior: asked.posterior,
      plan,
      leftOut,
      fit: { input, status },
      versions: versions("@isoflop/scaling"),
    },
    loaded,
  };
};

/** @throws CliError `unsound` where there is none */
export const planOn = ({ from, times, recipe, loaded }: Grounds, asked: PlanAsked, allowance: number): Plan => {
  const { target, optimum: quantity, posterior } = asked;
  const outcome = planNext(from, {
    ...limitsOn({ runs: loaded?.runs, recipe }, asked),
    target: { C: target, quantity },
    allowance,
    times: times?.ok ? times : undefined,
    covariance: posterior === "bootstrap" ? bootstrapCovariance(from as SurfaceFit) : undefined,
  });
  if (!outcome.ok) throw unsound(`${outcome.reason}: ${outcome.message}`);
  const { ok: _, ...plan } = outcome;
  return plan;
};

const bootstrapCovariance = ({ bootstrap }: SurfaceFit) => {
  if (!bootstrap) throw usageError("--posterior bootstrap needs a fit surface with --bootstrap");
  if (!bootstrap.ok) throw unsound(`${bootstrap.reason}: ${bootstrap.message}`);
  if (bootstrap.covariance) return bootstrap.covariance;
  throw unsound(
    "unidentified: the resamples give no covariance, as some lack a term or they are too few; use --posterior delta",
  );
};
