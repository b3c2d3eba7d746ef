import { describe, expect, it } from "vitest";
import { roundedOperands } from "../src/backends/webgpu/wgsl/rounding.js";
import type { Instruction, PointwiseProgram } from "../src/compile/kernel.js";
import { view } from "./webgpu/run.js";

describe("sums that must be rounded", () => {
  const programOf = (loads: number, body: readonly Instruction[]): PointwiseProgram => ({
    shape: [4],
    loads: Array.from({ length: loads }, (_, slot) => view(slot, [4])),
    body,
    results: [loads + body.length - 1],
  });
  const step = (op: "add" | "sub" | "mul" | "neg", ...args: number[]): Instruction => ({ op, args, dtype: "f32" });
  const found = (program: PointwiseProgram): number[][] => roundedOperands(program).map((set) => [...set]);

  it("are those in which a term meets itself with the other sign", () => {
    // v2 = a + b, v3 = v2 - a, v4 = b - v3
    expect(found(programOf(2, [step("add", 0, 1), step("sub", 2, 0), step("sub", 1, 3)]))).toEqual([[], [2], [3]]);
    // v2 = -b, v3 = a + v2, v4 = b + v3
    expect(found(programOf(2, [step("neg", 1), step("add", 0, 2), step("add", 1, 3)]))).toEqual([[], [], [3]]);
    // Equal constants are one term.
    const one: Instruction = { op: "constant", value: 1, dtype: "f32" };
    expect(found(programOf(1, [one, one, step("add", 0, 1), step("sub", 3, 2)]))).toEqual([[], [], [], [3]]);
  });

  it("are none where nothing cancels, nor among integers", () => {
    // (a + b) + a; (a - b) * a - b
    expect(found(programOf(2, [step("add", 0, 1), step("add", 2, 0)]))).toEqual([[], []]);
    expect(found(programOf(2, [step("sub", 0, 1), step("mul", 2, 0), step("sub", 3, 1)]))).toEqual([[], [], []]);
    const integers = programOf(
      2,
      [step("add", 0, 1), step("sub", 2, 0)].map((s) => ({ ...s, dtype: "i32" }) as Instruction),
    );
    expect(found(integers)).toEqual([[], []]);
  });
});
