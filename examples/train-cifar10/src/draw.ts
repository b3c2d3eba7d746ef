import type { DataSource } from "@isoflop/data";
import { classifierFreeGuidance, heun, sampler } from "@isoflop/diffusion";
import { encodePng, imageGrid } from "@isoflop/metrics";
import { type Device, random, type Tensor } from "@isoflop/tensor";
import { buildObjective, modelOf, type TrainResult, type TrainSpec } from "@isoflop/train";

/** Pictures of a class in a row of the grid. */
export const EACH = 8;

export interface Drawing {
  readonly device: Device;
  readonly data: DataSource;
  readonly spec: TrainSpec;
  readonly guidance: number;
  readonly steps: number;
}

/** A row of pictures for each class as a PNG: the same noise in every row, so that what differs is the class. */
export const drawClasses = async (weights: TrainResult["weights"], drawing: Drawing): Promise<Uint8Array> => {
  const { device, data, spec, guidance, steps } = drawing;
  const [channels, height, width] = data.shape;
  // Word 0 is "no label", word k is class k - 1.
  const classes = data.vocabulary.size - 1;
  const model = modelOf(spec);
  const guided = classifierFreeGuidance((x, t, words: Tensor) => model.apply(weights, x, t, words), {
    scale: guidance,
  });
  using drawn = sampler(guided, { objective: buildObjective(spec.objective), solver: heun(), device });
  const noise = random.normal(random.key(spec.seed), [EACH, ...data.shape]) as Tensor;
  const rows: Float32Array[] = [];
  for (let label = 1; label <= classes; label++) {
    const condition = device.tensor(new Int32Array(EACH).fill(label), [EACH, 1]);
    const unconditional = device.tensor(new Int32Array(EACH), [EACH, 1]);
    const row = await drawn.run({ condition, unconditional }, { noise, steps });
    rows.push((await row.data()) as Float32Array);
    for (const tensor of [row, condition, unconditional]) tensor.dispose();
  }
  const pixels = new Float32Array(rows.flatMap((row) => [...row]));
  const grid = { data: pixels, count: classes * EACH, channels, height, width };
  return encodePng(imageGrid(grid, { columns: EACH, zoom: Math.max(1, Math.floor(64 / width)) }));
};
