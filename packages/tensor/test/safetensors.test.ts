import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openSafetensors, TensorError, writeSafetensors } from "../src/index.js";
import { bfloatToFloat, floatToBfloat, floatToHalf, halfToFloat } from "../src/safetensors/formats.js";

/** A file from a raw header text and data. */
const file = (header: string, data = new Uint8Array()): Uint8Array => {
  const json = new TextEncoder().encode(header);
  const out = new Uint8Array(8 + json.length + data.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true);
  out.set(json, 8);
  out.set(data, 8 + json.length);
  return out;
};

const rejects = async (bytes: Uint8Array, message: RegExp): Promise<void> => {
  const error: unknown = await openSafetensors(bytes).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(TensorError);
  expect((error as TensorError).code).toBe("format");
  expect((error as Error).message).toMatch(message);
};

describe("safetensors", () => {
  it("gives back what was written, in every format", async () => {
    const bytes = writeSafetensors(
      {
        a: { shape: [2, 2], data: [1, -2.5, 3e-5, 4], format: "F32" },
        "b.c": { shape: [3], data: [1, -2.5, 65504], format: "F16" },
        d: { shape: [], data: [7], format: "I32" },
        e: { shape: [2], data: [4294967295, 1], format: "U32" },
        f: { shape: [2], data: [1.5, -3], format: "BF16" },
        g: { shape: [1], data: [Math.PI], format: "F64" },
        h: { shape: [3], data: [0, 1, 255], format: "U8" },
      },
      { step: "12" },
    );
    const opened = await openSafetensors(bytes);
    expect(opened.metadata).toEqual({ step: "12" });
    expect([...(await opened.float32("a"))]).toEqual([1, -2.5, Math.fround(3e-5), 4]);
    expect([...(await opened.float32("b.c"))]).toEqual([1, -2.5, 65504]);
    expect([...(await opened.int32("d"))]).toEqual([7]);
    expect([...(await opened.float64("e"))]).toEqual([4294967295, 1]);
    expect([...(await opened.float32("f"))]).toEqual([1.5, -3]);
    expect([...(await opened.float64("g"))]).toEqual([Math.PI]);
    expect([...(await opened.int32("h"))]).toEqual([0, 1, 255]);
    expect(opened.describe("a")).toMatchObject({ format: "F32", shape: [2, 2] });
  });

  it("reads one tensor without reading the others", async () => {
    const bytes = writeSafetensors({
      a: { shape: [1000], data: new Float32Array(1000), format: "F32" },
      b: { shape: [2], data: [1, 2], format: "F32" },
    });
    const ranges: [number, number][] = [];
    const opened = await openSafetensors({
      size: bytes.length,
      read: async (offset, length) => {
        ranges.push([offset, length]);
        return bytes.subarray(offset, offset + length);
      },
    });
    await opened.float32("b");
    expect(ranges.at(-1)).toEqual([bytes.length - 8, 8]);
    expect(ranges).toHaveLength(3);
  });

  it("halves and bfloats round to nearest even and survive the way back", () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = halfToFloat(bits);
      if (!Number.isNaN(value)) expect(floatToHalf(value)).toBe(bits);
      const wide = bfloatToFloat(bits);
      if (!Number.isNaN(wide)) expect(floatToBfloat(wide)).toBe(bits);
    }
    expect(halfToFloat(floatToHalf(1 + 2 ** -11))).toBe(1);
    expect(halfToFloat(floatToHalf(1 + 3 * 2 ** -11))).toBe(1 + 2 ** -9);
    expect(floatToHalf(65520)).toBe(0x7c00);
    expect(halfToFloat(floatToHalf(2 ** -25))).toBe(0);
    expect(bfloatToFloat(floatToBfloat(1 + 2 ** -8))).toBe(1);
  });

  it("refuses every kind of hostile header", async () => {
    const entry = (name: string, begin: number, end: number, dtype = "F32", shape = `[${(end - begin) / 4}]`) =>
      `"${name}":{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`;
    const data = new Uint8Array(16);
    await rejects(new Uint8Array(3), /3 bytes/);
    await rejects(Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 127, 123), /claims 9223372036854775807 bytes/);
    await rejects(file("{nope"), /not JSON/);
    await rejects(file("[]"), /JSON object/);
    await rejects(file(`{${entry("a", 0, 32)}}`, data), /only 16 bytes/);
    await rejects(file(`{${entry("a", 0, 8)},${entry("b", 4, 12)}}`, data), /overlaps/);
    await rejects(file(`{${entry("a", 0, 4)},${entry("b", 8, 16)}}`, data), /no gap/);
    await rejects(file(`{${entry("a", 0, 8)}}`, data), /8 bytes follow/);
    await rejects(file(`{${entry("a", 0, 8)},${entry("a", 8, 16)}}`, data), /names "a" twice/);
    await rejects(file(`{${entry("a", 0, 16, "F16", "[4]")}}`, data), /takes 8 bytes/);
    await rejects(file(`{${entry("a", 0, 16, "F8", "[16]")}}`, data), /dtype "F8"/);
    await rejects(file(`{${entry("a", 0, 16, "F32", "[-4]")}}`, data), /shape/);
    await rejects(file(`{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16],"extra":1}}`, data), /extra/);
    await rejects(file('{"__metadata__":{"a":1}}'), /__metadata__/);
    const huge = new Uint8Array(100e6 + 8).fill(0x20);
    new DataView(huge.buffer).setBigUint64(0, 100_000_000n, true);
    await rejects(huge, /refused/);
  });

  it("never accepts a header whose ranges do not tile the data", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 6 })), { maxLength: 5 }),
        fc.integer({ min: 0, max: 40 }),
        async (ranges, dataBytes) => {
          const header = Object.fromEntries(
            ranges.map(([begin, n], i) => [`t${i}`, { dtype: "U8", shape: [n], data_offsets: [begin, begin + n] }]),
          );
          const owners = new Array<number>(Math.max(dataBytes, 60)).fill(0);
          for (const [begin, n] of ranges) for (let i = begin; i < begin + n; i++) owners[i]!++;
          const tiles = owners.every((count, i) => count === (i < dataBytes ? 1 : 0));
          const accepted = await openSafetensors(file(JSON.stringify(header), new Uint8Array(dataBytes))).then(
            () => true,
            () => false,
          );
          // Empty tensors may stand anywhere on a boundary; a strict reader may also refuse them elsewhere.
          if (accepted) expect(tiles).toBe(true);
          if (tiles && ranges.every(([, n]) => n > 0)) expect(accepted).toBe(true);
        },
      ),
    );
  });

  it("refuses any truncation", async () => {
    const whole = writeSafetensors({ a: { shape: [3], data: [1, 2, 3], format: "F32" } });
    for (let n = 0; n < whole.length; n++) await rejects(whole.subarray(0, n), /safetensors/);
  });
});
