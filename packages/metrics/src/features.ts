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
export function checkFinite(name: string, data: Numbers, dim: number): void {
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at === -1) return;
  const place = `row ${Math.floor(at / dim)}, column ${at % dim}`;
  throw new MetricsError("values", `${name} hold ${data[at]} at ${place}; every number must be finite.`);
}

/**
 * Wraps rows of features, checked.
 * @throws MetricsError if the extractor has no name, the length is no multiple of `dim`, or a number is not finite.
 */
export function features(extractor: string, dim: number, data: Numbers): Features {
  if (extractor === "") throw new MetricsError("extractor", "extractor is empty; name what made the features.");
  integer("dim", dim, 1);
  if (data.length === 0 || data.length % dim !== 0) {
    throw new MetricsError("dimension", `data has ${data.length} numbers; it needs a multiple of dim, ${dim}.`);
  }
  checkFinite(`features of "${extractor}"`, data, dim);
  return { extractor, count: data.length / dim, dim, data };
}

/** The parts of {@link Features} by which two sets are comparable. */
export type Comparable = Pick<Features, "extractor" | "dim" | "count">;

/**
 * @throws MetricsError if the two sets come from different extractors, differ in dimension or have under `least` rows.
 */
export function provenance(real: Comparable, generated: Comparable, least: number): Provenance {
  if (real.extractor !== generated.extractor) {
    const names = `"${real.extractor}" and "${generated.extractor}"`;
    throw new MetricsError("extractor", `Features come from ${names}; both sets need the same extractor.`);
  }
  if (real.dim !== generated.dim) {
    const sizes = `${real.dim} and ${generated.dim}`;
    throw new MetricsError("dimension", `Features have ${sizes} numbers a row; both sets need the same.`);
  }
  for (const [name, { count }] of [["real", real] as const, ["generated", generated] as const]) {
    if (count < least)
      throw new MetricsError("samples", `There are ${count} ${name} samples; at least ${least} are needed.`);
  }
  return { extractor: real.extractor, realCount: real.count, generatedCount: generated.count };
}

/** Row `i` of features, without a copy. */
export const row = ({ data, dim }: Pick<Features, "data" | "dim">, i: number): Numbers =>
  data.subarray(i * dim, (i + 1) * dim);

/** Calls `visit` for every pair (i, j), a few j at a time, so that their rows stay in the cache while i runs. */
export function eachPair(
  countI: number,
  countJ: number,
  visit: (i: number, j: number) => void,
  below: (i: number) => number = () => countJ,
): void {
  const block = 32;
  for (let first = 0; first < countJ; first += block) {
    for (let i = 0; i < countI; i++) {
      const end = Math.min(first + block, countJ, below(i));
      for (let j = first; j < end; j++) visit(i, j);
    }
  }
}

/** Every pair j < i once. */
export const eachPairOnce = (count: number, visit: (i: number, j: number) => void): void =>
  eachPair(count, count, visit, (i) => i);

/** Inner product of row i of one set and row j of another, in float64; four sums, since additions wait on each other. */
export function rowProduct(x: Features, i: number, y: Features, j: number): number {
  const { data: a, dim } = x;
  const b = y.data;
  const [ai, bj] = [i * dim, j * dim];
  const whole = dim - (dim % 4);
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let k = 0; k < whole; k += 4) {
    s0 += a[ai + k]! * b[bj + k]!;
    s1 += a[ai + k + 1]! * b[bj + k + 1]!;
    s2 += a[ai + k + 2]! * b[bj + k + 2]!;
    s3 += a[ai + k + 3]! * b[bj + k + 3]!;
  }
  for (let k = whole; k < dim; k++) s0 += a[ai + k]! * b[bj + k]!;
  return s0 + s1 + (s2 + s3);
}

/** Squared distance of row i of one set from row j of another, as {@link rowProduct}. */
export function squaredDistance(x: Features, i: number, y: Features, j: number): number {
  const { data: a, dim } = x;
  const b = y.data;
  const [ai, bj] = [i * dim, j * dim];
  const whole = dim - (dim % 4);
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let k = 0; k < whole; k += 4) {
    const d0 = a[ai + k]! - b[bj + k]!;
    const d1 = a[ai + k + 1]! - b[bj + k + 1]!;
    const d2 = a[ai + k + 2]! - b[bj + k + 2]!;
    const d3 = a[ai + k + 3]! - b[bj + k + 3]!;
    s0 += d0 * d0;
    s1 += d1 * d1;
    s2 += d2 * d2;
    s3 += d3 * d3;
  }
  for (let k = whole; k < dim; k++) s0 += (a[ai + k]! - b[bj + k]!) ** 2;
  return s0 + s1 + (s2 + s3);
}
