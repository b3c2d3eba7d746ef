import { normals, optimalAllocation, random, surfaceFrom, surfaceLoss } from "@isoflop/scaling";

/** The surface that the synthetic runs were made from. */
export const truth = { E: 1.82, A: 480, B: 2100, alpha: 0.348, beta: 0.366 };

/** Scatter of compute about its budget, of sizes about the grid, and of ln L about the surface. */
const scatter = { compute: 0.02, size: 0.05, loss: 0.004 };
const sizes = 15;
/** The grid reaches this factor to either side of the optimum. */
const reach = 8;

/**
 * 120 runs in the columns of the extracted Chinchilla figure. Compute scatters about eight budgets as digitised values do, and some
 * of the largest models of the two smallest budgets went wrong, so that there is something for a filter to decide.
 */
export const syntheticTable = (): string => {
  const surface = surfaceFrom("chinchilla", truth);
  const uniform = random(2022);
  const normal = normals(uniform);
  const lines = ["Model Size,Training FLOP,loss"];
  for (const nominal of [6e18, 1e19, 3e19, 6e19, 1e20, 3e20, 6e20, 1e21]) {
    const best = optimalAllocation(surface, nominal);
    if (!best.ok) throw new Error(best.message);
    for (let i = 0; i < sizes; i++) {
      const C = nominal * Math.exp(scatter.compute * normal());
      const step = (2 * i) / (sizes - 1) - 1;
      const N = best.N * Math.exp(step * Math.log(reach) + scatter.size * normal());
      const failed = i > 12 && nominal < 2e19 && uniform() < 0.8 ? 0.12 + 0.1 * uniform() : 0;
      const loss = surfaceLoss(surface, { N, D: C / (6 * N) }) * Math.exp(scatter.loss * normal() + failed);
      lines.push([N.toPrecision(8), C.toPrecision(8), loss.toFixed(6)].join(","));
    }
  }
  return `${lines.join("\n")}\n`;
};
