import { expect, it } from "vitest";
import { KernelEngine } from "../../src/engine/kernels.js";
import { add, Device, jit, mul, sub, type Tensor } from "../../src/index.js";
import { describeWebgpu } from "./device.js";
import { randoms } from "./run.js";

const f = Math.fround;

/** The same arithmetic on numbers, each result rounded to f32: what every algorithm below must give, bit for bit. */
interface Arithmetic<T> {
  add(a: T | number, b: T | number): T;
  sub(a: T | number, b: T | number): T;
  mul(a: T | number, b: T | number): T;
}
const onNumbers: Arithmetic<number> = {
  add: (a, b) => f(a + b),
  sub: (a, b) => f(a - b),
  mul: (a, b) => f(a * b),
};
const onTensors: Arithmetic<Tensor> = { add, sub, mul };

type Algorithm = <T>(arithmetic: Arithmetic<T>, a: T, b: T, c: T) => T;

/** What a + b was rounded by, whichever is larger (Knuth, TAOCP 2, 4.2.2). */
const twoSum: Algorithm = ({ add, sub }, a, b) => {
  const sum = add(a, b);
  const part = sub(sum, a);
  return add(sub(a, sub(sum, part)), sub(b, part));
};

/** The leading 12 bits (Veltkamp) and the rest. */
const split = <T>({ sub, mul }: Arithmetic<T>, x: T): [T, T] => {
  const scaled = mul(x, 4097);
  const head = sub(scaled, sub(scaled, x));
  return [head, sub(x, head)];
};

const algorithms: Readonly<Record<string, Algorithm>> = {
  "the fast two-sum": ({ add, sub }, a, b) => sub(b, sub(add(a, b), a)),
  "Knuth's two-sum": twoSum,
  "Dekker's product": (arithmetic, a, b) => {
    const { mul, sub } = arithmetic;
    const [aHead, aTail] = split(arithmetic, a);
    const [bHead, bTail] = split(arithmetic, b);
    const error = sub(sub(sub(mul(a, b), mul(aHead, bHead)), mul(aTail, bHead)), mul(aHead, bTail));
    return sub(mul(aTail, bTail), error);
  },
  "Kahan's sum of three": ({ add, sub }, a, b, c) => {
    const first = add(a, b);
    const lost = sub(sub(first, a), b);
    const next = sub(c, lost);
    const second = add(first, next);
    return sub(sub(second, first), next);
  },
  "Neumaier's sum of three": (arithmetic, a, b, c) => {
    const sum = arithmetic.add(a, b);
    return arithmetic.add(twoSum(arithmetic, a, b, c), twoSum(arithmetic, sum, c, c));
  },
  "rounding to whole numbers by a constant": ({ add, sub, mul }, a) => sub(add(mul(a, 1000), 12582912), 12582912),
  "the rounding error of 1 + b": ({ add, sub }, _, b) => sub(b, sub(add(b, 1), 1)),
};

describeWebgpu("rounding errors computed on purpose", (backend) => {
  const device = new Device(new KernelEngine(backend), "under test");
  const n = 1000;
  const operands = [randoms(n, 1), randoms(n, 2), randoms(n, 3)].map(({ f32 }) => f32.slice(0, n));

  it.each(Object.entries(algorithms))("%s is what f32 arithmetic makes it", async (_, algorithm) => {
    const [a, b, c] = operands as [Float32Array, Float32Array, Float32Array];
    const expected = a.map((_, i) => algorithm(onNumbers, a[i]!, f(b[i]! * 2 ** -9), c[i]!));
    expect(expected.some((value) => value !== 0)).toBe(true);
    const program = jit((x: Tensor, y: Tensor, z: Tensor) => algorithm(onTensors, x, mul(y, 2 ** -9), z));
    const inputs = operands.map((values) => device.tensor(values)) as [Tensor, Tensor, Tensor];
    expect(await program(...inputs).data()).toEqual(expected);
  });
});
