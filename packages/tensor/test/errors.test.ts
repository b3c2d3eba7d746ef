import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as T from "../src/index.js";
import { createDevice, type Device, type Tensor, TensorError } from "../src/index.js";
import { failure } from "./failure.js";

let device: Device;
beforeAll(async () => {
  device = await createDevice("wasm");
});
afterAll(() => device.destroy());

const t = (...shape: number[]): Tensor => T.zeros(shape);

describe("a wrong shape is named with the op and the operands", () => {
  it.each<[string, () => unknown, RegExp]>([
    ["add", () => T.add(t(2, 3), t(4)), /^add: shapes \[2, 3\] and \[4\] do not broadcast.*3 meets 4/],
    ["matmul", () => T.matmul(t(2, 3), t(4, 5)), /^matmul: \[2, 3\] times \[4, 5\].*\(3\) must equal.*\(4\)/],
    ["matmul of a scalar", () => T.matmul(T.constant(1), t(2)), /use mul/],
    ["reshape", () => T.reshape(t(2, 3), [4, 2]), /^reshape: \[2, 3\] has 6 elements, which do not fit \[4, 2\]/],
    ["reshape with two unknowns", () => T.reshape(t(6), [-1, -1]), /at most one size/],
    ["permute", () => T.permute(t(2, 3), [0, 0]), /^permute: order \[0, 0\] must name each axis/],
    ["broadcastTo", () => T.broadcastTo(t(2), [3]), /broadcast/],
    ["concat", () => T.concat([t(2, 3), t(3, 3)], 1), /^concat: \[2, 3\], \[3, 3\] must agree/],
    ["split", () => T.split(t(2, 7), 2, 1), /does not divide into 2/],
    ["slice", () => T.slice(t(4), [{ start: 5 }]), /selects nothing along axis 0 of \[4\]/],
    ["pad", () => T.pad(t(2), [[-1, 0]]), /^pad: .*at least 0/],
    ["sum", () => T.sum(t(2, 3), 2), /axis 2 does not exist.*-2 to 1/],
    ["sum twice", () => T.sum(t(2, 3), [0, -2]), /named twice/],
    ["attention", () => T.attention(t(1, 2, 3, 4), t(1, 2, 3, 5), t(1, 2, 3, 5)), /batch, tokens, heads, width/],
    ["groupNorm", () => T.groupNorm(t(1, 5, 2), 2), /do not divide into 2 groups/],
    ["averagePool", () => T.averagePool(t(1, 1, 4, 4), 5), /^averagePool: .*at least once/],
    [
      "conv2d's groups",
      () => T.conv2d(t(1, 4, 3, 3), t(4, 4, 2, 2), undefined, { groups: 2 }),
      /^conv2d: .*groups \(2\)/,
    ],
    ["conv2d's kernel", () => T.conv2d(t(1, 1, 3, 3), t(1, 1, 4, 2)), /^conv2d: .*windows of 4 x 2.*at least once/],
    ["conv2d", () => T.conv2d(t(1, 2, 3, 3), t(4, 3, 2, 2)), /^conv2d/],
    ["meanSquaredError", () => T.meanSquaredError(t(2), t(3)), /^meanSquaredError: prediction \[2\] and target \[3\]/],
    ["gather", () => T.gather(t(2, 3), T.zeros([3, 1], "i32"), 1), /^gather: indices \[3, 1\]/],
    ["tensor", () => device.tensor([1, 2, 3], [2, 2]), /3 values do not fill \[2, 2\]/],
    ["zero-size dimensions", () => T.zeros([2, 0]), /dimension 1 of \[2, 0\] is 0.*at least 1/],
    ["fractional dimensions", () => device.tensor([1], [0.5]), /0.5/],
    ["a size for a shape", () => T.zeros(2 as never), /^full: a shape is an array of sizes such as \[2, 3\], got 2/],
    ["a key", () => T.random.uniform(t(2), [3]), /a key is u32\[2\], got f32\[2\]/],
  ])("%s", (_, f, message) => {
    const error = failure(f);
    expect(error.code).toBe("shape");
    expect(error.message).toMatch(message);
  });
});

describe("a wrong dtype is named with what would fit", () => {
  it.each<[string, () => unknown, RegExp]>([
    ["mixed", () => T.add(t(2), T.zeros([2], "i32")), /^add: operands have dtypes f32 and i32; cast/],
    ["exp of integers", () => T.exp(T.zeros([2], "i32")), /^exp: takes f32, got i32\[2\]; use cast/],
    [
      "matmul of integers",
      () => T.matmul(T.zeros([2, 2], "i32"), T.zeros([2, 2], "i32")),
      /^matmul: takes f32, got i32/,
    ],
    ["select without bool", () => T.select(t(2), t(2), t(2)), /condition must be bool/],
    [
      "a dtype that is none",
      () => T.zeros([2], "f64" as never),
      /^full: there is no dtype "f64" here; choose f32, i32, u32, bool/,
    ],
    ["a cast to none", () => T.cast(t(2), "f16" as never), /^cast: there is no dtype "f16"/],
    ["typed array", () => device.tensor(new Int32Array(2), [2], "f32" as never), /Int32Array holds i32, not f32/],
  ])("%s", (_, f, message) => {
    const error = failure(f);
    expect(error.code).toBe("dtype");
    expect(error.message).toMatch(message);
  });
});

it("a recorded op keeps the shape it was given, whatever becomes of the array", async () => {
  const shape = [2, 3];
  const [zeros, turned] = [T.zeros(shape), T.reshape(t(6), shape)];
  shape[0] = 7;
  for (const x of [zeros, turned]) {
    expect(x.shape).toEqual([2, 3]);
    expect(await x.data(device)).toHaveLength(6);
  }
});

describe("life and place", () => {
  it("use after dispose", () => {
    const x = device.tensor([1, 2]);
    x.dispose();
    expect(failure(() => device.evaluate(T.add(x, 1)))).toMatchObject({ code: "disposed" });
  });

  it("reading after dispose rejects", async () => {
    const x = device.tensor([1, 2]);
    x.dispose();
    await expect(x.data()).rejects.toMatchObject({ code: "disposed" });
  });

  it("operands on two devices", async () => {
    using other = await createDevice("reference");
    const error = failure(() => device.evaluate(T.add(device.tensor([1]), other.tensor([1]))));
    expect(error).toMatchObject({ code: "device" });
    expect(error.message).toMatch(/reference/);
    expect(error.message).toMatch(/wasm/);
  });

  it("a value that lives nowhere", async () => {
    await expect(T.zeros([2]).data()).rejects.toMatchObject({ code: "device" });
  });

  it("a destroyed device", async () => {
    const gone = await createDevice("wasm");
    gone.destroy();
    gone.destroy();
    expect(failure(() => gone.tensor([1]))).toMatchObject({ code: "disposed" });
  });

  it("a tensor used as a plain number", () => {
    expect(failure(() => (device.tensor([1]) as unknown as number) + 1)).toMatchObject({ code: "traced" });
  });

  it("an operand that is no tensor", () => {
    expect(failure(() => T.exp("x" as never)).message).toMatch(/exp: every operand must be a tensor, got "x"/);
  });

  it("an unknown device kind", async () => {
    await expect(createDevice("cuda" as never)).rejects.toThrow(
      /unknown kind "cuda"; choose "webgpu", "wasm" or "reference"/,
    );
  });

  it("a missing adapter that was asked for", async () => {
    const gpu = { requestAdapter: async () => null } as unknown as GPU;
    await expect(createDevice("webgpu", { webgpu: { gpu } })).rejects.toMatchObject({ code: "adapter" });
  });

  it("no hardware adapter: wasm, and the reason is told", async () => {
    const gpu = { requestAdapter: async () => null } as unknown as GPU;
    using picked = await createDevice(undefined, { webgpu: { gpu } });
    expect(picked.name).toBe("wasm");
    expect(picked.description).toMatch(/no hardware GPU/);
  });

  it("more memory than WebAssembly can address", () => {
    const f = T.jit((x: Tensor) => T.broadcastTo(x, [2 ** 15, 2 ** 15]), { device });
    expect(failure(() => f(device.tensor([1])))).toMatchObject({ code: "limit" });
  });
});

it("shape rules agree with NumPy's broadcasting on random shapes", () => {
  const dims = fc.array(fc.constantFrom(1, 2, 3), { maxLength: 4 });
  fc.assert(
    fc.property(dims, dims, (a, b) => {
      const rank = Math.max(a.length, b.length);
      const at = (s: number[], i: number): number => s[s.length - rank + i] ?? 1;
      const fits = Array.from({ length: rank }, (_, i) => [at(a, i), at(b, i)] as const).every(
        ([n, m]) => n === m || n === 1 || m === 1,
      );
      if (fits)
        expect(T.add(t(...a), t(...b)).shape).toEqual(
          Array.from({ length: rank }, (_, i) => Math.max(at(a, i), at(b, i))),
        );
      else expect(() => T.add(t(...a), t(...b))).toThrow(TensorError);
    }),
  );
});
