import { runInNewContext } from "node:vm";
import { afterAll, describe, expect, it } from "vitest";
import { createDevice, type DType, spec, TensorError } from "../src/index.js";

const devices = [
  await createDevice("wasm", { wasm: { threads: 1 } }),
  await createDevice("wasm", { wasm: { threads: 2 } }),
  await createDevice("reference"),
] as const;
afterAll(() => {
  for (const device of devices) device.destroy();
});

describe.each(devices.map((device) => [device.description, device] as const))("tensor on %s", (_, device) => {
  /** From JavaScript, where nobody checks types. */
  const tensor = device.tensor.bind(device) as (
    data: unknown,
    shape?: unknown,
    dtype?: unknown,
  ) => ReturnType<typeof spec>;

  const refused = (code: TensorError["code"], message: RegExp, ...given: Parameters<typeof tensor>): void => {
    const before = device.memory;
    let thrown: unknown;
    try {
      tensor(...given);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(TensorError);
    expect(thrown).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(device.memory).toEqual(before);
  };

  it.each<[string, unknown]>([
    ["null", null],
    ["undefined", undefined],
    ["a number", 5],
    ["a string", "123"],
    ["an array-like record", { length: 1, 0: 1 }],
    ["a set", new Set([1])],
    ["an ArrayBuffer", new ArrayBuffer(4)],
    ["a DataView", new DataView(new ArrayBuffer(4))],
  ])("refuses %s for data", (_name, data) => refused("argument", /pass a flat array of numbers/, data, [1]));

  it.each<[string, unknown[], RegExp]>([
    [
      "nested arrays",
      [
        [1, 2],
        [3, 4],
      ],
      /value 0 is an array, not a number; pass flat numbers and a shape/,
    ],
    ["strings", ["1", "a"], /value 0 is "1"/],
    ["holes", Object.assign(new Array<number>(3), { 0: 1, 2: 3 }), /value 1 is undefined/],
    ["booleans", [true], /value 0 is true/],
    ["bigints", [1n], /value 0 is 1, not a number/],
    ["numbers beyond f32", [0, 1e39], /value 1 is 1e\+39; f32 holds/],
  ])("refuses %s", (_name, data, message) => refused("argument", message, data));

  it.each<[DType, number]>([
    ["i32", 1.5],
    ["i32", 2 ** 31],
    ["i32", Number.NaN],
    ["u32", -1],
    ["u32", 2 ** 32],
    ["u32", Number.POSITIVE_INFINITY],
    ["bool", 2],
    ["bool", Number.NaN],
  ])("refuses a value that %s cannot hold: %s", (dtype, value) => {
    refused("argument", new RegExp(`value 1 is ${value}; ${dtype} holds`), [1, value], [2], dtype);
    if (dtype !== "bool") refused("argument", /value 0 is/, Float64Array.of(value), [1], dtype);
  });

  it("refuses arrays of another dtype, 64-bit integers, there is no dtypes and shapes that do not fit", () => {
    refused("dtype", /Int32Array holds i32, not f32/, new Int32Array(1), [1], "f32");
    refused("dtype", /Float32Array holds f32, not bool/, new Float32Array(1), [1], "bool");
    refused("dtype", /BigInt64Array holds 64-bit integers/, BigInt64Array.of(1n));
    refused("dtype", /BigUint64Array holds 64-bit integers/, BigUint64Array.of(1n), [1], "u32");
    for (const dtype of ["f64", "toString", null, 4]) refused("dtype", /choose f32, i32, u32, bool/, [1], [1], dtype);
    refused("shape", /2 values do not fill \[3\]/, [1, 2], [3]);
    refused("shape", /0.5/, [1], [0.5, 2]);
    refused("argument", /the shape is 2, not an array/, [1, 2], 2);
    refused("shape", /dimension 0 of \[0\] is 0/, []);
  });

  it("keeps every value that fits", async () => {
    const values = async (...given: Parameters<typeof tensor>) => {
      const x = tensor(...given);
      return [x.dtype, ...(await x.data())];
    };
    expect(await values([1, -0.1, Number.NaN, Number.NEGATIVE_INFINITY])).toEqual([
      "f32",
      1,
      Math.fround(-0.1),
      Number.NaN,
      Number.NEGATIVE_INFINITY,
    ]);
    expect(await values([-(2 ** 31), 2 ** 31 - 1], [2], "i32")).toEqual(["i32", -(2 ** 31), 2 ** 31 - 1]);
    expect(await values([0, 2 ** 32 - 1], [2], "u32")).toEqual(["u32", 0, 2 ** 32 - 1]);
    expect(await values([0, 1], [2], "bool")).toEqual(["bool", 0, 1]);
    expect(await values(Uint32Array.of(0, 1), [2], "bool")).toEqual(["bool", 0, 1]);
    expect(await values(Uint8Array.of(255))).toEqual(["f32", 255]);
    expect(await values(Float64Array.of(0.1))).toEqual(["f32", Math.fround(0.1)]);
  });

  it("knows typed arrays of another realm and of shared memory", async () => {
    const foreign = tensor(runInNewContext("new Int32Array([16777217])"));
    expect([foreign.dtype, ...(await foreign.data())]).toEqual(["i32", 16777217]);
    const list = tensor(runInNewContext("[1, 2]"));
    expect([...(await list.data())]).toEqual([1, 2]);
    const shared = new Float32Array(new SharedArrayBuffer(12), 4, 2);
    shared.set([3, 4]);
    const x = tensor(shared);
    shared.fill(0);
    expect([...(await x.data())]).toEqual([3, 4]);
  });

  it("keeps the shape it was given", () => {
    const shape = [2, 1];
    const x = tensor([1, 2], shape);
    shape[0] = 7;
    expect(x.shape).toEqual([2, 1]);
  });
});

it("spec refuses what no tensor can be", () => {
  expect(() => spec([0])).toThrow(/every dimension/);
  expect(() => spec([1], "f64" as never)).toThrow(/there is no dtype "f64"/);
});
