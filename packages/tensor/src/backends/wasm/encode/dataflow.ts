import type { Instruction, PointwiseProgram } from "../../../compile/kernel.js";
import type { DType } from "../../../dtype.js";

/** Who needs which value of a pointwise program, seen through casts that change no bit. */
export class Dataflow {
  /** Live values and the last instruction that reads each; infinity for results. */
  readonly #lastUse = new Map<number, number>();

  constructor(readonly program: PointwiseProgram) {
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

  readonly dtypeOf = (value: number): DType => {
    const { loads, body } = this.program;
    return value < loads.length ? loads[value]!.dtype : body[value - loads.length]!.dtype;
  };

  /** The value of which `value` is a mere renaming, or itself. */
  root(value: number): number {
    const { loads, body } = this.program;
    for (let v = value; ; ) {
      const instruction = body[v - loads.length];
      if (!instruction || !this.#isRenaming(instruction)) return v;
      v = instruction.args[0]!;
    }
  }

  #isRenaming(instruction: Instruction): instruction is Extract<Instruction, { args: readonly number[] }> {
    if (instruction.op === "bitcast") return true;
    if (instruction.op !== "cast") return false;
    const from = this.dtypeOf(instruction.args[0]!);
    return (
      from === instruction.dtype || (from !== "f32" && instruction.dtype !== "f32" && instruction.dtype !== "bool")
    );
  }
}
