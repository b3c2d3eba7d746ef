import { type Page, type Sample, sampleGridFigure, seriesFigure } from "@isoflop/plot";
import type { MeanLoss } from "@isoflop/train";
import type { AtNoise } from "./measure.js";
import type { Named } from "./objectives.js";

/** What was found of one objective. */
export interface Found extends Named {
  readonly errors: readonly AtNoise[];
  /** How much it counts an error at a ratio of noise to signal, per e-fold. */
  readonly weights: readonly { readonly noise: number; readonly weight: number }[];
  /** Its model's loss in each objective, in their order. */
  readonly losses: readonly MeanLoss[];
  readonly samples: readonly Sample[];
  readonly seconds: number;
}

const noise = { label: "noise to signal σ / α", scale: "log" } as const;
const most = (values: readonly number[]): number => Math.max(...values);

/** Everything on one page. `setting` says in a sentence what all models have in common. */
export const pageOf = (found: readonly Found[], setting: string): Page => {
  const names = found.map(({ name }) => name);
  const errors = seriesFigure(
    found.map(({ name, errors: all }) => ({
      name,
      points: all.map(({ noise: x, mean, stdErr }) => ({
        x,
        y: mean,
        ci95: [mean - 1.96 * stdErr, mean + 1.96 * stdErr] as const,
      })),
    })),
    {
      caption:
        "Mean squared error of the data that each model takes a noisy picture for, against how noisy it is, on held-out pictures with the same noise for all; bars are 95 %.",
      x: noise,
      y: { label: "squared error of the data", scale: "log" },
    },
  );
  const weights = seriesFigure(
    found.map(({ name, weights: all }) => {
      const peak = most(all.map(({ weight }) => weight));
      return { name, points: all.map(({ noise: x, weight }) => ({ x, y: weight / peak })) };
    }),
    {
      caption:
        "What each objective counts such an error for, weight × density of times per e-fold of noise, over its largest value. What is learnt follows this product and nothing else of an objective but what the network is asked for.",
      x: noise,
      y: { label: "effective weight over its peak" },
      dots: false,
    },
  );
  const least = names.map((_, j) => Math.min(...found.map(({ losses }) => losses[j]!.mean)));
  return {
    title: "One model under six objectives",
    lead: setting,
    sections: [
      {
        title: "The objectives",
        table: {
          head: ["objective", "network is asked for", "source", "training"],
          units: [undefined, undefined, undefined, "s"],
          rows: found.map(({ name, words, source, seconds }) => [name, words, source, seconds.toFixed(0)]),
          names: 3,
        },
      },
      { title: "Loss against noise", figures: [{ ...errors, name: "errors" }] },
      { title: "Effective weights", figures: [{ ...weights, name: "weights" }] },
      {
        title: "Every model in every objective",
        lead: "Rows: what a model was trained with. Columns: the loss it is measured in, over that of the best model of the column; 1.00 is the best. A model of one path is asked at equal noise of another, and its answer carried over: no loss is an estimate of another.",
        table: {
          head: ["trained with", ...names],
          rows: found.map(({ name, losses }) => [name, ...losses.map(({ mean }, j) => (mean / least[j]!).toFixed(2))]),
          names: 1,
        },
        notes: [
          `The best of the columns are ${found.map(({ losses }, j) => `${least[j]!.toPrecision(3)} ± ${losses[j]!.stdErr.toPrecision(1)} (${names[j]})`).join(", ")}: losses in different units.`,
        ],
      },
      {
        title: "Samples",
        lead: "The same noise, captions, steps and guidance for all.",
        figures: [{ ...sampleGridFigure(found.flatMap(({ samples }) => samples)), name: "samples" }],
      },
    ],
  };
};
