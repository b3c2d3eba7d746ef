import * as T from "../src/index.js";
import { type Device, grad, type Tensor } from "../src/index.js";

/** What an op gives at the edges of its domain: the same on every backend. */
export interface SpecialValue {
  readonly name: string;
  readonly run: (device: Device) => Tensor;
  readonly values: readonly number[];
  /** Largest error relative to each value; exact unless told. */
  readonly within?: number;
}

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const F32 = 2e-6;

const floats =
  (f: (x: Tensor) => Tensor, ...x: number[]): SpecialValue["run"] =>
  (device) =>
    f(device.tensor(x));
const pairs =
  (f: (a: Tensor, b: Tensor) => Tensor, a: number[], b: number[]): SpecialValue["run"] =>
  (device) =>
    f(device.tensor(a), device.tensor(b));
const i32 =
  (f: (a: Tensor, b: Tensor) => Tensor, a: number[], b: number[] = a): SpecialValue["run"] =>
  (device) =>
    f(device.tensor(Int32Array.from(a)), device.tensor(Int32Array.from(b)));
const u32 =
  (f: (a: Tensor, b: Tensor) => Tensor, a: number[], b: number[] = a): SpecialValue["run"] =>
  (device) =>
    f(device.tensor(Uint32Array.from(a)), device.tensor(Uint32Array.from(b)));
const slope =
  (f: (x: Tensor) => Tensor) =>
  (x: Tensor): Tensor =>
    grad((y: Tensor) => T.sum(f(y)))(x);
const slopes =
  (f: (a: Tensor, b: Tensor) => Tensor) =>
  (a: Tensor, b: Tensor): Tensor =>
    T.concat([...grad((p: readonly [Tensor, Tensor]) => T.sum(f(...p)))([a, b] as const)]);

const MIN = -2147483648;
const MAX = 2147483647;
/** log(1 + exp(-30)) = sigmoid(-30) to the digits of f32. */
const TINY = 9.357622968839299e-14;
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

export const specialValues: readonly SpecialValue[] = [
  { name: "relu lets NaN through", run: floats(T.relu, nan, -1, 0, 2), values: [nan, 0, 0, 2] },
  { name: "relu's gradient", run: floats(slope(T.relu), nan, -1, 0, 2, inf), values: [1, 0, 0, 1, 1] },
  { name: "leakyRelu", run: floats((x) => T.leakyRelu(x, 0.25), nan, -4, 2, -inf), values: [nan, -1, 2, -inf] },
  { name: "clamp", run: floats((x) => T.clamp(x, -1, 1), nan, -4, 2, inf), values: [nan, -1, 1, 1] },
  {
    name: "maximum with NaN",
    run: pairs(T.maximum, [nan, 1, -inf], [1, nan, inf]),
    values: [nan, nan, inf],
  },
  {
    name: "minimum with NaN",
    run: pairs(T.minimum, [nan, 1, -inf], [1, nan, inf]),
    values: [nan, nan, -inf],
  },
  { name: "max of NaN", run: floats((x) => T.max(x), 1, nan, 3), values: [nan] },
  { name: "min of NaN", run: floats((x) => T.min(x), 1, nan, 3), values: [nan] },
  { name: "min", run: floats((x) => T.min(x), 3, -inf, 5), values: [-inf] },
  {
    name: "min's gradient is shared by ties",
    run: floats(
      slope((x) => T.min(x)),
      2,
      1,
      1,
    ),
    values: [0, 0.5, 0.5],
  },
  { name: "norm's gradient at 0", run: floats(slope(T.norm), 0, 0), values: [0, 0] },
  {
    name: "the standard deviation's gradient where nothing varies",
    run: floats(
      slope((x) => T.standardDeviation(x)),
      2,
      2,
    ),
    values: [0, 0],
  },
  {
    name: "huberLoss beyond its corner",
    run: floats(
      slope((x) => T.huberLoss(x, T.zeros([2]))),
      inf,
      -3,
    ),
    values: [0.5, -0.5],
  },
  { name: "sign", run: floats(T.sign, nan, -3, 0, inf), values: [nan, -1, 0, 1] },
  { name: "ceil", run: floats(T.ceil, 1.2, -1.2, 3, inf), values: [2, -1, 3, inf] },
  {
    name: "pow where a base is 1 or -1",
    run: pairs(T.pow, [1, 1, 1, -1, -1, nan], [nan, inf, -inf, inf, -inf, 0]),
    values: [1, 1, 1, 1, 1, 1],
  },
  {
    name: "pow's gradients at 0",
    run: pairs(slopes(T.pow), [0, 2, 0, 3], [2, 0, 0, 2]),
    values: [0, 0, 0, 6, 0, Math.LN2, 0, 9 * Math.log(3)],
    within: F32,
  },
  { name: "reciprocal of zeros", run: floats(T.reciprocal, 0, -0, inf, nan), values: [inf, -inf, 0, nan] },
  { name: "sqrt", run: floats(T.sqrt, 0, inf, -1, nan), values: [0, inf, nan, nan] },
  { name: "rsqrt", run: floats(T.rsqrt, 0, inf, -1, nan), values: [inf, 0, nan, nan] },

  {
    name: "softplus keeps its precision in its tails",
    run: floats(T.softplus, -30, -15, -1, 0, 1, 30, -inf, inf, nan),
    values: [
      TINY,
      Math.log1p(Math.exp(-15)),
      Math.log1p(Math.exp(-1)),
      Math.LN2,
      1 + Math.log1p(Math.exp(-1)),
      30,
      0,
      inf,
      nan,
    ],
    within: F32,
  },
  {
    name: "softplus' gradient",
    run: floats(slope(T.softplus), -30, -1, 30),
    values: [TINY, sigmoid(-1), 1],
    within: F32,
  },
  {
    name: "sigmoid's gradient, where it is all but 0 and all but 1",
    run: floats(slope(T.sigmoid), -30, 0, 20, 30),
    values: [TINY, 0.25, sigmoid(-20), TINY],
    within: F32,
  },
  {
    name: "tanh's gradient, where it is all but 1",
    run: floats(slope(T.tanh), -10, 0, 10),
    values: [10, 0, -10].map((x) => 1 / Math.cosh(x) ** 2),
    within: F32,
  },
  { name: "silu's tail", run: floats(T.silu, -30, 30), values: [-30 * TINY, 30], within: F32 },
  {
    name: "the tails of GELU in its exact form",
    run: floats(T.geluErf, -9, -5, -1, 0, 1, 5),
    // x erfc(-x / sqrt 2) / 2, by the erfc of C.
    values: [
      -1.015729565358458e-18, -1.4332578593959731e-6, -0.15865525393145707, 0, 0.8413447460685429, 4.99999856674214,
    ],
    within: F32,
  },
  {
    name: "the tails of GELU in its tanh form",
    run: floats(T.gelu, -5, -1, 1, 5),
    values: [-5, -1, 1, 5].map((x) => x * sigmoid(Math.sqrt(8 / Math.PI) * (x + 0.044715 * x ** 3))),
    within: 5e-6,
  },
  {
    name: "GELU's gradients in their tails",
    run: floats((x) => T.concat([slope(T.gelu)(x), slope(T.geluErf)(x)]), -5, -3),
    // With its tanh form: s (1 + x u' (1 - s)) for s the sigmoid of u.
    values: [
      ...[-5, -3].map((x) => {
        const [c, s] = [Math.sqrt(8 / Math.PI), sigmoid(Math.sqrt(8 / Math.PI) * (x + 0.044715 * x ** 3))];
        return s * (1 + x * c * (1 + 0.134145 * x * x) * (1 - s));
      }),
      // erfc(-x / sqrt 2) / 2 + x exp(-x^2 / 2) / sqrt(2 pi).
      2.866515718791933e-7 - 5 * (Math.exp(-12.5) / Math.sqrt(2 * Math.PI)),
      1.3498980316300946e-3 - 3 * (Math.exp(-4.5) / Math.sqrt(2 * Math.PI)),
    ],
    within: 1e-5,
  },
  { name: "logSumExp where all are -Infinity", run: floats(T.logSumExp, -inf, -inf), values: [-inf] },
  { name: "logSumExp with Infinity", run: floats(T.logSumExp, 1, inf, -inf), values: [inf] },
  { name: "logSumExp with NaN", run: floats(T.logSumExp, 1, nan, inf), values: [nan] },
  { name: "logSumExp with -Infinity", run: floats(T.logSumExp, 2, -inf), values: [2] },
  { name: "logSumExp near 0", run: floats(T.logSumExp, 0, -30), values: [TINY], within: F32 },
  { name: "logSumExp of ties", run: floats(T.logSumExp, 1e4, 1e4), values: [1e4 + Math.LN2], within: F32 },
  {
    name: "logSumExp's gradient is the softmax",
    run: floats(slope(T.logSumExp), 0, -30, -inf),
    values: [1, TINY, 0],
    within: F32,
  },
  {
    name: "logSumExp's gradient where all are -Infinity",
    run: floats(slope(T.logSumExp), -inf, -inf),
    values: [nan, nan],
  },
  { name: "logSoftmax near 0", run: floats(T.logSoftmax, 0, -30), values: [-TINY, -30], within: F32 },
  { name: "logSoftmax with -Infinity", run: floats(T.logSoftmax, 0, -inf), values: [0, -inf] },
  { name: "softmax with -Infinity", run: floats(T.softmax, 0, -inf, 0), values: [0.5, 0, 0.5] },
  {
    name: "the cross entropy of a certain class",
    run: (device) => T.crossEntropy(device.tensor([0, 30], [1, 2]), device.tensor(Int32Array.of(1))),
    values: [TINY],
    within: F32,
  },
  {
    name: "its gradient",
    run: (device) =>
      grad((x: Tensor) => T.crossEntropy(x, device.tensor(Int32Array.of(1))))(device.tensor([0, 30], [1, 2])),
    values: [TINY, -TINY],
    within: F32,
  },
  {
    name: "the binary cross entropy of certain logits",
    run: (device) =>
      T.concat([30, -30].map((x, i) => T.binaryCrossEntropy(device.tensor([x]), device.tensor([1 - i])).reshape([1]))),
    values: [TINY, TINY],
    within: F32,
  },
  {
    name: "the gradient of a binary cross entropy",
    run: (device) => grad((x: Tensor) => T.binaryCrossEntropy(x, device.tensor([1, 0])))(device.tensor([30, 0])),
    values: [-TINY / 2, 0.25],
    within: F32,
  },

  { name: "neg of i32", run: i32((a) => T.neg(a), [5, -7, 0, MIN]), values: [-5, 7, 0, MIN] },
  { name: "neg of u32", run: u32((a) => T.neg(a), [1, 0, 5]), values: [4294967295, 0, 4294967291] },
  { name: "min of i32", run: i32((a) => T.min(a), [3, 5, -2]), values: [-2] },
  { name: "max of i32", run: i32((a) => T.max(a), [MIN, -5, -2]), values: [-2] },
  { name: "min of u32", run: u32((a) => T.min(a), [3, 4294967295]), values: [3] },
  { name: "max of u32", run: u32((a) => T.max(a), [3, 4294967295]), values: [4294967295] },
  { name: "a sum of i32 wraps", run: i32((a) => T.sum(a), [MAX, MAX, 3]), values: [1] },
  { name: "add wraps", run: i32(T.add, [MAX, MIN], [1, -1]), values: [MIN, MAX] },
  { name: "mul wraps", run: i32(T.mul, [MAX, 65536, MIN], [2, 65536, -1]), values: [-2, 0, MIN] },
  { name: "sub of u32 wraps", run: u32(T.sub, [0, 5], [1, 7]), values: [4294967295, 4294967294] },
  { name: "relu of i32", run: i32((a) => T.relu(a), [-3, 0, 4]), values: [0, 0, 4] },
  { name: "a shift counts modulo 32", run: u32(T.shiftLeft, [1, 1, 3], [31, 32, 33]), values: [2147483648, 1, 6] },
  { name: "to the right too", run: u32(T.shiftRight, [2147483648, 8, 8], [31, 32, 33]), values: [1, 8, 4] },
  { name: "remainder by 0", run: u32(T.remainder, [7, 7], [0, 4]), values: [0, 3] },
  { name: "quotient by 0", run: u32(T.quotient, [7, 7], [0, 4]), values: [0, 1] },
  { name: "i32 as u32", run: i32((a) => T.cast(a, "u32"), [-1, MIN, 3]), values: [4294967295, 2147483648, 3] },
  { name: "u32 as i32", run: u32((a) => T.cast(a, "i32"), [4294967295, 3]), values: [-1, 3] },
  {
    name: "floats as i32",
    run: floats((x) => T.cast(x, "i32"), nan, inf, -inf, 3e9, -3e9, 1.9, -1.9),
    values: [0, MAX, MIN, MAX, MIN, 1, -1],
  },
  {
    name: "floats as u32",
    run: floats((x) => T.cast(x, "u32"), nan, inf, -inf, 5e9, -1, 1.9),
    values: [0, 4294967295, 0, 4294967295, 0, 1],
  },
  { name: "floats as bool", run: floats((x) => T.cast(x, "bool"), nan, 0, -0, 0.25, -inf), values: [1, 0, 0, 1, 1] },
  { name: "integers as bool", run: i32((a) => T.cast(a, "bool"), [-1, 0, MIN]), values: [1, 0, 1] },
  { name: "flip", run: floats((x) => T.flip(x, [-1]), 1, 2, 3), values: [3, 2, 1] },
];

/** Largest error of a case relative to its allowance: at most 1 is right. */
export const specialError = async (device: Device, { run, values, within = 0 }: SpecialValue): Promise<number> => {
  const got = await run(device).data(device);
  if (got.length !== values.length) return inf;
  return values.reduce((worst, want, i) => {
    const value = got[i]!;
    if (Object.is(value, want) || value === want) return worst;
    const error = Math.abs(value - want) / (within * Math.abs(want));
    return Math.max(worst, Number.isNaN(error) ? inf : error);
  }, 0);
};
