import { integer, MetricsError } from "./errors.js";

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
export interface Provenance {
  readonly extractor: string;
  readonly realCount: number;
  readonly generatedCount: number;
}

/** @throws MetricsError("values") naming the first row that holds NaN or an infinity. */
export const checkFinite = (name: string, data: Numbers, dim: number): void => {
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at === -1) return;
  const place = `row ${Math.floor(at / dim)}, column ${at % dim}`;
  throw new MetricsError("values", `${name} hold ${data[at]} at ${place}; every number must be finite.`);
};

/** @throws MetricsError("values") unless the numbers lie in one of the two arrays that are read without copies. */
export const checkNumbers = (name: string, data: Numbers): void => {
  if (data instanceof Float32Array || data instanceof Float64Array) return;
  const kind = Object.prototype.toString.call(data).slice(8, -1);
  throw new MetricsError("values", `${name} is ${kind}; it must be a Float32Array or a Float64Array.`);
};

/** @throws MetricsError unless features fit their own counts, are named and finite: a record need not come from {@link features}. */
export const checkFeatures = ({ extractor, count, dim, data }: Features): void => {
  if (typeof extractor !== "string" || extractor === "")
    throw new MetricsError("extractor", "extractor is empty; name what made the features.");
  integer("dim", dim, 1);
  integer("count", count, 1);
  checkNumbers("data", data);
  if (data.length !== count * dim)
    throw new MetricsError("dimension", `data has ${data.length} numbers; ${count} rows of ${dim} are ${count * dim}.`);
  checkFinite(`features of "${extractor}"`, data, dim);
};

/**
 * Wraps rows of features, checked.
 * @throws MetricsError if the extractor has no name, the length is no multiple of `dim`, or a number is not finite.
 */
export const features = (extractor: string, dim: number, data: Numbers): Features => {
  integer("dim", dim, 1);
  checkNumbers("data", data);
  if (data.length === 0 || data.length % dim !== 0) {
    throw new MetricsError("dimension", `data has ${data.length} numbers; it needs a multiple of dim, ${dim}.`);
  }
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
export const provenance = (real: Comparable, generated: Comparable, least: number): Provenance => {
  for (const set of [real, generated]) if ("data" in set) checkFeatures(set as Features);
  if (real.extractor !== generated.extractor) {
    const names = `"${real.extractor}" and "${generated.extractor}"`;
    throw new MetricsError("extractor", `Features come from ${names}; both sets need the same extractor.`);
  }
  if (real.dim !== generated.dim) {
    const sizes = `${real.dim} and ${generated.dim}`;
    throw new MetricsError("dimension", `Features have ${sizes} numbers a row; both sets need the same.`);
  }
  for (const [name, { count }] of [["real", real] as const, ["generated", generated] as const]) {
    if (!(count >= least))
      throw new MetricsError("samples", `There are ${count} ${name} samples; at least ${least} are needed.`);
  }
  return { extractor: real.extractor, realCount: real.count, generatedCount: generated.count };
};

/** Row `i` of features, without a copy. */
export const row = ({ data, dim }: Pick<Features, "data" | "dim">, i: number): Numbers =>
  data.subarray(i * dim, (i + 1) * dim);
