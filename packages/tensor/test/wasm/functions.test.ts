import { afterAll, describe, expect, it } from "vitest";
import { type ScalarFunction, scalarFunctions } from "../../src/backends/scalars.js";
import { TileProgram } from "../../src/backends/wasm/encode/program.js";
import { CommandStream } from "../../src/backends/wasm/encode/stream.js";
import { isInline } from "../../src/backends/wasm/functions/instructions.js";
import { createWasmBackend } from "../../src/backends/wasm/index.js";
import type { Instruction, PointwiseKernel, ReduceKernel, View } from "../../src/compile/kernel.js";
import type { AnyData, DType } from "../../src/dtype.js";
import { generator, runKernels } from "./harness.js";
import { view } from "./reference.js";

/** With functions, and with the tile machine alone: what works together with other threads has none. */
const [made, walked] = [await createWasmBackend({ threads: 1 }), await createWasmBackend({ threads: 2 })];
afterAll(() => {
  made.destroy();
  walked.destroy();
});

const DTYPES = ["f32", "i32", "u32", "bool"] as const;
const FLOATS = [0, -0, 1, -1.5, 2.5, 1e-40, -3e38, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 7e9];
const WORDS = [0, 1, 2, 31, 0x7fffffff, 0x80000000, 0xffffffff, 12345];

interface Signature {
  readonly op: ScalarFunction;
  readonly from: readonly DType[];
  readonly to: DType;
}

/** Every function that becomes part of one, at every dtype that it takes. */
const signatures: readonly Signature[] = (Object.keys(scalarFunctions) as ScalarFunction[]).flatMap((op) =>
  DTYPES.flatMap((from) =>
    DTYPES.flatMap((to): Signature[] => {
      const compares = ["lt", "le", "eq"].includes(op);
      const converts = op === "cast" || op === "bitcast";
      if (converts ? scalarFunctions[op].renames?.(from, to) : to !== (compares ? "bool" : from)) return [];
      const found = op === "select" ? undefined : scalarFunctions[op].wasm(from, to);
      if (op === "select") return [{ op, from: ["bool", from, from], to }];
      if (!found || !isInline(found.opcode)) return [];

      return [{ op, from: Array.from({ length: arity(op) }, () => from), to }];
    }),
  ),
);

function arity(op: ScalarFunction): number {
  const two = ["add", "sub", "mul", "div", "max", "min", "lt", "le", "eq", "and", "or", "xor"];
  return two.includes(op) ? 2 : 1;
}

/** A program of `steps` functions of what is there, over two floats, an integer of either kind and a constant; the last of each dtype are its results. */
const program = (seed: number, size: number, steps: number): { kernel: PointwiseKernel; slots: AnyData[] } => {
  const next = generator(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!;
  const dtypes: DType[] = ["f32", "f32", "i32", "u32"];
  const loads = dtypes.map((dtype, slot) => view(slot, [size], dtype));
  const body: Instruction[] = [
    { op: "constant", value: 0.75, dtype: "f32" },
    { op: "constant", value: 5, dtype: "u32" },
  ];
  dtypes.push("f32", "u32");
  const of = (dtype: DType) => dtypes.flatMap((one, i) => (one === dtype ? [i] : []));
  while (body.length < steps + 2) {
    const { op, from, to } = pick(signatures);
    if (from.some((dtype) => of(dtype).length === 0)) continue;
    const args = from.map((dtype) => pick(of(dtype)));
    body.push({ op, args, dtype: to });
    dtypes.push(to);
    // A shift by the constant.
    if (next() < 0.1) {
      body.push({ op: pick(["shl", "shr"] as const), args: [pick(of("u32")), 5], dtype: "u32" });
      dtypes.push("u32");
    }
  }
  const results = [of("f32").at(-1)!, of("u32").at(-1)!, dtypes.length - 1];
  const outputs = results.map((value, i) => view(4 + i, [size], dtypes[value]!));
  const data = (dtype: DType): AnyData =>
    dtype === "f32"
      ? Float32Array.from({ length: size }, () => (next() < 0.3 ? pick(FLOATS) : (next() - 0.5) * 20))
      : Uint32Array.from({ length: size }, () => (next() < 0.5 ? pick(WORDS) : Math.floor(next() * 2 ** 32)));
  return {
    kernel: { kind: "pointwise", name: "random", program: { shape: [size], loads, body, results }, outputs },
    slots: [...loads.map(({ dtype }) => data(dtype)), ...outputs.map(() => new Uint32Array(size))],
  };
};

const bytesOf = (data: AnyData) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
/** Equal to the bit, but for which NaN it is. */
const same = (a: AnyData, b: AnyData): boolean => {
  const [x, y] = [a, b].map((data) => new Uint32Array(data.buffer, data.byteOffset, data.length)) as [
    Uint32Array,
    Uint32Array,
  ];
  const isNaNWord = (bits: number) => (bits & 0x7fffffff) >>> 0 > 0x7f800000;
  return x.every((bits, i) => bits === y[i] || (isNaNWord(bits) && isNaNWord(y[i]!)));
};

const calls = (kernel: PointwiseKernel): number => {
  let count = 0;
  const stream = new CommandStream({ indexOf: () => ++count });
  new TileProgram(kernel.program, kernel.outputs).write(stream);
  return count;
};

describe("functions that are made for pointwise programs", () => {
  it("know every function of a few instructions", () => {
    const names = new Set(signatures.map(({ op }) => op));
    for (const op of ["add", "div", "max", "lt", "eq", "and", "xor", "select", "cast", "sqrt", "rsqrt", "not", "round"])
      expect(names, op).toContain(op);
    for (const op of ["exp", "gelu", "pow", "rem"]) expect(names, op).not.toContain(op);
  });

  it.each([
    [700, 12],
    [512, 40],
    [1027, 40],
    [257, 90],
  ])("give what the tile machine gives, to the bit: %i points, %i steps", async (size, steps) => {
    let functions = 0;
    for (let seed = 0; seed < 12; seed++) {
      const { kernel, slots } = program(seed, size, steps);
      functions += calls(kernel);
      const [mine, theirs] = await Promise.all([made, walked].map((backend) => runKernels(backend, [kernel], slots)));
      for (const [slot, data] of mine!.entries())
        expect(same(data, theirs![slot]!), `seed ${seed}, slot ${slot}`).toBe(true);
    }
    expect(functions).toBeGreaterThan(8);
  });

  it("update where they read, as an optimiser does, and write nothing behind the end", async () => {
    const size = 1001;
    const inPlace = (slot: number): View => view(slot, [size]);
    const kernel: PointwiseKernel = {
      ...{ kind: "pointwise", name: "adam" },
      program: {
        ...{ shape: [size], loads: [inPlace(0), inPlace(1), inPlace(2)] },
        body: [
          { op: "constant", value: 0.9, dtype: "f32" },
          { op: "mul", args: [1, 3], dtype: "f32" },
          { op: "add", args: [4, 2], dtype: "f32" },
          { op: "mul", args: [5, 5], dtype: "f32" },
          { op: "sqrt", args: [6], dtype: "f32" },
          { op: "sub", args: [0, 7], dtype: "f32" },
        ],
        results: [8, 5],
      },
      outputs: [inPlace(0), inPlace(1)],
    };
    expect(calls(kernel)).toBe(1);
    const next = generator(5);
    const slots = Array.from({ length: 3 }, () => Float32Array.from({ length: size + 30 }, next));
    const [mine, theirs] = await Promise.all([made, walked].map((backend) => runKernels(backend, [kernel], slots)));
    for (const [slot, data] of mine!.entries()) {
      expect(Buffer.compare(bytesOf(data), bytesOf(theirs![slot]!)), `slot ${slot}`).toBe(0);
      expect(data.subarray(size)).toEqual(slots[slot]!.subarray(size));
    }
  });

  it("serve reductions", async () => {
    const [rows, columns] = [40, 37];
    const x = view(0, [rows, columns]);
    const reduce = (outer: number, reduced: number, inner: number): ReduceKernel => ({
      ...{ kind: "reduce", name: "sum", reduce: "sum", outer, reduced, inner },
      program: {
        ...{ shape: [rows, columns], loads: [x] },
        body: [
          { op: "mul", args: [0, 0], dtype: "f32" },
          { op: "add", args: [1, 0], dtype: "f32" },
          { op: "abs", args: [2], dtype: "f32" },
          { op: "sqrt", args: [3], dtype: "f32" },
        ],
        results: [4],
      },
      output: view(1, [outer * inner]),
    });
    const next = generator(9);
    const slots = [Float32Array.from({ length: rows * columns }, next), new Float32Array(rows * columns)];
    for (const kernel of [reduce(1, rows, columns), reduce(rows, columns, 1), reduce(1, rows * columns, 1)]) {
      const [mine, theirs] = await Promise.all([made, walked].map((backend) => runKernels(backend, [kernel], slots)));
      expect(Buffer.compare(bytesOf(mine![1]!), bytesOf(theirs![1]!))).toBe(0);
    }
  });

  it("are one for equal programs, and none where there are few points", () => {
    const { kernel } = program(3, 700, 12);
    const modules: string[] = [];
    const stream = new CommandStream({ indexOf: (module) => modules.push(module.join()) - 1 });
    for (let i = 0; i < 2; i++) new TileProgram(kernel.program, kernel.outputs).write(stream);
    expect(new Set(modules).size).toBe(modules.length / 2);
    expect(calls(program(3, 100, 12).kernel)).toBe(0);
  });
});
