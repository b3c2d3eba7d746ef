import { record, whole } from "@isoflop/spec";
import * as v from "valibot";
import { check } from "../checks.js";
import { must } from "../errors.js";
import type { Of } from "./dequantization.js";

/** Nats of samples, with what they are of: what likelihoods and bounds give. */
export interface Nats {
  /** Of each sample. */
  readonly nats: ArrayLike<number>;
  /** Numbers in a sample. */
  readonly dimensions: number;
  readonly of: Of;
}

export interface BitsPerDimension {
  /** Mean over the samples. */
  readonly mean: number;
  /** Standard error of the mean, over the samples with all that is drawn for them; NaN of one sample. */
  readonly standardError: number;
  /** Of each sample. */
  readonly bits: Float64Array;
  /**
   * "bits per dimension" of a code: what the samples take up, and what the literature compares. Bits of a density depend on the unit of the data
   * (data twice as large have 1 bit more), may be below 0, and compare models of the same data alone.
   */
  readonly unit: "bits per dimension" | "bits per dimension of a density";
}

/**
 * Nats as bits for each number of a sample.
 * @throws DiffusionError("option") for no samples, or dimensions that are none
 */
export const bitsPerDimension = (given: Nats): BitsPerDimension => {
  check(v.looseObject({}, "the nats of a likelihood or a bound"), given, "bitsPerDimension");
  const { nats, dimensions, of } = given;
  check(record({ dimensions: whole({ atLeast: 1 }) }), { dimensions }, "bitsPerDimension");
  check(v.picklist(["code length", "density"], 'one of "code length", "density"'), of, "bitsPerDimension: of");
  const n = nats?.length ?? 0;
  must(n > 0, "option", "bitsPerDimension: nats are of no sample; it takes one or more.");
  const bits = Float64Array.from(nats, (value) => value / dimensions / Math.LN2);
  const mean = bits.reduce((sum, value) => sum + value, 0) / n;
  const squares = bits.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean,
    standardError: Math.sqrt(squares / (n - 1) / n),
    bits,
    unit: of === "code length" ? "bits per dimension" : "bits per dimension of a density",
  };
};
