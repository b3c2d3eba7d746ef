/**
 * Makes synthetic.csv: 120 runs in the columns of the extracted Chinchilla figure, from a known surface with noise and a few runs
 * that went wrong at the small end. Run: node synthetic.mjs > synthetic.csv
 */
import { normals, optimalAllocation, random, surfaceFrom, surfaceLoss } from "@isoflop/scaling";

export const truth = { E: 1.82, A: 480, B: 2100, alpha: 0.348, beta: 0.366 };
const surface = surfaceFrom("chinchilla", truth);
const uniform = random(2022);
const normal = normals(uniform);

console.log("Model Size,Training FLOP,loss");
for (const nominal of [6e18, 1e19, 3e19, 6e19, 1e20, 3e20, 6e20, 1e21]) {
  const best = optimalAllocation(surface, nominal);
  for (let i = 0; i < 15; i++) {
    const C = nominal * Math.exp(0.02 * normal());
    const N = best.N * Math.exp(((i - 7) / 7) * Math.log(8) + 0.05 * normal());
    const failed = i > 12 && nominal < 2e19 && uniform() < 0.8 ? 0.12 + 0.1 * uniform() : 0;
    const loss = surfaceLoss(surface, { N, D: C / (6 * N) }) * Math.exp(0.004 * normal() + failed);
    console.log([N.toPrecision(8), C.toPrecision(8), loss.toFixed(6)].join(","));
  }
}
