import { type IsoFlopOptions, type IsoFlopPrediction, isoFlop, predictIsoFlop } from "@isoflop/scaling";
import type { DrawnStudy, HeldOutCheck, RunCurve, Sample, TimedRun } from "../../src/index.js";

/** mulberry32: enough randomness for pictures, the same on every machine. */
export const random = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

export const budgets = [2e11, 4e11, 8e11, 1.6e12] as const;
const sizes = [0.16, 0.4, 1, 2.5, 6.25];
const [exponentN, exponentL] = [0.55, -0.105];
const optimalN = (c: number) => 25_000 * (c / 3e11) ** exponentN;
const optimalL = (c: number) => 0.258 * (c / 3e11) ** exponentL;

/** Asks a fit that has laws. */
export const predicted = (fit: Parameters<typeof predictIsoFlop>[0], C: number): IsoFlopPrediction => {
  const prediction = predictIsoFlop(fit, C);
  if (!prediction.ok) throw new Error(prediction.message);
  return prediction;
};

/** What is fitted of the runs of a study. */
export const fitOf = (runs: readonly TimedRun[], options: IsoFlopOptions = {}) =>
  isoFlop(
    runs.map(({ id, flops: _, seconds: __, ...run }) => ({ ...run, label: id })),
    options,
  );

/** A study with known laws: curvature 0.055 in ln N, losses off the parabola by at most 0.002. */
export const exampleStudy = (): DrawnStudy &
  Required<Pick<DrawnStudy, "fit" | "curves" | "choices">> & { readonly heldOut: HeldOutCheck } => {
  const next = random(7);
  const runs: TimedRun[] = [];
  const curves: RunCurve[] = [];
  const add = (C: number, size: number, loss: number) => {
    const N = Math.round(size);
    const D = C / (6 * N);
    const id = `run-${String(runs.length).padStart(2, "0")}`;
    runs.push({ id, C, N, D, flops: C * 1.002, loss, sigma: 0.0012, seconds: 9 });
    const seen = Array.from({ length: 300 }, (_, i) => (D * (i + 1)) / 300);
    curves.push({
      id,
      tokens: seen,
      loss: seen.map((d) => loss * 0.985 * (d / D) ** -0.16 * (1 + 0.06 * (next() - 0.5))),
    });
  };
  for (const C of budgets) {
    for (const size of sizes)
      add(C, optimalN(C) * size, optimalL(C) + (0.055 / 2) * Math.log(size) ** 2 + 0.004 * (next() - 0.5));
  }
  const fit = fitOf(runs);
  const held = 6.4e12;
  const value = optimalL(held);
  const prediction = predicted(fit, held);
  add(held, optimalN(held), value * 1.004);
  return {
    record: "study",
    preset: "quick",
    device: { backend: "wasm", threads: 2, simd: true, cpu: "two cores" },
    data: {
      name: "Emoji scenes, 16×16 px",
      source: "@iconify-json/noto 1.2.6",
      licence: "Apache-2.0 (Noto Emoji)",
      details: "Endless, composed by seed and index; validation split by base emoji and by seed, 2,048 fixed images.",
    },
    seconds: 287,
    runs,
    fit,
    heldOut: {
      prediction: {
        ...prediction,
        predicted: { ...prediction.predicted, loss: { value, interval95: [value * 0.975, value * 1.025] } },
      },
      measured: { loss: value * 1.004, sigma: 0.0009 },
    },
    plannedRuns: 21,
    curves,
    samples: exampleSamples(),
    choices: {
      axes: "loss against ln N per budget; laws on log axes",
      parameters: "all trainable parameters, word table included",
      tokens: "image tokens only; 64 per image",
      flops: "exact by part, multiply-add = 2 FLOPs, backward = 2 × forward",
      loss: "EMA weights, fixed noise, stratified timesteps",
      fit: "least-squares parabola in ln N; log-log least squares through interior optima",
      intervals: "bootstrap, 1,000 draws, percentile; prediction interval includes the noise of the measurement",
      filters: "none",
      recipe: "rectified flow, velocity, logit-normal(0, 1); AdamW, batch 16, lr 3e-3·(32/width)^0.5",
      seeds: [1],
      versions: { isoflop: "0.1.0", "@isoflop/tensor": "0.1.0", node: "20.20.2" },
    },
    published: { source: "arXiv 2410.08184", N: 0.5681, D: 0.4319, loss: -0.0273 },
    timings: { training: 231, validation: 28, data: 12, fitting: 6, drawing: 4 },
    reproduce: "npm run reproduce -- --seed 1",
  };
};

const words = [
  "a red apple left of a green frog",
  "two yellow stars on blue",
  "a cat above a house",
  "one rocket",
  "a pink heart right of a grey rock on a sand background",
];

/** Discs on flat backgrounds. */
export const exampleSamples = (count = 18): Sample[] => {
  const next = random(3);
  return Array.from({ length: count }, (_, i) => {
    const size = 16;
    const [back, front] = [0, 1].map(() => [next() * 2 - 1, next() * 2 - 1, next() * 2 - 1]) as [number[], number[]];
    const [cx, cy] = [4 + next() * 8, 4 + next() * 8];
    const pixels = new Float32Array(3 * size * size);
    for (let c = 0; c < 3; c++) {
      for (let y = 0; y < size; y++) {
        for (let x = 0; x < size; x++) {
          pixels[(c * size + y) * size + x] = (Math.hypot(x - cx, y - cy) < 4 ? front : back)[c]!;
        }
      }
    }
    return {
      caption: words[i % words.length]!,
      width: size,
      height: size,
      layout: "chw",
      pixels,
      group: i < 12 ? "Generated" : "Validation data",
    };
  });
};
