import type { CallKernel, View } from "../../../compile/kernel.js";
import type { Variant } from "../lowering.js";
import { Module } from "../wgsl/module.js";
import type { Parameters } from "../wgsl/parameters.js";

const ROWS = 4;
const LANES = 16;

const batchOffset = (view: View, parameters: Parameters): string => {
  const batch = view.strides.slice(0, -2);
  const terms = batch.map((stride, i) => `z${i} * ${parameters.u32(stride)}`);
  return [...terms, parameters.u32(view.offset)].join(" + ");
};

export const matmulRegisters: Variant = {
  op: "matmul",
  name: "registers",
  applicable: () => true,
  lower: (kernel: CallKernel) => {
    const [a, b, addend] = kernel.inputs as [View, View, View?];
    const out = kernel.outputs[0]!;
    const [m, n] = out.shape.slice(-2) as [number, number];
    const k = a.shape.at(-1)!;
    const batch = out.shape.slice(0, -2);
    const batches = batch.reduce((x, y) => x * y, 1);
    if (m * n * batches === 0) return [];
    const module = new Module(kernel.name);
    const { parameters: P } = module;
    const buffers = module.bindViews(kernel.inputs, kernel.outputs);
    const at = (view: View, row: string, column: string): string => {
      const [r, c] = view.strides.slice(-2) as [number, number];
      return `${row} * ${P.u32(r)} + ${column} * ${P.u32(c)}`;
    };
    const [A, B, C] = [buffers.of(a).name, buffers.of(b).name, buffers.of(out).name];
    const rows = Array.from({ length: ROWS }, (_, i) => i);
    const cols = [0, 1, 2, 3];
    const M = P.u32(m);
    const N = P.u32(n);
    const lines = [
      batch.length === 2
        ? `let z0 = wid.z / ${P.u32(batch[1]!)}; let z1 = wid.z % ${P.u32(batch[1]!)};`
        : "let z0 = wid.z;",
      `let n0 = (wid.x * ${LANES}u + lin) * 4u;`,
      `if (n0 >= ${N}) { return; }`,
      ...rows.map(
        (i) =>
          `let a${i} = ${batchOffset(a, P)} + min(wid.y * ${ROWS}u + ${i}u, ${M} - 1u) * ${P.u32(a.strides.at(-2)!)};`,
      ),
      ...cols.map(
        (j) => `let b${j}_ = ${batchOffset(b, P)} + min(n0 + ${j}u, ${N} - 1u) * ${P.u32(b.strides.at(-1)!)};`,
      ),
      ...rows.map((i) => `var s${i} = vec4<f32>(0.0);`),
      `for (var k = 0u; k < ${P.u32(k)}; k++) {`,
      `let ka = k * ${P.u32(a.strides.at(-1)!)};`,
      `let kb = k * ${P.u32(b.strides.at(-2)!)};`,
      `let q = vec4<f32>(${cols.map((j) => `${B}[b${j}_ + kb]`).join(", ")});`,
      ...rows.map((i) => `s${i} += ${A}[a${i} + ka] * q;`),
      "}",
      `let scale = ${P.f32((kernel.attrs.scale as number | undefined) ?? 1)};`,
      ...rows.map((i) => {
        const store = cols.map((j) => {
          const extra = addend
            ? ` + ${buffers.of(addend).name}[${batchOffset(addend, P)} + ${at(addend, "r", `(n0 + ${j}u)`)}]`
            : "";
          return `if (n0 + ${j}u < ${N}) { ${C}[${batchOffset(out, P)} + ${at(out, "r", `(n0 + ${j}u)`)}] = s${i}[${j}] * scale${extra}; }`;
        });
        return `{ let r = wid.y * ${ROWS}u + ${i}u; if (r < ${M}) { ${store.join(" ")} } }`;
      }),
    ];
    return [module.dispatch(lines.join("\n"), LANES, [Math.ceil(n / (4 * LANES)), Math.ceil(m / ROWS), batches])];
  },
};
