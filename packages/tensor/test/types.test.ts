import { expect, expectTypeOf, it } from "vitest";
import {
  type Aval,
  add,
  applyAll,
  type BroadcastShape,
  cast,
  defineOp,
  type MatmulShape,
  matmul,
  mul,
  permute,
  reshape,
  sum,
  type Tensor,
  zeros,
} from "../src/index.js";

it("literal shapes are followed", () => {
  const a = zeros([2, 3]);
  const b = zeros([3, 5]);
  expectTypeOf(matmul(a, b)).toEqualTypeOf<Tensor<MatmulShape<readonly [2, 3], readonly [3, 5]>>>();
  expectTypeOf(a.matmul(b).shape).toEqualTypeOf<[2, 5]>();
  expectTypeOf(permute(a, [1, 0]).shape).toEqualTypeOf<readonly [3, 2]>();
  expectTypeOf(reshape(a, [6]).shape).toEqualTypeOf<readonly [6]>();
  expectTypeOf(a.sum(1).shape).toEqualTypeOf<[2]>();
  expectTypeOf(a.sum(0, { keepDims: true }).shape).toEqualTypeOf<[1, 3]>();
  expectTypeOf(sum(a).shape).toEqualTypeOf<[]>();
  expectTypeOf<BroadcastShape<readonly [4, 1, 3], readonly [2, 1]>>().toEqualTypeOf<[4, 2, 3]>();
  expectTypeOf(cast(a, "i32")).toEqualTypeOf<Tensor<readonly [2, 3], "i32">>();
});

it("unknown shapes widen", () => {
  const n: number = 4;
  const a = zeros([n, 3]);
  expectTypeOf(a.shape).toEqualTypeOf<readonly [number, 3]>();
  expectTypeOf(a.sum(0).shape).toEqualTypeOf<[3]>();
  const free: Tensor = zeros([3, 3]);
  expectTypeOf(free.matmul(free).shape).toEqualTypeOf<readonly number[]>();
  expectTypeOf(add(free, 1)).toEqualTypeOf<Tensor>();
});

it("data has the array of the dtype", () => {
  expectTypeOf(zeros([1]).data).returns.resolves.toEqualTypeOf<Float32Array>();
  expectTypeOf(zeros([1], "i32").data).returns.resolves.toEqualTypeOf<Int32Array>();
});

it("operands and results of an op are tuples", () => {
  const scaled = defineOp<{ readonly by: number }, ["x", "y", "z"?], ["sum", "product"]>({
    name: "scaled",
    lowering: { kind: "composite" },
    infer: ([x, y, z]) => {
      expectTypeOf(y).toEqualTypeOf<Aval>();
      expectTypeOf(z).toEqualTypeOf<Aval | undefined>();
      return [x, y];
    },
    decompose: ([x, y], { by }) => [mul(add(x, y), by), mul(mul(x, y), by)],
    examples: [],
  });
  const x = zeros([2]);
  expectTypeOf(applyAll(scaled, [x, x], { by: 2 })).toEqualTypeOf<readonly [Tensor, Tensor]>();
  // @ts-expect-error an operand is missing
  expect(() => applyAll(scaled, [x], { by: 2 })).toThrow();
  // @ts-expect-error an attribute is missing
  applyAll(scaled, [x, x, x], {});
});
