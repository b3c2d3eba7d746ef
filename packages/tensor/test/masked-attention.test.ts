import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attention, createDevice, type Device, spec, TensorError } from "../src/index.js";
import { maskedAttention } from "./masked-attention.js";

describe.each(["reference", "wasm"] as const)("attention with lengths on %s", (kind) => {
  let device: Device;
  beforeAll(async () => {
    device = await createDevice(kind);
  });
  afterAll(() => device.destroy());
  maskedAttention(() => device);
});

describe("lengths that do not fit", () => {
  const x = spec([2, 3, 1, 4]);
  it.each([
    ["floats", spec([2]), /^attention: indices are i32, got f32\[2\]/],
    [
      "another batch",
      spec([3], "i32"),
      /^attention: lengths say of each sample how many keys count, i32\[2\], got i32\[3\]/,
    ],
    ["a mask of keys", spec([2, 3], "i32"), /i32\[2\], got i32\[2, 3\]/],
    ["a number", 2, /^attention: /],
  ] as const)("%s", (_, lengths, message) => {
    const act = () => attention(x, x, x, { lengths: lengths as never });
    expect(act).toThrow(TensorError);
    expect(act).toThrow(message);
  });
});
