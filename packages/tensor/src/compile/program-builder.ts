import type { DType } from "../dtype.js";
import { TensorError } from "../errors.js";
import type { Node, Tensor } from "../graph/tensor.js";
import { known } from "../lookup.js";
import type { Shape } from "../shape.js";
import type { OperandSource, Unit } from "./cluster.js";
import { firstResult, refOf } from "./graph.js";
import type { Instruction, PointwiseProgram, View } from "./kernel.js";
import type { Layout } from "./layout.js";
import { copyOp } from "./legalize.js";
import type { Values, ValueView } from "./values.js";

/** A value inside a program: a load, or the result of an instruction. Loads are numbered first, but counted last. */
export type ProgramValue = { readonly load: number } | { readonly instruction: number };

/** Builds the SSA body of a cluster, or of a single read where there is nothing to compute. */
export class ProgramBuilder {
  readonly loads: ValueView[] = [];
  readonly #body: ((loads: number) => Instruction)[] = [];
  readonly #members = new Map<Node, ProgramValue>();
  readonly #loads = new Map<string, number>();

  constructor(
    readonly values: Values,
    readonly shape: Shape,
  ) {}

  addUnit(unit: Pick<Unit, "nodes" | "operands">): void {
    for (const node of unit.nodes) {
      const args = known(unit.operands, node).map((source) => this.operand(source));
      if (node.op === copyOp) this.#members.set(node, args[0]!);
      else this.#members.set(node, this.#emit(scalarInstruction(node), args));
    }
  }

  operand(source: OperandSource): ProgramValue {
    if (source.kind === "member") return known(this.#members, source.node);
    if (source.kind === "load") return this.load(source.load.base, source.load.layout);
    return this.#emit(inlineInstruction(source.node), []);
  }

  load(base: Tensor, layout: Layout): { readonly load: number } {
    const key = `${refOf(base)}:${layout.offset}:${layout.strides.map((s, i) => (layout.shape[i] === 1 ? 0 : s)).join()}`;
    let index = this.#loads.get(key);
    if (index === undefined) {
      index = this.loads.length;
      this.#loads.set(key, index);
      this.loads.push({ value: this.values.of(base), layout });
    }
    return { load: index };
  }

  constant(value: number, dtype: DType): ProgramValue {
    return this.#emit(() => ({ op: "constant", value, dtype }), []);
  }

  resultOf(node: Node): ProgramValue {
    return known(this.#members, node);
  }

  finish(results: readonly ProgramValue[], place: (view: ValueView) => View): PointwiseProgram {
    const n = this.loads.length;
    return {
      shape: this.shape,
      loads: this.loads.map(place),
      body: this.#body.map((make) => make(n)),
      results: results.map((result) => ("load" in result ? result.load : n + result.instruction)),
    };
  }

  #emit(
    make: (args: readonly number[]) => Instruction,
    args: readonly ProgramValue[],
  ): { readonly instruction: number } {
    this.#body.push((n) => make(args.map((arg) => ("load" in arg ? arg.load : n + arg.instruction))));
    return { instruction: this.#body.length - 1 };
  }
}

const scalarInstruction =
  (node: Node) =>
  (args: readonly number[]): Instruction => {
    const { lowering } = node.op;
    if (lowering.kind !== "scalar") throw new TensorError("kernel", `${node.op.name}: not a scalar op`);
    return { op: lowering.scalar, args, dtype: firstResult(node).dtype };
  };

/** A constant or a coordinate. */
const inlineInstruction = (node: Node) => (): Instruction => {
  const { lowering } = node.op;
  const dtype = firstResult(node).dtype;
  if (lowering.kind === "constant") return { op: "constant", value: lowering.value(node.attrs), dtype };
  if (lowering.kind === "iota") return { op: "iota", axis: lowering.axis(node.attrs), dtype };
  throw new TensorError("kernel", `${node.op.name}: is not computed from its coordinates alone`);
};
