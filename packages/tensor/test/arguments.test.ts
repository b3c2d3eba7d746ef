import { describe, expect, it } from "vitest";
import * as T from "../src/index.js";
import { type Tensor, TensorError } from "../src/index.js";

const t = (...shape: number[]): Tensor => T.zeros(shape);
const i = (...shape: number[]): Tensor => T.zeros(shape, "i32");
const u = (...shape: number[]): Tensor => T.zeros(shape, "u32");
const any = (value: unknown): never => value as never;
const key = T.random.key(1);
const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

type Case = readonly [what: string, call: () => unknown, message: RegExp];

const refused = (code: TensorError["code"], cases: readonly Case[]): void =>
  it.each(cases)("%s", (_, call, message) => {
    let failure: unknown;
    try {
      call();
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(TensorError);
    expect(failure).toMatchObject({ code });
    expect((failure as TensorError).message).toMatch(message);
  });

const axisOps: readonly (readonly [string, (axis: never) => unknown])[] = [
  ["sum", (axis) => T.sum(t(2, 3), axis)],
  ["max", (axis) => T.max(t(2, 3), axis)],
  ["min", (axis) => T.min(t(2, 3), axis)],
  ["mean", (axis) => T.mean(t(2, 3), axis)],
  ["variance", (axis) => T.variance(t(2, 3), axis)],
  ["softmax", (axis) => T.softmax(t(2, 3), axis)],
  ["logSoftmax", (axis) => T.logSoftmax(t(2, 3), axis)],
  ["logSumExp", (axis) => T.logSumExp(t(2, 3), axis)],
  ["cumsum", (axis) => T.cumsum(t(2, 3), axis)],
  ["flip", (axis) => T.flip(t(2, 3), axis)],
  ["concat", (axis) => T.concat([t(2, 3), t(2, 3)], axis)],
  ["concat", (axis) => T.concat([t(2, 3)], axis)],
  ["split", (axis) => T.split(t(2, 3), 1, axis)],
  ["gather", (axis) => T.gather(t(2, 3), i(2, 3), axis)],
  ["iota", (axis) => T.iota([2, 3], axis)],
  ["permute", (axis) => T.permute(t(2, 3), [0, axis])],
];

describe("an axis that is none", () => {
  for (const axis of [2, -3, 0.5, nan, inf])
    refused(
      "shape",
      axisOps.map(([name, call]) => [
        `${name} along ${axis}`,
        () => call(any(axis)),
        new RegExp(`^${name}: axis ${axis} does not exist; .* axes run from -2 to 1`),
      ]),
    );
  refused("shape", [
    ["twice", () => T.flip(t(2, 3), [0, -2]), /^flip: axis 0 is named twice in \[0, -2\]/],
    ["no number", () => T.sum(t(2), any("0")), /^sum: axes are a number or an array of numbers, got 0/],
    ["null", () => T.sum(t(2), any(null)), /^sum: axes are .*got null/],
    ["stack", () => T.stack([t(2), t(2)], 2.5), /^stack: axis 2.5 does not exist/],
    ["stack of several shapes", () => T.stack([t(2), t(1, 2)]), /^stack: \[2\], \[1, 2\] must be one shape/],
    ["permute twice", () => T.permute(t(2, 3), [1, -1]), /^permute: order \[1, 1\] must name each axis/],
  ]);
  it("negative ones count from the end", () => {
    for (const [name, call] of axisOps)
      if (name !== "permute") expect((call(any(-1)) as Tensor).shape).toEqual((call(any(1)) as Tensor).shape);
    expect(T.permute(t(2, 3), [-1, -2]).shape).toEqual([3, 2]);
    expect(T.stack([t(2), t(2)], -1).shape).toEqual([2, 2]);
  });
});

describe("a shape that is none", () => {
  for (const bad of [0, -2, 0.5, nan, inf])
    refused("shape", [
      [`zeros ${bad}`, () => T.zeros([2, bad]), new RegExp(`dimension 1 of \\[2, ${bad}\\] is ${bad}`)],
      [`iota ${bad}`, () => T.iota([2, bad]), new RegExp(`^iota: dimension 1 of \\[2, ${bad}\\] is ${bad}`)],
      [`arange ${bad}`, () => T.arange(bad), /dimension 0/],
      [`reshape ${bad}`, () => T.reshape(t(4), [bad, -1]), new RegExp(`^reshape: dimension 0 of .* is ${bad}`)],
      [`broadcastTo ${bad}`, () => T.broadcastTo(t(1), [bad]), new RegExp(`^broadcastTo: dimension 0 of .* is ${bad}`)],
      [`uniform ${bad}`, () => T.random.uniform(key, [2, bad]), new RegExp(`dimension 1 of \\[2, ${bad}\\] is ${bad}`)],
      [`normal ${bad}`, () => T.random.normal(key, [bad]), new RegExp(`dimension 0 of \\[${bad}\\]`)],
      [
        `scatterAdd ${bad}`,
        () => T.scatterAdd(i(2), t(2, 3), bad),
        new RegExp(`^scatterAdd: dimension 0 of .* is ${bad}`),
      ],
    ]);
  refused("shape", [
    ["a number", () => T.zeros(any(3)), /a shape is an array of sizes such as \[2, 3\], got 3/],
    ["a number for reshape", () => T.reshape(t(3), any(3)), /^reshape: a shape is an array/],
    ["reshape that leaves a rest", () => T.reshape(t(6), [4, -1]), /^reshape: \[6\] has 6 elements/],
  ]);
  refused("limit", [
    ["full", () => T.full([1e300], 1), /^full: \[1e\+300\] has more than 2\^53 elements/],
    ["iota", () => T.iota([2 ** 30, 2 ** 30]), /^iota: .* more than 2\^53 elements/],
    ["broadcastTo", () => T.broadcastTo(t(1), [2 ** 27, 2 ** 27]), /^broadcastTo: .* more than 2\^53/],
  ]);
  it.each(["reference", "wasm"] as const)("is refused where %s would have to go over it", async (kind) => {
    using device = await T.createDevice(kind);
    const wide = T.broadcastTo(device.tensor([1]), [2 ** 20, 2 ** 20]);
    for (const x of [T.sum(wide), T.sum(T.full([2 ** 20, 2 ** 20], 1)), T.max(T.iota([2 ** 40])), wide])
      await expect(x.data(device)).rejects.toMatchObject({ name: "TensorError", code: "limit" });
  });
  it("what is given is copied", () => {
    const shape = [2, 3];
    const made = [T.zeros(shape), T.iota(shape), T.broadcastTo(t(1), shape), T.reshape(t(6), shape)];
    shape[0] = 100;
    for (const x of made) expect(x.shape).toEqual([2, 3]);
  });
});

describe("a range that is none", () => {
  for (const name of ["start", "stop", "step"] as const)
    for (const bad of [0.5, nan, inf, "1"])
      refused("shape", [
        [
          `slice ${name} ${bad}`,
          () => T.slice(t(4), [any({ [name]: bad })]),
          new RegExp(`^slice: ${name} along axis 0 must be a whole number, got ${bad}`),
        ],
      ]);
  refused("shape", [
    ["a fraction", () => T.slice(t(4), [1.5]), /^slice: start along axis 0 must be a whole number, got 1.5/],
    ["step 0", () => T.slice(t(4), [{ step: 0 }]), /selects nothing/],
    ["outside", () => T.slice(t(4), [-5]), /selects nothing along axis 0 of \[4\]/],
    ["split in fractions", () => T.split(t(4), 3), /^split: axis 0 of \[4\] does not divide into 3/],
    ["split that lacks", () => T.split(t(4), [1, 2]), /must add up to 4/],
    ["pad of too few axes", () => T.pad(t(2, 3), [[0, 0]]), /^pad: .*for each axis of \[2, 3\]/],
    ["pad by a fraction", () => T.pad(t(2), [[0.5, 0]]), /^pad: low \[0.5\]/],
    ["pad by NaN", () => T.pad(t(2), [[0, nan]]), /^pad: .*high \[NaN\]/],
    ["gap of another rank", () => T.pad(t(2), [[0, 0]], { gap: [0, 0] }), /^pad: .*gap \[0, 0\]/],
  ]);
  refused("argument", [
    [
      "an option of a range",
      () => T.slice(t(4), [any({ end: 2 })]),
      /^slice: there is no option "end".*start, stop, step/,
    ],
    ["ranges that are none", () => T.slice(t(4), any({ start: 1 })), /^slice: ranges must be an array, got Object/],
    ["a string for a range", () => T.slice(t(4), [any("1:2")]), /^slice: options are an object.*got "1:2"/],
    [
      "split in 0 parts",
      () => T.split(t(4), 0),
      /^split: the number of parts must be a whole number of at least 1, got 0/,
    ],
    ["split in half a part", () => T.split(t(4), 0.5), /^split: .*got 0.5/],
    ["split in -2 parts", () => T.split(t(4), -2), /^split: .*got -2/],
    ["split in NaN", () => T.split(t(4), [nan, 4]), /^split: a size must be a whole number of at least 1, got NaN/],
    ["pad without pairs", () => T.pad(t(2), any([1])), /^pad: each of widths must be an array, got 1/],
  ]);
});

describe("a number that does not fit", () => {
  refused("dtype", [
    [
      "a fraction beside i32",
      () => T.mul(i(2), 0.5),
      /^mul: 0.5 is no i32, which holds whole numbers from -2147483648/,
    ],
    ["a fraction first", () => T.add(0.5, u(2)), /^add: 0.5 is no u32/],
    ["NaN beside i32", () => T.less(i(2), nan), /^less: NaN is no i32/],
    ["beyond i32", () => T.add(i(2), 2 ** 31), /^add: 2147483648 is no i32/],
    ["a negative number beside u32", () => T.sub(u(2), -1), /^sub: -1 is no u32, which holds whole numbers from 0/],
    ["2 beside bool", () => T.bitAnd(T.zeros([2], "bool"), 2), /^bitAnd: 2 is no bool/],
    ["full of fractions", () => T.full([2], 0.5, "i32"), /^full: 0.5 is no i32/],
    ["constant beyond u32", () => T.constant(2 ** 32, "u32"), /4294967296 is no u32/],
    ["pad with a fraction", () => T.pad(i(2), [[1, 0]], { value: 0.5 }), /^pad: 0.5 is no i32/],
    ["clamp of i32", () => T.clamp(i(2), 0, 0.5), /^clamp: 0.5 is no i32/],
    ["select", () => T.select(T.zeros([2], "bool"), i(2), 1.5), /^select: 1.5 is no i32/],
    ["foldIn of -1", () => T.random.foldIn(key, -1), /^foldIn: -1 is no u32/],
    ["foldIn of f32", () => T.random.foldIn(key, t(1)), /^foldIn: .*got f32\[1\]/],
    ["mean of i32", () => T.mean(i(3)), /^mean: takes f32, got i32\[3\]; use cast\(x, "f32"\)/],
    ["variance of u32", () => T.variance(u(3)), /^variance: takes f32, got u32\[3\]/],
    ["norm of i32", () => T.norm(i(3)), /^norm: takes f32, got i32/],
    ["div of i32", () => T.div(i(3), 2), /^div: takes f32, got i32\[3\]; use cast/],
    ["pow of i32", () => T.pow(i(3), 2), /^pow: takes f32, got i32/],
    ["abs of i32", () => T.abs(i(3)), /^abs: takes f32, got i32/],
    ["softmax of i32", () => T.softmax(i(2, 3)), /^softmax: takes f32, got i32/],
    ["cumsum of i32", () => T.cumsum(i(3)), /^cumsum: takes f32, got i32/],
    ["attention of i32", () => T.attention(i(1, 2, 1, 4), i(1, 2, 1, 4), i(1, 2, 1, 4)), /^attention: takes f32/],
    ["layerNorm of i32", () => T.layerNorm(i(2, 3)), /takes f32, got i32/],
    ["adamw of i32", () => T.adamw(i(2), t(2), t(2), t(2), t(3)), /^adamw: takes f32, got i32/],
    ["sum of bool", () => T.sum(T.zeros([2], "bool")), /^sum: takes f32 or i32 or u32, got bool.*use cast/],
    ["indices of f32", () => T.take(t(2, 3), t(2)), /^take: indices are i32, got f32\[2\]; use cast/],
    ["indices of u32", () => T.gather(t(2, 3), u(2, 3), 1), /^gather: indices are i32, got u32/],
    ["scatterAdd by f32", () => T.scatterAdd(t(2), t(2, 3), 4), /^scatterAdd: indices are i32/],
    [
      "a dtype that is none",
      () => T.cast(t(2), any("f16")),
      /^cast: there is no dtype "f16" here; choose f32, i32, u32, bool/,
    ],
    ["zeros of f64", () => T.zeros([2], any("f64")), /there is no dtype "f64"/],
    [
      "bitcast to bool",
      () => T.bitcast(t(2), any("bool")),
      /^bitcast: there is no dtype "bool" here; choose f32, i32, u32/,
    ],
    ["iota of bool", () => T.iota([2], 0, any("bool")), /^iota: there is no dtype "bool"/],
  ]);
  refused("argument", [
    ["a string", () => T.add(t(2), any("2")), /^add: takes tensors and numbers, got "2"/],
    ["undefined", () => T.add(t(2), any(undefined)), /^add: takes tensors and numbers, got undefined/],
    ["null", () => T.mul(any(null), t(2)), /^mul: takes tensors and numbers, got null/],
    ["a bigint", () => T.add(i(2), any(1n)), /^add: takes tensors and numbers, got 1/],
    ["an array", () => T.add(t(2), any([1, 2])), /^add: takes tensors and numbers, got \[1, 2\]/],
    ["no condition", () => T.select(any(true), t(2), 0), /^select: the operand must be a tensor, got true/],
    ["sum of an array", () => T.sum(any([1, 2])), /^sum: the operand must be a tensor, got \[1, 2\]; make one with/],
    ["concat of a tensor", () => T.concat(any(t(2))), /^concat: the operands must be an array/],
    ["take from an array", () => T.take(any([[1]]), i(1)), /^take: the operand must be a tensor/],
  ]);
});

describe("an option that is none", () => {
  refused("argument", [
    [
      "keepdims",
      () => T.sum(t(2), 0, any({ keepdims: true })),
      /^sum: there is no option "keepdims"; the options are keepDims/,
    ],
    ["true", () => T.sum(t(2), 0, any(true)), /^sum: options are an object with keepDims, got true/],
    ["mean", () => T.mean(t(2), 0, any({ keep: true })), /^mean: there is no option "keep";/],
    [
      "variance",
      () => T.variance(t(2), 0, any({ ddof: 1 })),
      /^variance: .*ddof"; the options are keepDims, correction/,
    ],
    ["matmul", () => T.matmul(t(2, 2), t(2, 2), any({ alpha: 2 })), /^matmul: .*alpha"; the options are scale/],
    [
      "attention",
      () => T.attention(t(1, 2, 1, 4), t(1, 2, 1, 4), t(1, 2, 1, 4), any({ causal: true })),
      /^attention: .*causal/,
    ],
    ["cumsum", () => T.cumsum(t(2), 0, any({ reversed: true })), /^cumsum: .*reversed"; the options are reverse/],
    ["pad", () => T.pad(t(2), [[1, 1]], any({ mode: "edge" })), /^pad: .*mode"; the options are value, gap/],
    [
      "conv2d",
      () => T.conv2d(t(1, 1, 3, 3), t(1, 1, 2, 2), undefined, any({ dilate: 2 })),
      /^conv2d: .*dilate"; the options are stride, dilation, padding, layout, groups, activation/,
    ],
    [
      "layerNorm",
      () => T.layerNorm(t(2), any({ epsilon: 1 })),
      /^layerNorm: .*epsilon"; the options are weight, bias, eps/,
    ],
    ["rmsNorm", () => T.rmsNorm(t(2), any({ epsilon: 1 })), /^rmsNorm: /],
    ["groupNorm", () => T.groupNorm(t(1, 2), 1, any({ epsilon: 1 })), /^groupNorm: /],
    [
      "adamw",
      () => T.adamw(t(2), t(2), t(2), t(2), t(3), any({ decay: 1 })),
      /^adamw: .*decay"; the options are beta1, beta2/,
    ],
    ["uniform", () => T.random.uniform(key, [2], any({ min: 1 })), /^uniform: .*min"; the options are low, high/],
  ]);
});

describe("a parameter out of its range", () => {
  const image = t(1, 1, 4, 4);
  const kernel = t(1, 1, 2, 2);
  for (const bad of [0, -1, 0.5, nan, inf])
    refused("argument", [
      [
        `stride ${bad}`,
        () => T.conv2d(image, kernel, undefined, { stride: bad }),
        /^conv2d: stride must be a whole number of at least 1/,
      ],
      [`factor ${bad}`, () => T.upsampleNearest(image, bad), /^upsampleNearest: factor must be/],
      [`size ${bad}`, () => T.averagePool(image, bad), /^averagePool: size must be/],
      [`groups ${bad}`, () => T.groupNorm(t(1, 4, 2), bad), /^groupNorm: groups must be/],
      [`keys ${bad}`, () => T.random.split(key, bad), /^split: the number of keys must be/],
      [`permutation ${bad}`, () => T.random.permutation(key, bad), /^permutation: n must be/],
    ]);
  refused("argument", [
    ["dilation", () => T.conv2d(image, kernel, undefined, { dilation: 0 }), /^conv2d: dilation .* at least 1, got 0/],
    ["stride of three", () => T.conv2d(image, kernel, undefined, any({ stride: [1, 1, 1] })), /^conv2d: stride is/],
    [
      "a word for padding",
      () => T.conv2d(image, kernel, undefined, any({ padding: "valid" })),
      /^conv2d: padding is .*"valid"/,
    ],
    ["layout", () => T.conv2d(image, kernel, undefined, any({ layout: "HWC" })), /^conv2d: layout is "NCHW" or "NHWC"/],
    [
      "activation",
      () => T.conv2d(image, kernel, undefined, any({ activation: "tanh" })),
      /^conv2d: activation .*"tanh"/,
    ],
    ["a pool that meets no pixel", () => T.maxPool(image, 2, { padding: 2 }), /^maxPool: padding .* meet no pixel/],
    ["a pool's size", () => T.maxPool(image, 0), /^maxPool: size must be/],
    ["padding", () => T.conv2d(image, kernel, undefined, { padding: -1 }), /^conv2d: padding .* at least 0, got -1/],
    ["eps", () => T.layerNorm(t(2), { eps: -1 }), /^layerNorm: eps must be a finite number of at least 0, got -1/],
    ["eps of NaN", () => T.groupNorm(t(1, 2), 1, { eps: nan }), /^groupNorm: eps .*got NaN/],
    [
      "scale",
      () => T.attention(t(1, 2, 1, 4), t(1, 2, 1, 4), t(1, 2, 1, 4), { scale: nan }),
      /^attention: scale .*NaN/,
    ],
    ["matmul's scale", () => T.matmul(t(2, 2), t(2, 2), { scale: inf }), /^matmul: scale .*Infinity/],
    ["slope", () => T.leakyRelu(t(2), nan), /^leakyRelu: slope must be a finite number, got NaN/],
    ["clamp", () => T.clamp(t(2), 1, 0), /^clamp: low must not be above high, got 1 and 0/],
    ["clamp to NaN", () => T.clamp(t(2), nan, 0), /^clamp: low must not be above high/],
    ["delta", () => T.huberLoss(t(2), t(2), 0), /^huberLoss: delta/],
    ["correction", () => T.variance(t(3), 0, { correction: -1 }), /^variance: correction/],
    ["beta", () => T.adamw(t(2), t(2), t(2), t(2), t(3), { beta2: 1 }), /^adamw: beta2 must lie below 1, got 1/],
    ["weight decay", () => T.adamw(t(2), t(2), t(2), t(2), t(3), { weightDecay: nan }), /^adamw: weightDecay .*NaN/],
    [
      "bounds in the wrong order",
      () => T.random.uniform(key, [2], { low: 1, high: 0 }),
      /^uniform: low must lie below high/,
    ],
    [
      "bounds too far apart",
      () => T.random.uniform(key, [2], { low: -3e38, high: 3e38 }),
      /high - low must be a finite f32/,
    ],
    ["bounds equal as f32", () => T.random.uniform(key, [2], { low: 1, high: 1 + 1e-12 }), /as f32/],
    ["an infinite bound", () => T.random.uniform(key, [2], { high: inf }), /^uniform: high must be a finite number/],
    ["integers beyond i32", () => T.random.integers(key, [2], 2 ** 40, 2 ** 40 + 5), /^integers: .*of i32/],
    ["integers between fractions", () => T.random.integers(key, [2], 0.5, 3), /^integers: needs whole numbers/],
  ]);
  refused("shape", [
    [
      "a weight of another size",
      () => T.layerNorm(t(2, 3), { weight: t(2) }),
      /^layerNorm: the weight \[2\] must be \[3\]/,
    ],
    [
      "a bias that would broadcast",
      () => T.rmsNorm(t(2, 3), { bias: t(2, 3) }),
      /^rmsNorm: the bias \[2, 3\] must be \[3\]/,
    ],
    [
      "groupNorm's weight",
      () => T.groupNorm(t(2, 4, 3), 2, { weight: t(3) }),
      /^groupNorm: the weight \[3\] must be \[4\]/,
    ],
    ["rmsNorm of a scalar", () => T.rmsNorm(T.constant(1)), /^rmsNorm: a scalar has no axis/],
    ["conv2d's bias", () => T.conv2d(image, kernel, t(4)), /^conv2d: the bias \[4\] must be \[1\]/],
    ["linear's bias", () => T.linear(t(2, 3), t(4, 3), t(2, 4)), /^linear: .*got \[2, 3\], \[4, 3\], \[2, 4\]/],
    ["linear's weight", () => T.linear(t(2, 3), t(3, 4)), /^linear: takes x \[..., in\], a weight \[out, in\]/],
    ["dot of matrices", () => T.dot(t(2, 2), t(2, 2)), /^dot: takes two vectors/],
    ["an image of rank 3", () => T.averagePool(t(1, 4, 4), 2), /^averagePool: images are/],
    ["variance without freedom", () => T.variance(t(1), 0, { correction: 1 }), /leave nothing to divide by/],
  ]);
});

it("uniform stays below its upper bound, however it rounds", async () => {
  using device = await T.createDevice("wasm");
  const x = await T.random.uniform(key, [2 ** 22], { low: 1, high: 1 + 2 ** -20 }).data(device);
  expect(x.every((v) => v >= 1 && v < 1 + 2 ** -20)).toBe(true);
});
