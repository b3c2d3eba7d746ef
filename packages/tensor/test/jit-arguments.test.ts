import { afterAll, describe, expect, it } from "vitest";
import {
  add,
  broadcastTo,
  createDevice,
  type Device,
  jit,
  mapTree,
  matmul,
  mul,
  sum,
  type Tensor,
  type TensorError,
} from "../src/index.js";
import { failure } from "./failure.js";

const devices = [
  await createDevice("wasm", { wasm: { threads: 1 } }),
  await createDevice("wasm", { wasm: { threads: 2 } }),
  await createDevice("reference"),
] as const;
const [device, second, reference] = devices;
afterAll(() => {
  for (const each of devices) each.destroy();
});

const refused = (f: () => unknown, code: TensorError["code"], message: RegExp): void =>
  expect(failure(f)).toMatchObject({ code, message: expect.stringMatching(message) });

describe("what is no tensor and no number is part of the program", () => {
  /** Every pair of these must be told apart. */
  const distinct: unknown[] = [
    null,
    undefined,
    true,
    false,
    "",
    "number",
    "null",
    "undefined",
    "true",
    "1n",
    1n,
    2n,
    [],
    {},
    [undefined],
    [null],
    [[]],
    { a: null },
    { a: undefined },
    { b: null },
    { 0: null },
    Object.fromEntries([["__proto__", null]]),
    (x: Tensor) => x,
    (x: Tensor) => x,
  ];

  it("by value, and functions by identity", () => {
    const seen: unknown[] = [];
    const f = jit((x: Tensor, option: unknown) => {
      seen.push(option);
      return add(x, x);
    });
    const x = device.tensor([1]);
    for (const option of [...distinct, ...distinct]) f(x, option).dispose();
    expect(seen).toEqual(distinct);
  });

  it("functions that differ compute what they compute", async () => {
    const f = jit((x: Tensor, g: (x: Tensor) => Tensor) => g(x));
    const x = device.tensor([3]);
    expect(await f(x, (y) => add(y, 1)).item()).toBe(4);
    expect(await f(x, (y) => mul(y, 2)).item()).toBe(6);
  });

  it.each<[string, unknown, RegExp]>([
    ["a typed array", Float32Array.of(1), /^jit: argument 1 is a Float32Array; pass arrays as tensors/],
    ["a typed array in a tree", { mask: [new Int32Array(1)] }, /^jit: argument 1.mask\[0\] is a Int32Array/],
    ["a DataView", new DataView(new ArrayBuffer(4)), /DataView/],
    ["a symbol", Symbol("s"), /symbol/],
    ["a map", new Map(), /is a Map; trees are plain arrays and records/],
    ["a date", new Date(0), /is a Date/],
    ["a symbol as a key", { [Symbol("s")]: 1 }, /symbols as keys/],
  ])("%s is refused", (_, option, message) => {
    const f = jit((x: Tensor, _option: unknown) => add(x, 1));
    refused(() => f(device.tensor([1]), option), "argument", message);
  });

  it("a tree that holds itself, or nests too deep, is refused", () => {
    const loop: unknown[] = [];
    loop.push(loop);
    let deep: unknown = device.tensor([1]);
    for (let i = 0; i < 100_000; i++) deep = { a: deep };
    const f = jit((tree: unknown) => tree);
    for (const tree of [loop, deep]) {
      refused(() => f(tree), "argument", /nests more than 1000 deep/);
      refused(() => device.evaluate(tree), "argument", /nests more than 1000 deep/);
    }
  });

  it("numbers that f32 cannot hold are refused", () => {
    const f = jit((x: Tensor, rate: Tensor) => mul(x, rate));
    refused(() => f(device.tensor([1]), 1e39), "argument", /1e\+39; f32 holds/);
  });

  it("a key called __proto__ is a key", async () => {
    const tree = Object.fromEntries([["__proto__", device.tensor([4])]]) as Record<string, Tensor>;
    const doubled = jit((t: Record<string, Tensor>) => mapTree((x) => mul(x, 2), t))(tree);
    expect(Object.keys(doubled)).toEqual(["__proto__"]);
    const [value] = Object.values(doubled) as Tensor[];
    expect(await value!.item()).toBe(8);
  });
});

it("trees of one size and two structures are not mapped together", () => {
  const x = device.tensor([1]);
  refused(() => mapTree((a, b) => add(a, b!), { a: x, b: x }, { a: x, c: x }), "argument", /but b is in one of them/);
  refused(() => mapTree((a) => a, [x], [x, x]), "argument", /has 2 tensors, the first has 1/);
});

describe("a program for every device", () => {
  it("is kept while devices alternate", async () => {
    let traces = 0;
    const f = jit((x: Tensor) => {
      traces++;
      return mul(x, 2);
    });
    for (let i = 0; i < 3; i++) for (const each of devices) expect(await f(each.tensor([i])).item()).toBe(2 * i);
    expect(traces).toBe(devices.length);
    f.dispose();
    expect(await f(device.tensor([5])).item()).toBe(10);
    expect(traces).toBe(devices.length + 1);
  });

  it("goes with its device", async () => {
    const f = jit((x: Tensor) => mul(x, 2));
    const gone = await createDevice("wasm", { wasm: { threads: 1 } });
    const x = gone.tensor([1]);
    f(x);
    gone.destroy();
    refused(() => f(x), "disposed", /used after destroy/);
    expect(await f(device.tensor([5])).item()).toBe(10);
    f.dispose();
  });

  it("takes no arguments and closes over no values of another device", () => {
    const f = jit((x: Tensor, y: { z: Tensor }) => add(x, y.z));
    const [x, y] = [device.tensor([1]), reference.tensor([2])];
    refused(() => f(x, { z: y }), "device", /wasm.*reference|reference.*wasm/);
    const g = jit((x: Tensor, y: { z: Tensor }) => add(x, y.z), { device });
    refused(() => g(x, { z: y }), "device", /argument 1.z, .*lives on reference, not on the program's device wasm/);
    refused(() => g.program(x, { z: y }), "device", /argument 1.z/);
    refused(() => jit((a: Tensor) => add(a, y), { device })(x), "device", /uses a tensor on reference/);
    refused(() => device.evaluate(add(second.tensor([1]), 1)), "device", /not on wasm/);
  });
});

describe("options and functions that are none", () => {
  const f = (x: Tensor, y: Tensor) => add(x, y);
  it.each<[string, () => unknown, RegExp]>([
    [
      "an unknown option",
      () => jit(f, { donated: [0] } as never),
      /^jit: there is no option "donated"; the options are device, donate/,
    ],
    ["options that are no record", () => jit(f, null as never), /^jit: options are an object/],
    ["a device by name", () => jit(f, { device: "wasm" as never }), /^jit: device is string; pass what createDevice/],
    ["no function", () => jit(undefined as never), /^jit: the first argument is the function/],
    ["a negative position", () => jit(f, { donate: [-1] }), /^jit: donate is \[-1\]; it lists positions/],
    ["a fractional position", () => jit(f, { donate: [0.5] }), /donate is \[0.5\]/],
    ["a position twice", () => jit(f, { donate: [0, 0] }), /donate is \[0,0\].*each once/],
    ["a number of positions", () => jit(f, { donate: 0 as never }), /donate is 0/],
    [
      "a position without argument",
      () => jit(f, { donate: [2] })(device.tensor([1]), 1),
      /argument 2 is to be donated, but there are only 2/,
    ],
    ["a scope without function", () => device.scope(undefined as never), /^scope: takes a function, got undefined/],
  ])("%s", (_, make, message) => refused(make, "argument", message));

  it.each<[string, () => Promise<Device>, RegExp]>([
    [
      "of createDevice",
      () => createDevice("wasm", { threads: 2 } as never),
      /^createDevice: there is no option "threads"; the options are wasm, webgpu/,
    ],
    [
      "of wasm",
      () => createDevice("wasm", { wasm: { thread: 2 } as never }),
      /^wasm: there is no option "thread"; the options are threads, relaxedSimd/,
    ],
    [
      "of webgpu",
      () => createDevice("webgpu", { webgpu: { gpu: {} as never, hardware: true } as never }),
      /^webgpu: there is no option "hardware"/,
    ],
    ["null", () => createDevice("wasm", null as never), /^createDevice: options are an object/],
    ["null for wasm", () => createDevice("wasm", { wasm: null as never }), /^wasm: options are an object/],
    ["relaxedSimd", () => createDevice("wasm", { wasm: { relaxedSimd: "no" as never } }), /relaxedSimd is no/],
    ...[0, -1, 1.5, Number.NaN, 65, "2" as never].map(
      (threads) =>
        [
          `${threads} threads`,
          () => createDevice("wasm", { wasm: { threads } }),
          new RegExp(`threads is ${threads}; it must be a whole number from 1 to 64`),
        ] as [string, () => Promise<Device>, RegExp],
    ),
  ])("unknown or wrong options %s", async (_, make, message) => {
    await expect(make()).rejects.toMatchObject({ code: "argument", message: expect.stringMatching(message) });
  });

  it("a device that is none", async () => {
    await expect(device.tensor([1]).data("wasm" as never)).rejects.toMatchObject({ code: "argument" });
    await expect(device.read(5 as never)).rejects.toMatchObject({ code: "argument" });
  });
});

describe("calls that fail", () => {
  const shapes = (x: Tensor): Tensor => sum(mul(x, 2));

  it.each(devices.map((each) => [each.description, each] as const))("leave no buffer on %s", (_, each) => {
    const elsewhere = each === device ? second : device;
    const donor = jit((x: Tensor, rate: Tensor) => mul(x, rate), { donate: [0], device: each });
    const cases: [TensorError["code"], () => unknown][] = [
      ["device", () => jit(shapes, { device: each })(elsewhere.tensor([1, 2]))],
      ["shape", () => jit((x: Tensor) => matmul(x, x), { device: each })(1)],
      ["argument", () => donor(1, 1e39)],
    ];
    const gone = each.tensor([1, 2]);
    gone.dispose();
    cases.push(["disposed", () => donor(gone, 0.5)], ["disposed", () => each.evaluate(add(gone, 1))]);
    const closed = jit((x: Tensor) => mul(x, gone), { device: each });
    cases.push(["disposed", () => closed(3)]);
    const before = each.memory.buffers;
    for (const [code, f] of cases)
      for (let i = 0; i < 20; i++)
        try {
          f();
          throw new Error(`${code}: nothing was thrown`);
        } catch (error) {
          expect(error).toMatchObject({ code });
        }
    expect(each.memory.buffers).toBe(before);
  });

  it("leave donated inputs to their owner", async () => {
    const f = jit((x: Tensor, y: Tensor) => mul(x, y), { donate: [0] });
    const [x, gone] = [device.tensor([2]), device.tensor([1])];
    gone.dispose();
    refused(() => f(x, gone), "disposed", /was used after it was disposed/);
    expect(await x.item()).toBe(2);
  });

  it("refuse a tensor that is donated and closed over", () => {
    const w = device.tensor([1, 2]);
    const f = jit((x: Tensor) => mul(x, w), { donate: [0] });
    refused(() => f(w), "argument", /closed over, passed and donated/);
  });

  it.each([1, 2])("leave nothing when a result does not fit, on %i threads", async (threads) => {
    using each = await createDevice("wasm", { wasm: { threads } });
    const x = each.tensor([1]);
    const f = jit((y: Tensor) => Array.from({ length: 5 }, (_, i) => broadcastTo(add(y, i), [2 ** 28])));
    const before = each.memory.buffers;
    for (let i = 0; i < 3; i++) refused(() => f(x), "limit", /1073741824 bytes do not fit; of .* values \d+, programs/);
    expect(each.memory.buffers).toBe(before);
    expect(await add(x, 1).item()).toBe(2);
  });
});
