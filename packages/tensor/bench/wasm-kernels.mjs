// Speed of the WebAssembly kernels: `node bench/wasm-kernels.mjs [filter]`. For one thread and for as many as the
// machine has: the rate of the best of many repetitions, of their median, and per second of processor time (all threads
// together, spinning included), which is what a machine shared with others leaves comparable.
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "tsup";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outDir = join(root, "node_modules/.cache/bench-wasm");
await build({
  entry: { wasm: join(root, "src/backends/wasm/index.ts") },
  outDir,
  format: "esm",
  target: "es2022",
  silent: true,
  config: false,
  dts: false,
});
const { createWasmBackend } = await import(pathToFileURL(join(outDir, "wasm.js")).href);

const filter = process.argv[2] ?? "";
const size = (shape) => shape.reduce((a, b) => a * b, 1);
const rowMajor = (shape) => shape.map((_, d) => size(shape.slice(d + 1)));
const view = (slot, shape, strides = rowMajor(shape), offset = 0) => ({ slot, dtype: "f32", shape, strides, offset });
const call = (op, inputs, outputs, attrs = {}) => ({ kind: "call", op, name: op, inputs, outputs, attrs });
const pointwise = (loads, body, outputs, results = [loads.length + body.length - 1]) => ({
  kind: "pointwise",
  name: "pointwise",
  program: { shape: loads[0].shape, loads, body, results },
  outputs,
});
const f32 = (op, ...args) => ({ op, args, dtype: "f32" });
const constant = (value) => ({ op: "constant", value, dtype: "f32" });

/** [name, kernels, elements per slot, unit, amount of that unit per run]. */
const cases = [];
const product = (name, form, m, n, k, batch = 1) => {
  const lead = batch > 1 ? [batch] : [];
  const matrix = (slot, rows, columns, transposed) =>
    view(
      slot,
      [...lead, rows, columns],
      [...(batch > 1 ? [rows * columns] : []), ...(transposed ? [1, rows] : [columns, 1])],
    );
  const a = matrix(0, m, k, form[0] === "T");
  const b = matrix(1, k, n, form[1] === "T");
  const kernel = call("matmul", [a, b], [view(2, [...lead, m, n])], { scale: 1 });
  cases.push([
    `matmul ${form} ${name}`,
    [kernel],
    [a, b, kernel.outputs[0]].map((v) => size(v.shape)),
    "GFLOP/s",
    (2 * batch * m * n * k) / 1e9,
  ]);
};
for (const n of [256, 512, 1024]) for (const form of ["NN", "NT", "TN"]) product(`${n}`, form, n, n, n);
for (const form of ["NN", "NT", "TN"]) product("64 x 96", form, 64, 64, 64, 96);
for (const form of ["NN", "NT", "TN"]) product("2048x768x192", form, 2048, 768, 192);
product("192x768x2048", "TN", 192, 768, 2048);
product("2048x192x768", "NT", 2048, 192, 768);
for (const form of ["NN", "NT"]) product("1024x64x256", form, 1024, 64, 256);
for (const form of ["NN", "NT"]) product("32x1152x192", form, 32, 1152, 192);
product("16x16x16", "NN", 16, 16, 16);

for (const columns of [64, 192, 768]) {
  const rows = 2048;
  const [x, y, r, d, dx] = [
    view(0, [rows, columns]),
    view(1, [rows, columns]),
    view(2, [rows]),
    view(3, [rows, columns]),
    view(4, [rows, columns]),
  ];
  const sizes = [x, y, r, d, dx].map((v) => size(v.shape));
  const gb = (tensors) => (tensors * rows * columns * 4) / 1e9;
  cases.push([
    `layer norm 2048x${columns}`,
    [call("normalize", [x], [y, r], { eps: 1e-6, center: true })],
    sizes,
    "GB/s",
    gb(2),
  ]);
  cases.push([
    `layer norm backward 2048x${columns}`,
    [call("normalizeBackward", [d, y, r], [dx], { center: true })],
    sizes,
    "GB/s",
    gb(3),
  ]);
  cases.push([`softmax 2048x${columns}`, [call("softmax", [x], [y], { log: false })], sizes, "GB/s", gb(2)]);
  const reduce = (outer, reduced, inner) => ({
    kind: "reduce",
    name: "sum",
    reduce: "sum",
    program: { shape: [rows, columns], loads: [x], body: [], results: [0] },
    outer,
    reduced,
    inner,
    output: view(1, [outer * inner]),
  });
  cases.push([`sum rows 2048x${columns}`, [reduce(rows, columns, 1)], sizes, "GB/s", gb(1)]);
  cases.push([`sum columns 2048x${columns}`, [reduce(1, rows, columns)], sizes, "GB/s", gb(1)]);
}
{
  const [b, s, h, d] = [32, 64, 3, 64];
  const q = (slot, i) => view(slot, [b, s, h, d], [s * 3 * h * d, 3 * h * d, d, 1], i * h * d);
  const dense = (slot) => view(slot, [b, s, h, d]);
  const lse = view(2, [b, h, s]);
  const n = b * s * h * d;
  const sizes = [3 * n, n, b * h * s, n, n, n, n];
  const qkv = [q(0, 0), q(0, 1), q(0, 2)];
  const flops = (4 * b * h * s * s * d) / 1e9;
  cases.push([
    "attention 32x64x3x64",
    [call("attention", qkv, [dense(1), lse], { scale: 0.125 })],
    sizes,
    "GFLOP/s",
    flops,
  ]);
  cases.push([
    "attention backward 32x64x3x64",
    [call("attentionBackward", [...qkv, dense(1), lse, dense(3)], [dense(4), dense(5), dense(6)], { scale: 0.125 })],
    sizes,
    "GFLOP/s",
    2.5 * flops,
  ]);
}
/** Windows over images of `side` x `side` pixels that stay as large, as networks for pictures have them. */
const windows = (op, side, [rows, columns], channels, out, stride = 1) => {
  const pad = (k) => [Math.floor((k - 1) / 2), Math.floor(k / 2)];
  const [x, y] = [view(0, [1, side, side, channels]), view(2, [1, side / stride, side / stride, out])];
  const depthwise = op === "depthwiseConvolution";
  const kernel = view(1, depthwise ? [rows, columns, channels] : [rows, columns, channels, out]);
  const attrs = {
    stride: [stride, stride],
    dilation: [1, 1],
    padding: [...pad(rows), ...pad(columns)],
    activation: "relu",
  };
  cases.push([
    `${depthwise ? "depthwise" : op} ${rows}x${columns} ${side}² ${channels}${depthwise ? "" : `-${out}`}`,
    [call(op, [x, kernel], [y], attrs)],
    [x, kernel, y].map((v) => size(v.shape)),
    "GFLOP/s",
    (2 * size(y.shape) * rows * columns * (depthwise ? 1 : channels)) / 1e9,
  ]);
};
windows("convolution", 112, [1, 1], 16, 96);
windows("convolution", 14, [1, 1], 64, 384);
windows("convolution", 224, [3, 3], 3, 32, 2);
windows("convolution", 36, [3, 3], 96, 96);
windows("convolution", 17, [1, 7], 192, 192);
windows("depthwiseConvolution", 56, [3, 3], 144, 144);
windows("depthwiseConvolution", 112, [3, 3], 96, 96, 2);
for (const n of [1 << 14, 1 << 21]) {
  const v = (slot) => view(slot, [n]);
  const gb = (tensors) => (tensors * n * 4) / 1e9;
  const label = n < 1 << 20 ? `${n >> 10}Ki` : `${n >> 20}Mi`;
  cases.push([`a + b ${label}`, [pointwise([v(0), v(1)], [f32("add", 0, 1)], [v(2)])], [n, n, n], "GB/s", gb(3)]);
  for (const op of ["exp", "gelu", "geluGrad", "sin", "tanh"])
    cases.push([`${op} ${label}`, [pointwise([v(0)], [f32(op, 0)], [v(1)])], [n, n], "Gelem/s", n / 1e9]);
  // AdamW: p, g, m, v in place, step size in a buffer.
  const scalar = view(4, [n], [0]);
  const body = [
    constant(0.9),
    constant(0.1),
    constant(0.999),
    constant(0.001),
    constant(1e-8),
    constant(0.99),
    f32("mul", 2, 5),
    f32("mul", 1, 6),
    f32("add", 11, 12),
    f32("mul", 3, 7),
    f32("mul", 1, 1),
    f32("mul", 15, 8),
    f32("add", 14, 16),
    f32("sqrt", 17),
    f32("add", 18, 9),
    f32("div", 13, 19),
    f32("mul", 20, 4),
    f32("mul", 0, 10),
    f32("sub", 22, 21),
  ];
  cases.push([
    `AdamW ${label}`,
    [pointwise([v(0), v(1), v(2), v(3), scalar], body, [v(2), v(3), v(0)], [13, 17, 23])],
    [n, n, n, n, 1],
    "GB/s",
    gb(7),
  ]);
  const rows = n / 64;
  const grid = (slot, strides) => view(slot, [rows, 64], strides);
  cases.push([
    `x * row + column ${label}`,
    [pointwise([grid(0), grid(1, [0, 1]), grid(2, [1, 0])], [f32("mul", 0, 1), f32("add", 3, 2)], [grid(3)])],
    [n, 64, rows, n],
    "GB/s",
    gb(2),
  ]);
  cases.push([
    `transpose ${label}`,
    [pointwise([view(0, [64, rows], [1, 64])], [], [view(1, [64, rows])], [0])],
    [n, n],
    "GB/s",
    gb(2),
  ]);
}
{
  const tiny = view(0, [64]);
  const chain = Array.from({ length: 1000 }, () => pointwise([tiny, view(1, [64])], [f32("add", 0, 1)], [tiny]));
  cases.push(["tiny add of 64 x 1000", chain, [64, 64], "ns/kernel", -1000]);
  const small = Array.from({ length: 1000 }, () =>
    call("matmul", [view(0, [8, 8]), view(1, [8, 8])], [view(2, [8, 8])], { scale: 1 }),
  );
  cases.push(["tiny matmul 8x8x8 x 1000", small, [64, 64, 64], "ns/kernel", -1000]);
}

const measure = (backend, kernels, sizes) => {
  const buffers = sizes.map((n) => {
    const buffer = backend.allocate(n * 4);
    backend.write(
      buffer,
      Float32Array.from({ length: n }, (_, i) => ((i * 7919) % 1000) / 500 - 1),
    );
    return buffer;
  });
  const program = backend.compile(kernels, sizes.length);
  const times = [];
  const until = performance.now() + 700;
  const before = process.cpuUsage().user;
  while (performance.now() < until || times.length < 20) {
    const start = performance.now();
    program.run(buffers);
    times.push((performance.now() - start) / 1000);
  }
  const cpu = (process.cpuUsage().user - before) / 1e6 / times.length;
  program.destroy();
  for (const buffer of buffers) backend.free(buffer);
  times.sort((a, b) => a - b);
  return { best: times[Math.floor(times.length / 50)], median: times[times.length >> 1], cpu };
};

const backends = [];
for (const threads of [1, availableParallelism()]) backends.push(await createWasmBackend({ threads }));
for (const backend of backends) console.log(backend.description);
for (const [name, kernels, sizes, unit, amount] of cases) {
  if (!name.includes(filter)) continue;
  const cells = backends.map((backend) => {
    const { best, median, cpu } = measure(backend, kernels, sizes);
    const rate = (time) => (amount < 0 ? (time * 1e9) / -amount : amount / time).toFixed(amount < 0 ? 0 : 1);
    return [best, median, cpu].map((time) => rate(time).padStart(7)).join(" ");
  });
  console.log(`${name.padEnd(34)} ${cells.join("   ")}  ${unit}`);
}
for (const backend of backends) backend.destroy();
