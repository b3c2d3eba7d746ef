import { choice, positive, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import { noiseSchema } from "../inference/replicate-noise.js";
import * as fields from "../records/fields.js";
import { rehearsalSchema } from "../rehearsal/record.js";
import { floorSchema, nodeSchema } from "../surface/floors/floored.js";
import { joint } from "../surface/forms/joint.js";
import { lackOfFitSchema } from "../surface/surface-fit.js";

const { estimate, exponentOf, list, notNegative, outcome, spread } = fields;

const exponent = record({
  /** d ln N* / d ln C amid its runs. */
  N: exponentOf,
  D: exponentOf,
  /** Of the loss above the floor, negative. */
  loss: exponentOf,
  /** By how much that of N changes from the smallest compute to the largest. */
  drift: exponentOf,
});

const part = record({
  /** All budgets, or those that are left without the smallest. */
  over: choice(["all", "larger"]),
  /** Smallest and largest compute of its runs. */
  computes: fields.pairOf(positive),
  points: whole({ atLeast: 1 }),
  nodes: v.pipe(list(nodeSchema(joint.theta.length)), v.minLength(1, "a list of at least 1")),
  degreesOfFreedom: whole({ atLeast: 1 }),
  sumOfSquares: notNegative,
  /** Of ln L about the surface. */
  residualStandardDeviation: notNegative,
  /** By how much errors of the law are widened, as the cells of repeated runs lie further from it than their noise has them. */
  birge: spread,
  /** Pure error against lack of fit. */
  lackOfFit: outcome(lackOfFitSchema),
  /** The noise of one run, where runs are repeated. */
  noise: v.exactOptional(noiseSchema),
  exponents: exponent,
  /** Integrated over; its profile is the weights of the nodes. */
  floor: estimate,
});

/** The joint fit of some of the budgets. */
export interface JointPart extends fields.Read<typeof part> {}

export const jointSchema = record({
  ...fields.head("joint"),
  /** `loss`, or the metric that was fitted in its place. */
  quantity: text,
  /** k of C = k·N·D, under which optima are sought. */
  flopsPerToken: positive,
  /** Geometric means of the runs' N and D. */
  centre: record({ N: positive, D: positive }),
  points: whole({ atLeast: 1 }),
  /** Of all runs: beyond it is extrapolation. */
  largest: record({ C: positive, N: positive, D: positive }),
  /** The lower bound of the floor that was measured. */
  floor: v.exactOptional(floorSchema),
  status: choice(["converged", "unidentified"]),
  message: v.exactOptional(text),
  /** All budgets first, then without the smallest where enough are left: the wider of the two is quoted. */
  parts: v.pipe(list(part), v.minLength(1, "a list of at least 1")),
  rehearsals: list(rehearsalSchema),
});

/** All isoFLOP curves in one fit, its floor integrated out. A record: it survives JSON whole. */
export interface JointFit extends fields.Read<typeof jointSchema> {}
