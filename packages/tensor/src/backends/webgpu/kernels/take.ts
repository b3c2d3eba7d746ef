import type { KernelOf, View } from "../../../compile/kernel.js";
import { mapEach } from "../../../graph/aval.js";
import type { scatterAddOp, takeOp } from "../../../ops/take-and-scatter.js";
import { sizeOf, sizesOf } from "../../../shape.js";
import type { Variant } from "../variant.js";
import { Module, storageType } from "../wgsl/module.js";
import type { Parameters } from "../wgsl/parameters.js";
import { RUN } from "../wgsl/runs.js";

/** What reading outside gives: NaN, or 0 for integers. A parameter, since WGSL has no literal for NaN. */
export const outside = (view: View, parameters: Parameters): string =>
  view.dtype === "f32" ? parameters.f32(Number.NaN) : `${storageType(view.dtype)}(0)`;

export const take: Variant = {
  op: "take",
  dispatches: ({ name, inputs, outputs }: KernelOf<typeof takeOp>) => {
    const [table, indices, out] = [...inputs, ...outputs];
    const [rows, width] = sizesOf(table.shape, 2);
    const count = sizeOf(out.shape);
    if (count === 0) return [];
    const module = new Module(name);
    const { parameters: p } = module;
    const buffers = module.bindViews(inputs, outputs);
    const columns = p.u32(width);
    const text = [
      `let row = ${buffers.of(indices).name}[index / ${columns} + ${p.u32(indices.offset)}];`,
      `var value = ${outside(table, p)};`,
      `if (row >= 0 && row < ${p.i32(rows)}) { value = ${buffers.of(table).name}[u32(row) * ${columns} + index % ${columns} + ${p.u32(table.offset)}]; }`,
      `${buffers.of(out).name}[index + ${p.u32(out.offset)}] = value;`,
    ];
    return [module.perElement(text, count)];
  },
};

/**
 * Two dispatches make the sums deterministic and cheap without atomics: the first links the updates of every row into a list in index
 * order, the second walks the list of its row, once per element.
 */
export const scatterAdd: Variant = {
  op: "scatterAdd",
  dispatches: ({ name, inputs: [indices, updates], outputs: [out] }: KernelOf<typeof scatterAddOp>, context) => {
    const [rows, width] = sizesOf(out.shape, 2);
    const [n] = sizesOf(indices.shape, 1);
    if (rows * width === 0) return [];
    // links[r] is the first update of row r, links[rows + i] the next update after i of the same row; n ends a list.
    const links = context.scratch((rows + n) * 4);

    const linking = new Module(`${name} (links)`);
    const source = linking.bind(indices.slot, "i32", "read");
    const target = linking.bind(links, "u32", "read_write");
    const [count, first, offset] = mapEach([n, rows, indices.offset], (value) => linking.parameters.u32(value));
    const link = linking.perElement(
      [
        `var row = i32(index);`,
        "var i = 0u;",
        `if (index >= ${first}) { i = index - ${first}; row = ${source}[i + ${offset}]; i += 1u; }`,
        `while (i < ${count}) { if (${source}[i + ${offset}] == row) { break; } i++; }`,
        `${target}[index] = i;`,
      ],
      rows + n,
    );

    const summing = new Module(name);
    const { parameters: p } = summing;
    const list = summing.bind(links, "u32", "read");
    const values = summing.bind(updates.slot, "f32", "read");
    const sums = summing.bind(out.slot, "f32", "read_write");
    const columns = p.u32(width);
    const sum = summing.perElement(
      [
        "var total = 0.0; var part = 0.0; var run = 0u;",
        `for (var i = ${list}[index / ${columns}]; i < ${p.u32(n)}; i = ${list}[${p.u32(rows)} + i]) {`,
        `part += ${values}[i * ${columns} + index % ${columns} + ${p.u32(updates.offset)}];`,
        n <= RUN ? "" : `run++; if (run == ${RUN}u) { total += part; part = 0.0; run = 0u; }`,
        "}",
        "total += part;",
        `${sums}[index + ${p.u32(out.offset)}] = total;`,
      ],
      rows * width,
    );
    return [link, sum];
  },
};
