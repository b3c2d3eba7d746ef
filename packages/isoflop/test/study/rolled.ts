import type { HeldOutCheck, StudySummary } from "@isoflop/plot";
import {
  expectOk,
  isoFlop,
  jointFit,
  predictIsoFlop,
  predictRollOut,
  type Run,
  rollOut,
  seedNoise,
} from "@isoflop/scaling";

const k = 4.8;
const best = (C: number) => 12_000 * (C / 1e10) ** 0.35;
const lossOf = (C: number, N: number) => 0.1 + 0.2 * (C / 1e10) ** -0.3 * Math.exp(0.08 * Math.log(N / best(C)) ** 2);

/** Two seeds of four sizes at five budgets; losses are off by ±1 % as the seed is even or odd. */
const runs: Run[] = [1e10, 2e10, 4e10, 8e10, 1.6e11].flatMap((C, i) =>
  [0.35, 0.65, 1.2, 2.2].flatMap((factor, j) =>
    [0, 1].map((seed) => {
      const N = Math.round(best(C) * factor);
      const off = 0.01 * ((i + j + seed) % 2 === 0 ? 1 : -1);
      return { C, N, D: C / (k * N), loss: lossOf(C, N) * (1 + off), seed, label: `${i}-${j}-${seed}` };
    }),
  ),
);

/** Held out. */
export const C = 1.6e12;
const fit = isoFlop(runs);
export const rolled = expectOk(rollOut(runs, { forms: ["joint"], flopsPerToken: k }));
const heldOut = [40_000, 70_000, 120_000].map((N, i): HeldOutCheck => {
  const prediction = expectOk(predictRollOut(rolled, { N, D: C / (k * N) }));
  const { N: size } = expectOk(predictIsoFlop(fit, C, { N })).predicted;
  return {
    prediction,
    methods: [{ method: "rollout", N: size, loss: prediction.predicted.loss }],
    measured: { loss: lossOf(C, N), sigma: 0.002 },
    run: `test-${i}`,
  };
});
/** Of a study for which a mixture of forms speaks, with three sizes at ten times its largest budget. */
export const summary: StudySummary = {
  ...{ record: "study", preset: "quick", device: { backend: "wasm" }, data: { name: "emoji" }, seconds: 300 },
  runs: [
    ...runs.map((run) => ({ ...run, id: run.label!, flops: run.C, seconds: 1 })),
    ...heldOut.map(({ prediction: { given }, measured, run }) => {
      return { C, N: given.N!, D: given.D!, loss: measured!.loss, id: run!, flops: C, seconds: 9 };
    }),
  ],
  fit,
  rollOut: rolled,
  joint: expectOk(jointFit(runs, { flopsPerToken: k })),
  floor: { value: 0.0194, standardError: 0.0008, prior: "all" },
  noise: expectOk(seedNoise(runs)),
  seal: "0123456789abcdef0123456789abcdef",
  heldOut,
};
