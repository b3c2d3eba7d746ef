import type { Instruction, Kernel, KernelOf, View } from "../../../compile/kernel.js";
import { activationLimits } from "../../../ops/activate.js";
import { type ConvolutionAttrs, type convolutionOp, isPixelwise } from "../../../ops/convolution.js";
import type { depthwiseConvolutionOp } from "../../../ops/depthwise-convolution.js";
import type { maxPoolOp } from "../../../ops/max-pool.js";
import type { Pair, Windows } from "../../../ops/windows.js";
import { sizeOf, sizesOf } from "../../../shape.js";
import type { Variant } from "../variant.js";
import { contiguous } from "../views.js";
import { Module } from "../wgsl/module.js";
import type { Parameters } from "../wgsl/parameters.js";
import { RUN } from "../wgsl/runs.js";

/** Keeps an expression between the limits of an activation. NaN passes: no comparison with it holds. */
const limited = (value: string, activation: ConvolutionAttrs["activation"], type: "f32" | "vec4<f32>"): string => {
  const [low, high] = activationLimits[activation].map((limit) => `${type}(${limit})`);
  if (activation === "none") return value;
  const above = `select(${value}, ${low}, ${value} <= ${low})`;
  return activation === "relu" ? above : `select(${above}, ${high}, ${value} >= ${high})`;
};

/** Texts of windows over an image [batch, rows, columns, channels]. */
const texts = (p: Parameters, image: readonly [number, number, number, number], [kr, kc]: Pair, windows: Windows) => {
  const [, rows, columns, channels] = image;
  const [top, , left] = windows.padding;
  return {
    channels: p.u32(channels),
    kernelColumns: p.u32(kc),
    rowLoop: `for (var r = 0u; r < ${p.u32(kr)}; r++) {`,
    columnLoop: `for (var c = 0u; c < ${p.u32(kc)}; c++) {`,
    row: `let i = i32(y * ${p.u32(windows.stride[0])} + r * ${p.u32(windows.dilation[0])}) - ${p.i32(top)};`,
    insideRow: `i >= 0 && i < ${p.i32(rows)}`,
    /** Column of the image that a point of window `x` lies in. */
    column: (x: string) =>
      `i32((${x}) * ${p.u32(windows.stride[1])} + c * ${p.u32(windows.dilation[1])}) - ${p.i32(left)}`,
    insideColumn: (j: string) => `${j} >= 0 && ${j} < ${p.i32(columns)}`,
    pixel: (j: string) => `((image * ${p.u32(rows)} + u32(i)) * ${p.u32(columns)} + u32(${j}))`,
  };
};

/** Windows of one pixel: a matrix product, and a pass for the activation. */
const pixelwise: Variant = {
  op: "convolution",
  applicable: (_, kernel) => {
    const { inputs, attrs } = kernel as KernelOf<typeof convolutionOp>;
    return isPixelwise(inputs[1], attrs);
  },
  dispatches: ({ name, inputs: [x, kernel, bias], outputs: [out], attrs }: KernelOf<typeof convolutionOp>, context) => {
    const [, , into, channels] = sizesOf(kernel.shape, 4);
    const rows = sizeOf(out.shape) / channels;
    const matrix = (view: View, shape: readonly number[]): View => ({
      ...contiguous(view.slot, shape),
      offset: view.offset,
    });
    const result = matrix(out, [rows, channels]);
    const addend = bias ? [{ ...bias, shape: [rows, channels], strides: [0, 1] }] : [];
    const product: Kernel = {
      ...{ kind: "call", op: "matmul", name, attrs: { scale: 1 }, outputs: [result] },
      inputs: [matrix(x, [rows, into]), matrix(kernel, [into, channels]), ...addend],
    };
    const [low, high] = activationLimits[attrs.activation];
    const constant = (value: number): Instruction => ({ op: "constant", value, dtype: "f32" });
    const body: Instruction[] = [
      constant(low),
      { op: "max", args: [0, 1], dtype: "f32" },
      constant(high),
      { op: "min", args: [2, 3], dtype: "f32" },
    ];
    const limit: Kernel = {
      ...{ kind: "pointwise", name: `${name} (${attrs.activation})`, outputs: [result] },
      program: { shape: [rows, channels], loads: [result], body, results: [4] },
    };
    return [product, ...(attrs.activation === "none" ? [] : [limit])].flatMap((part) => context.dispatches(part));
  },
};

/** Windows beside each other, and kernels, of which one invocation has the sums. */
const WIDE = 4;

/** Four windows by four kernels in registers; nothing is laid out in memory. */
const direct: Variant = {
  op: "convolution",
  dispatches: ({ name, inputs, outputs, attrs }: KernelOf<typeof convolutionOp>) => {
    const [x, kernel, bias] = inputs;
    const [out] = outputs;
    if (sizeOf(out.shape) === 0) return [];
    const [batch, h, w, count] = sizesOf(out.shape, 4);
    const [kr, kc, into] = sizesOf(kernel.shape, 4);
    const module = new Module(name);
    const { parameters: p } = module;
    const buffers = module.bindViews(bias ? [x, kernel, bias] : [x, kernel], [out]);
    const t = texts(p, sizesOf(x.shape, 4), [kr, kc], attrs);
    const [across, deep] = [Math.ceil(w / WIDE), Math.ceil(count / WIDE)];
    const four = [0, 1, 2, 3];
    const each = (text: (q: number) => string): string[] => four.map(text);
    const outs = p.u32(count);
    /** A row of four kernels, which may end earlier. */
    const row = (buffer: string, at: string): string =>
      `vec4<f32>(${each((k) => `${buffer}[${at} + o${k}]`).join(", ")})`;
    const long = into > RUN;
    const sums = (prefix: string): string[] =>
      each((q) => `${prefix}${q} += select(0.0, ${buffers.of(x).name}[at${q} + n], ok${q}) * weights;`);
    const products = (prefix: string, from: string, to: string): string[] => [
      `for (var n = ${from}; n < ${to}; n++) {`,
      `let weights = ${row(buffers.of(kernel).name, `${p.u32(kernel.offset)} + (tap + n) * ${outs}`)};`,
      ...sums(prefix),
      "}",
    ];
    const text = [
      `let first = (index % ${p.u32(deep)}) * ${WIDE}u;`,
      `let column = ((index / ${p.u32(deep)}) % ${p.u32(across)}) * ${WIDE}u;`,
      `let y = (index / ${p.u32(deep * across)}) % ${p.u32(h)};`,
      `let image = index / ${p.u32(deep * across * h)};`,
      ...each((k) => `let o${k} = min(first + ${k}u, ${outs} - 1u);`),
      ...each((q) => `var sum${q} = ${bias ? row(buffers.of(bias).name, p.u32(bias.offset)) : "vec4<f32>()"};`),
      t.rowLoop,
      t.row,
      `if (!(${t.insideRow})) { continue; }`,
      t.columnLoop,
      ...each((q) => `let j${q} = ${t.column(`column + ${q}u`)}; let ok${q} = ${t.insideColumn(`j${q}`)};`),
      ...each((q) => `let at${q} = select(0u, ${t.pixel(`j${q}`)} * ${t.channels}, ok${q}) + ${p.u32(x.offset)};`),
      `let tap = (r * ${t.kernelColumns} + c) * ${t.channels};`,
      // A point's sum joins the total when it is done: rounding must not grow with the window.
      ...each((q) => `var part${q} = vec4<f32>();`),
      ...(long
        ? [
            `for (var base = 0u; base < ${t.channels}; base += ${RUN}u) {`,
            ...each((q) => `var run${q} = vec4<f32>();`),
            ...products("run", "base", `min(base + ${RUN}u, ${t.channels})`),
            ...each((q) => `part${q} += run${q};`),
            "}",
          ]
        : products("part", "0u", t.channels)),
      ...each((q) => `sum${q} += part${q};`),
      "}",
      "}",
      `let to = ((image * ${p.u32(h)} + y) * ${p.u32(w)} + column) * ${outs} + ${p.u32(out.offset)};`,
      ...each((q) => {
        const store = each(
          (k) =>
            `if (first + ${k}u < ${outs}) { ${buffers.of(out).name}[to + ${q}u * ${outs} + o${k}] = value${q}.${"xyzw"[k]}; }`,
        );
        return `if (column + ${q}u < ${p.u32(w)}) { let value${q} = ${limited(`sum${q}`, attrs.activation, "vec4<f32>")};\n${store.join("\n")} }`;
      }),
    ];
    return [module.perElement(text, batch * h * across * deep)];
  },
};

interface Sliding {
  readonly name: string;
  readonly x: View;
  readonly out: View;
  readonly size: Pair;
  readonly windows: Windows;
}

/** One invocation per window and channel: `start`, a `point` with `from` the place of its pixel and `tap` that of its weight, and the result. */
const slide = (
  { name, x, out, size, windows }: Sliding,
  others: readonly View[],
  build: (
    module: Module,
    nameOf: (view: View) => string,
  ) => { readonly start: string; readonly point: string; readonly result: string },
) => {
  if (sizeOf(out.shape) === 0) return [];
  const [, h, w] = sizesOf(out.shape, 4);
  const module = new Module(name);
  const { parameters: p } = module;
  const buffers = module.bindViews([x, ...others], [out]);
  const t = texts(p, sizesOf(x.shape, 4), size, windows);
  const { start, point, result } = build(module, (view) => buffers.of(view).name);
  const text = [
    `let channel = index % ${t.channels};`,
    `let x = (index / ${t.channels}) % ${p.u32(w)};`,
    `let y = (index / (${t.channels} * ${p.u32(w)})) % ${p.u32(h)};`,
    `let image = index / (${t.channels} * ${p.u32(w)} * ${p.u32(h)});`,
    `var value = ${start};`,
    t.rowLoop,
    t.row,
    `if (!(${t.insideRow})) { continue; }`,
    t.columnLoop,
    `let j = ${t.column("x")};`,
    `if (!(${t.insideColumn("j")})) { continue; }`,
    `let from_ = ${t.pixel("j")} * ${t.channels} + channel + ${p.u32(x.offset)};`,
    `let tap = (r * ${t.kernelColumns} + c) * ${t.channels} + channel;`,
    `let point = ${buffers.of(x).name}[from_];`,
    point,
    "}",
    "}",
    `${buffers.of(out).name}[index + ${p.u32(out.offset)}] = ${result};`,
  ];
  return [module.perElement(text, sizeOf(out.shape))];
};

const depthwise: Variant = {
  op: "depthwiseConvolution",
  dispatches: ({ name, inputs, outputs, attrs }: KernelOf<typeof depthwiseConvolutionOp>) => {
    const [x, kernel, bias] = inputs;
    const [out] = outputs;
    const [kr, kc] = sizesOf(kernel.shape, 3);
    return slide(
      { name, x, out, size: [kr, kc], windows: attrs },
      bias ? [kernel, bias] : [kernel],
      ({ parameters: p }, nameOf) => ({
        start: bias ? `${nameOf(bias)}[channel + ${p.u32(bias.offset)}]` : "0.0",
        point: `value += point * ${nameOf(kernel)}[tap + ${p.u32(kernel.offset)}];`,
        result: limited("value", attrs.activation, "f32"),
      }),
    );
  },
};

const maxPool: Variant = {
  op: "maxPool",
  dispatches: ({ name, inputs: [x], outputs: [out], attrs }: KernelOf<typeof maxPoolOp>) =>
    slide({ name, x, out, size: attrs.size, windows: attrs }, [], (module) => ({
      start: module.parameters.f32(Number.NEGATIVE_INFINITY),
      point: `value = ${module.use("maxF")}(value, point);`,
      result: "value",
    })),
};

export const windowVariants: readonly Variant[] = [pixelwise, direct, depthwise, maxPool];
