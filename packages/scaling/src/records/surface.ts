import { choice, positive, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import { surfaceForms } from "../surface/forms/index.js";
import type { SurfaceFit } from "../surface/surface-fit.js";
import * as fields from "./fields.js";

const { anyNumber, bootstrapEstimate, coefficient, each, exponentOf, notNegative, outcome, spread } = fields;

const allocated = {
  coefficient,
  logCoefficient: exponentOf,
  exponent: exponentOf,
};
const share = record({ N: anyNumber, D: anyNumber });

const ofSize = (size: number, sound: boolean) =>
  record({
    ...fields.head("surface"),
    quantity: text,
    flopsPerToken: positive,
    status: choice(["converged", "bound", "unidentified", "stopped-early"]),
    message: v.exactOptional(text),
    form: choice(surfaceForms.names),
    theta: fields.listOf(size, sound ? fields.finite : fields.logarithm),
    degreesOfFreedom: sound ? whole({ atLeast: 1 }) : whole(),
    ...(sound ? { covariance: fields.covariance(size) } : { covariance: v.exactOptional(fields.anyMatrix(size)) }),
    parameters: each(exponentOf),
    logCoefficients: each(exponentOf),
    allocation: v.exactOptional(
      record({ N: record(allocated), D: record(allocated), loss: record({ ...allocated, floor: notNegative }) }),
    ),
    objective: record({
      name: choice(["log-huber", "log-squares", "squares"]),
      delta: v.exactOptional(positive),
      value: notNegative,
      gradientNorm: spread,
    }),
    starts: record({ tried: whole(), reachedBest: whole() }),
    condition: spread,
    points: whole(),
    residualStandardDeviation: sound ? notNegative : spread,
    sumOfSquares: notNegative,
    criteria: fields.criteria,
    lackOfFit: outcome(
      record({
        ok: fields.ok,
        statistic: spread,
        pValue: spread,
        degreesOfFreedom: fields.pairOf(spread),
        from: choice(["replicates", "known-noise"]),
      }),
    ),
    approach2Bias: v.exactOptional(
      outcome(
        record({
          ok: fields.ok,
          C: positive,
          exponent: share,
          relative: record({ N: anyNumber, D: anyNumber, loss: anyNumber }),
          flopsPerToken: positive,
        }),
      ),
    ),
    bootstrap: v.exactOptional(
      outcome(
        record({
          ok: fields.ok,
          parameters: each(bootstrapEstimate),
          allocation: each(bootstrapEstimate),
          statistics: each(bootstrapEstimate),
          covariance: v.exactOptional(fields.covariance(size)),
          seed: fields.finite,
          resamples: whole(),
          failed: whole(),
        }),
      ),
    ),
  });

/** A surface of any form there is when it is read; the form says how long θ is. */
export const surfaceFitSchema = v.lazy((value) => {
  const sizeOf = (name: string) => surfaceForms.get(name).theta.length;
  if (value === undefined)
    return v.union([...new Set(surfaceForms.names.map(sizeOf))].map((size) => ofSize(size, false)));
  const form = fields.fieldOf(value, "form");
  const size = typeof form === "string" && surfaceForms.has(form) ? sizeOf(form) : 0;
  return ofSize(size, fields.fieldOf(value, "status") === "converged");
}) as v.GenericSchema<unknown, SurfaceFit>;
