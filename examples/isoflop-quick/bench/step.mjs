// One compiled training step of the recipe, for the scripts that time it.
import { allocateBatch } from "@isoflop/data";
import { random } from "@isoflop/tensor";
import { buildObjective, modelOf, packTree, trainStep, uploadCaptions } from "@isoflop/train";
import { openData, runOf } from "./recipe.mjs";

/** @returns `step()` enqueues one, `settled()` waits for the last; `kernels` and `flops` (as budgets count them) of one */
export const stepOf = async (device, size) => {
  const { spec, flops, steps } = await runOf({ budget: 1e12, ...size });
  const data = await openData(spec.data);
  const model = modelOf(spec);
  const packing = packTree(model.init(random.key(0)));
  const packed = packing.pack(model.init(random.key(spec.seed)));
  const weights = await packed.data(device);
  packed.dispose();
  const upload = (values) => device.tensor(values);
  const zeros = new Float32Array(weights.length);
  let state = { weights: upload(weights), m: upload(zeros), v: upload(zeros), average: upload(weights) };
  const batch = allocateBatch(data, spec.batch);
  data.batch("train", 0, spec.batch, batch);
  const inputs = {
    images: device.tensor(batch.images, [spec.batch, ...data.shape]),
    captions: uploadCaptions(device, data, batch, spec.batch, model.reads),
    key: device.tensor(Uint32Array.of(0, spec.seed), [2], "u32"),
    step: device.tensor(Uint32Array.of(0), [], "u32"),
    rates: device.tensor(Float32Array.of(1e-3, 0.1, 0.01)),
    blend: device.tensor(Float32Array.of(0.1), []),
  };
  const { optimizer, captionDropout, objective } = spec;
  const run = trainStep({ device, model, packing, optimizer, captionDropout, objective: buildObjective(objective) });
  const { kernels } = run.program(state, inputs);
  let metrics;
  const step = () => {
    metrics?.dispose();
    ({ state, metrics } = run(state, inputs));
  };
  return { step, settled: () => metrics.data(), kernels, flops: flops / steps, data, spec };
};
