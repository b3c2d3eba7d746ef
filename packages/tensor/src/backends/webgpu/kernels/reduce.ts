import type { ReduceKernel, View } from "../../../compile/kernel.js";
import { checkPoints, sizeOf } from "../../../shape.js";
import { ALIAS } from "../../scalars.js";
import type { Dispatch } from "../dispatch.js";
import type { DispatchContext } from "../variant.js";
import { contiguous } from "../views.js";
import { address, coordinate, elements, range, splitIndex } from "../wgsl/address.js";
import { fromStorage, Module, storageType, toStorage } from "../wgsl/module.js";
import type { Parameters } from "../wgsl/parameters.js";
import { programText } from "../wgsl/scalars.js";
import { alignedAlongLast, type IterationSpace, iotaAxes, mergeAxes } from "../wgsl/space.js";

const OUTER = 0;
const REDUCED = 1;
const INNER = 2;

/** Terms added one after the other before their sum joins the total: blocked summation keeps rounding errors small. */
const BLOCK = 16;

/** The same where several invocations share a sum: a fixed number, so that drivers have as many loads in flight. */
const TERMS = 8;

/** Terms of one invocation at most. */
const MOST_TERMS = 256;

/** Results side by side in a workgroup: their rows of four read whole lines of memory. */
const ACROSS = 16;

/** Workgroups below which the reduced axis is cut, and how many it is then cut for, to keep a large device busy. */
const BUSY = 128;
const WANTED = 512;

/** Results that keep a large device busy with one invocation each. */
const MANY = 2 ** 19;

/**
 * How the reduced axis is cut and who adds up a piece: the `down` invocations of a workgroup for each of its `across` results, in workgroup
 * memory if they are several. Depends on shape and adapter class only, so sums are reproducible.
 */
interface Division {
  readonly pieces: number;
  readonly across: number;
  readonly down: number;
}

const powerOf2 = (x: number, round: (x: number) => number): number => 2 ** Math.max(0, round(Math.log2(x)));

const divide = ({ outer, reduced, inner }: ReduceKernel, software: boolean): Division => {
  if (!software && inner === 1 && reduced >= 64) {
    const pieces = Math.max(Math.ceil(reduced / 16384), Math.min(Math.ceil(reduced / 1024), Math.ceil(256 / outer)));
    return { pieces, across: 1, down: reduced >= 1024 ? 256 : 64 };
  }
  if (!software && inner > 1 && reduced >= TERMS && outer * inner < MANY) {
    const across = Math.min(ACROSS, powerOf2(inner / 4, Math.ceil));
    const down = Math.min(256 / across, powerOf2(reduced / 2, Math.floor));
    const [groups, terms] = [outer * Math.ceil(inner / 4 / across), reduced / down];
    const busy = groups >= BUSY ? 1 : Math.min(Math.ceil(terms / TERMS), Math.ceil(WANTED / groups));
    return { pieces: Math.max(Math.ceil(terms / MOST_TERMS), busy), across, down };
  }
  const wanted = Math.ceil((software ? 256 : 16384) / (outer * inner));
  const pieces = Math.max(1, Math.ceil(reduced / 1024), Math.min(Math.ceil(reduced / 64), wanted));
  return { pieces, across: 64, down: 1 };
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
const rowsAlong = (space: IterationSpace, views: readonly View[]): typeof REDUCED | typeof INNER | undefined => {
  const last = space.extents.length - 1;
  if (last < 0 || space.groups[last] === OUTER || space.extents[last]! % 4 !== 0) return undefined;
  return alignedAlongLast(space, views) ? (space.groups[last] as typeof REDUCED | typeof INNER) : undefined;
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
const pass = (kernel: ReduceKernel, { pieces, across, down }: Division, target: View): Dispatch => {
  const { program, outer, reduced, inner, reduce } = kernel;
  const { loads } = program;
  const groups = groupsOf(program.shape, outer, inner);
  const space = mergeAxes(program.shape, loads, iotaAxes(program), (axis) => groups[axis]!);
  const along = target.offset % 4 === 0 ? rowsAlong(space, loads) : undefined;
  const width = along === undefined ? 1 : 4;
  const module = new Module(kernel.name, width);
  const { parameters, use } = module;
  const buffers = module.bindViews(loads, []);
  const targetType = storageType(target.dtype);
  const output = module.bind(target.slot, targetType, "read_write", along === INNER ? 4 : 1);

  const axesIn = (group: number): number[] =>
    range(space.extents.length).filter((axis) => space.groups[axis] === group);
  const split = (linear: string, group: number): string => {
    const axes = axesIn(group);
    return splitIndex(
      linear,
      axes.map((axis) => space.extents[axis]!),
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
  const last = space.extents.length - 1;
  const fixed = [...axesIn(OUTER), ...axesIn(INNER)];
  const values = loads.map((view, i) => {
    const buffer = buffers.of(view);
    const moving = address(space, i, undefined, axesIn(REDUCED), parameters);
    const text = elements(buffer, `o${i} + ${moving}`, width, space.strides[i]![last] === 0);
    return `let v${i} = ${fromStorage(text, buffer.type, view.dtype, width)};`;
  });
  const text = programText(program, parameters, use, (axis) => coordinate(space, axis, width));
  const zero = identity(kernel, parameters);
  const blocks = Math.ceil(columns / across);
  const workgroups = down === 1 ? Math.ceil((outer * pieces * columns) / across) : outer * pieces * blocks;
  const alone = [
    `let index = group * ${across}u + lin;`,
    `if (index >= ${parameters.u32(outer * pieces * columns)}) { return; }`,
    `let column = index % ${p.columns};`,
    `let piece = (index / ${p.columns}) % ${p.pieces};`,
    `let row = index / (${p.columns} * ${p.pieces});`,
  ];
  const together = [
    `if (group >= ${parameters.u32(workgroups)}) { return; }`,
    `let blocks = ${parameters.u32(blocks)};`,
    `let wanted = (group % blocks) * ${across}u + lin % ${across}u;`,
    `let column = min(wanted, ${p.columns} - 1u);`,
    `let piece = (group / blocks) % ${p.pieces};`,
    `let row = group / (blocks * ${p.pieces});`,
    `let lane = lin / ${across}u;`,
  ];
  const term = [split(along === REDUCED ? "(r * 4u)" : "r", REDUCED), ...values, text.statements];
  const joined = combine("part", text.results[0]!.name);
  const terms = Math.min(TERMS, powerOf2(length / down, Math.ceil));
  const lines = [
    ...(down === 1 ? alone : together),
    split("row", OUTER),
    split(along === INNER ? "(column * 4u)" : "column", INNER),
    ...loads.map((view, i) => `let o${i} = ${address(space, i, view.offset, fixed, parameters)};`),
    `let start = piece * ${p.length};`,
    `let stop = min(start + ${p.length}, ${p.steps});`,
    `let zero = ${zero};`,
    "var total = zero;",
    ...(down === 1
      ? [
          `for (var base = start; base < stop; base += ${BLOCK}u) {`,
          "var part = zero;",
          `let end = min(base + ${BLOCK}u, stop);`,
          "for (var r = base; r < end; r++) {",
          ...term,
          `part = ${joined};`,
        ]
      : [
          `for (var base = start + lane; base < stop; base += ${terms * down}u) {`,
          "var part = zero;",
          `for (var t = 0u; t < ${terms}u; t++) {`,
          `let at = base + t * ${down}u;`,
          "let r = min(at, stop - 1u);",
          ...term,
          `part = select(part, ${joined}, at < stop);`,
        ]),
    "}",
    `total = ${combine("total", "part")};`,
    "}",
  ];
  if (down > 1) {
    module.declare(`var<workgroup> shared_: array<${ALIAS[target.dtype]}, ${across * down}>;`);
    lines.push(`shared_[lin] = total;
workgroupBarrier();
for (var half = ${down / 2}u; half > 0u; half >>= 1u) {
  if (lane < half) { shared_[lin] = ${combine("shared_[lin]", `shared_[lin + half * ${across}u]`)}; }
  workgroupBarrier();
}
if (lane > 0u || wanted >= ${p.columns}) { return; }
total = shared_[lin];`);
  }
  if (along === REDUCED)
    lines.push(`total = ${combine("total", "total.zwxy")};`, `total = ${combine("total", "total.yxwz")};`);
  const value = toStorage(along === REDUCED ? "total.x" : "total", target.dtype, targetType, along === INNER ? 4 : 1);
  const at = `(row * ${p.pieces} + piece) * ${p.columns} + column`;
  const base = target.offset === 0 ? "" : ` + ${parameters.u32(along === INNER ? target.offset / 4 : target.offset)}`;
  lines.push(`${output}[${at}${base}] = ${value};`);
  return module.dispatch(lines.filter(Boolean).join("\n"), across * down, workgroups);
};

/** Lowers a reduction: one pass when the reduced axis is short, else partial results that are reduced in turn. */
export const reduce = (kernel: ReduceKernel, context: DispatchContext): Dispatch[] => {
  const { outer, inner, output } = kernel;
  if (outer * inner === 0) return [];
  checkPoints(kernel.name, kernel.program.shape);
  const chosen = divide(kernel, context.info.software);
  if (chosen.pieces === 1) return [pass(kernel, chosen, output)];
  const shape = [outer, chosen.pieces, inner] as const;
  const partial = contiguous(context.scratch(sizeOf(shape) * 4), shape, output.dtype);
  const rest: ReduceKernel = {
    ...kernel,
    reduced: chosen.pieces,
    program: { shape, loads: [partial], body: [], results: [0] },
  };
  return [pass(kernel, chosen, partial), ...reduce(rest, context)];
};
