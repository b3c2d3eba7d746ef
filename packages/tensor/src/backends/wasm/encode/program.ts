import type { PointwiseProgram, ScalarCall, View } from "../../../compile/kernel.js";
import { bitsOf } from "../../../dtype.js";
import { TensorError } from "../../../errors.js";
import { known } from "../../../lookup.js";
import { sizeOf } from "../../../shape.js";
import { type ScalarInstruction, scalarFunctions } from "../../scalars.js";
import { tileFunction } from "../functions/tile-function.js";
import { Scalar, Tile } from "../opcodes.js";
import { Dataflow } from "./dataflow.js";
import { fused } from "./fuse.js";
import type { Argument, Place, TileInstruction } from "./place.js";
import type { CommandStream } from "./stream.js";
import { isContiguous, isUniform, overlap, pushWindow, type Window, windowOf, windowWords } from "./window.js";

interface Cell {
  readonly bits: number;
  readonly window?: Window;
}

/** With fewer a function costs more to make than it saves. */
const FEWEST_POINTS = 256;

/** A pointwise program lowered to the tile machine of `assembly/program.ts`, ready to be written to a stream. */
export class TileProgram {
  readonly #inPlace: Window[] = [];
  readonly #cells: Cell[] = [];
  readonly #code: TileInstruction[] = [];
  readonly #operands = new Map<number, Place>();
  readonly #freeTiles: number[] = [];
  readonly #released = new Set<number>();
  readonly #windows: (Window | undefined)[];
  readonly #flow: Dataflow;
  #tiles = 0;
  #result: Place | undefined;
  /** Rough work per element, in tenths of a nanosecond. */
  cost = 1;

  /** @param outputs where results go; none for a reduction, which reads `result` instead. */
  constructor(
    readonly program: PointwiseProgram,
    outputs: readonly View[],
  ) {
    this.#windows = program.loads.map(windowOf);
    const targets = outputs.map(windowOf);
    const end = program.loads.length + program.body.length;
    this.#flow = new Dataflow(program);
    this.#saveOverwrittenLoads(targets);
    const direct = this.#directOutputs(targets);
    for (const window of direct.values()) this.#spare(window);
    for (let value = program.loads.length; value < end; value++)
      if (this.#flow.isLive(value)) this.#lower(value, direct.get(value));
    const results = program.results.map((value) => this.#flow.root(value));
    for (const [i, target] of targets.entries()) {
      const value = results[i]!;
      if (direct.get(value) === target) continue;
      this.#code.push({ op: Scalar.Scatter, target: this.#whole(this.#read(value, end)), args: [target] });
      this.cost += isContiguous(target) ? 1 : 6;
    }
    for (const value of direct.keys()) {
      const target = known(this.#operands, value);
      this.#code.push({ op: Scalar.Flush, target, args: [target.index * 4] });
    }
    if (outputs.length === 0) this.#result = this.#whole(this.#read(results[0]!, end));
  }

  /** A load that is itself a result, in memory that an output overwrites, is copied before anything is written. */
  #saveOverwrittenLoads(targets: readonly Window[]): void {
    for (const result of this.program.results) {
      const value = this.#flow.root(result);
      const window = this.#windows[value];
      if (!window || this.#operands.has(value) || !targets.some((target) => overlap(window, target))) continue;
      const from = this.#read(value, value);
      if (from.kind !== "inPlace") continue;
      const target = this.#tile();
      this.#code.push({ op: Scalar.Copy, target, args: [from] });
      this.#operands.set(value, target);
    }
  }

  /** Results that can be computed straight into their output: contiguous, and nothing read later lies there. */
  #directOutputs(targets: readonly Window[]): Map<number, Window> {
    const { loads, body, results } = this.program;
    const direct = new Map<number, Window>();
    for (const [i, target] of targets.entries()) {
      const value = this.#flow.root(results[i]!);
      const instruction = body[value - loads.length];
      if (!instruction || !("args" in instruction) || direct.has(value) || !isContiguous(target)) continue;
      const readLater = this.#windows.some(
        (window, load) => window && overlap(window, target) && this.#flow.lastUse(load) > value,
      );
      if (!readLater) direct.set(value, target);
    }
    return direct;
  }

  #spare(window: Window): void {
    const target: Place = { kind: "inPlace", index: this.#inPlace.push(window) - 1 };
    this.#code.push({ op: Scalar.Spare, target, args: [this.#tile()] });
  }

  #tile(): Place {
    return { kind: "tile", index: this.#freeTiles.pop() ?? this.#tiles++ };
  }

  #cell(cell: Cell): Place {
    return { kind: "cell", index: this.#cells.push(cell) - 1 };
  }

  /** A cell holds one group; what is walked element by element must be a tile. */
  #whole(operand: Place): Place {
    if (operand.kind !== "cell") return operand;
    const target = this.#tile();
    this.#code.push({ op: Scalar.Copy, target, args: [operand] });
    return target;
  }

  /** The operand of a value read by instruction `reader`. Loads come to life at their first use. */
  #read(value: number, reader: number): Place {
    const seen = this.#operands.get(value);
    const operand = seen ?? this.#load(this.#windows[value]!);
    if (!seen) this.#operands.set(value, operand);
    if (operand.kind === "tile" && this.#flow.lastUse(value) === reader && !this.#released.has(value)) {
      this.#freeTiles.push(operand.index);
      this.#released.add(value);
    }
    return operand;
  }

  #load(window: Window): Place {
    if (isUniform(window)) return this.#cell({ bits: 0, window });
    if (isContiguous(window)) {
      this.cost += 1;
      return { kind: "inPlace", index: this.#inPlace.push(window) - 1 };
    }
    const target = this.#tile();
    this.#code.push({ op: Scalar.Gather, target, args: [window] });
    this.cost += window.dimensions[0]!.stride === 0 || window.dimensions[0]!.stride === 1 ? 2 : 8;
    return target;
  }

  #lower(value: number, output: Window | undefined): void {
    const instruction = this.program.body[value - this.program.loads.length]!;
    if (instruction.op === "constant") {
      const bits = instruction.dtype === "f32" ? bitsOf(instruction.value) : instruction.value >>> 0;
      this.#operands.set(value, this.#cell({ bits }));
    } else if (instruction.op === "iota") {
      const { shape } = this.program;
      const target = this.#tile();
      const stride = sizeOf(shape.slice(instruction.axis + 1));
      const args: Argument[] = [stride, shape[instruction.axis]!, instruction.dtype === "f32" ? 1 : 0];
      this.#code.push({ op: Scalar.Iota, target, args });
      this.#operands.set(value, target);
      this.cost += 8;
    } else {
      const { opcode, cost, count } = this.#instruction(instruction);
      const roots = instruction.args.map((argument) => this.#flow.root(argument));
      if (count !== undefined) roots.pop();
      const operands = roots.map((root) => this.#bring(root));
      for (const root of roots) this.#read(root, value);
      const direct = output ? this.#inPlace.indexOf(output) : -1;
      const target: Place = direct >= 0 ? { kind: "inPlace", index: direct } : this.#tile();
      this.#code.push({ op: opcode, target, args: count === undefined ? operands : [...operands, count] });
      this.#operands.set(value, target);
      this.cost += cost;
    }
  }

  /** The tile machine's instruction for a function that is not a mere renaming; `count` is a constant it shifts by, which has a vector form. */
  #instruction({ op, args, dtype }: ScalarCall): ScalarInstruction & { readonly count?: number } {
    const { wasm, byConstant } = scalarFunctions[op];
    const by =
      byConstant === undefined ? undefined : this.program.body[this.#flow.root(args[1]!) - this.program.loads.length];
    if (byConstant !== undefined && by?.op === "constant") return { opcode: byConstant, cost: 1, count: by.value & 31 };
    const from = this.#flow.dtypes[args[0]!]!;
    const found = wasm(from, dtype);
    if (!found)
      throw new TensorError("kernel", `wasm: no pointwise ${op} of ${from}; backends/scalars.ts says what exists`);
    return found;
  }

  /** Loads a value without releasing it yet: all operands of an instruction are alive together. */
  #bring(root: number): Place {
    return this.#read(root, Number.NaN);
  }

  /** Bytes of thread scratch: operand table, cells, tiles. */
  get scratchBytes(): number {
    return this.#tileBase + this.#tiles * Tile.Bytes;
  }

  get #operandCount(): number {
    return this.#inPlace.length + this.#cells.length + this.#tiles;
  }

  get #cellBase(): number {
    return Math.ceil((this.#operandCount * Tile.OperandBytes) / 64) * 64;
  }

  get #tileBase(): number {
    return this.#cellBase + this.#cells.length * Tile.CellBytes;
  }

  /** Offset in the operand table of the reduced value. */
  get resultOffset(): number {
    return this.#result ? this.#offsetOf(this.#result) : 0;
  }

  #offsetOf(operand: Place): number {
    const first =
      operand.kind === "inPlace" ? 0 : this.#inPlace.length + (operand.kind === "cell" ? 0 : this.#cells.length);
    return (first + operand.index) * Tile.OperandBytes;
  }

  /** The program, with runs of arithmetic as functions where the stream's backend makes them and there are points enough to repay it. */
  #finished({ functions }: CommandStream): readonly TileInstruction[] {
    if (!functions || sizeOf(this.program.shape) < FEWEST_POINTS) return this.#code;
    const offsetOf = (place: Place) => this.#offsetOf(place);
    return fused(this.#code, (steps, keeps) => functions.indexOf(tileFunction(steps, offsetOf, keeps)), this.#result);
  }

  /** Writes the program section of a command. */
  write(stream: CommandStream): void {
    const start = stream.words.length;
    const code = this.#finished(stream);
    stream.push(this.#inPlace.length, this.#cells.length + this.#tiles, this.#cells.length, code.length);
    stream.pushAddress(...this.#inPlace);
    for (let i = 0; i < this.#cells.length; i++) stream.push(this.#cellBase + i * Tile.CellBytes, 0);
    for (let i = 0; i < this.#tiles; i++) stream.push(this.#tileBase + i * Tile.Bytes, Tile.CellBytes);
    for (const [index, { bits, window }] of this.#cells.entries()) {
      stream.push(this.#offsetOf({ kind: "cell", index }), window ? 1 : 0);
      if (window) stream.pushAddress(window);
      else stream.push(bits);
    }
    let place = stream.words.length - start + (code.length * Tile.InstructionBytes) / 4;
    const windows: Window[] = [];
    for (const { op, target, args } of code) {
      const words = [op, this.#offsetOf(target), 0, 0, 0];
      for (const [i, argument] of args.entries()) {
        if (typeof argument === "number") words[2 + i] = argument;
        else if ("kind" in argument) words[2 + i] = this.#offsetOf(argument);
        else {
          words[2 + i] = place * 4;
          windows.push(argument);
          place += windowWords(argument);
        }
      }
      stream.push(...words);
    }
    for (const window of windows) pushWindow(stream, window);
    stream.needScratch(this.scratchBytes);
  }
}
