import type { IsoFlopOptimum, Law, LossCurve, Run, Sample, Study } from "../../src/index.js";

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

const law = (coefficient: number, exponent: number, half: number): Law => ({
  coefficient,
  exponent,
  ci95: [exponent - half, exponent + half],
  band: Array.from({ length: 25 }, (_, i) => {
    const compute = 1e11 * 200 ** (i / 24);
    const width = 0.01 + half * Math.abs(Math.log(compute / 6e11));
    const value = coefficient * compute ** exponent;
    return { compute, low: value * Math.exp(-width), high: value * Math.exp(width) };
  }),
});

/** A study with known laws: curvature 0.055 in ln N, losses off the parabola by at most 0.002. */
export const exampleStudy = (): Study => {
  const next = random(7);
  const runs: Run[] = [];
  const curves: LossCurve[] = [];
  const isoflop: IsoFlopOptimum[] = [];
  const add = (budget: number, params: number, loss: number) => {
    const tokens = budget / (6 * params);
    const id = `run-${String(runs.length).padStart(2, "0")}`;
    runs.push({
      id,
      budget,
      params: Math.round(params),
      tokens,
      flops: budget * 1.002,
      loss,
      lossStdErr: 0.0012,
      seconds: 9,
    });
    const seen = Array.from({ length: 300 }, (_, i) => (tokens * (i + 1)) / 300);
    curves.push({
      id,
      tokens: seen,
      loss: seen.map((d) => loss * 0.985 * (d / tokens) ** -0.16 * (1 + 0.06 * (next() - 0.5))),
    });
  };
  for (const budget of budgets) {
    const n = optimalN(budget);
    for (const size of sizes) {
      add(budget, n * size, optimalL(budget) + (0.055 / 2) * Math.log(size) ** 2 + 0.004 * (next() - 0.5));
    }
    isoflop.push({
      budget,
      optimalParams: n * 1.04,
      optimalTokens: budget / (6 * n * 1.04),
      optimalLoss: optimalL(budget) * (1 + 0.004 * (next() - 0.5)),
      interior: true,
    });
  }
  const held = 6.4e12;
  const predictedLoss = optimalL(held);
  const measuredLoss = predictedLoss * 1.004;
  add(held, optimalN(held), measuredLoss);
  return {
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
    isoflop,
    laws: {
      params: law(25_000 / 3e11 ** exponentN, exponentN, 0.03),
      tokens: law(3e11 / 6 / 25_000 / 3e11 ** (1 - exponentN), 1 - exponentN, 0.03),
      loss: law(0.258 / 3e11 ** exponentL, exponentL, 0.008),
    },
    heldOut: {
      budget: held,
      predictedLoss,
      interval95: [predictedLoss * 0.975, predictedLoss * 1.025],
      measuredLoss,
      measuredStdErr: 0.0009,
      relativeError: (measuredLoss - predictedLoss) / predictedLoss,
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
    published: { source: "arXiv 2410.08184", params: 0.5681, tokens: 0.4319, loss: -0.0273 },
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
