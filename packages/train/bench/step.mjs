// Time and arithmetic speed of one training step: node bench/step.mjs [wasm|webgpu] [threads]
import { shapeScenes } from "@isoflop/data";
import { conventions, flops, training } from "@isoflop/flops";
import { createDevice, leavesOf } from "@isoflop/tensor";
import { train } from "@isoflop/train";

const [kind = "wasm", threads = "1"] = process.argv.slice(2);
const device = await createDevice(kind, { wasm: { threads: Number(threads) } });
console.log(device.description);
const data = shapeScenes({ size: 16, seed: 0 });
console.log("width x depth | ms/step | GFLOP/s | validation of 1024, s");
for (const [width, depth, heads] of [
  [16, 1, 1],
  [24, 2, 1],
  [32, 3, 2],
  [64, 4, 2],
  [128, 5, 2],
]) {
  const model = {
    image: { height: 16, width: 16, channels: 3 },
    ...{ patch: 2, width, depth, heads, conditioning: "inContext" },
    context: { kind: "words", tokens: data.captionLength, vocabulary: data.vocabulary.size },
  };
  const perStep = 16 * flops(training(model, conventions.exact).total);
  const steps = Math.max(24, Math.min(400, Math.round(2e10 / perStep)));
  const reports = [];
  let started = 0;
  const { weights } = await train(
    { model, steps, batch: 16, validation: { images: 1024 } },
    {
      device,
      data,
      readEvery: 4,
      onProgress: ({ step, seconds }) => {
        reports.push([step, seconds]);
        started = performance.now();
      },
    },
  );
  const validation = (performance.now() - started) / 1000;
  for (const tensor of leavesOf(weights)) tensor.dispose();
  // The first reports hold compilation.
  const [from, to] = [reports[1], reports.at(-1)];
  const perSecond = (to[0] - from[0]) / (to[1] - from[1]);
  const row = [`${width} x ${depth}`, (1000 / perSecond).toFixed(2), ((perStep * perSecond) / 1e9).toFixed(1)];
  console.log([...row, validation.toFixed(2)].join(" | "));
}
device.destroy();
