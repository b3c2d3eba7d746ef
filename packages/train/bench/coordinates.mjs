// The coordinate check as a table (CSV): how far training moves every layer, by width, with and without muP.
//   node bench/coordinates.mjs [conditioning=inContext] [steps=4] [learningRate=0.01] > coordinates.csv
import { shapeScenes } from "@isoflop/data";
import { createDevice } from "@isoflop/tensor";
import { coordinateCheck, setupFor } from "@isoflop/train";

const [conditioning = "inContext", steps = "4", learningRate = "0.01"] = process.argv.slice(2);
const widths = [16, 32, 64, 128, 256];
const device = await createDevice("wasm", { wasm: { threads: 1 } });
const data = shapeScenes({ size: 16, seed: 0 });
const spec = { steps: Number(steps), optimizer: { learningRate: Number(learningRate), warmup: 0, decay: 0 } };

console.log(["parameterization", "layer", ...widths, "slope"].join());
for (const parameterization of [{ kind: "standard" }, { kind: "muP", baseWidth: 32, baseHeads: 4 }]) {
  const models = widths.map((width) => ({
    ...setupFor(data, { patch: 4, conditioning }),
    ...{ width, heads: width / 8, depth: 2, parameterization },
  }));
  for (const { layer, changes, slope } of await coordinateCheck(spec, models, { device, data }))
    console.log([parameterization.kind, layer, ...changes.map((x) => x.toPrecision(4)), slope.toFixed(3)].join());
}
device.destroy();
