// The validation loss against the width of the average, of one run: node bench/widths.mjs [steps] [shape]
import { shapeScenes } from "@isoflop/data";
import { createDevice, leavesOf, random } from "@isoflop/tensor";
import {
  buildObjective,
  memoryCheckpoints,
  modelOf,
  packTree,
  pairedDifference,
  setupFor,
  train,
  trainSpec,
  widthCurve,
} from "@isoflop/train";

const [steps = "2000", shape = "linear"] = process.argv.slice(2);
const device = await createDevice("wasm", { wasm: { threads: 1 } });
const data = shapeScenes({ size: 16, seed: 0 });
const spec = trainSpec({
  model: { ...setupFor(data, { patch: 2 }), width: 24, depth: 2, heads: 1 },
  steps: Number(steps),
  optimizer: { learningRate: 5e-3, shape },
  snapshots: { widths: [0.05, 0.1], count: 32 },
});
const store = memoryCheckpoints();
const { validation, weights, seconds } = await train(spec, { device, data, store });
for (const tensor of leavesOf(weights)) tensor.dispose();
console.log(`${steps} steps, ${shape}: ${seconds.toFixed(0)} s, loss ${validation.mean.toFixed(4)}`);
const model = modelOf(spec);
const fixed = { device, data, model, objective: buildObjective(spec.objective), validation: spec.validation };
const packing = packTree(model.init(random.key(0)));
const curve = await widthCurve(await store.snapshots(), [0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2], {
  ...fixed,
  packing,
});
console.log("width | loss | against 0.05 | residual");
for (const { width, mean, losses, residual } of curve) {
  const { mean: more, stdErr } = pairedDifference(losses, validation.losses);
  console.log([width, mean.toFixed(4), `${more.toFixed(5)} ± ${stdErr.toFixed(5)}`, residual.toFixed(4)].join(" | "));
}
device.destroy();
