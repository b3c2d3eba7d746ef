// Kernels that memory bounds, timed by the GPU: gigabytes per second of what they must read and write.
import { createDevice, exp, gelu, jit, layerNorm, softmax } from "@isoflop/tensor";
import { median, random, round, say, size, small, spinUp } from "./common.mjs";
import { timedGpu } from "./gpu.mjs";

const { gpu, record } = timedGpu();
const device = await createDevice("webgpu", { webgpu: { gpu } });
const scale = small ? 16 : 1;
const rows = 8192 / scale;
const cases = [
  ["copy (negation)", [rows, 8192], (x) => x.neg(), 2],
  ["add", [rows, 8192], (x) => x.add(x.mul(0.5)), 2],
  ["exp", [rows, 3072], (x) => exp(x), 2],
  ["gelu", [rows, 3072], (x) => gelu(x), 2],
  ["broadcast add", [rows, 768], (x) => x.add(x.sum([0], { keepDims: true })), 3],
  ["transposed copy", [rows, 768], (x) => x.permute([1, 0]).add(0), 2],
  ["sum of rows", [rows, 3072], (x) => x.sum([1]), 1],
  ["sum of columns", [rows, 3072], (x) => x.sum([0]), 1],
  ["sum over tokens", [32 / Math.min(scale, 8), 256, 768], (x) => x.sum([1]), 1],
  ["sum of all", [rows, 3072], (x) => x.sum(), 1],
  ["softmax", [98304 / scale, 256], (x) => softmax(x, -1), 2],
  ["layer norm", [rows, 768], (x) => layerNorm(x, { eps: 1e-6 }), 2],
];
for (const [name, shape, f, passes] of cases) {
  const x = device.tensor(random(size(shape)), shape);
  const run = jit(f, { device });
  const times = [];
  let names;
  const once = () => {
    const y = run(x);
    device.evaluate(y);
    return y;
  };
  await spinUp(async () => {
    for (let i = 0; i < 20; i++) once().dispose();
    const y = once();
    await y
      .slice(
        y.shape.map(() => 0),
        y.shape.map(() => 1),
      )
      .sum()
      .item();
    y.dispose();
  });
  for (let i = 0; i < 6; i++) {
    let y;
    const dispatches = await record(() => {
      y = once();
    });
    y.dispose();
    names = dispatches.map((d) => d.name);
    times.push(dispatches.reduce((sum, { ms }) => sum + ms, 0));
  }
  const ms = median(times.slice(1));
  say({
    what: `${name} [${shape}]`,
    ms: round(ms, 4),
    gbs: round((passes * size(shape) * 4) / ms / 1e6, 0),
    dispatches: names.length,
  });
  run.dispose();
  x.dispose();
}
process.exit(0);
