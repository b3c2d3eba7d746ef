import { integer, must } from "./errors.js";
import { type Features, row } from "./features.js";

/** The rows of features whose number, modulo `blocks`, is none of a block. */
const without = (features: Features, block: number, blocks: number): Features => {
  const { dim } = features;
  const kept = Array.from({ length: features.count }, (_, i) => i).filter((i) => i % blocks !== block);
  const data = new Float64Array(kept.length * dim);
  for (const [at, i] of kept.entries()) data.set(row(features, i), at * dim);
  return { ...features, count: kept.length, data };
};

const variance = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return ((values.length - 1) / values.length) * values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
};

/**
 * Standard error of a number of two sets of features by the delete-a-group jackknife (Kott, Journal of Official Statistics 17, 2001; groups of one are
 * Tukey's): each set without each of its blocks in turn, (b − 1) / b Σ (θ₍₋ᵢ₎ − mean)², summed over the sets as they were drawn apart. The number is
 * computed 2 × blocks times.
 * @throws MetricsError for fewer than 2 blocks, or more than half the rows of a set
 */
export const blockJackknife = (
  real: Features,
  generated: Features,
  blocks: number,
  of: (real: Features, generated: Features) => number,
): number => {
  integer("blocks", blocks, 2);
  const fewest = Math.min(real.count, generated.count);
  must(
    2 * blocks <= fewest,
    "samples",
    `blocks is ${blocks}; sets of ${fewest} samples have at most ${Math.floor(fewest / 2)}.`,
  );
  const each = Array.from({ length: blocks }, (_, block) => block);
  const byReal = each.map((block) => of(without(real, block, blocks), generated));
  const byGenerated = each.map((block) => of(real, without(generated, block, blocks)));
  return Math.sqrt(variance(byReal) + variance(byGenerated));
};
