import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { quantiles } from "@isoflop/diffusion";
import { buildObjective } from "@isoflop/train";
import { scratch } from "./isoflop.js";

export const SAMPLES = 512;
/** What all of them are trained with. */
export const objective = {
  path: "linear",
  prediction: "velocity",
  density: { kind: "logitNormal", mean: 0, std: 1 },
} as const;
export const { density } = buildObjective(objective);
export const times = quantiles(density, SAMPLES).map(Math.fround);

/** Near the data the size matters most. */
export const lossAt = (t: number, N: number, D: number) =>
  0.2 + 0.5 * t + (1500 * (1 - t) ** 2 + 60) / N ** 0.34 + (200 + 600 * t) / D ** 0.28;

export interface Kept {
  /** Whether a run has its file of losses. */
  readonly losses?: (i: number) => boolean;
  readonly bins?: boolean;
  /** Of a sample of this time. */
  readonly of?: (t: number, N: number, D: number) => number;
  readonly samples?: (i: number) => object;
  /** Of the spec, beside budget, seed and objective. */
  readonly spec?: (i: number) => object;
}

/** A folder of runs that were validated, as a store has them: five sizes at four budgets. */
export const folderOf = (
  name: string,
  { losses = () => true, bins = true, of = lossAt, samples = () => ({}), spec = () => ({}) }: Kept = {},
) => {
  const folder = scratch(name);
  rmSync(folder, { recursive: true, force: true });
  let i = 0;
  for (const C of [1e17, 4e17, 1.6e18, 6.4e18])
    for (const f of [0.25, 0.5, 1, 2, 4]) {
      const N = f * Math.sqrt(C / 120);
      const D = C / (6 * N);
      const id = String(i).padStart(16, "0");
      const own = times.map((t) => Math.fround(of(t, N, D)));
      const mean = (values: readonly number[]) => values.reduce((s, v) => s + v, 0) / values.length;
      const size = SAMPLES / 8;
      const lossBins = Array.from({ length: 8 }, (_, k) => {
        const [from, to] = [k, k + 1].map((edge) => (edge === 0 ? 0 : edge === 8 ? 1 : density.quantile(edge / 8)));
        return { from, to, mean: mean(own.slice(k * size, (k + 1) * size)), stdErr: 0.001 };
      });
      mkdirSync(join(folder, id), { recursive: true });
      const result = {
        paramsNonEmbedding: N,
        tokens: D,
        loss: mean(own),
        lossStdErr: 0.001,
        ...(bins && { lossBins }),
      };
      const record = { id, spec: { budget: C, seed: i, objective, ...spec(i) }, state: "done", result };
      writeFileSync(join(folder, id, "run.json"), JSON.stringify(record));
      const on = { data: "d", split: "validation", images: SAMPLES, objective, noise: 1, ...samples(i) };
      const file = { record: "validation-losses", run: id, samples: on, times, losses: own };
      if (losses(i)) writeFileSync(join(folder, id, "losses.json.gz"), gzipSync(JSON.stringify(file)));
      i++;
    }
  return folder;
};
