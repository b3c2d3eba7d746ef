import { choice, positive, record, text } from "@isoflop/spec";
import * as v from "valibot";
import * as fields from "../records/fields.js";

const { anyNumber, each, estimateOf, list, notNegative, predicted } = fields;

const number = estimateOf(anyNumber);
const part = choice(["N", "D", "floor"]);

const term = record({
  of: part,
  /** What of the loss it is, in the unit of the loss. */
  amount: number,
  /** The same as a share of the loss; shares add up to one. */
  share: number,
});

/** A part of the loss: what the size leaves over, what the tokens leave over, or the floor. */
export interface LossTerm extends fields.Read<typeof term> {}

const step = record({
  /** What is done: "N", "D" or "N and D" doubled; "C" doubled and spent at its best; "moved" to the best model of the same compute. */
  step: choice(["N", "D", "N and D", "C", "moved"]),
  N: positive,
  D: positive,
  C: positive,
  loss: predicted,
  /** By how much the loss is less. */
  gain: number,
});

/** What a change of the model or its data would do. */
export interface DiagnosisStep extends fields.Read<typeof step> {}

const optimum = record({
  ok: fields.ok,
  /** The best model of the same compute. */
  N: predicted,
  D: predicted,
  loss: predicted,
  /** The model's size over the best one. */
  ratio: number,
  /** Compute beyond what an optimal model of this loss needs, as a share of that. */
  deadweight: anyNumber,
});

const half = record({
  ok: fields.ok,
  /** The floor and half of what is above it now. */
  loss: positive,
  /** Least compute that reaches it, and how many times that of now. */
  C: predicted,
  N: predicted,
  D: predicted,
  factor: number,
});

const frontierPoint = record({
  C: positive,
  N: positive,
  D: positive,
  loss: positive,
  /** The parts of the loss, in its unit. */
  terms: record({ N: anyNumber, D: anyNumber, floor: notNegative }),
});

const parts = record({
  ok: fields.ok,
  /** What size, tokens and floor have of the loss. */
  terms: list(term),
  /** The loss if that alone were infinite. */
  limits: record({ N: number, D: number }),
  /** The largest term, by how much of the loss it is ahead of the next, and whether the interval of that excludes zero. */
  dominant: record({ of: part, lead: number, clear: v.boolean("true or false") }),
});

export const diagnosisSchema = record({
  ...fields.head("diagnosis"),
  /** `loss`, or the metric that was fitted in its place. */
  quantity: text,
  form: text,
  flopsPerToken: positive,
  given: record({ N: positive, D: positive, C: positive, inputs: v.exactOptional(each(positive)) }),
  loss: predicted,
  /** Of what the loss is; refused where the form has no limit as the size or the tokens grow. */
  parts: fields.outcome(parts),
  /** ∂ ln L / ∂ ln N and ∂ ln L / ∂ ln D: equal where the compute is spent at its best. */
  elasticity: record({ N: number, D: number }),
  steps: list(step),
  optimum: fields.outcome(optimum),
  half: fields.outcome(half),
  /** The best models over a range of compute about the given one; none without an optimum or without limits. */
  frontier: list(frontierPoint),
});

/** Where the loss of a model comes from, and what would lessen it. A record: it survives JSON whole. */
export interface Diagnosis extends fields.Read<typeof diagnosisSchema> {}

/** Which part of the loss a term is. */
export type TermName = LossTerm["of"];
