import { refOf } from "../../compile/graph.js";
import { evaluateReference } from "../../engine/reference.js";
import { argument } from "../../graph/input.js";
import type { DType, Shape, Tensor } from "../../index.js";
import { sizeOf } from "../../shape.js";
import { type Call, type Input, type Program, placesOf, Ref, record, renumbered } from "./program.js";
import type { Choices } from "./random.js";

/** Values larger than this are not made, but in one program of twenty: those are cut among threads and workgroups. */
const MAX_ELEMENTS = 6000;
const MAX_ELEMENTS_OF_LARGE = 80_000;

/** Values stay in a range where an f32 says something. */
const MAX_SIZE = 1e4;

/** Extents that meet the edges of vectors, tiles and workgroups, small ones more often. */
const EXTENTS = [1, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9, 12, 16, 17, 31, 33, 64, 65] as const;

interface Value {
  readonly tensor: Tensor;
  readonly data: Float64Array;
  readonly source: Input | Call;
}

const isCall = (source: Input | Call): source is Call => "name" in source;

/** A program in the making: every value is known, so that the next call can stay inside its function's domain. */
export class Draft {
  readonly values: Value[] = [];

  readonly maxElements: number;

  constructor(
    readonly choices: Choices,
    readonly maxInputs = 7,
  ) {
    this.maxElements = choices.chance(0.05) ? MAX_ELEMENTS_OF_LARGE : MAX_ELEMENTS;
  }

  get({ value }: Ref): Value {
    return this.values[value]!;
  }

  shape(value: Ref): Shape {
    return this.get(value).tensor.shape;
  }

  /** A value that satisfies a condition, recent ones more often. */
  pick(condition: (tensor: Tensor, data: Float64Array) => boolean): Ref | undefined {
    const fitting = this.values.flatMap(({ tensor, data }, i) => (condition(tensor, data) ? [new Ref(i)] : []));
    if (fitting.length === 0) return undefined;
    return this.choices.chance(0.5) ? fitting.at(-1)! : this.choices.pick(fitting);
  }

  float(condition: (tensor: Tensor, data: Float64Array) => boolean = () => true): Ref | undefined {
    return this.pick((tensor, data) => tensor.dtype === "f32" && condition(tensor, data));
  }

  /** A value of this shape and dtype: one that exists, or a new input. */
  of(shape: Shape, dtype: DType = "f32", within?: readonly [number, number]): Ref | undefined {
    if (!within && this.choices.chance(0.6)) {
      const known = this.pick((tensor) => tensor.dtype === dtype && String(tensor.shape) === String(shape));
      if (known) return known;
    }
    const inputs = this.values.filter(({ source }) => !isCall(source)).length;
    return inputs < this.maxInputs && sizeOf(shape) <= this.maxElements ? this.input(shape, dtype, within) : undefined;
  }

  /** A new input, with values that print short. */
  input(shape: Shape, dtype: DType, within?: readonly [number, number]): Ref {
    const { choices } = this;
    const [low, high] = within ?? { f32: [-2, 2], i32: [-9, 9], u32: [0, 40], bool: [0, 1] }[dtype];
    const draw = (): number =>
      dtype === "f32" ? Math.round((low + (high - low) * choices.uniform()) * 128) / 128 : choices.integer(low, high);
    const values = Array.from({ length: sizeOf(shape) }, draw);
    return this.#push(argument({ shape, dtype }), Float64Array.from(values), { shape, dtype, values });
  }

  newShape(rank = this.choices.integer(0, 4)): number[] {
    const { choices } = this;
    for (;;) {
      const shape = Array.from({ length: rank }, () => choices.pick(EXTENTS));
      if (sizeOf(shape) <= (choices.chance(0.1) ? this.maxElements : this.maxElements / 10)) return shape;
    }
  }

  extent(): number {
    return this.choices.pick(EXTENTS);
  }

  /** Records a call. False where its value is too large, out of range, or not finite. */
  call(call: Call): boolean {
    const tensor = record(
      call,
      this.values.map((value) => value.tensor),
    );
    if (tensor.size > this.maxElements || this.values.some((value) => value.tensor === tensor)) return false;
    const leaves = new Map(this.values.map((value) => [refOf(value.tensor), value.data]));
    const [data] = evaluateReference([tensor], leaves);
    if (!data!.every((v) => Math.abs(v) <= (tensor.dtype === "f32" ? MAX_SIZE : 2 ** 32))) return false;
    this.#push(tensor, data!, call);
    return true;
  }

  #push(tensor: Tensor, data: Float64Array, source: Input | Call): Ref {
    return new Ref(this.values.push({ tensor, data, source }) - 1);
  }

  /** The program, with inputs numbered first. */
  finish(outputs: readonly number[]): Program {
    const sources = this.values.map(({ source }) => source);
    const all = [...sources.keys()];
    const place = placesOf([...all.filter((i) => !isCall(sources[i]!)), ...all.filter((i) => isCall(sources[i]!))]);
    return {
      inputs: sources.filter((source): source is Input => !isCall(source)),
      calls: sources.filter(isCall).map((call) => renumbered(call, place)),
      outputs: outputs.map(place),
    };
  }
}
