import { integer, must } from "./errors.js";
import { checkFeatures, type Features, row } from "./features.js";

export interface InceptionScore {
  readonly metric: "inception-score";
  /** exp of the mean information between sample and label, averaged over the splits. */
  readonly value: number;
  /** Standard deviation over the splits (dividing by their number, as the original code). */
  readonly deviation: number;
  readonly splits: number;
  readonly extractor: string;
  readonly generatedCount: number;
}

const softmax = (logits: Float64Array): Float64Array => {
  const largest = logits.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const powers = logits.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
};

/** Mean KL divergence of each sample's label distribution from their mean. */
const information = (rows: readonly Float64Array[]): number => {
  const totals = new Float64Array(rows[0]!.length);
  for (const p of rows) for (let k = 0; k < p.length; k++) totals[k]! += p[k]!;
  let sum = 0;
  // A share of the total is at most 1 and never 0 over 0, however small the probability.
  for (const p of rows)
    for (let k = 0; k < p.length; k++) if (p[k]! > 0) sum += p[k]! * Math.log((p[k]! / totals[k]!) * rows.length);
  return sum / rows.length;
};

/**
 * Inception score (arXiv 1606.03498) from a classifier's logits, over consecutive splits of the samples.
 * @throws MetricsError for logits that do not fit their counts, fewer samples than splits or a single class.
 */
export const inceptionScore = (logits: Features, splits = 10): InceptionScore => {
  checkFeatures(logits);
  const { extractor, count, dim } = logits;
  integer("splits", splits, 1);
  must(count >= splits, "samples", `There are ${count} samples; ${splits} splits need as many.`);
  must(dim >= 2, "dimension", "Logits have one class; a score needs at least 2.");
  const rows = Array.from({ length: count }, (_, i) => softmax(Float64Array.from(row(logits, i))));
  const bound = (split: number) => Math.floor((split * count) / splits);
  const scores = Array.from({ length: splits }, (_, s) => Math.exp(information(rows.slice(bound(s), bound(s + 1)))));
  const value = scores.reduce((a, b) => a + b, 0) / splits;
  const deviation = Math.sqrt(scores.reduce((sum, score) => sum + (score - value) ** 2, 0) / splits);
  return { metric: "inception-score", value, deviation, splits, extractor, generatedCount: count };
};
