import { dtypesOf, type Instruction, type PointwiseProgram, type ScalarCall } from "../../../compile/kernel.js";
import type { DType } from "../../../dtype.js";
import { scalarFunctions } from "../../scalars.js";

/** Who needs which value of a pointwise program, seen through casts that change no bit. */
export class Dataflow {
  /** Live values and the last instruction that reads each; infinity for results. */
  readonly #lastUse = new Map<number, number>();

  /** Of every value. */
  readonly dtypes: readonly DType[];

  constructor(readonly program: PointwiseProgram) {
    this.dtypes = dtypesOf(program);
    const { loads, body, results } = program;
    for (const value of results) this.#lastUse.set(this.root(value), Number.POSITIVE_INFINITY);
    for (let value = loads.length + body.length - 1; value >= loads.length; value--) {
      const instruction = body[value - loads.length]!;
      if (!this.isLive(value) || !("args" in instruction)) continue;
      for (const root of instruction.args.map((argument) => this.root(argument)))
        if (!this.isLive(root)) this.#lastUse.set(root, value);
    }
  }

  /** Whether a value that is not a mere renaming reaches a result. */
  isLive(value: number): boolean {
    return this.#lastUse.has(value);
  }

  /** The last instruction that reads a value: infinity for results, -1 for a value nobody needs. */
  lastUse(value: number): number {
    return this.#lastUse.get(value) ?? -1;
  }

  /** The value of which `value` is a mere renaming, or itself. */
  root(value: number): number {
    const { loads, body } = this.program;
    for (let v = value; ; ) {
      const instruction = body[v - loads.length];
      if (!instruction || !this.#isRenaming(instruction)) return v;
      v = instruction.args[0]!;
    }
  }

  #isRenaming(instruction: Instruction): instruction is ScalarCall {
    if (!("args" in instruction)) return false;
    const { op, args, dtype } = instruction;
    return scalarFunctions[op].renames?.(this.dtypes[args[0]!]!, dtype) === true;
  }
}
