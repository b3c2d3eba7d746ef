// Single products in every candidate tile, timed by the GPU beside each other and checked against float64: node products.mjs [small] [norobust] [only=TEXT]
import { median, random, round, say, size, small, spinUp } from "./common.mjs";
import { dawn, readQueries } from "./gpu.mjs";
import {
  chooseTiling,
  dispatchesOf,
  dispatchesOfTiling,
  geometry,
  requestDevice,
  TILES,
  threadsOf,
  workgroupBytes,
} from "./internals.mjs";

const unguarded = process.argv.includes("norobust");
const only = process.argv.find((a) => a.startsWith("only="))?.slice(5);
const seconds = +(process.argv.find((a) => a.startsWith("seconds="))?.slice(8) ?? 60);
const begin = performance.now();
const { device, info } = await requestDevice(dawn(unguarded ? ["disable_robustness"] : []), {});
device.addEventListener("uncapturederror", ({ error }) => say({ uncaptured: error.message.slice(0, 600) }));
const usage = globalThis.GPUBufferUsage;

const tile = (height, width, rows, columns, depth) => ({ height, width, rows, columns, depth, rate: 1 });
const CANDIDATES = [
  ...TILES,
  tile(128, 128, 8, 8, 16),
  tile(128, 64, 8, 8, 32),
  tile(64, 128, 8, 8, 8),
  tile(64, 64, 8, 8, 16),
].filter(
  (t) =>
    workgroupBytes(t) <= info.limits.maxComputeWorkgroupStorageSize &&
    threadsOf(t) <= info.limits.maxComputeInvocationsPerWorkgroup,
);
/** For shapes that are about splits or odd edges rather than about tiles. */
const FEW = TILES.filter((t) => t.height > 32);
const tileName = (t) => `${t.height}x${t.width} ${t.rows}x${t.columns} d${t.depth}`;

/** Rewrites of the text that ask what a part of it costs or brings. */
const REWRITES = {
  "sum += a * b": (text) => text.replace(/(s\d+_\d+) = fma\((.*?\)), (b\d), \1\);/g, "$1 += $2 * $3;"),
  "one sum": (text) => text.replace(/const BLOCK = \d+u;/, "const BLOCK = 1048576u;"),
};

const strides = (shape) => shape.map((_, axis) => size(shape.slice(axis + 1)));
const matrix = (slot, batch, rows, columns, flip) => {
  const at = strides([...batch, rows, columns]);
  if (flip) at.splice(-2, 2, 1, rows);
  return { slot, dtype: "f32", shape: [...batch, rows, columns], strides: at, offset: 0 };
};
/** Heads lie inside tokens: [batch, tokens, heads, width] seen as [batch, heads, tokens, width]. */
const heads = (slot, [batch, count], tokens, width, flip) => {
  const at = [tokens * count * width, width, count * width, 1];
  if (flip) at.splice(-2, 2, 1, count * width);
  return {
    slot,
    dtype: "f32",
    shape: [batch, count, ...(flip ? [width, tokens] : [tokens, width])],
    strides: at,
    offset: 0,
  };
};
const call = (a, b, out) => ({
  kind: "call",
  op: "matmul",
  name: "matmul",
  inputs: [a, b],
  outputs: [out],
  attrs: { scale: 1 },
});
const plain = (order, m, k, n) =>
  call(matrix(0, [], m, k, order[0] === "T"), matrix(1, [], k, n, order[1] === "T"), matrix(2, [], m, n, false));
const scale = small ? 32 : 1;
const many = [small ? 2 : 32, small ? 2 : 12];
const tokens = 256 / Math.min(scale, 4);
const ones = [1];
const SHAPES = [
  ["NN 4096", plain("NN", 4096 / scale, 4096 / scale, 4096 / scale), ones],
  ["NN 8192", plain("NN", 8192 / scale, 8192 / scale, 8192 / scale), ones],
  ["qkv", plain("NN", 8192 / scale, 768 / Math.min(scale, 4), 2304 / scale), ones],
  ["dx", plain("NT", 8192 / scale, 2304 / Math.min(scale, 4), 768 / scale), ones],
  ["proj", plain("NN", 8192 / scale, 768 / Math.min(scale, 4), 768 / scale), ones],
  ["dW fc", plain("TN", 768 / scale, 8192 / Math.min(scale, 4), 3072 / scale), [1, 2, 4, 8]],
  ["dW proj", plain("TN", 768 / scale, 8192 / Math.min(scale, 4), 768 / scale), [4, 8, 16]],
  [
    "scores",
    call(heads(0, many, tokens, 64, false), heads(1, many, tokens, 64, true), matrix(2, many, tokens, tokens, false)),
    ones,
  ],
  [
    "values",
    call(matrix(0, many, tokens, tokens, false), heads(1, many, tokens, 64, false), heads(2, many, tokens, 64, false)),
    ones,
  ],
  [
    "dkeys",
    call(matrix(0, many, tokens, tokens, true), heads(1, many, tokens, 64, false), heads(2, many, tokens, 64, false)),
    ones,
  ],
  ["NT 4096", plain("NT", 4096 / scale, 4096 / scale, 4096 / scale), ones],
  ["TN 4096", plain("TN", 4096 / scale, 4096 / scale, 4096 / scale), ones],
  ["NN 1024", plain("NN", 1024 / scale, 1024 / scale, 1024 / scale), [1, 2, 4]],
  ["NN 2048", plain("NN", 2048 / scale, 2048 / scale, 2048 / scale), [1, 2]],
  ["NN odd 2047", plain("NN", (2047 / scale) | 0, (2047 / scale) | 0, (2047 / scale) | 0), ones],
].filter(([name]) => !only || name.includes(only));

const pipelines = new Map();
/** Compiles a text once. */
const pipelineOf = (wgsl, layout) => {
  if (!pipelines.has(wgsl))
    pipelines.set(
      wgsl,
      device.createComputePipelineAsync({
        layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module: device.createShaderModule({ code: wgsl }), entryPoint: "main" },
      }),
    );
  return pipelines.get(wgsl);
};

/** A dispatch ready to run on given buffers. */
const prepare = async (dispatch, buffers) => {
  const entries = dispatch.bindings.map(({ access }, binding) => ({
    binding,
    visibility: 4,
    buffer: { type: access === "read" ? "read-only-storage" : "storage" },
  }));
  entries.push({ binding: entries.length, visibility: 4, buffer: { type: "uniform" } });
  const layout = device.createBindGroupLayout({ entries });
  const pipeline = await pipelineOf(dispatch.wgsl, layout);
  const uniform = device.createBuffer({ size: dispatch.parameters.byteLength, usage: usage.UNIFORM | usage.COPY_DST });
  device.queue.writeBuffer(uniform, 0, dispatch.parameters);
  const bound = [...dispatch.bindings.map(({ slot }) => buffers[slot]), uniform];
  const group = device.createBindGroup({
    layout,
    entries: bound.map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  return { pipeline, group, workgroups: dispatch.workgroups };
};

const storage = (bytes) =>
  device.createBuffer({
    size: Math.max(16, Math.ceil(bytes / 16) * 16),
    usage: usage.STORAGE | usage.COPY_DST | usage.COPY_SRC,
  });
const filled = (values) => {
  const buffer = storage(values.byteLength);
  device.queue.writeBuffer(buffer, 0, values);
  return buffer;
};
const span = (view) => 1 + view.shape.reduce((last, extent, axis) => last + (extent - 1) * view.strides[axis], 0);
/** Temporary buffers after the three of a product, as many and as large as any plan has asked for. */
const scratch = [];
const contextOf = () => {
  let taken = 0;
  const context = {
    info,
    scratch: (bytes) => {
      const i = taken++;
      if ((scratch[i]?.size ?? 0) < bytes) {
        scratch[i]?.destroy();
        scratch[i] = storage(bytes);
      }
      return 3 + i;
    },
    dispatches: (part) => dispatchesOf(part, context),
  };
  return context;
};

/** Some rows of a product in float64, and `errorOf(out)`: the largest error there, relative to the typical result. */
const exactRows = (kernel, [a, b]) => {
  const [A, B] = kernel.inputs;
  const C = kernel.outputs[0];
  const [k, n] = B.shape.slice(-2);
  const m = C.shape.at(-2);
  const batch = C.shape.slice(0, -2);
  const anywhere = (extent) => Math.floor(Math.random() * extent);
  const rows = [
    [...batch.map(() => 0), 0],
    [...batch.map((e) => e - 1), m - 1],
    [...batch.map(anywhere), anywhere(m)],
  ];
  const at = (view, index) => index.reduce((sum, i, axis) => sum + i * view.strides[axis], view.offset);
  const exact = rows.map((row) => {
    const sums = new Float64Array(n);
    const [aStart, bStart] = [at(A, row), at(B, row.slice(0, -1))];
    const [aStep, bRow, bColumn] = [A.strides.at(-1), B.strides.at(-2), B.strides.at(-1)];
    if (bRow === 1) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let d = 0; d < k; d++) sum += a[aStart + d * aStep] * b[bStart + d + j * bColumn];
        sums[j] = sum;
      }
    } else
      for (let d = 0; d < k; d++) {
        const x = a[aStart + d * aStep];
        for (let j = 0; j < n; j++) sums[j] += x * b[bStart + d * bRow + j * bColumn];
      }
    return sums;
  });
  const typical = Math.sqrt(exact.flatMap((row) => [...row]).reduce((sum, x) => sum + x * x, 0) / (rows.length * n));
  return async (out) => {
    const read = device.createBuffer({ size: rows.length * n * 4, usage: usage.COPY_DST | usage.MAP_READ });
    const encoder = device.createCommandEncoder();
    for (const [i, row] of rows.entries()) encoder.copyBufferToBuffer(out, 4 * at(C, row), read, 4 * n * i, 4 * n);
    device.queue.submit([encoder.finish()]);
    await read.mapAsync(1);
    const actual = new Float32Array(read.getMappedRange().slice(0));
    read.destroy();
    const errors = exact.flatMap((row, i) => Array.from(row, (x, j) => Math.abs(actual[n * i + j] - x)));
    return errors.some(Number.isNaN) ? Infinity : errors.reduce((a, b) => Math.max(a, b), 0) / typical;
  };
};

const time = async (steps, flops) => {
  const repeats = small ? 1 : Math.max(1, Math.min(30, Math.floor(5e10 / flops)));
  const times = small ? 1 : 3;
  const set = device.createQuerySet({ type: "timestamp", count: 2 * times });
  const encoder = device.createCommandEncoder();
  for (let r = 0; r < times; r++) {
    const pass = encoder.beginComputePass({
      timestampWrites: { querySet: set, beginningOfPassWriteIndex: 2 * r, endOfPassWriteIndex: 2 * r + 1 },
    });
    for (let i = 0; i < repeats; i++)
      for (const { pipeline, group, workgroups } of steps) {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(...workgroups);
      }
    pass.end();
  }
  device.queue.submit([encoder.finish()]);
  const ms = (await readQueries(device, [{ set, used: 2 * times }])).map((t) => t / repeats);
  set.destroy();
  return median(ms);
};

const table = new Map();
for (const [what, kernel, splitChoices] of SHAPES) {
  if (performance.now() - begin > 1000 * seconds) {
    say({ skipped: what });
    continue;
  }
  const g = geometry(kernel);
  const flops = 2 * g.batches * g.m * g.k * g.n;
  const values = kernel.inputs.map((view) => random(span(view)));
  const buffers = [...values.map(filled), storage(4 * span(kernel.outputs[0]))];
  const errorOf = exactRows(kernel, values);
  const chosen = chooseTiling(g, info);
  const plans = [["chosen", chosen]];
  for (const t of splitChoices.length > 1 || what.includes("odd") ? FEW : CANDIDATES)
    for (const splits of splitChoices) {
      const length = Math.ceil(g.k / splits / t.depth) * t.depth;
      plans.push([
        `${tileName(t)}${splits > 1 ? ` /${splits}` : ""}`,
        { tile: t, span: Math.max(t.depth, length), splits: Math.ceil(g.k / length), aligned: false },
      ]);
    }
  const compiling = performance.now();
  const rewrite = (dispatches, f) => dispatches.map((d) => ({ ...d, wgsl: f(d.wgsl) }));
  const jobs = plans.map(([name, plan]) => [name, dispatchesOfTiling(g, "matmul", plan, contextOf())]);
  for (const [name, f] of Object.entries(REWRITES))
    if (what.includes("NN 4096"))
      jobs.push([
        name,
        rewrite(
          dispatchesOfTiling(
            g,
            "matmul",
            { tile: CANDIDATES[0], span: Math.ceil(g.k / 16) * 16, splits: 1, aligned: false },
            contextOf(),
          ),
          f,
        ),
      ]);
  const ready = await Promise.all(
    jobs.map(async ([name, dispatches]) => [
      name,
      await Promise.all(dispatches.map((d) => prepare(d, [...buffers, ...scratch]))),
    ]),
  );
  const compiled = performance.now() - compiling;
  const poison = filled(new Float32Array(1 << 20).fill(Number.NaN));
  await spinUp(() => time(ready[0][1], flops));
  const results = {};
  const wrong = {};
  let error;
  for (const [name, steps] of ready) {
    const out = buffers[2];
    const encoder = device.createCommandEncoder();
    for (let at = 0; at < out.size; at += poison.size)
      encoder.copyBufferToBuffer(poison, 0, out, at, Math.min(poison.size, out.size - at));
    const pass = encoder.beginComputePass();
    for (const { pipeline, group, workgroups } of steps) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(...workgroups);
    }
    pass.end();
    device.queue.submit([encoder.finish()]);
    const found = await errorOf(out);
    if (name === "chosen") error = found;
    if (!(found < 2e-5)) wrong[name] = `${found}`;
    const ms = await time(steps, flops);
    results[name] = round(flops / ms / 1e9, 1);
  }
  results.again = round(flops / (await time(ready[0][1], flops)) / 1e9, 1);
  const [best, rate] = Object.entries(results).sort((a, b) => b[1] - a[1])[0];
  say({
    what: `product ${what}`,
    shape: [g.batches, g.m, g.k, g.n],
    chosen: `${tileName(chosen.tile)} /${chosen.splits}`,
    tflops: results.chosen,
    best,
    bestTflops: rate,
    error: +error.toExponential(1),
    wrong,
    compileMs: round(compiled, 0),
    rates: results,
  });
  for (const [name, value] of Object.entries(results)) {
    if (!table.has(name)) table.set(name, {});
    table.get(name)[what] = value;
  }
  for (const buffer of [...buffers, poison]) buffer.destroy();
}
const columns = SHAPES.map(([name]) => name);
console.log(
  `TFLOP/s${unguarded ? " without bounds checks" : ""}\n${"".padEnd(28)}${columns.map((c) => c.padStart(12)).join("")}`,
);
for (const [name, row] of table)
  console.log(name.padEnd(28) + columns.map((c) => `${row[c] ?? ""}`.padStart(12)).join(""));
process.exit(0);
