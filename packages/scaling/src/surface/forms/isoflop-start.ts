import { leastSquares } from "../../math/linear.js";
import type { SurfaceData } from "../data.js";

/** A basin that the runs do not show begins as a shallow one. */
const SHALLOW = 0.02;

/**
 * Where a fit of all isoFLOP curves begins at a floor: ln(L − E) regressed on ln ND, ln N, its square and their product, of which the basin is the quadratic.
 * @returns ln E, and of A (ND)^−α e^(κ d²), d = ln N − ln G − a ln ND: ln A, α, ln G, a, ln κ
 */
export const isoflopStart = (
  { lnN, lnD, loss, weight }: SurfaceData,
  floor: number,
): [e: number, p: number, alpha: number, g: number, a: number, k: number] => {
  const x = Array.from(lnN, (n, i) => [1, n + lnD[i]!, n, n * n, n * (n + lnD[i]!)]);
  const y = Array.from(loss, (v) => Math.log(v - floor));
  // A residual of ln L is this share of one of ln(L − E).
  const weights = Array.from(loss, (v, i) => weight[i]! * ((v - floor) / v) ** 2);
  const [level, slope, linear, square, cross] = leastSquares(x, y, weights)?.coefficients ?? [
    y.reduce((s, v) => s + v, 0) / y.length,
    ...[-0.2, 0, 0, 0],
  ];
  const kappa = Math.max(square!, SHALLOW);
  const curved = square! > SHALLOW;
  const g = curved ? -linear! / (2 * kappa) : 0;
  const a = curved ? -cross! / (2 * kappa) : 0.5;
  return [Math.log(floor), level! - kappa * g * g, -slope! + 2 * kappa * a * g, g, a, Math.log(kappa)];
};
