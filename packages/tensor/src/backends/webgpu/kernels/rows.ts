import type { CallKernel, View } from "../../../compile/kernel.js";
import type { Dispatch } from "../dispatch.js";
import type { Variant } from "../variant.js";
import { Module } from "../wgsl/module.js";
import { loopText, sumsInRuns } from "../wgsl/runs.js";

/** Building blocks of a kernel over the rows of contiguous [rows, columns] matrices. `c` is the column (in rows of four where those fit). */
export interface RowText {
  readonly module: Module;
  /** The columns as an f32 expression. */
  readonly columns: string;
  /** The element of a view in this row at column `c`. */
  at(view: View): string;
  /** Statements for every column of the row. */
  each(...statements: string[]): string;
  /** Makes `let <name>All: f32`, the sum over the row of a term of type F, for each name; `statements` come before them at every column. */
  sums(terms: Readonly<Record<string, string>>, ...statements: string[]): string;
  /** Makes `let <name>All: f32`, the largest of `term` over the row. */
  max(name: string, term: string): string;
  /** A statement done once per row; `row` is its index. */
  once(statement: string): string;
}

const SERIAL_WORKGROUP = 32;

/**
 * How a row is shared out. `serial`: one invocation has a row to itself, for software adapters, where barriers cost more
 * than they save. `workgroup`: the invocations of a workgroup take every n-th column and combine through workgroup memory.
 */
type Sharing = "serial" | "workgroup";

const fitsRows = (columns: number, views: readonly View[]): boolean =>
  columns % 4 === 0 && views.every(({ offset }) => offset % 4 === 0);

const dispatchRows = (
  kernel: CallKernel,
  sharing: Sharing,
  build: (text: RowText) => readonly string[],
): Dispatch[] => {
  const isMatrix = ({ shape }: View): boolean => shape.length === 2;
  const matrices = [...kernel.inputs, ...kernel.outputs].filter(isMatrix);
  const [rows = 0, columns = 0] = matrices[0]?.shape ?? [];
  if (rows * columns === 0) return [];
  const width = fitsRows(columns, matrices) ? 4 : 1;
  const module = new Module(kernel.name, width);
  const { parameters } = module;
  const wide = module.bindViews(kernel.inputs.filter(isMatrix), kernel.outputs.filter(isMatrix));
  const steps = columns / width;
  const size = sharing === "serial" ? SERIAL_WORKGROUP : steps > 64 ? 128 : 64;
  const last = parameters.u32(steps);
  const combine = (op: "sum" | "max", a: string, b: string): string =>
    op === "sum" ? `${a} + ${b}` : `max(${a}, ${b})`;
  const base = (view: View): string => (view.offset === 0 ? "" : ` + ${parameters.u32(view.offset / width)}`);

  // The last barrier keeps the next tree from overwriting what a slower invocation still reads.
  const tree = (name: string, op: "sum" | "max"): string => `shared_[lin] = ${name};
workgroupBarrier();
for (var half = ${size / 2}u; half > 0u; half >>= 1u) {
  if (lin < half) { shared_[lin] = ${combine(op, "shared_[lin]", "shared_[lin + half]")}; }
  workgroupBarrier();
}
${name} = shared_[0];
workgroupBarrier();`;
  if (sharing === "workgroup") module.declare(`var<workgroup> shared_: array<F, ${size}>;`);

  const step = sharing === "serial" ? 1 : size;
  const loop = { counter: "c", first: sharing === "serial" ? "0u" : "lin", last, step, steps: Math.ceil(steps / step) };
  const across = (name: string, op: "sum" | "max"): string => {
    const pair = (a: string, b: string): string => combine(op, a, b);
    const joined = width === 1 ? name : pair(pair(`${name}.x`, `${name}.y`), pair(`${name}.z`, `${name}.w`));
    return `${sharing === "workgroup" ? `${tree(name, op)}\n` : ""}let ${name}All = ${joined};`;
  };
  const lowest = `F(${parameters.f32(-Infinity)})`;

  const lines = build({
    module,
    columns: parameters.f32(columns),
    at: (view) => `${wide.of(view).name}[row * ${last}${base(view)} + c]`,
    each: (...statements) => loopText(loop, statements),
    sums: (terms, ...statements) =>
      [sumsInRuns(loop, "F", terms, statements), ...Object.keys(terms).map((name) => across(name, "sum"))].join("\n"),
    max: (name, term) => `var ${name} = ${lowest};
${loopText(loop, [`${name} = max(${name}, ${term});`])}
${across(name, "max")}`,
    once: (statement) => (sharing === "serial" ? statement : `if (lin == 0u) { ${statement} }`),
  });
  if (sharing === "serial") return [module.perElement(["let row = index;", ...lines], rows, size)];
  return [
    module.dispatch(
      [`let row = group;`, `if (row >= ${parameters.u32(rows)}) { return; }`, ...lines].join("\n"),
      size,
      rows,
    ),
  ];
};

/** The two variants of an op over rows: workgroup memory for hardware, none for software. */
export const rowVariants = <K extends CallKernel>(
  op: string,
  build: (text: RowText, kernel: K) => readonly string[],
): Variant[] => [
  {
    op,
    applicable: (info) => !info.software,
    dispatches: (kernel: K) => dispatchRows(kernel, "workgroup", (text) => build(text, kernel)),
  },
  {
    op,
    dispatches: (kernel: K) => dispatchRows(kernel, "serial", (text) => build(text, kernel)),
  },
];
