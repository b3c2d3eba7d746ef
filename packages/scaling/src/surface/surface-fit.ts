import { choice, positive, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import * as fields from "../records/fields.js";
import { surfaceForms } from "./forms/index.js";
import { surfaceObjectives } from "./objectives/index.js";

const { anyNumber, bootstrapEstimate, coefficient, each, exponentOf, notNegative, outcome, spread } = fields;

const share = record({ N: anyNumber, D: anyNumber });

const biasSchema = record({
  ok: fields.ok,
  /** Where the relative errors are taken. */
  C: positive,
  /** Approach-2 exponent minus the surface's own. */
  exponent: share,
  /** Approach-2 optimum over the surface's optimum, minus one, at the asked compute. */
  relative: record({ N: anyNumber, D: anyNumber, loss: anyNumber }),
  /** k of C = k·N·D, the geometric mean of the design: both optima are under it. */
  flopsPerToken: positive,
});

/** How far Approach 2 on this grid would be off if the surface were the truth and there were no noise. */
export interface Approach2Bias extends fields.Read<typeof biasSchema> {}

export const lackOfFitSchema = record({
  ok: fields.ok,
  /** F with replicated runs, χ² with known noise. */
  statistic: spread,
  /** Chance of a statistic this large if the form were right. */
  pValue: spread,
  degreesOfFreedom: fields.pairOf(spread),
  from: choice(["replicates", "known-noise"]),
});

export interface LackOfFit extends fields.Read<typeof lackOfFitSchema> {}

const bootstrapOf = (size: number) =>
  record({
    ok: fields.ok,
    parameters: each(bootstrapEstimate),
    /** Exponents and logarithms of coefficients of the {@link AllocationLaws}: "N.exponent", "N.logCoefficient" and so on. */
    allocation: each(bootstrapEstimate),
    /** The other numbers that were asked for. */
    statistics: each(bootstrapEstimate),
    /** Of θ, over the resamples; absent where some of them lack a term, or where they are too few. */
    covariance: v.exactOptional(fields.covariance(size)),
    seed: fields.finite,
    resamples: whole(),
    /** Refits that did not converge, which are left out. */
    failed: whole(),
  });

/** A surface over resamples of its runs. */
export interface SurfaceBootstrap extends fields.Read<ReturnType<typeof bootstrapOf>> {}

const law = { coefficient, logCoefficient: exponentOf, exponent: exponentOf };

const allocationSchema = record({
  N: record(law),
  D: record(law),
  /** L* = floor + coefficient · C^exponent; at its best under these forms it is exactly that. */
  loss: record({ ...law, floor: notNegative }),
  /** Where the optimum is no power of C, the C at which these touch it: they are its tangents there. */
  at: v.exactOptional(positive),
});

/** The optimum against compute. */
export interface AllocationLaws extends fields.Read<typeof allocationSchema> {}

/** y = coefficient · C^exponent (+ floor), the optimum of a surface under its C = k·N·D. */
export type AllocationLaw = AllocationLaws["N"];

const ofSize = (size: number, sound: boolean) => {
  const unknown = v.exactOptional(fields.anyMatrix(size));
  return record({
    ...fields.head("surface"),
    /** `loss`, or the metric that was fitted in its place. */
    quantity: text,
    /** k of C = k·N·D: of the runs' own C, or as it was given. All compute here is under it. */
    flopsPerToken: positive,
    /** Only `converged` may be quoted without a caveat. */
    status: choice(["converged", "bound", "unidentified", "stopped-early"]),
    /** What is at its bound or cannot be told from the data. */
    message: v.exactOptional(text),
    form: choice(surfaceForms.names),
    /** Geometric means of the runs' N and D, and of what else the form depends on. */
    centre: v.exactOptional(record({ N: positive, D: positive, inputs: v.exactOptional(fields.each(positive)) })),
    /** Least and largest compute of its runs. */
    computes: v.exactOptional(fields.pairOf(positive)),
    theta: fields.listOf(size, sound ? fields.finite : fields.logarithm),
    degreesOfFreedom: sound ? whole({ atLeast: 1 }) : whole(),
    /** Covariance of θ. Absent when the information matrix is singular. */
    covariance: sound ? (fields.covariance(size) as v.GenericSchema as typeof unknown) : unknown,
    /** By name: E, A, B, alpha, beta (or Nc, Dc, alphaN, alphaD), with delta-method standard errors. */
    parameters: each(exponentOf),
    /** Natural logarithms of the coefficients among them: what was fitted. */
    logCoefficients: each(exponentOf),
    /** N*, D* and L* against C; absent where the surface has no optimum. */
    allocation: v.exactOptional(allocationSchema),
    objective: record({
      name: choice(surfaceObjectives.names),
      /** The number that shapes it, as the corner of the Huber loss in ln L; absent where there is none. */
      width: v.exactOptional(positive),
      /** A sum over runs, never a mean. */
      value: notNegative,
      gradientNorm: spread,
    }),
    starts: record({ tried: whole(), reachedBest: whole() }),
    /** Condition number of the information matrix on centred axes. */
    condition: spread,
    points: whole(),
    /** Of ln L. */
    residualStandardDeviation: sound ? notNegative : spread,
    /** Sum of squared residuals of ln L. */
    sumOfSquares: notNegative,
    criteria: fields.criteria,
    /** Of least squares, where runs are repeated or state alike errors. */
    lackOfFit: outcome(lackOfFitSchema),
    /** How far Approach 2 on these runs would be off, at the compute that was asked. */
    approach2Bias: v.exactOptional(outcome(biasSchema)),
    /** Where it was asked for: the outcome of {@link bootstrapSurface}. */
    bootstrap: v.exactOptional(outcome(bootstrapOf(size))),
  });
};

/** A fitted loss surface with everything needed to judge it. A record: it survives JSON whole. */
export interface SurfaceFit extends fields.Read<ReturnType<typeof ofSize>> {}

/** A surface of any form there is when it is read; the form says how long θ is. */
export const surfaceFitSchema = v.lazy((value) => {
  const sizeOf = (name: string) => surfaceForms.get(name).theta.length;
  if (value === undefined)
    return v.union([...new Set(surfaceForms.names.map(sizeOf))].map((size) => ofSize(size, false)));
  const form = fields.fieldOf(value, "form");
  const size = typeof form === "string" && surfaceForms.has(form) ? sizeOf(form) : 0;
  return ofSize(size, fields.fieldOf(value, "status") === "converged");
}) as v.GenericSchema<unknown, SurfaceFit>;
