import { integer, must } from "./errors.js";

export type Numbers = Float32Array | Float64Array;

/** Feature vectors of samples: `count` rows of `dim` numbers, and what made them. */
export interface Features {
  /** Names network, weights and resize rule, for example "mobilenet-v2-nsfwjs@224-bilinear". */
  readonly extractor: string;
  readonly count: number;
  readonly dim: number;
  /** Row-major, (count, dim). */
  readonly data: Numbers;
}

/** What every value carries: numbers from other extractors or sample counts are not comparable. */
export interface FeatureProvenance {
  readonly extractor: string;
  readonly realCount: number;
  readonly generatedCount: number;
}

/** @throws MetricsError("values") naming the first row that holds NaN or an infinity. */
export const checkFinite = (name: string, data: Numbers, dim: number): void => {
  const at = data.findIndex((value) => !Number.isFinite(value));
  const place = `row ${Math.floor(at / dim)}, column ${at % dim}`;
  must(at === -1, "values", `${name} hold ${data[at]} at ${place}; every number must be finite.`);
};

/** @throws MetricsError("values") unless the numbers lie in one of the two arrays that are read without copies. */
export const checkNumbers = (name: string, data: Numbers): void => {
  const kind = Object.prototype.toString.call(data).slice(8, -1);
  const holds = data instanceof Float32Array || data instanceof Float64Array;
  must(holds, "values", `${name} is ${kind}; it must be a Float32Array or a Float64Array.`);
};

/** @throws MetricsError unless features fit their own counts, are named and finite: a record need not come from {@link features}. */
export const checkFeatures = ({ extractor, count, dim, data }: Features): void => {
  const named = typeof extractor === "string" && extractor !== "";
  must(named, "extractor", "extractor is empty; name what made the features.");
  integer("dim", dim, 1);
  integer("count", count, 1);
  checkNumbers("data", data);
  const size = count * dim;
  must(data.length === size, "dimension", `data has ${data.length} numbers; ${count} rows of ${dim} are ${size}.`);
  checkFinite(`features of "${extractor}"`, data, dim);
};

/**
 * Wraps rows of features, checked.
 * @throws MetricsError if the extractor has no name, the length is no multiple of `dim`, or a number is not finite.
 */
export const features = (extractor: string, dim: number, data: Numbers): Features => {
  integer("dim", dim, 1);
  checkNumbers("data", data);
  const whole = data.length > 0 && data.length % dim === 0;
  must(whole, "dimension", `data has ${data.length} numbers; it needs a multiple of dim, ${dim}.`);
  const rows = { extractor, count: data.length / dim, dim, data };
  checkFeatures(rows);
  return rows;
};

/** The parts of {@link Features} by which two sets are comparable. */
export type Comparable = Pick<Features, "extractor" | "dim" | "count">;

/**
 * @throws MetricsError if a set does not fit its own counts, or the two come from different extractors, differ in dimension or have
 * under `least` rows.
 */
export const provenance = (real: Comparable, generated: Comparable, least: number): FeatureProvenance => {
  for (const set of [real, generated]) if ("data" in set) checkFeatures(set as Features);
  const names = `"${real.extractor}" and "${generated.extractor}"`;
  const alike = real.extractor === generated.extractor;
  must(alike, "extractor", `Features come from ${names}; both sets need the same extractor.`);
  const sizes = `${real.dim} and ${generated.dim}`;
  must(real.dim === generated.dim, "dimension", `Features have ${sizes} numbers a row; both sets need the same.`);
  for (const [name, { count }] of Object.entries({ real, generated }))
    must(count >= least, "samples", `There are ${count} ${name} samples; at least ${least} are needed.`);
  return { extractor: real.extractor, realCount: real.count, generatedCount: generated.count };
};

/** Row `i` of features, without a copy. */
export const row = ({ data, dim }: Pick<Features, "data" | "dim">, i: number): Numbers =>
  data.subarray(i * dim, (i + 1) * dim);
