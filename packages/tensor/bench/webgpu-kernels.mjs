// Kernel rates of the webgpu backend on whatever adapter Dawn finds: node bench/webgpu-kernels.mjs [quick]
// GFLOP/s and GB/s are the best of several runs; "cpu" divides by processor time, for adapters that are CPUs on busy machines.
import { fileURLToPath } from "node:url";
import { build } from "tsup";

const folder = fileURLToPath(new URL("../node_modules/.cache/webgpu-bench/", import.meta.url));
await build({
  entry: [fileURLToPath(new URL("webgpu-entry.ts", import.meta.url))],
  outDir: folder,
  format: "esm",
  config: false,
  silent: true,
  external: ["webgpu"],
  outExtension: () => ({ js: ".mjs" }),
});
const { createWebgpuBackend, nodeGpu } = await import(`${folder}webgpu-entry.mjs`);

const quick = process.argv.includes("quick");
const backend = await createWebgpuBackend({ gpu: await nodeGpu() });
console.log(backend.description);

const contiguous = (shape) => shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
const view = (slot, shape, strides = contiguous(shape)) => ({ slot, dtype: "f32", shape, strides, offset: 0 });
const size = (shape) => shape.reduce((a, b) => a * b, 1);

const measure = async (kernels, bytes, repeats = quick ? 3 : 7) => {
  const buffers = bytes.map((n) => backend.allocate(n));
  for (const [i, buffer] of buffers.entries())
    backend.write(
      buffer,
      Float32Array.from({ length: bytes[i] / 4 }, () => Math.random() - 0.5),
    );
  const compileStart = performance.now();
  const program = backend.compile(kernels, bytes.length);
  await program.ready;
  const compile = performance.now() - compileStart;
  const once = async () => {
    program.run(buffers);
    await backend.read(buffers.at(-1), "f32", 1);
  };
  await once();
  let best = Infinity;
  const cpu = process.cpuUsage();
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    await once();
    best = Math.min(best, performance.now() - start);
  }
  const used = process.cpuUsage(cpu);
  program.destroy();
  for (const buffer of buffers) backend.free(buffer);
  return { best, cpu: (used.user + used.system) / 1e3 / repeats, compile };
};

const report = (name, work, unit, { best, cpu, compile }) =>
  console.log(
    `${name.padEnd(34)} ${(work / best / 1e6).toFixed(2).padStart(9)} ${unit}  ${(work / cpu / 1e6).toFixed(2).padStart(9)} per cpu second  ${best.toFixed(2).padStart(9)} ms  compile ${compile.toFixed(0)} ms`,
  );

const product = (m, k, n, transposed, batch = []) => {
  const matrix = (slot, rows, columns, flip) => {
    const strides = contiguous([...batch, rows, columns]);
    if (flip) strides.splice(-2, 2, 1, rows);
    return view(slot, [...batch, rows, columns], strides);
  };
  return {
    kernel: {
      kind: "call",
      op: "matmul",
      name: "matmul",
      inputs: [matrix(0, m, k, transposed[0] === "T"), matrix(1, k, n, transposed[1] === "T")],
      outputs: [view(2, [...batch, m, n])],
      attrs: { scale: 1 },
    },
    bytes: [size(batch) * m * k * 4, size(batch) * k * n * 4, size(batch) * m * n * 4],
    flops: 2 * size(batch) * m * k * n,
  };
};
const time = async (name, { kernel, bytes, flops }) => report(name, flops, "GFLOP/s", await measure([kernel], bytes));

for (const n of quick ? [256] : [256, 512, 1024])
  for (const order of ["NN", "NT", "TN"]) await time(`matmul ${order} ${n}`, product(n, n, n, order));
await time("linear 2048x192 to 768", product(2048, 192, 768, "NN"));
await time("its weight gradient", product(192, 2048, 768, "TN"));
await time("its input gradient", product(2048, 768, 192, "NT"));
await time("scores, 96 heads of 64x64x64", product(64, 64, 64, "NT", [96]));
await time("values, 96 heads of 64x64x64", product(64, 64, 64, "NN", [96]));

const rows = 2048;
const columns = 192;
const matrix = (slot) => view(slot, [rows, columns]);
const bytes = rows * columns * 4;
const row = { kind: "call", name: "row", attrs: { log: false, eps: 1e-6, center: true } };
report(
  "softmax 2048x192",
  2 * bytes,
  "GB/s   ",
  await measure([{ ...row, op: "softmax", inputs: [matrix(0)], outputs: [matrix(1)] }], [bytes, bytes]),
);
report(
  "normalize 2048x192",
  2 * bytes,
  "GB/s   ",
  await measure(
    [{ ...row, op: "normalize", inputs: [matrix(0)], outputs: [matrix(1), view(2, [rows])] }],
    [bytes, bytes, rows * 4],
  ),
);
const sum = (outer, reduced, inner) => ({
  kind: "reduce",
  name: "sum",
  reduce: "sum",
  outer,
  reduced,
  inner,
  program: { shape: [outer, reduced, inner], loads: [view(0, [outer, reduced, inner])], body: [], results: [0] },
  output: view(1, [outer, inner]),
});
report("sum of rows 2048x192", bytes, "GB/s   ", await measure([sum(rows, columns, 1)], [bytes, rows * 4]));
report("sum of columns 2048x192", bytes, "GB/s   ", await measure([sum(1, rows, columns)], [bytes, columns * 4]));

const pointwise = (n, op) => ({
  kind: "pointwise",
  name: op,
  program: {
    shape: [n],
    loads: [view(0, [n]), view(1, [n])],
    body: [{ op: "mul", args: [0, 1], dtype: "f32" }, ...(op === "mul" ? [] : [{ op, args: [2], dtype: "f32" }])],
    results: [op === "mul" ? 2 : 3],
  },
  outputs: [view(2, [n])],
});
const elements = quick ? 1 << 18 : 1 << 21;
for (const op of ["mul", "exp", "gelu", "cos"])
  report(
    `pointwise ${op}, ${elements} elements`,
    12 * elements,
    "GB/s   ",
    await measure([pointwise(elements, op)], [elements * 4, elements * 4, elements * 4]),
  );

const tiny = Array.from({ length: 500 }, (_, i) => ({ ...pointwise(64, "mul"), name: `tiny ${i}` }));
const small = [0, 1, 2].map(() => backend.allocate(256));
const program = backend.compile(tiny, 3);
await program.ready;
program.run(small);
await backend.read(small[2], "f32", 1);
let host = Infinity;
for (let i = 0; i < 20; i++) {
  const start = performance.now();
  program.run(small);
  host = Math.min(host, performance.now() - start);
  await backend.read(small[2], "f32", 1);
}
console.log(
  `500 tiny kernels: ${((host * 1000) / 500).toFixed(2)} µs of host time per dispatch, ${program.stats.submits} submits per run, ${backend.pipelines} pipelines in all`,
);
backend.destroy();
