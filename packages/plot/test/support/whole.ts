import type { DrawnStudy, TimedRun } from "../../src/index.js";
import { exampleStudy, predicted } from "./study.js";

const widths = [16, 24, 32, 48, 64];
const rule = (width: number) => 0.0115 * (32 / width) ** 0.15;
const rates = [3e-3, 6e-3, 1.2e-2, 2.4e-2, 4.8e-2];

/** A study that says all that a study can say: two checks, of which one is open, a tuned rate, metrics, repeats, its file and modules. */
export const wholeStudy = (): DrawnStudy => {
  const study = exampleStudy();
  const runs = study.runs.map((run, i): TimedRun => {
    const width = widths[i % widths.length]!;
    return {
      ...run,
      width,
      depth: 1 + (i % 4),
      learningRate: rule(width),
      epochs: 0.5 + i / 8,
      metrics: { "KID of MobileNet": 0.02 + i / 1000, nll: 3.4 + i / 100 },
      standardErrors: { "KID of MobileNet": 0.0012 },
    };
  });
  return {
    ...study,
    runs,
    heldOut: [{ prediction: predicted(study.fit, 2.56e13) }, study.heldOut],
    data: {
      ...study.data,
      source: "hf://someone/pictures",
      licence: "CC-BY-4.0",
      images: 4096,
      notes: ["3 images were skipped: they could not be decoded", "12 of 804 words have no place in the table"],
    },
    tune: {
      rule: "0.0115 · (32 / width)^0.15",
      curve: [16, 24, 32, 64, 128].map((width) => ({ width, learningRate: rule(width) })),
      runs: [16, 32, 64].flatMap((width) =>
        rates.map((learningRate) => ({
          id: `tune-${width}-${learningRate}`,
          width,
          learningRate,
          loss: 0.26 + 0.01 * Math.log(learningRate / rule(width)) ** 2 + 0.16 / width,
          sigma: 0.002,
        })),
      ),
      optima: [16, 32, 64].map((width) => ({ width, learningRate: rule(width) * 1.02, ci95: [0.008, 0.016] })),
      notes: ["Tuned at 10¹¹ FLOPs, and used at every budget."],
    },
    file: { name: "mine", hash: "ab12cd34", text: "name: mine\ndata: hf://someone/pictures\n" },
    modules: [{ path: "./density.ts", digest: "0123456789abcdef0123456789abcdef" }],
    timings: { grid: 231, "held-out model": 40, fitting: 6, "training alone, all threads": 412 },
  };
};
