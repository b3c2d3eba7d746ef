import type { KernelOf } from "../../../compile/kernel.js";
import type { gatherBackwardOp, gatherOp } from "../../../ops/gather.js";
import { sizesOf } from "../../../shape.js";
import type { Variant } from "../variant.js";
import { Module } from "../wgsl/module.js";
import { sumsInRuns } from "../wgsl/runs.js";
import { outside } from "./take.js";

export const gather: Variant = {
  op: "gather",
  dispatches: ({ name, inputs, outputs }: KernelOf<typeof gatherOp>) => {
    const [x, indices, out] = [...inputs, ...outputs];
    const [outer, k, inner] = sizesOf(out.shape, 3);
    const [, extent] = sizesOf(x.shape, 3);
    if (outer * k * inner === 0) return [];
    const module = new Module(name);
    const { parameters: p } = module;
    const buffers = module.bindViews(inputs, outputs);
    const columns = p.u32(inner);
    const text = [
      `let at = ${buffers.of(indices).name}[index + ${p.u32(indices.offset)}];`,
      `var value = ${outside(x, p)};`,
      `let row = index / (${columns} * ${p.u32(k)});`,
      `if (at >= 0 && at < ${p.i32(extent)}) { value = ${buffers.of(x).name}[(row * ${p.u32(extent)} + u32(at)) * ${columns} + index % ${columns} + ${p.u32(x.offset)}]; }`,
      `${buffers.of(out).name}[index + ${p.u32(out.offset)}] = value;`,
    ];
    return [module.perElement(text, outer * k * inner)];
  },
};

/** Each element of dx looks for its own index among the k gathered ones: deterministic, without atomics. */
export const gatherBackward: Variant = {
  op: "gatherBackward",
  dispatches: ({ name, inputs, outputs }: KernelOf<typeof gatherBackwardOp>) => {
    const [indices, dy, out] = [...inputs, ...outputs];
    const [outer, extent, inner] = sizesOf(out.shape, 3);
    const [, k] = sizesOf(indices.shape, 3);
    if (outer * extent * inner === 0) return [];
    const module = new Module(name);
    const { parameters: p } = module;
    const buffers = module.bindViews(inputs, outputs);
    const columns = p.u32(inner);
    const text = [
      `let column = index % ${columns};`,
      `let at = i32((index / ${columns}) % ${p.u32(extent)});`,
      `let start = index / (${columns} * ${p.u32(extent)}) * ${p.u32(k)} * ${columns} + column;`,
      sumsInRuns({ counter: "i", first: "0u", last: p.u32(k), step: 1, steps: k }, "f32", { total: "term" }, [
        `let from_ = start + i * ${columns};`,
        "var term = 0.0;",
        `if (${buffers.of(indices).name}[from_ + ${p.u32(indices.offset)}] == at) { term = ${buffers.of(dy).name}[from_ + ${p.u32(dy.offset)}]; }`,
      ]),
      `${buffers.of(out).name}[index + ${p.u32(out.offset)}] = total;`,
    ];
    return [module.perElement(text, outer * extent * inner)];
  },
};
