// Where a training step spends its time: every dispatch timed by the GPU, summed by kernel.
import { createDevice } from "@isoflop/tensor";
import { flopsOf, round, say, spinUp } from "./common.mjs";
import { timedGpu } from "./gpu.mjs";
import { STEPS, trainingStep } from "./transformer.mjs";

const { gpu, record } = timedGpu();
const device = await createDevice("webgpu", { webgpu: { gpu } });
for (const shape of STEPS.slice(0, 2)) {
  const step = trainingStep(device, shape);
  await spinUp(() => step.once().item());
  const dispatches = await record(() => step.once().item());
  const total = dispatches.reduce((sum, { ms }) => sum + ms, 0);
  say({ what: `profile ${shape.name}`, dispatches: dispatches.length, gpuMs: round(total) });
  const kinds = new Map();
  for (const { name, ms, bytes } of dispatches) {
    const kind = kinds.get(name) ?? { name, count: 0, ms: 0, bytes: 0 };
    kinds.set(name, { ...kind, count: kind.count + 1, ms: kind.ms + ms, bytes: kind.bytes + bytes });
  }
  const products = [...kinds.values()].filter(({ name }) => flopsOf(name) > 0);
  say({
    profile: "all products",
    ms: round(products.reduce((s, { ms }) => s + ms, 0)),
    percent: round((100 * products.reduce((s, { ms }) => s + ms, 0)) / total, 1),
  });
  for (const { name, count, ms, bytes } of [...kinds.values()].sort((a, b) => b.ms - a.ms).slice(0, 45)) {
    const flops = flopsOf(name) * count;
    const rate = flops > 0 ? { tflops: round(flops / ms / 1e9, 2) } : { gbs: round(bytes / ms / 1e6, 0) };
    say({ profile: name, count, ms: round(ms), percent: round((100 * ms) / total, 1), ...rate });
  }
  step.dispose();
}
process.exit(0);
