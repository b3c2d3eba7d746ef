import type { ScalarFunction } from "../../src/backends/scalars.js";
import type { Instruction, Kernel, PointwiseProgram, View } from "../../src/compile/kernel.js";
import type { DType } from "../../src/dtype.js";
import { CALLS } from "./reference-calls.js";

/** Memory of one slot, as raw words. Floats are read through `f32`. */
export interface Memory {
  readonly f32: Float32Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
}

export const memory = (length: number): Memory => {
  const buffer = new ArrayBuffer(length * 4);
  return { f32: new Float32Array(buffer), i32: new Int32Array(buffer), u32: new Uint32Array(buffer) };
};

const arrayOf = (slot: Memory, dtype: DType) => (dtype === "bool" ? slot.u32 : slot[dtype]);

export const positions = (shape: readonly number[]): number[][] =>
  shape.reduce<number[][]>(
    (all, extent) => all.flatMap((p) => Array.from({ length: extent }, (_, i) => [...p, i])),
    [[]],
  );

export const elementOf = (view: View, position: readonly number[]): number =>
  position.reduce((at, coordinate, axis) => at + coordinate * view.strides[axis]!, view.offset);

export const load = (slots: readonly Memory[], view: View, position: readonly number[]): number =>
  arrayOf(slots[view.slot]!, view.dtype)[elementOf(view, position)]!;

const words = memory(1);
const wrap = (value: number, dtype: DType): number => {
  if (dtype === "i32") return value | 0;
  if (dtype === "u32") return value >>> 0;
  return dtype === "bool" ? (value ? 1 : 0) : value;
};

const erf = (x: number): number => {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  // Taylor series with enough terms for double precision below 3, continued fraction above.
  if (a < 3) {
    let term = a;
    let sum = a;
    for (let n = 1; n < 120; n++) {
      term *= (-a * a) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let f = 0;
  for (let n = 80; n > 0; n--) f = n / 2 / (a + f);
  return Math.sign(x) * (1 - Math.exp(-a * a) / ((a + f) * Math.sqrt(Math.PI)));
};

const roundEven = (x: number): number => {
  const r = Math.round(x);
  return Math.abs(x % 1) === 0.5 && r % 2 !== 0 ? r - 1 : r;
};

const gelu = (x: number): number => x / (1 + Math.exp(-2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
const geluGrad = (x: number): number => {
  const c = Math.sqrt(2 / Math.PI);
  const s = 1 / (1 + Math.exp(-2 * c * (x + 0.044715 * x ** 3)));
  return Math.abs(x) > 30 ? (x > 0 ? 1 : 0) : s + x * s * (1 - s) * 2 * c * (1 + 3 * 0.044715 * x * x);
};

const saturate = (x: number, low: number, high: number): number =>
  Number.isNaN(x) ? 0 : Math.min(high, Math.max(low, Math.trunc(x)));

const cast = (x: number, from: DType, to: DType): number => {
  if (to === "f32") return Math.fround(x);
  if (to === "bool") return x !== 0 ? 1 : 0;
  if (from !== "f32") return wrap(x, to);
  return to === "i32" ? saturate(x, -(2 ** 31), 2 ** 31 - 1) : saturate(x, 0, 2 ** 32 - 1);
};

const bitcast = (x: number, from: DType, to: DType): number => {
  arrayOf(words, from)[0] = x;
  return arrayOf(words, to)[0]!;
};

/** Every scalar op in float64 (integers exactly), given operand dtypes and the result's. */
export const scalar = (op: ScalarFunction, args: readonly number[], from: readonly DType[], to: DType): number => {
  const [a, b, c] = args as [number, number, number];
  const functions: Record<ScalarFunction, () => number> = {
    neg: () => -a,
    abs: () => Math.abs(a),
    sign: () => Math.sign(a),
    floor: () => Math.floor(a),
    ceil: () => Math.ceil(a),
    round: () => roundEven(a),
    sqrt: () => Math.sqrt(a),
    rsqrt: () => 1 / Math.sqrt(a),
    reciprocal: () => 1 / a,
    exp: () => Math.exp(a),
    log: () => Math.log(a),
    sin: () => Math.sin(a),
    cos: () => Math.cos(a),
    tanh: () => Math.tanh(a),
    erf: () => erf(a),
    sigmoid: () => 1 / (1 + Math.exp(-a)),
    gelu: () => gelu(a),
    geluGrad: () => geluGrad(a),
    add: () => a + b,
    sub: () => a - b,
    mul: () => (to === "f32" ? a * b : Math.imul(a, b)),
    div: () => a / b,
    pow: () => a ** b,
    max: () => Math.max(a, b),
    min: () => Math.min(a, b),
    lt: () => (a < b ? 1 : 0),
    le: () => (a <= b ? 1 : 0),
    eq: () => (a === b ? 1 : 0),
    and: () => a & b,
    or: () => a | b,
    xor: () => a ^ b,
    shl: () => a << b,
    shr: () => a >>> b,
    rem: () => (b === 0 ? 0 : a % b),
    quo: () => (b === 0 ? 0 : Math.floor(a / b)),
    not: () => (a ? 0 : 1),
    select: () => (a ? b : c),
    cast: () => cast(a, from[0]!, to),
    bitcast: () => bitcast(a, from[0]!, to),
  };
  return wrap(functions[op](), to);
};

const evaluate = (program: PointwiseProgram, slots: readonly Memory[], position: readonly number[]): number[] => {
  const values = program.loads.map((view) => load(slots, view, position));
  const dtypes: DType[] = program.loads.map((view) => view.dtype);
  const step = (instruction: Instruction): number => {
    if (instruction.op === "constant") return instruction.value;
    if (instruction.op === "iota") return position[instruction.axis]!;
    return scalar(
      instruction.op,
      instruction.args.map((i) => values[i]!),
      instruction.args.map((i) => dtypes[i]!),
      instruction.dtype,
    );
  };
  for (const instruction of program.body) {
    values.push(step(instruction));
    dtypes.push(instruction.dtype);
  }
  return program.results.map((i) => values[i]!);
};

export const store = (slots: readonly Memory[], view: View, position: readonly number[], value: number): void => {
  arrayOf(slots[view.slot]!, view.dtype)[elementOf(view, position)] = value;
};

/** Runs a kernel on `slots` in place. */
export const runReference = (kernel: Kernel, slots: readonly Memory[]): void => {
  if (kernel.kind === "call") {
    CALLS[kernel.op]!(slots, kernel.inputs, kernel.outputs, kernel.attrs);
    return;
  }
  const { program } = kernel;
  const values = positions(program.shape).map((position) => evaluate(program, slots, position));
  if (kernel.kind === "pointwise") {
    positions(program.shape).forEach((position, p) => {
      for (const [i, view] of kernel.outputs.entries()) store(slots, view, position, values[p]![i]!);
    });
    return;
  }
  const { outer, reduced, inner, output, reduce } = kernel;
  const target = arrayOf(slots[output.slot]!, output.dtype);
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      let total = reduce === "sum" ? 0 : reduce === "max" ? -Infinity : Infinity;
      for (let r = 0; r < reduced; r++) {
        const value = values[(o * reduced + r) * inner + i]![0]!;
        total = reduce === "sum" ? total + value : Math[reduce](total, value);
      }
      target[output.offset + o * inner + i] = wrap(total, output.dtype);
    }
};
