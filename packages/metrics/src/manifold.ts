import { finite, integer, must } from "./errors.js";
import { type FeatureProvenance, type Features, provenance } from "./features.js";
import { eachPair, eachPairOnce, squaredDistance } from "./pairs.js";

export interface ManifoldMetrics extends FeatureProvenance {
  readonly metric: "manifold";
  /** Neighbours that set a ball's radius. */
  readonly k: number;
  /** Share of generated samples inside some real ball (arXiv 1904.06991). */
  readonly precision: number;
  /** Share of real samples inside some generated ball. */
  readonly recall: number;
  /** Real balls around a generated sample, over k; 1 where the sets are alike, may exceed it (arXiv 2002.09797). */
  readonly density: number;
  /** Share of real balls that hold a generated sample. */
  readonly coverage: number;
}

/** Squared distance of every sample to its k-th nearest other. */
const radii = (features: Features, k: number): Float64Array => {
  const nearest = new Float64Array(features.count * k).fill(Number.POSITIVE_INFINITY);
  const offer = (i: number, distance: number) => {
    const list = nearest.subarray(i * k, (i + 1) * k);
    if (distance >= list[k - 1]!) return;
    let at = k - 1;
    for (; at > 0 && list[at - 1]! > distance; at--) list[at] = list[at - 1]!;
    list[at] = distance;
  };
  eachPairOnce(features.count, (i, j) => {
    const distance = squaredDistance(features, i, features, j);
    offer(i, distance);
    offer(j, distance);
  });
  return Float64Array.from({ length: features.count }, (_, i) => finite("radius of a ball", nearest[i * k + k - 1]!));
};

/**
 * Precision, recall, density and coverage from balls that reach to the k-th nearest neighbour, boundary included.
 * @throws MetricsError for features that do not compare, no more than k samples in a set, or features too large to square.
 */
export const manifoldMetrics = (real: Features, generated: Features, k = 5): ManifoldMetrics => {
  integer("k", k, 1);
  const from = provenance(real, generated, 2);
  const [enough, counts] = [Math.min(real.count, generated.count) > k, `${real.count} real and ${generated.count}`];
  must(enough, "samples", `There are ${counts} generated samples; k = ${k} neighbours need at least ${k + 1} of each.`);
  const [realRadii, generatedRadii] = [radii(real, k), radii(generated, k)];
  const [precise, recalled, covered] = [generated.count, real.count, real.count].map((n) => new Uint8Array(n));
  let balls = 0;
  eachPair(real.count, generated.count, (i, j) => {
    const distance = squaredDistance(real, i, generated, j);
    if (distance <= realRadii[i]!) {
      balls++;
      precise![j] = 1;
      covered![i] = 1;
    }
    if (distance <= generatedRadii[j]!) recalled![i] = 1;
  });
  const share = (marks: Uint8Array) => marks.reduce((sum, mark) => sum + mark, 0) / marks.length;
  return {
    metric: "manifold",
    k,
    precision: share(precise!),
    recall: share(recalled!),
    density: balls / (k * generated.count),
    coverage: share(covered!),
    ...from,
  };
};
