import { record } from "@isoflop/spec";
import * as v from "valibot";
import * as fields from "../records/fields.js";

const { exponentOf, notNegative, spread } = fields;

export const parabolaSchema = fields.whereFree(
  {
    /** Vertex, in natural-log units; where the loss does not bend there is none. */
    x: exponentOf,
    /** Value at the vertex. */
    y: exponentOf,
    /** κ, in units of y per squared natural log. */
    curvature: exponentOf,
    /** Variance of y* in units of the noise variance: the leverage of the vertex. */
    vertexLeverage: spread,
    /** Standard errors of x* and y* from the known noise of the points; absent unless every point carries a sigma. */
    fromKnownNoise: v.exactOptional(record({ x: spread, y: spread })),
    /** Of the residuals. */
    sumOfSquares: notNegative,
    residuals: fields.list(fields.finite),
    /** Diagonal of the hat matrix: how much each point determines its own fitted value. */
    leverages: fields.list(fields.finite),
  },
  /** Noise variance from the residuals; NaN with three points. */
  { residualVariance: notNegative },
  { residualVariance: spread },
);

/** A parabola y = y* + κ (x − x*)², x the natural log of N or D; a second-order expansion of the loss about its minimum. */
export interface Parabola extends fields.Read<typeof parabolaSchema> {}
