import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extractors } from "@isoflop/metrics";
import { read } from "@isoflop/spec";
import * as T from "@isoflop/tensor";
import { afterAll, describe, expect, it } from "vitest";
import { FeaturesError } from "../src/index.js";
import { type FileNode, type FileTensor, onnxFile } from "./onnx-file.js";

const device = await T.createDevice("wasm", { wasm: { threads: 1 } });
const folder = mkdtempSync(join(tmpdir(), "isoflop-onnx-"));
afterAll(() => {
  device.destroy();
  rmSync(folder, { recursive: true });
});

let files = 0;
const write = (bytes: Uint8Array): string => {
  const path = join(folder, `net${files++}.onnx`);
  writeFileSync(path, bytes);
  return path;
};

/** Numbers that look like none in particular. */
const numbers = (length: number, seed: number): number[] =>
  Array.from({ length }, (_, i) => Math.fround(Math.sin(12.9898 * i + 78.233 * seed) * 0.7));

const weight = (shape: readonly number[], seed: number, as: FileTensor["as"] = "raw"): FileTensor => ({
  ...{ shape, as },
  data: numbers(
    shape.reduce((n, m) => n * m, 1),
    seed,
  ),
});

const images = (count: number, size: number) => ({
  data: Float32Array.from(numbers(count * 3 * size * size, 99)),
  ...{ count, channels: 3, height: size, width: size },
});

const specOf = (options: object) =>
  read(
    extractors.schema,
    { kind: "onnx", ...options },
    { name: "extractor", error: (message) => new RangeError(message) },
  );

/** Features of an ONNX file, of images that are fed as they are. */
const featuresOf = async (path: string, given: ReturnType<typeof images>, options: object): Promise<Float64Array> => {
  const raw = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5], size: given.width };
  const loaded = await extractors.build(specOf({ path, ...raw, ...options })).load(device);
  try {
    return await loaded.features(given);
  } finally {
    loaded.dispose();
  }
};

const expectClose = (found: ArrayLike<number>, right: ArrayLike<number>): void => {
  expect(found.length).toBe(right.length);
  for (let i = 0; i < right.length; i++) expect(found[i]).toBeCloseTo(right[i]!, 5);
};

const tensor = ({ shape, data }: FileTensor): T.Tensor => device.tensor([...data], shape);

describe("a small residual network", () => {
  const weights: Record<string, FileTensor> = {
    w0: weight([8, 3, 3, 3], 1),
    b0: weight([8], 2, "floats"),
    gamma: weight([8], 3),
    beta: weight([8], 4),
    mean: weight([8], 5),
    variance: { shape: [8], data: numbers(8, 6).map((x) => x * x + 0.5) },
    w1: weight([8, 1, 3, 3], 7),
    w2: weight([12, 4, 1, 1], 8),
    scale: weight([1, 12, 1, 1], 9),
    w3: weight([5, 240], 10),
    b3: weight([5], 11),
    zero: { shape: [], data: [0] },
    six: { shape: [], data: [6] },
    rows: { shape: [2], data: [1, -1], as: "int64s" },
  };
  const nodes: FileNode[] = [
    { op: "Conv", inputs: ["images", "w0", "b0"], output: "c0", attributes: { strides: [2, 2], pads: [1, 1, 1, 1] } },
    {
      ...{ op: "BatchNormalization", inputs: ["c0", "gamma", "beta", "mean", "variance"], output: "n0" },
      attributes: { epsilon: { float: 0.001 } },
    },
    { op: "Clip", inputs: ["n0", "zero", "six"], output: "r0" },
    { op: "Conv", inputs: ["r0", "w1"], output: "c1", attributes: { group: 8, pads: [1, 1, 1, 1] } },
    { op: "Add", inputs: ["c1", "r0"], output: "a1" },
    { op: "Conv", inputs: ["a1", "w2"], output: "c2", attributes: { group: 2 } },
    { op: "Mul", inputs: ["c2", "scale"], output: "m2" },
    { op: "Concat", inputs: ["a1", "m2"], output: "cat", attributes: { axis: 1 } },
    { op: "MaxPool", inputs: ["cat"], output: "p", attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
    { op: "AveragePool", inputs: ["p"], output: "q", attributes: { kernel_shape: [2, 3], strides: [1, 1] } },
    { op: "Flatten", inputs: ["q"], output: "flat" },
    { op: "Gemm", inputs: ["flat", "w3", "b3"], output: "logits", attributes: { transB: 1 } },
    { op: "GlobalAveragePool", inputs: ["p"], output: "g" },
    { op: "Reshape", inputs: ["g", "rows"], output: "features" },
  ];
  const path = write(onnxFile({ nodes, weights, shape: [1, 3, 20, 20], output: "logits" }));

  /** The same by the tensor package, as PyTorch would write it. */
  const direct = (x: T.Tensor) => {
    const at = (name: string, ...shape: number[]): T.Tensor =>
      shape.length > 0 ? tensor(weights[name]!).reshape(shape) : tensor(weights[name]!);
    const c0 = T.conv2d(x, at("w0"), at("b0"), { stride: 2, padding: 1 });
    const std = T.sqrt(T.add(at("variance", 8, 1, 1), 0.001));
    const n0 = T.add(T.mul(T.div(T.sub(c0, at("mean", 8, 1, 1)), std), at("gamma", 8, 1, 1)), at("beta", 8, 1, 1));
    const r0 = T.clamp(n0, 0, 6);
    const a1 = T.add(T.conv2d(r0, at("w1"), undefined, { groups: 8, padding: 1 }), r0);
    const m2 = T.mul(T.conv2d(a1, at("w2"), undefined, { groups: 2 }), at("scale"));
    const p = T.maxPool(T.concat([a1, m2], 1), 2);
    const q = T.averagePool(p, [2, 3], { stride: 1 });
    const logits = T.linear(q.reshape([x.shape[0]!, -1]), at("w3"), at("b3"));
    return { logits, features: T.mean(p, [2, 3]) };
  };

  const given = images(7, 20);
  const x = () => device.tensor(given.data, [7, 3, 20, 20]);

  it("gives its last value, of as many images as there are", async () => {
    expectClose(await featuresOf(path, given, { dim: 5 }), await direct(x()).logits.data());
  });

  it("gives a value by its name", async () => {
    expectClose(await featuresOf(path, given, { dim: 20, output: "features" }), await direct(x()).features.data());
  });

  it("is known by the file and what is asked of it", async () => {
    const extractor = extractors.build(specOf({ path, dim: 20, output: "features", size: 20 }));
    expect(extractor.name).toMatch(/^net\d+:features@20-bilinear$/);
    expect(await extractor.digest()).toMatch(/^[0-9a-f]{64}$/);
  });

  it("says what does not fit", async () => {
    await expect(featuresOf(path, given, { dim: 6 })).rejects.toThrow(/gives 5 numbers for an image; 6 were announced/);
    await expect(featuresOf(path, given, { dim: 5, output: "lgits" })).rejects.toThrow(/no value "lgits"; .*logits/);
    await expect(featuresOf(path, given, { dim: 5, size: 24 })).rejects.toThrow(
      /takes pictures of 20 pixels; size is 24/,
    );
  });
});

/** The error that reading a file gives. */
const refusal = async (bytes: Uint8Array): Promise<FeaturesError> => {
  const wrong: unknown = await featuresOf(write(bytes), images(1, 8), { dim: 1 }).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(wrong).toBeInstanceOf(FeaturesError);
  return wrong as FeaturesError;
};

const one = (node: FileNode, weights: Readonly<Record<string, FileTensor>> = {}): Uint8Array =>
  onnxFile({ nodes: [node], weights, shape: ["batch", 3, 8, 8], output: node.output });

describe("what cannot be read is named", () => {
  it.each([
    ["an operator", one({ op: "LSTM", inputs: ["images"], output: "y" }), /"LSTM y" is a LSTM; .* Conv, Batch.* Gemm/],
    [
      "padding of another sort",
      one({
        op: "MaxPool",
        inputs: ["images"],
        output: "y",
        attributes: { kernel_shape: [2, 2], auto_pad: "SAME_LOWER" },
      }),
      /auto_pad SAME_LOWER; NOTSET, VALID and SAME_UPPER/,
    ],
    [
      "windows that round up",
      one({ op: "MaxPool", inputs: ["images"], output: "y", attributes: { kernel_shape: [2, 2], ceil_mode: 1 } }),
      /ceil_mode 1/,
    ],
    [
      "weights that are computed",
      one({ op: "Conv", inputs: ["images", "w"], output: "y" }),
      /computes its input 1, "w"/,
    ],
    [
      "a kernel of sequences",
      one({ op: "Conv", inputs: ["images", "w"], output: "y" }, { w: weight([2, 3, 3], 1) }),
      /a kernel of 3 axes/,
    ],
    [
      "numbers that are too few",
      one({ op: "Add", inputs: ["images", "w"], output: "y" }, { w: { shape: [5], data: [1, 2] } }),
      /"w" has 2 numbers; \[5\] are 5/,
    ],
    [
      "two inputs' worth of images",
      onnxFile({ nodes: [], weights: {}, shape: [3, 8], output: "images" }),
      /takes images \[3, 8\]; one input, images \[batch, 3, rows, columns\]/,
    ],
  ])("%s", async (_, bytes, message) => {
    const error = await refusal(bytes);
    expect(error.code).toBe("file");
    expect(error.message).toMatch(message);
  });

  it("a file that is cut off, or none", async () => {
    const bytes = one({ op: "Relu", inputs: ["images"], output: "y" });
    for (const end of [1, 20, bytes.length - 3]) expect((await refusal(bytes.subarray(0, end))).code).toBe("file");
    expect((await refusal(new TextEncoder().encode("hello, world"))).message).toMatch(/no ONNX/);
    await expect(featuresOf(join(folder, "none.onnx"), images(1, 8), { dim: 1 })).rejects.toThrow(
      /none.onnx cannot be read/,
    );
  });
});

it.each([
  ["Relu", {}, (x: number) => Math.max(x, 0)],
  ["LeakyRelu", { alpha: { float: 0.25 } }, (x: number) => (x > 0 ? x : x / 4)],
  ["Sigmoid", {}, (x: number) => 1 / (1 + Math.exp(-x))],
  ["Tanh", {}, Math.tanh],
  ["HardSwish", {}, (x: number) => (x * Math.min(6, Math.max(0, x + 3))) / 6],
  ["HardSigmoid", {}, (x: number) => Math.min(1, Math.max(0, 0.2 * x + 0.5))],
  ["Identity", {}, (x: number) => x],
] as const)("%s", async (op, attributes, f) => {
  const given = images(1, 2);
  const nodes: FileNode[] = [
    { op, inputs: ["images"], output: "y", attributes },
    { op: "Flatten", inputs: ["y"], output: "flat" },
  ];
  const path = write(onnxFile({ nodes, weights: {}, shape: ["batch", 3, 2, 2], output: "flat" }));
  expectClose(await featuresOf(path, given, { dim: 12 }), Array.from(given.data, f));
});

it("shuffles channels by reshaping and transposing, as ShuffleNet does", async () => {
  const given = images(2, 3);
  const shape = (data: number[]): FileTensor => ({ shape: [data.length], data, as: "int64s" });
  const nodes: FileNode[] = [
    { op: "Concat", inputs: ["images", "images"], output: "six", attributes: { axis: 1 } },
    { op: "Reshape", inputs: ["six", "split"], output: "split6" },
    { op: "Transpose", inputs: ["split6"], output: "turned", attributes: { perm: [0, 2, 1, 3, 4] } },
    { op: "Reshape", inputs: ["turned", "joined"], output: "shuffled" },
    { op: "ReduceMean", inputs: ["shuffled"], output: "y", attributes: { axes: [2, 3], keepdims: 0 } },
  ];
  const weights = { split: shape([1, 2, 3, 3, 3]), joined: shape([1, 6, 3, 3]) };
  const path = write(onnxFile({ nodes, weights, shape: [1, 3, 3, 3], output: "y" }));
  const mean = (n: number, c: number): number => {
    const plane = given.data.subarray((n * 3 + c) * 9, (n * 3 + c + 1) * 9);
    return plane.reduce((a, b) => a + b, 0) / 9;
  };
  const right = [0, 1].flatMap((n) => [0, 0, 1, 1, 2, 2].map((c) => mean(n, c)));
  expectClose(await featuresOf(path, given, { dim: 6 }), right);
});

it("reads weights of half precision", async () => {
  const nodes: FileNode[] = [
    { op: "Mul", inputs: ["images", "half"], output: "m" },
    { op: "Flatten", inputs: ["m"], output: "y" },
  ];
  const weights = { half: { shape: [1, 3, 1, 1], data: [0.5, -2, 0], as: "half" } } as const;
  const path = write(onnxFile({ nodes, weights, shape: [1, 3, 1, 1], output: "y" }));
  const given = images(1, 1);
  expectClose(await featuresOf(path, given, { dim: 3 }), [given.data[0]! / 2, -2 * given.data[1]!, 0]);
});

it("gives the numbers of onnxruntime 1.30.0, whatever the windows", async () => {
  const weights: Record<string, FileTensor> = {
    ...{ w0: weight([8, 3, 3, 3], 1), b0: weight([8], 2, "floats"), gamma: weight([8], 3), beta: weight([8], 4) },
    ...{ mean: weight([8], 5), variance: { shape: [8], data: numbers(8, 6).map((x) => x * x + 0.5) } },
    ...{ w1: weight([8, 1, 3, 3], 7), w2: weight([12, 4, 1, 1], 8), scale: weight([1, 12, 1, 1], 9) },
    ...{ w3: weight([5, 720], 10), b3: weight([5], 11), zero: { shape: [], data: [0] }, six: { shape: [], data: [6] } },
  };
  const node = (op: string, inputs: readonly string[], output: string, attributes = {}): FileNode => ({
    ...{ op, inputs, output, attributes },
  });
  const nodes = [
    node("Conv", ["images", "w0", "b0"], "c0", { strides: [2, 2], pads: [0, 1, 2, 1], dilations: [1, 2] }),
    node("BatchNormalization", ["c0", "gamma", "beta", "mean", "variance"], "n0", { epsilon: { float: 0.001 } }),
    node("Clip", ["n0", "zero", "six"], "r0"),
    node("Conv", ["r0", "w1"], "c1", { group: 8, auto_pad: "SAME_UPPER" }),
    node("Add", ["c1", "r0"], "a1"),
    node("Conv", ["a1", "w2"], "c2", { group: 2 }),
    node("Mul", ["c2", "scale"], "m2"),
    node("Concat", ["a1", "m2"], "cat", { axis: 1 }),
    node("MaxPool", ["cat"], "p", { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
    node("AveragePool", ["p"], "q", { kernel_shape: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1] }),
    node("AveragePool", ["q"], "q2", {
      ...{ kernel_shape: [2, 2], strides: [1, 1], pads: [1, 1, 1, 1], count_include_pad: 1 },
    }),
    node("HardSwish", ["q2"], "h"),
    node("Flatten", ["h"], "flat"),
    node("Gemm", ["flat", "w3", "b3"], "logits", { transB: 1, alpha: { float: 0.5 }, beta: { float: 2 } }),
  ];
  const path = write(onnxFile({ nodes, weights, shape: [1, 3, 20, 20], output: "logits" }));
  expectClose(
    await featuresOf(path, images(1, 20), { dim: 5 }),
    [-0.3161214292049408, 0.25758594274520874, 0.8119558691978455, 1.2002214193344116, 1.3952995538711548],
  );
});
