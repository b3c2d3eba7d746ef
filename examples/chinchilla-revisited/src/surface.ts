import {
  allocationExponents,
  bootstrapSurfaceAsync,
  type Estimate,
  type Executor,
  expectOk,
  optimalAllocation,
  type Run,
  type Surface,
  type SurfaceFit,
  type SurfaceObjectiveName,
  surfaceAsync,
} from "@isoflop/scaling";
import type { Answer, Resampling } from "./isoflop.js";

/** L = E + A/N^alpha + B/D^beta by one objective. */
export interface SurfaceMethod {
  readonly fit: SurfaceFit;
  /** E, A, B, alpha, beta with 95 % bootstrap intervals. */
  readonly parameters: Readonly<Record<string, Estimate>>;
  readonly answer: Answer;
}

export interface SurfaceMethodOptions extends Resampling {
  readonly objective: SurfaceObjectiveName;
  readonly executor: Executor;
}

/** @throws Error with the refusal's words where the surface, or a fifth of its resamples, cannot be fitted. */
export const surfaceMethod = async (
  runs: readonly Run[],
  { objective, executor, target, resamples }: SurfaceMethodOptions,
): Promise<SurfaceMethod> => {
  const fit = expectOk(await surfaceAsync(runs, { objective, executor }));
  const optimum = (name: "N" | "D") => (surface: Surface) => {
    const best = optimalAllocation(surface, target);
    return best.ok ? best[name] : Number.NaN;
  };
  const boot = expectOk(
    await bootstrapSurfaceAsync(fit, runs, {
      resamples,
      seed: 1,
      executor,
      statistics: { a: (surface) => allocationExponents(surface).N, N: optimum("N"), D: optimum("D") },
    }),
  );
  const { a, N, D } = boot.statistics;
  return { fit, parameters: boot.parameters, answer: { a: a!, N: N!, D: D! } };
};
