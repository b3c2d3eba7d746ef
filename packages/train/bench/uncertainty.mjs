// What the weighting by uncertainty does: EDM2's objective with and without it, the same runs and learning rates, loss by noise level.
// node bench/uncertainty.mjs [steps] [learning rates] [seeds]; shapes of 16 px, width 24, depth 2, WebAssembly, one thread.
import { shapeScenes } from "@isoflop/data";
import { createDevice, leavesOf } from "@isoflop/tensor";
import { setupFor, train, trainSpec } from "@isoflop/train";

const [steps = "1500", rates = "0.003,0.006", seeds = "2"] = process.argv.slice(2);
const device = await createDevice("wasm", { wasm: { threads: 1 } });
const data = shapeScenes({ size: 16 });
const model = { ...setupFor(data, { patch: 2 }), width: 24, depth: 2, heads: 2 };

for (const learningRate of rates.split(",").map(Number))
  for (const objective of ["edm2", { preset: "edm2", uncertainty: {} }])
    for (let seed = 0; seed < Number(seeds); seed++) {
      const spec = trainSpec({ model, steps: Number(steps), seed, objective, optimizer: { learningRate } });
      const { validation, weights } = await train(spec, { device, data });
      for (const tensor of leavesOf(weights)) tensor.dispose();
      const { mean, stdErr, bins } = validation;
      const levels = bins.map((bin) => bin.mean.toFixed(3)).join(" ");
      const name = typeof objective === "string" ? "edm2" : "edm2 with uncertainty";
      console.log(`${learningRate} ${name}, seed ${seed}: ${mean.toFixed(4)} ± ${stdErr.toFixed(4)}; ${levels}`);
    }
device.destroy();
