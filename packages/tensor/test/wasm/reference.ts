import type { Instruction, PointwiseProgram, ReduceKernel, View } from "../../src/compile/kernel.js";
import type { AnyData, DType } from "../../src/dtype.js";

/** A plain interpreter of the kernel contract in float64, one point at a time. */

export const rowMajor = (shape: readonly number[]): number[] => {
  const strides = shape.map(() => 1);
  for (let d = shape.length - 2; d >= 0; d--) strides[d] = strides[d + 1]! * shape[d + 1]!;
  return strides;
};

export const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export const view = (slot: number, shape: readonly number[], dtype: DType = "f32", offset = 0): View => ({
  slot,
  dtype,
  shape,
  strides: rowMajor(shape),
  offset,
});

/** Element of the slot that flat index `i` of a view means. */
export const place = ({ shape, strides, offset }: View, i: number): number => {
  let rest = i;
  let at = offset;
  for (let d = shape.length - 1; d >= 0; d--) {
    at += (rest % shape[d]!) * strides[d]!;
    rest = Math.floor(rest / shape[d]!);
  }
  return at;
};

const erf = (x: number): number => {
  // Series near 0, continued fraction beyond: more digits than f32 can show.
  const a = Math.abs(x);
  if (a < 2.5) {
    let term = a;
    let sum = a;
    for (let n = 1; n < 80; n++) {
      term *= (-a * a) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let f = 0;
  for (let n = 60; n > 0; n--) f = n / 2 / (a + f);
  return Math.sign(x) * (1 - Math.exp(-a * a) / (Math.sqrt(Math.PI) * (a + f)));
};

const roundEven = (x: number): number => {
  const r = Math.round(x);
  return Math.abs(x % 1) === 0.5 && r % 2 !== 0 ? r - 1 : r;
};

const GELU_A = Math.sqrt(2 / Math.PI);
const GELU_B = 0.044715;
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

export const unaryReference: Record<string, (x: number) => number> = {
  neg: (x) => -x,
  abs: Math.abs,
  sign: Math.sign,
  floor: Math.floor,
  ceil: Math.ceil,
  round: roundEven,
  sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(x),
  reciprocal: (x) => 1 / x,
  exp: Math.exp,
  log: Math.log,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  erf,
  sigmoid,
  gelu: (x) => x * sigmoid(2 * GELU_A * (x + GELU_B * x ** 3)),
  geluGrad: (x) => {
    const s = sigmoid(2 * GELU_A * (x + GELU_B * x ** 3));
    return s + x * s * sigmoid(-2 * GELU_A * (x + GELU_B * x ** 3)) * 2 * GELU_A * (1 + 3 * GELU_B * x * x);
  },
};

const wrap = (x: number, dtype: DType): number =>
  dtype === "f32" ? Math.fround(x) : dtype === "i32" ? x | 0 : x >>> 0;

const bits = new DataView(new ArrayBuffer(4));
const setters = { f32: "setFloat32", i32: "setInt32", u32: "setUint32", bool: "setUint32" } as const;
const getters = { f32: "getFloat32", i32: "getInt32", u32: "getUint32", bool: "getUint32" } as const;
const bitcast = (x: number, from: DType, to: DType): number => {
  bits[setters[from]](0, x);
  return bits[getters[to]](0);
};

const cast = (x: number, from: DType, to: DType): number => {
  if (to === "bool") return x !== 0 ? 1 : 0;
  if (to === "f32") return Math.fround(x);
  if (from !== "f32") return wrap(x, to);
  if (Number.isNaN(x)) return 0;
  const [low, high] = to === "i32" ? [-(2 ** 31), 2 ** 31 - 1] : [0, 2 ** 32 - 1];
  return Math.min(high, Math.max(low, Math.trunc(x))) + 0;
};

const operate = (instruction: Instruction, args: number[], dtypes: DType[]): number => {
  const [a, b, c] = args as [number, number, number];
  const of = dtypes[0]!;
  switch (instruction.op) {
    case "add":
      return wrap(a + b, of);
    case "sub":
      return wrap(a - b, of);
    case "mul":
      return of === "f32" ? Math.fround(a * b) : wrap(Math.imul(a, b), of);
    case "div":
      return Math.fround(a / b);
    case "pow":
      return Math.fround(a === 1 ? 1 : a ** b);
    case "max":
      return Math.max(a, b);
    case "min":
      return Math.min(a, b);
    case "lt":
      return a < b ? 1 : 0;
    case "le":
      return a <= b ? 1 : 0;
    case "eq":
      return a === b ? 1 : 0;
    case "and":
      return wrap(a & b, of);
    case "or":
      return wrap(a | b, of);
    case "xor":
      return wrap(a ^ b, of);
    case "shl":
      return (a << b) >>> 0;
    case "shr":
      return a >>> b;
    case "rem":
      return b ? a % b : 0;
    case "quo":
      return b ? Math.floor(a / b) : 0;
    case "not":
      return a ? 0 : 1;
    case "select":
      return a ? b : c;
    case "cast":
      return cast(a, of, instruction.dtype);
    case "bitcast":
      return bitcast(a, of, instruction.dtype);
    default:
      return Math.fround(unaryReference[instruction.op]!(a));
  }
};

/** Every result at every point, row-major. */
export const evaluate = (program: PointwiseProgram, slots: readonly AnyData[]): number[][] => {
  const { shape, loads, body, results } = program;
  const total = count(shape);
  const strides = rowMajor(shape);
  const out = results.map(() => new Array<number>(total));
  for (let i = 0; i < total; i++) {
    const values = loads.map((load) => slots[load.slot]![place(load, i)]!);
    const dtypes = loads.map((load) => load.dtype);
    for (const instruction of body) {
      if (instruction.op === "constant") values.push(wrap(instruction.value, instruction.dtype));
      else if (instruction.op === "iota")
        values.push(Math.floor(i / strides[instruction.axis]!) % shape[instruction.axis]!);
      else {
        const args = instruction.args.map((value) => values[value]!);
        values.push(
          operate(
            instruction,
            args,
            instruction.args.map((value) => dtypes[value]!),
          ),
        );
      }
      dtypes.push(instruction.dtype);
    }
    for (const [r, value] of results.entries()) out[r]![i] = values[value]!;
  }
  return out;
};

export const reduceReference = (kernel: ReduceKernel, slots: readonly AnyData[]): number[] => {
  const { outer, reduced, inner, reduce, program } = kernel;
  const [values] = evaluate(program, slots) as [number[]];
  const dtype = kernel.output.dtype;
  const result: number[] = [];
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      let total = reduce === "sum" ? 0 : values[o * reduced * inner + i]!;
      for (let r = 0; r < reduced; r++) {
        const value = values[(o * reduced + r) * inner + i]!;
        if (reduce === "sum") total = dtype === "f32" ? total + value : wrap(total + value, dtype);
        else total = reduce === "max" ? Math.max(total, value) : Math.min(total, value);
      }
      result.push(total);
    }
  return result;
};
