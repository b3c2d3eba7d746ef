import { choice, record, whole } from "@isoflop/spec";
import { add, cast, equal, iota, mul, random, type Tensor, vjp } from "@isoflop/tensor";
import * as v from "valibot";
import { foldInTime, normalBySample, signsBySample } from "../by-sample.js";
import { check } from "../checks.js";
import { must } from "../errors.js";

/** Largest size of a sample whose divergence is taken by every one of its directions: a backward pass each, all in one program. */
export const MOST_EXACT = 64;

/** Probes of Hutchinson's estimate: of which distribution, how many (default 1), and drawn how often (default "solve"). */
export interface Hutchinson {
  readonly kind: "rademacher" | "gaussian";
  readonly count?: number;
  readonly fresh?: "solve" | "evaluation";
}

const estimated = record({
  kind: choice(["rademacher", "gaussian"]),
  count: v.optional(whole({ atLeast: 1, atMost: 64 }), 1),
  fresh: v.optional(choice(["solve", "evaluation"]), "solve"),
});

/**
 * How the divergence of a field is taken.
 * - "exact": the trace of its Jacobian, a backward pass per dimension; for at most 64 dimensions.
 * - Hutchinson's estimate ε · J ε, a backward pass per probe ε (FFJORD, arXiv 1810.01367, equation 7). Signs ("rademacher") leave nothing of a
 *   diagonal to chance and vary less than normal probes. `fresh` probes are drawn per "solve", which keeps the equation smooth in time and its
 *   solver at its order, or per "evaluation" (by its time), whose errors average out over the steps instead.
 */
export type Probes = "exact" | Hutchinson;
export type CheckedProbes = "exact" | Required<Hutchinson>;

/** @throws DiffusionError("option") for a kind of another name, or a count that is none */
export const checkProbes = (what: string, probes: Probes): CheckedProbes => {
  if (probes === "exact") return probes;
  const isRecord = typeof probes === "object" && probes !== null;
  must(isRecord, "option", `${what}: probes is ${JSON.stringify(probes)}; it takes "exact" or { kind: "rademacher" }.`);
  return check(estimated, probes, `${what}: probes`);
};

/** Estimates side by side in the state. */
export const countOf = (probes: CheckedProbes): number => (probes === "exact" ? 1 : probes.count);

/** What probes are drawn by. */
export interface ProbeInputs {
  readonly key: random.Key;
  /** Numbers of the samples among all, u32 [n]. */
  readonly samples: Tensor;
}

const drawn = (
  probes: Exclude<CheckedProbes, "exact">,
  x: Tensor,
  t: Tensor,
  { key, samples }: ProbeInputs,
): Tensor[] => {
  const from = probes.fresh === "evaluation" ? foldInTime(key, t) : key;
  const draw = probes.kind === "rademacher" ? signsBySample : normalBySample;
  return random.split(from, probes.count).map((each) => draw(each, samples, x.shape.slice(1)));
};

/** 1 at one element of each sample, 0 elsewhere: x's shape. */
const direction = (i: number, x: Tensor): Tensor => {
  const [n = 1] = x.shape;
  return cast(equal(iota([n, x.size / n], 1, "i32"), i), "f32").reshape(x.shape);
};

/**
 * A field at x [n, ...] and its divergence there, element by element: what the elements of a sample sum to is the divergence, or an estimate for
 * each probe. The field of a sample is taken to read that sample alone.
 */
export const withDivergence = (
  field: (x: Tensor) => Tensor,
  probes: CheckedProbes,
  x: Tensor,
  t: Tensor,
  inputs: ProbeInputs,
): { readonly value: Tensor; readonly parts: readonly Tensor[] } => {
  const { value, pullback } = vjp(field, x);
  const along = (probe: Tensor): Tensor => mul(probe, pullback(probe)[0]);
  if (probes !== "exact") return { value, parts: drawn(probes, x, t, inputs).map(along) };
  const directions = Array.from({ length: x.size / x.shape[0]! }, (_, i) => direction(i, x));
  return { value, parts: [directions.map(along).reduce(add)] };
};
