import { type Executor, inlineExecutor } from "@isoflop/scaling";
import { compareForms, type FormRow, type Unfiltered, withoutFilter } from "./choices.js";
import { type IsoFlopMethod, isoFlopMethod, type Resampling } from "./isoflop.js";
import { type Reference, type ReferenceName, referenceAt } from "./reference.js";
import type { Loaded } from "./runs.js";
import { type SurfaceMethod, surfaceMethod } from "./surface.js";

/** Four methods on one table of runs, and what the choices around them decide. */
export interface Analysis extends Resampling {
  readonly loaded: Loaded;
  readonly reference: Reference | undefined;
  readonly isoFlop: IsoFlopMethod;
  readonly huber: SurfaceMethod;
  readonly squares: SurfaceMethod;
  readonly logSquares: SurfaceMethod;
  readonly forms: readonly FormRow[];
  readonly unfiltered: Unfiltered;
}

export interface AnalysisOptions extends Resampling {
  readonly reference: ReferenceName;
  readonly executor?: Executor;
}

/** Seeded: the same runs give the same numbers, wherever the fits are computed. */
export const analyse = async (
  loaded: Loaded,
  { target, resamples, reference, executor = inlineExecutor }: AnalysisOptions,
): Promise<Analysis> => {
  const { used, all } = loaded;
  const surface = (objective: "log-huber" | "squares" | "log-squares") =>
    surfaceMethod(used, { objective, executor, target, resamples });
  const huber = await surface("log-huber");
  return {
    target,
    resamples,
    loaded,
    reference: referenceAt(reference, target),
    isoFlop: isoFlopMethod(used, huber.fit, { target, resamples }),
    huber,
    squares: await surface("squares"),
    logSquares: await surface("log-squares"),
    forms: await compareForms(used, executor),
    unfiltered: await withoutFilter(all, executor),
  };
};
