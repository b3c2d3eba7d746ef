import { evaluate, paperBudgets } from "@isoflop/flops";
import { normals, type Run, random } from "@isoflop/scaling";
import { printed } from "./printed.js";

/** ln N / N* of the sizes at every budget: a factor of five to either side. */
const offsets = [-1.6, -1.2, -0.8, -0.4, 0, 0.4, 0.8, 1.2, 1.6];
/** Of the parabolas in ln N. The paper prints none: chosen. */
const curvature = { loss: 0.0035, fid: 4.5 };

/** Standard deviations of one run: of the loss, and of ln FID. */
export interface Noise {
  readonly loss: number;
  readonly fid: number;
}

export const noNoise: Noise = { loss: 0, fid: 0 };

/** Runs at the paper's six budgets that obey its laws exactly, but for noise. D is C / 6N. */
export const isoFlopStudy = (noise: Noise, seed: number): Run[] => {
  const normal = normals(random(seed));
  return paperBudgets.flatMap((C) =>
    offsets.map((x) => {
      const N = evaluate(printed.N, C) * Math.exp(x);
      const loss = evaluate(printed.loss, C) + curvature.loss * x * x + noise.loss * normal();
      const fid = (evaluate(printed.fid, C) + curvature.fid * x * x) * Math.exp(noise.fid * normal());
      return { C, N, D: C / (6 * N), loss, metrics: { fid } };
    }),
  );
};
