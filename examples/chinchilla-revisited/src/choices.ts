import {
  allocationExponents,
  type Executor,
  expectOk,
  type FitStatus,
  type Run,
  type SurfaceFormName,
  surfaceAsync,
  surfaceForms,
} from "@isoflop/scaling";

/** A form of the surface, fitted by least squares of ln L. */
export interface FormRow {
  readonly form: SurfaceFormName;
  readonly status: FitStatus;
  /** Corrected Akaike criterion above that of the best form. */
  readonly deltaAicc: number;
}

/** Whether the data want a floor, and exponents of their own for N and D. */
export const compareForms = async (runs: readonly Run[], executor: Executor): Promise<FormRow[]> => {
  const rows: { form: SurfaceFormName; status: FitStatus; aicc: number }[] = [];
  for (const form of surfaceForms.names) {
    const fit = expectOk(await surfaceAsync(runs, { form, objective: "log-squares", executor }));
    rows.push({ form, status: fit.status, aicc: fit.criteria.aicc });
  }
  const best = Math.min(...rows.map(({ aicc }) => aicc));
  return rows.map(({ form, status, aicc }) => ({ form, status, deltaAicc: aicc - best }));
};

/** The log-Huber surface of all runs. */
export interface Unfiltered {
  readonly a: number;
  readonly alpha: number;
  readonly beta: number;
}

/** The log-Huber fit with the runs of highest loss left in: what the filter decides. */
export const withoutFilter = async (all: readonly Run[], executor: Executor): Promise<Unfiltered> => {
  const fit = expectOk(await surfaceAsync(all, { objective: "log-huber", executor }));
  const { alpha, beta } = fit.parameters;
  return { a: allocationExponents(fit).N, alpha: alpha!.value, beta: beta!.value };
};
