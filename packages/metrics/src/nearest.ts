import { finite } from "./errors.js";
import { type Features, provenance } from "./features.js";
import { eachPair, squaredDistance } from "./pairs.js";

/** How near each sample of a set comes to the nearest of another set. */
export interface Nearest {
  /** Number of the nearest of the others. */
  readonly index: Int32Array;
  /** Distance to it. */
  readonly distance: Float64Array;
  /** That over the distance to the second nearest, 0 to 1: small where a sample is near to one alone. 0 where it equals both. */
  readonly ratio: Float64Array;
}

/**
 * The two nearest of `others` to each of `samples`, by Euclidean distance. Work grows with the product of the counts.
 * @throws MetricsError for features that do not compare, fewer than two others, or features too large to square
 */
export const nearestOthers = (samples: Features, others: Features): Nearest => {
  provenance(others, samples, 1);
  provenance(others, others, 2);
  const n = samples.count;
  const index = new Int32Array(n);
  const [first, second] = [0, 1].map(() => new Float64Array(n).fill(Number.POSITIVE_INFINITY)) as [
    Float64Array,
    Float64Array,
  ];
  eachPair(others.count, n, (i, j) => {
    const distance = squaredDistance(others, i, samples, j);
    if (distance < first[j]!) {
      second[j] = first[j]!;
      first[j] = distance;
      index[j] = i;
    } else if (distance < second[j]!) second[j] = distance;
  });
  for (const distance of second) finite("distance to a neighbour", distance);
  const ratio = first.map((nearest, j) => (nearest === 0 ? 0 : Math.sqrt(nearest / second[j]!)));
  return { index, distance: first.map(Math.sqrt), ratio };
};
