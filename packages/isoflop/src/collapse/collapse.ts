import { type Collapse, collapse, type DroppedRun, type RefusalReason } from "@isoflop/scaling";
import type { InputFile } from "../files/read.js";
import { versions } from "../versions.js";
import { type CurvesInput, loadCurves } from "./read.js";

export interface CollapseAsked {
  readonly floor?: number;
  readonly from: number;
  readonly level: number;
  readonly draws: number;
  readonly seed: number;
  readonly quantity: string;
}

export interface CollapseDocument {
  readonly command: "collapse";
  readonly ok: boolean;
  readonly status: "converged" | RefusalReason;
  readonly message?: string;
  readonly input: InputFile;
  readonly curves: { readonly all: number; readonly used: number; readonly dropped: readonly DroppedRun[] };
  readonly versions: Readonly<Record<string, string>>;
  /** Absent where it was refused. */
  readonly collapse?: Collapse;
}

/** The curves of a sweep held against each other. */
export const collapseFrom = async (input: CurvesInput, asked: CollapseAsked): Promise<CollapseDocument> => {
  const { curves, origin, dropped, all } = await loadCurves(input);
  const { floor, from, level, draws, seed, quantity } = asked;
  const outcome = collapse(curves, { floor, from, level, draws, seed, quantity });
  const { ok } = outcome;
  const document = {
    ...({ command: "collapse", ok, input: origin } as const),
    curves: { all, used: curves.length, dropped },
    versions: versions("@isoflop/scaling"),
  };
  if (!outcome.ok) return { ...document, status: outcome.reason, message: outcome.message };
  const { ok: _, ...found } = outcome;
  return { ...document, status: "converged", collapse: found };
};
