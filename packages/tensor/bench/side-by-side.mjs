/** One backend: `node bench/side-by-side.mjs wasm|webgpu [quick]`. */
import { attention, createDevice, jit, layerNorm, matmul, softmax } from "../dist/index.js";
import { SHAPE, stepFlops } from "./block-stack.mjs";
import { jaxKernels, jaxStep, loadJax } from "./jax.mjs";
import { ourStep } from "./ours.mjs";

const backend = process.argv[2];
const quick = process.argv.includes("quick");
const random = (n) => Float32Array.from({ length: n }, () => Math.random() - 0.5);

const time = async (once, repeats) => {
  await once();
  const ms = [];
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    await once();
    ms.push(performance.now() - start);
  }
  ms.sort((a, b) => a - b);
  return { best: ms[0], median: ms[Math.floor(ms.length / 2)] };
};

const device = await createDevice(backend);
console.log(`\n${device.description}`);
let gpu;
if (backend === "webgpu") {
  const dawn = await import("webgpu");
  Object.assign(globalThis, dawn.globals);
  gpu = dawn.create(["enable-dawn-features=allow_unsafe_apis"]);
}
const jax = await loadJax(backend, gpu).catch((error) => {
  console.log(`peer not run: ${error.message}`);
  return undefined;
});

const ourKernel = (f, ...shapes) => {
  const inputs = shapes.map((shape) => device.tensor(random(shape.reduce((a, b) => a * b, 1)), shape));
  const run = jit(f);
  return async () => {
    const out = run(...inputs);
    // Waits for the GPU without copying the whole result.
    await device.engine.download(out.storage.buffer, "f32", 1);
    out.dispose();
  };
};
const ours = {
  matmul: (n) => ourKernel((a, b) => matmul(a, b), [n, n], [n, n]),
  layerNorm: (rows, cols) => ourKernel((x) => layerNorm(x, { eps: 1e-6 }), [rows, cols]),
  softmax: (rows, cols) => ourKernel((x) => softmax(x), [rows, cols]),
  attention: (b, s, h, d) => ourKernel((q, k, v) => attention(q, k, v), [b, s, h, d], [b, s, h, d], [b, s, h, d]),
};
const theirs = jax && jaxKernels(jax, random);

const cases = [
  ["matmul", [256], 2 * 256 ** 3],
  ["matmul", [512], 2 * 512 ** 3],
  ...(quick ? [] : [["matmul", [1024], 2 * 1024 ** 3]]),
  ["layerNorm", [2048, 192], 0],
  ["softmax", [6144, 64], 0],
  ["attention", [quick ? 4 : 32, 64, 3, 64], (quick ? 4 : 32) * 4 * 64 * 64 * 3 * 64],
];
const show = ({ best, median }, flops) =>
  flops
    ? `${(flops / best / 1e6).toFixed(1).padStart(8)} ${(flops / median / 1e6).toFixed(1).padStart(8)} GFLOP/s`
    : `${best.toFixed(2).padStart(8)} ${median.toFixed(2).padStart(8)} ms     `;
console.log(
  `${"best, median".padEnd(28)}${"ours".padEnd(28)}${"@jax-js/jax 0.1.25".padEnd(28)}ours is faster by (median)`,
);
for (const [name, args, flops] of cases) {
  const repeats = quick ? 3 : 9;
  const a = await time(ours[name](...args), repeats);
  const b = theirs && (await time(theirs[name](...args), repeats));
  console.log(
    `${`${name} ${args.join("x")}`.padEnd(28)}${show(a, flops).padEnd(28)}${(b ? show(b, flops) : "-").padEnd(28)}${b ? (b.median / a.median).toFixed(2) : ""}`,
  );
}

/** Five hundred tiny dependent kernels in one program: what a dispatch costs the host. */
const perDispatch = async () => {
  const f = jit((x) => {
    let y = x;
    for (let i = 0; i < 500; i++) y = softmax(y);
    return y;
  });
  const x = device.tensor(random(16), [4, 4]);
  f(x).dispose();
  const host = [];
  for (let i = 0; i < 10; i++) {
    const start = performance.now();
    const y = f(x);
    host.push(performance.now() - start);
    await y.data();
    y.dispose();
  }
  return (1000 * Math.min(...host)) / 500;
};

const a = ourStep(device);
const program = a.program();
const flops = stepFlops(SHAPE);
const repeats = backend === "webgpu" ? 2 : 7;
const started = performance.now();
await a.run();
const first = (performance.now() - started) / 1000;
const step = await time(a.run, repeats);
const peer = jax && jaxStep(jax);
const peerStarted = performance.now();
if (peer) await peer.run();
const peerFirst = (performance.now() - peerStarted) / 1000;
const peerStep = peer && (await time(peer.run, quick ? 1 : repeats));
console.log(
  `${"training step".padEnd(28)}${`${step.best.toFixed(0)} ${step.median.toFixed(0)} ms`.padEnd(28)}${(peerStep ? `${peerStep.best.toFixed(0)} ${peerStep.median.toFixed(0)} ms` : "-").padEnd(28)}${peerStep ? (peerStep.median / step.median).toFixed(2) : ""}`,
);
console.log(`${"  GFLOP/s".padEnd(28)}${show(step, flops).padEnd(28)}${peerStep ? show(peerStep, flops) : "-"}`);
console.log(
  `${"  first step".padEnd(28)}${`${first.toFixed(2)} s`.padEnd(28)}${peer ? `${peerFirst.toFixed(2)} s` : "-"}`,
);
const { memory } = program;
console.log(
  `  ours: ${program.execution.dispatches} kernels in ${program.execution.submits} submit(s); host ${(await perDispatch()).toFixed(2)} µs per dispatch (on wasm: the whole tiny kernel)`,
);
console.log(
  `  memory: planned peak ${(memory.peak / 1e6).toFixed(0)} MB (${(memory.temporariesUnshared / 1e6).toFixed(0)} MB of intermediate values in ${(memory.temporaries / 1e6).toFixed(0)} MB), device peak over this whole bench ${(device.memory.peakBytes / 1e6).toFixed(0)} MB`,
);
device.destroy();
process.exit(0);
