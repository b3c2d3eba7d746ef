import {
  expectOk,
  isoFlop,
  type JointFit,
  jointFit,
  predictIsoFlop,
  predictRollOut,
  type RollOut,
  rollOut,
  seedNoise,
} from "@isoflop/scaling";
import type { DrawnStudy, HeldOutCheck, TimedRun } from "../../src/index.js";
import { exampleStudy, random } from "./study.js";

const budgets = [1e10, 2e10, 4e10, 8e10, 1.6e11];
const factors = [0.35, 0.65, 1.2, 2.2];
const k = 4.8;
export const heldOutCompute = 1.6e12;

/** ln(L − 0.1) = ln 0.2 − 0.3 ln(C / 10¹⁰) + 0.08 (ln N − ln N*)², N* = 12,000 (C / 10¹⁰)^0.35. */
export const truth = {
  N: (C: number) => 12_000 * (C / 1e10) ** 0.35,
  loss: (C: number, N: number) => 0.1 + 0.2 * (C / 1e10) ** -0.3 * Math.exp(0.08 * Math.log(N / truth.N(C)) ** 2),
};

const widthOf = (N: number) => 8 * Math.round(Math.sqrt(N / 12) / 8);

const runOf = (C: number, N: number, loss: number, id: string, seed: number): TimedRun => {
  const [flops, width] = [C * 1.001, Math.max(8, widthOf(N))];
  return { id, C, N, D: C / (k * N), loss, sigma: 0.002, seed, flops, seconds: 2, width, depth: 1, learningRate: 4e-3 };
};

export interface RolledStudy extends DrawnStudy {
  readonly rollOut: RollOut;
  readonly joint: JointFit;
  readonly heldOut: readonly HeldOutCheck[];
}

const made = (): RolledStudy => {
  const next = random(23);
  const noise = () => Math.exp(0.02 * (next() + next() + next() - 1.5));
  const grid = budgets.flatMap((C) =>
    factors.flatMap((factor) =>
      [0, 1].map((seed) => {
        const N = Math.round(truth.N(C) * factor);
        return runOf(C, N, truth.loss(C, N) * noise(), `run-${C}-${factor}-${seed}`, 2 * N + seed);
      }),
    ),
  );
  const points = grid.map(({ C, N, D, loss, sigma, seed, id }) => ({
    C,
    N,
    D,
    loss,
    sigma: sigma!,
    seed: seed!,
    label: id,
  }));
  const fit = isoFlop(points);
  const rolled = expectOk(rollOut(points, { forms: ["joint", "chinchilla"], flopsPerToken: k }));
  const joint = expectOk(jointFit(points, { flopsPerToken: k }));
  const best = expectOk(predictRollOut(rolled, { C: heldOutCompute })).predicted;
  const sizes = [0.6, 1, 1.7].map((factor) => Math.round(best.N.value * factor));
  const tests = sizes.map((N, i) =>
    runOf(heldOutCompute, N, truth.loss(heldOutCompute, N) * [1.004, 0.998, 1.002][i]!, `test-${i}`, i),
  );
  const heldOut = tests.map(({ id, N, D, loss }): HeldOutCheck => {
    const prediction = expectOk(predictRollOut(rolled, { N, D }));
    const other = expectOk(predictIsoFlop(fit, heldOutCompute, { N }));
    return {
      prediction,
      methods: [
        { method: "rollout", N: best.N, loss: prediction.predicted.loss },
        { method: "isoflop", N: other.predicted.N, loss: other.predicted.loss },
      ],
      measured: { loss, sigma: 0.002 },
      run: id,
    };
  });
  const { curves: _, samples: __, plannedRuns: ___, ...base } = exampleStudy();
  return {
    ...base,
    runs: [...grid, ...tests],
    fit,
    rollOut: rolled,
    joint,
    floor: { value: 0.0194, standardError: 0.0008, prior: "all" },
    noise: expectOk(seedNoise(points)),
    seal: "0123456789abcdef0123456789abcdef",
    heldOut,
  };
};

let known: RolledStudy | undefined;

/** A study for which a mixture of forms speaks, with replicates, and three sizes at ten times its largest budget. */
export const rolledStudy = (): RolledStudy => {
  known ??= made();
  return known;
};
