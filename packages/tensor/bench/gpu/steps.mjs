// Whole programs, wall time: products through the public API, then training steps.
import { createDevice, jit, matmul } from "@isoflop/tensor";
import { random, round, say, small, wallTime } from "./common.mjs";
import { STEPS, stepFlops, trainingStep } from "./transformer.mjs";

const device = await createDevice("webgpu");
for (const n of small ? [128] : [1024, 2048, 4096, 8192]) {
  const [a, b] = [0, 1].map(() => device.tensor(random(n * n), [n, n]));
  const product = jit((x, y) => {
    const c = matmul(x, y);
    return [c, c.slice([0, 0], [1, 1]).sum()];
  });
  let before;
  const once = () => {
    before?.dispose();
    const [c, corner] = product(a, b);
    c.dispose();
    before = corner;
    return corner;
  };
  const time = await wallTime(once, (corner) => corner.item(), { batch: n < 4096 ? 30 : 4 });
  say({ what: `program product ${n}`, ...time, tflops: round((2 * n ** 3) / time.ms / 1e9, 2) });
  product.dispose();
  for (const x of [a, b, before]) x.dispose();
}
for (const shape of STEPS) {
  const step = trainingStep(device, shape);
  const options = { batch: small ? 1 : 3, repeats: small ? 2 : 4, seconds: 10 };
  const time = await wallTime(step.once, (loss) => loss.item(), options);
  say({
    what: `step ${shape.name}`,
    ...time,
    tflops: round(stepFlops(shape) / time.ms / 1e9, 2),
    megabytes: round(device.memory.peakBytes / 1e6, 0),
  });
  step.dispose();
}
process.exit(0);
