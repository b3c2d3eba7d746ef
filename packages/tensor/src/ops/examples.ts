import type { DType } from "../dtype.js";
import type { Attrs } from "../graph/aval.js";
import type { OpExample } from "../graph/tensor.js";

type Input = OpExample<Attrs>["inputs"][number];

/** Values at the edges of the dtypes that wrap: what examples hold unless told. */
export const EDGES: Readonly<Record<Exclude<DType, "f32">, readonly number[]>> = {
  i32: [0, 1, -1, 7, -5, 31, 32, 2147483647, -2147483648, 0x12345678],
  u32: [0, 1, 2, 7, 31, 32, 33, 0x7fffffff, 0x80000000, 0xffffffff],
  bool: [0, 1],
};

/** Operands of `dtype` that hold every combination of its edges. */
export const combinations = (dtype: Exclude<DType, "f32">, operands: number): Input[] => {
  const edges = EDGES[dtype];
  const n = edges.length ** operands;
  return Array.from({ length: operands }, (_, operand) => ({
    shape: [n],
    dtype,
    values: Array.from({ length: n }, (_v, i) => edges[Math.floor(i / edges.length ** operand) % edges.length]!),
  }));
};

/** An example again in every other dtype, for ops that take elements of any: its f32 operands become i32, u32 and bool. */
export const inEveryDType = <A>(
  example: OpExample<A>,
  dtypes: readonly DType[] = ["i32", "u32", "bool"],
): OpExample<A>[] => [
  example,
  ...dtypes.map((dtype) => ({
    ...example,
    inputs: example.inputs.map((input) => (input.dtype === undefined ? { shape: input.shape, dtype } : input)),
  })),
];
