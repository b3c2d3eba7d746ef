import type { ReduceKernel, View } from "../../../compile/kernel.js";
import { checkPoints } from "../../../shape.js";
import type { Dispatch } from "../dispatch.js";
import type { LoweringContext } from "../lowering.js";
import { contiguous, size } from "../views.js";
import { address, coordinate, elements, range, splitIndex } from "../wgsl/address.js";
import { alignedAlongLast, iotaAxes, type Layout, mergeAxes } from "../wgsl/layout.js";
import { fromStorage, Module, storageType, toStorage } from "../wgsl/module.js";
import type { Parameters } from "../wgsl/parameters.js";
import { ALIAS, programText } from "../wgsl/scalars.js";

const OUTER = 0;
const REDUCED = 1;
const INNER = 2;

/** Terms added one after the other before their sum joins the total: blocked summation keeps rounding errors small. */
const BLOCK = 16;

/** How the reduced axis is cut and who adds up a piece. Depends on shape and adapter class only, so sums are reproducible. */
interface Plan {
  /** `serial`: one invocation per piece. `tree`: a workgroup per piece, in workgroup memory. */
  readonly by: "serial" | "tree";
  readonly pieces: number;
  readonly workgroup: number;
}

const plan = ({ outer, reduced, inner }: ReduceKernel, software: boolean): Plan => {
  if (!software && inner === 1 && reduced >= 64) {
    const pieces = Math.max(Math.ceil(reduced / 16384), Math.min(Math.ceil(reduced / 1024), Math.ceil(256 / outer)));
    return { by: "tree", pieces, workgroup: reduced >= 1024 ? 256 : 64 };
  }
  const wanted = Math.ceil((software ? 256 : 16384) / (outer * inner));
  return {
    by: "serial",
    pieces: Math.max(1, Math.ceil(reduced / 1024), Math.min(Math.ceil(reduced / 64), wanted)),
    workgroup: 64,
  };
};

/** Which of outer, reduced and inner each axis of the iteration shape belongs to. Axes of size 1 may go anywhere. */
const groupsOf = (shape: readonly number[], outer: number, inner: number): number[] => {
  const groups: number[] = shape.map(() => REDUCED);
  for (let axis = 0, product = 1; product < outer; axis++) {
    product *= shape[axis]!;
    groups[axis] = OUTER;
  }
  for (let axis = shape.length - 1, product = 1; product < inner; axis--) {
    product *= shape[axis]!;
    groups[axis] = INNER;
  }
  return groups;
};

/** Along which group four neighbours are taken at once; undefined when memory does not allow it. */
const rowsAlong = (layout: Layout, views: readonly View[]): typeof REDUCED | typeof INNER | undefined => {
  const last = layout.extents.length - 1;
  if (last < 0 || layout.groups[last] === OUTER || layout.extents[last]! % 4 !== 0) return undefined;
  return alignedAlongLast(layout, views) ? (layout.groups[last] as typeof REDUCED | typeof INNER) : undefined;
};

const identity = (kernel: ReduceKernel, parameters: Parameters): string => {
  const { dtype } = kernel.output;
  const alias = ALIAS[dtype];
  if (kernel.reduce === "sum") return `${alias}(0)`;
  const low = kernel.reduce === "max";
  if (dtype === "f32") return `F(${parameters.f32(low ? -Infinity : Infinity)})`;
  if (dtype === "i32") return `I(${parameters.i32(low ? -2147483648 : 2147483647)})`;
  return `U(${parameters.u32(low ? 0 : 0xffffffff)})`;
};

/** One pass: [outer, reduced, inner] to [outer, pieces, inner] in `target`. */
const pass = (kernel: ReduceKernel, { by, pieces, workgroup }: Plan, target: View): Dispatch => {
  const { program, outer, reduced, inner, reduce } = kernel;
  const { loads } = program;
  const groups = groupsOf(program.shape, outer, inner);
  const layout = mergeAxes(program.shape, loads, iotaAxes(program), (axis) => groups[axis]!);
  const along = target.offset % 4 === 0 ? rowsAlong(layout, loads) : undefined;
  const width = along === undefined ? 1 : 4;
  const module = new Module(kernel.name, width);
  const { parameters, use } = module;
  const buffers = module.bindViews(loads, []);
  const targetType = storageType(target.dtype);
  const output = module.bind(target.slot, targetType, "read_write", along === INNER ? 4 : 1);

  const axesIn = (group: number): number[] =>
    range(layout.extents.length).filter((axis) => layout.groups[axis] === group);
  const split = (linear: string, group: number): string => {
    const axes = axesIn(group);
    return splitIndex(
      linear,
      axes.map((axis) => layout.extents[axis]!),
      axes[0] ?? 0,
      parameters,
    );
  };
  const combine = (a: string, b: string): string => {
    if (reduce === "sum") return `${a} + ${b}`;
    return target.dtype === "f32" ? `${use(`${reduce}F`)}(${a}, ${b})` : `${reduce}(${a}, ${b})`;
  };

  const steps = along === REDUCED ? reduced / 4 : reduced;
  const columns = along === INNER ? inner / 4 : inner;
  const length = Math.ceil(steps / pieces);
  const p = {
    columns: parameters.u32(columns),
    pieces: parameters.u32(pieces),
    length: parameters.u32(length),
    steps: parameters.u32(steps),
  };
  const count = outer * pieces * columns;
  const last = layout.extents.length - 1;
  const fixed = [...axesIn(OUTER), ...axesIn(INNER)];
  const values = loads.map((view, i) => {
    const buffer = buffers.of(view);
    const moving = address(layout, i, undefined, axesIn(REDUCED), parameters);
    const text = elements(buffer, `o${i} + ${moving}`, width, layout.strides[i]![last] === 0);
    return `let v${i} = ${fromStorage(text, buffer.type, view.dtype, width)};`;
  });
  const text = programText(program, parameters, use, (axis) => coordinate(layout, axis, width));
  const zero = identity(kernel, parameters);
  const first = by === "tree" ? "start + lin" : "start";
  const stride = by === "tree" ? workgroup : 1;
  const lines = [
    by === "tree" ? "let index = group;" : `let index = group * ${workgroup}u + lin;`,
    `if (index >= ${parameters.u32(count)}) { return; }`,
    `let column = index % ${p.columns};`,
    `let piece = (index / ${p.columns}) % ${p.pieces};`,
    `let row = index / (${p.columns} * ${p.pieces});`,
    split("row", OUTER),
    split(along === INNER ? "(column * 4u)" : "column", INNER),
    ...loads.map((view, i) => `let o${i} = ${address(layout, i, view.offset, fixed, parameters)};`),
    `let start = piece * ${p.length};`,
    `let stop = min(start + ${p.length}, ${p.steps});`,
    `let zero = ${zero};`,
    "var total = zero;",
    `for (var base = ${first}; base < stop; base += ${BLOCK * stride}u) {`,
    `var part = zero;`,
    `let end = min(base + ${BLOCK * stride}u, stop);`,
    `for (var r = base; r < end; r += ${stride}u) {`,
    split(along === REDUCED ? "(r * 4u)" : "r", REDUCED),
    ...values,
    text.statements,
    `part = ${combine("part", text.results[0]!.name)};`,
    "}",
    `total = ${combine("total", "part")};`,
    "}",
  ];
  if (by === "tree") {
    module.declare(`var<workgroup> shared_: array<${ALIAS[target.dtype]}, ${workgroup}>;`);
    lines.push(`shared_[lin] = total;
workgroupBarrier();
for (var half = ${workgroup / 2}u; half > 0u; half >>= 1u) {
  if (lin < half) { shared_[lin] = ${combine("shared_[lin]", "shared_[lin + half]")}; }
  workgroupBarrier();
}
if (lin > 0u) { return; }
total = shared_[0];`);
  }
  if (along === REDUCED)
    lines.push(`total = ${combine("total", "total.zwxy")};`, `total = ${combine("total", "total.yxwz")};`);
  const value = toStorage(along === REDUCED ? "total.x" : "total", target.dtype, targetType, along === INNER ? 4 : 1);
  const at = `(row * ${p.pieces} + piece) * ${p.columns} + column`;
  const base = target.offset === 0 ? "" : ` + ${parameters.u32(along === INNER ? target.offset / 4 : target.offset)}`;
  lines.push(`${output}[${at}${base}] = ${value};`);
  return module.dispatch(
    lines.filter(Boolean).join("\n"),
    workgroup,
    by === "tree" ? count : Math.ceil(count / workgroup),
  );
};

/** Lowers a reduction: one pass when the reduced axis is short, else partial results that are reduced in turn. */
export const reduce = (kernel: ReduceKernel, context: LoweringContext): Dispatch[] => {
  const { outer, inner, output } = kernel;
  if (outer * inner === 0) return [];
  checkPoints(kernel.name, kernel.program.shape);
  const chosen = plan(kernel, context.info.software);
  if (chosen.pieces === 1) return [pass(kernel, chosen, output)];
  const shape = [outer, chosen.pieces, inner] as const;
  const partial = contiguous(context.scratch(size(shape) * 4), shape, output.dtype);
  const rest: ReduceKernel = {
    ...kernel,
    reduced: chosen.pieces,
    program: { shape, loads: [partial], body: [], results: [0] },
  };
  return [pass(kernel, chosen, partial), ...reduce(rest, context)];
};
