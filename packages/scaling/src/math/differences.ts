import { ascending, quantileSorted } from "./quantile.js";

/** Upper quartile of a standard normal: the median of |z|. */
const MEDIAN_OF_NORMAL = 0.6744897501960817;

/**
 * Of every four neighbours the divided third difference of y, divided by the root of the sum of its squared weights: what no quadratic in
 * x explains, in units of the standard deviation of one y where their errors are independent. As Gasser, Sroka & Jennen-Steinmetz 1986
 * (Biometrika 73) tell the noise about a smooth curve from second differences; a third leaves no curvature in.
 * @param x ascending, without repeats
 */
export const thirdDifferences = (x: readonly number[], y: readonly number[]): number[] =>
  x.slice(3).map((_, from) => {
    let [sum, squares] = [0, 0];
    for (let j = from; j < from + 4; j++) {
      let weight = 1;
      for (let k = from; k < from + 4; k++) if (k !== j) weight /= x[j]! - x[k]!;
      sum += weight * y[j]!;
      squares += weight * weight;
    }
    return sum / Math.sqrt(squares);
  });

/** Standard deviation of normal values about 0 from the median of their sizes, which no outlier moves. */
export const typicalSize = (values: readonly number[]): number =>
  quantileSorted(ascending(values.map(Math.abs)), 0.5) / MEDIAN_OF_NORMAL;
