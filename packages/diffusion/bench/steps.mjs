// What objectives and solvers cost beside a network, on WebAssembly with one thread: node bench/steps.mjs (after a build). The
// network is a single product by a scale, so the rest is this package's.
import {
  cosinePath,
  euler,
  heun,
  linearPath,
  loss,
  minSnr,
  objective,
  rectifiedFlow,
  sample,
  stratified,
  uniform,
  unweighted,
  vpPath,
} from "@isoflop/diffusion";
import { createDevice, jit, mul, random, valueAndGrad } from "@isoflop/tensor";

const shape = [64, 3, 32, 32];
const device = await createDevice("wasm", { wasm: { threads: 1 } });
const [x, noise, scale] = [
  random.normal(random.key(1), shape),
  random.normal(random.key(2), shape),
  random.normal(random.key(3), []),
];
device.evaluate([x, noise, scale]);

const median = async (run) => {
  const times = [];
  for (let i = 0; i < 30; i++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
};
const show = (name, ms) => console.log(name.padEnd(44), `${ms.toFixed(2)} ms`);

console.log(`loss and gradient of a batch of ${shape.join(" x ")}`);
const given = (path, prediction, weighting) => objective({ path, prediction, weighting, density: uniform() });
for (const [name, flow] of [
  ["rectified flow", rectifiedFlow()],
  ["noise on the cosine path", given(cosinePath(), "noise", unweighted())],
  ["v on the VP path, min-SNR", given(vpPath(), "v", minSnr(5))],
  ["data on the linear path, min-SNR", given(linearPath(), "data", minSnr(5))],
]) {
  const step = jit((weight, key) => {
    const t = stratified(flow.density, shape[0], key);
    const mean = (w) => loss(flow, (xt) => mul(xt, w), { x, noise, t }).mean();
    return valueAndGrad(mean)(weight);
  });
  show(name, await median(() => step(scale, random.key(4)).value.item()));
}

console.log("a step of sampling");
for (const [name, solver] of [
  ["Euler", euler()],
  ["Heun", heun()],
]) {
  const steps = 20;
  const images = () => sample((xt) => mul(xt, scale), { noise, steps, solver, device });
  show(name, (await median(async () => (await images()).data())) / steps);
}
