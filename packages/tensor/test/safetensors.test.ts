import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openSafetensors, safetensorsChunks, TensorError, type Writable, writeSafetensors } from "../src/index.js";
import { bfloatToFloat, floatToBfloat, floatToHalf, halfToFloat } from "../src/safetensors/formats.js";
import { failure } from "./failure.js";

/** A file from a raw header text and data. */
const file = (header: string, data: Uint8Array = new Uint8Array()): Uint8Array => {
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
  it("writes typed arrays in their own format where none is told, and asks for that of plain numbers", async () => {
    const opened = await openSafetensors(
      writeSafetensors({
        a: { shape: [2], data: Float32Array.of(0.1, 2) },
        b: { shape: [1], data: Float64Array.of(0.1) },
        c: { shape: [1], data: Int32Array.of(-3) },
        d: { shape: [1], data: Uint32Array.of(4294967295) },
        e: { shape: [1], data: Uint8Array.of(255) },
        f: { shape: [1], data: Float32Array.of(0.1), format: "F16" },
        g: { shape: [1], data: runInNewContext("Float32Array.of(0.1)") as Float32Array },
      }),
    );
    const formats = ["a", "b", "c", "d", "e", "f", "g"].map((name) => opened.describe(name).format);
    expect(formats).toEqual(["F32", "F64", "I32", "U32", "U8", "F16", "F32"]);
    expect(await opened.float32("g")).toEqual(Float32Array.of(0.1));
    expect(() => writeSafetensors({ a: { shape: [1], data: [1] } })).toThrow(
      /"a" is to be written as undefined; formats to write are F64, F32/,
    );
  });

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

  it("reads a range of elements without reading the others, in every format", async () => {
    const data = Array.from({ length: 40 }, (_, i) => i % 2);
    const formats = ["F64", "F32", "F16", "BF16", "I32", "U32", "U8", "BOOL"] as const;
    const bytes = writeSafetensors(
      Object.fromEntries(formats.map((format) => [format, { shape: [10, 4], data, format }])),
    );
    const read: number[] = [];
    const opened = await openSafetensors({
      size: bytes.length,
      read: async (offset, length) => {
        read.push(length);
        return bytes.subarray(offset, offset + length);
      },
    });
    for (const [i, format] of formats.entries()) {
      expect([...(await opened.float32(format, { start: 13, count: 5 }))]).toEqual(data.slice(13, 18));
      expect(read[2 + i]).toBe(5 * [8, 4, 2, 2, 4, 4, 1, 1][i]!);
    }
    expect([...(await opened.float64("F16", { start: 40, count: 0 }))]).toEqual([]);
    for (const range of [
      { start: 39, count: 2 },
      { start: -1, count: 1 },
      { start: 0.5, count: 1 },
    ])
      await expect(opened.float32("F32", range)).rejects.toMatchObject({
        code: "argument",
        message: `safetensors: cannot read ${range.count} elements of "F32" from ${range.start} on; it has 40`,
      });
    const nans = await openSafetensors(writeSafetensors({ a: { shape: [3], data: [0, 1e300, 1], format: "F64" } }));
    await expect(nans.float32("a", { start: 1, count: 2 })).rejects.toThrow('"a" holds 1e+300 at 1,');
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

  it("reads integers exactly or refuses them, naming tensor and value", async () => {
    const opened = async (dtype: string, array: ArrayBufferView) =>
      openSafetensors(
        file(
          JSON.stringify({ a: { dtype, shape: [1], data_offsets: [0, array.byteLength] } }),
          new Uint8Array(array.buffer),
        ),
      );
    const refused = async (read: Promise<unknown>, message: RegExp) =>
      expect(await read.catch((e: unknown) => e)).toMatchObject({
        code: "format",
        message: expect.stringMatching(message),
      });
    const i64 = await opened("I64", BigInt64Array.of(3_000_000_000n));
    await refused(i64.int32("a"), /"a" holds 3000000000 at 0, which does not fit an i32/);
    expect([...(await i64.float64("a"))]).toEqual([3_000_000_000]);
    await refused((await opened("U32", Uint32Array.of(4_000_000_000))).int32("a"), /4000000000/);
    await refused((await opened("U64", BigUint64Array.of(2n ** 33n + 1n))).int32("a"), /8589934593/);
    await refused((await opened("I64", BigInt64Array.of(-(2n ** 53n) - 1n))).float64("a"), /-9007199254740993,/);
    await refused((await opened("I32", Int32Array.of(2 ** 24 + 1))).float32("a"), /16777217 .* does not fit an f32/);
    await refused((await opened("F64", Float64Array.of(1e300))).float32("a"), /1e\+300/);
    await refused((await opened("BOOL", Uint8Array.of(2))).int32("a"), /byte 2 at 0; a BOOL is 0 or 1/);
    expect([...(await (await opened("I64", BigInt64Array.of(-(2n ** 31n)))).int32("a"))]).toEqual([-(2 ** 31)]);
    expect([...(await (await opened("F64", Float64Array.of(0.1))).float32("a"))]).toEqual([Math.fround(0.1)]);
    expect([...(await (await opened("F64", Float64Array.of(-Infinity))).float32("a"))]).toEqual([-Infinity]);
  });

  it.each<[Writable["format"], number]>([
    ["I32", 3e9],
    ["I32", 1.7],
    ["I32", Number.NaN],
    ["U32", -1],
    ["U8", 300],
    ["BOOL", 2],
    ["BOOL", 0.5],
    ["F16", 65520],
    ["BF16", 3.4e38],
    ["F32", -1e39],
    ["F32", undefined as never],
    ["F32", 1n as never],
  ])("refuses to write %s of %s before the first byte", (format, value) => {
    const tensors = {
      a: { shape: [1], data: [1], format: "F64" as const },
      b: { shape: [2], data: [0, value], format },
    };
    const error = failure(() => safetensorsChunks(tensors));
    expect(error.code).toBe("format");
    expect(error.message).toMatch(new RegExp(`"b" has .* at 1; ${format} holds`));
  });

  it("writes NaN, the infinities and the largest number of every float format", async () => {
    const data = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const [format, largest] of [
      ["F16", 65504],
      ["BF16", (2 - 2 ** -7) * 2 ** 127],
      ["F32", (2 - 2 ** -23) * 2 ** 127],
      ["F64", Number.MAX_VALUE],
    ] as const) {
      const opened = await openSafetensors(writeSafetensors({ a: { shape: [4], data: [...data, largest], format } }));
      expect([...(await opened.float64("a"))]).toEqual([...data, largest]);
    }
  });

  it("rounds float64 to F16 and BF16 once", () => {
    const nearest = (value: number, all: readonly number[]): number => {
      const [low, high] = [all.findLast((v) => v <= value)!, all.find((v) => v >= value)!];
      if (value - low !== high - value) return value - low < high - value ? low : high;
      return all.indexOf(low) % 2 === 0 ? low : high;
    };
    const positive = (decode: (bits: number) => number): number[] =>
      Array.from({ length: 0x7c00 }, (_, bits) => decode(bits)).filter(Number.isFinite);
    const halves = positive(halfToFloat);
    const bfloats = positive(bfloatToFloat);
    for (const [all, encode, decode] of [
      [halves, floatToHalf, halfToFloat],
      [bfloats, floatToBfloat, bfloatToFloat],
    ] as const)
      for (let i = 0; i < all.length - 1; i += 97) {
        const tie = (all[i]! + all[i + 1]!) / 2;
        for (const value of [tie, tie * (1 + 2 ** -40), tie * (1 - 2 ** -40)]) {
          expect(decode(encode(value))).toBe(nearest(value, all));
          expect(decode(encode(-value))).toBe(-nearest(value, all));
        }
      }
    expect(bfloatToFloat(floatToBfloat(1 + 2 ** -8 + 2 ** -40))).toBe(1.0078125);
    expect(bfloatToFloat(floatToBfloat(Number.MIN_VALUE))).toBe(0);
  });

  it("refuses to write what nobody could open", () => {
    const a: Writable = { shape: [1], data: [1], format: "F32" };
    const refused = (f: () => unknown, code: string, message: RegExp) =>
      expect(failure(f)).toMatchObject({ code, message: expect.stringMatching(message) });
    refused(() => writeSafetensors({ a }, { step: 5 } as never), "format", /strings to strings.*String\(step\)/);
    refused(() => writeSafetensors({ a }, null as never), "format", /strings to strings/);
    refused(() => writeSafetensors({ a: { ...a, format: "F8" as never } }), "format", /"F8"; formats to write are F64/);
    refused(() => writeSafetensors({ a: { ...a, shape: [0.5, 2] } }), "shape", /\[0.5, 2\]/);
    refused(() => writeSafetensors({ "\ud800": a }), "format", /not well-formed/);
    refused(() => writeSafetensors({ a }, { note: "x".repeat(2 ** 25) }), "limit", /33554432/);
    refused(() => writeSafetensors({ __metadata__: a }), "format", /reserved/);
  });

  it("keeps names and metadata called __proto__", async () => {
    const named = <T>(value: T): Record<string, T> => Object.fromEntries([["__proto__", value]]);
    const bytes = writeSafetensors(named({ shape: [1], data: [7], format: "F32" }), named("x"));
    const opened = await openSafetensors(bytes);
    expect(opened.names).toEqual(["__proto__"]);
    expect([...(await opened.float32("__proto__"))]).toEqual([7]);
    expect(Object.entries(opened.metadata)).toEqual([["__proto__", "x"]]);
  });

  it("takes bytes of any kind and realm, and refuses what is none", async () => {
    const bytes = writeSafetensors({ a: { shape: [1], data: [7], format: "F32" } });
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    const foreign = runInNewContext(`Uint8Array.from([${bytes}])`) as Uint8Array;
    const aside = new Uint8Array(bytes.length + 3);
    aside.set(bytes, 3);
    const sources = [bytes.buffer, new DataView(bytes.buffer), shared, shared.buffer, foreign, foreign.buffer];
    for (const source of [...sources, Buffer.from(bytes), aside.subarray(3)])
      expect([...(await (await openSafetensors(source as Uint8Array)).float32("a"))]).toEqual([7]);
    for (const wrong of [null, undefined, "file.safetensors", {}, { size: -1, read: () => bytes }, [1, 2]])
      await expect(openSafetensors(wrong as never)).rejects.toMatchObject({
        code: "argument",
        message: expect.stringMatching(/pass a Uint8Array, an ArrayBuffer/),
      });
  });

  it("refuses a source that gives less than it was asked for", async () => {
    const bytes = writeSafetensors({ a: { shape: [1], data: [7], format: "F32" } });
    const source = {
      size: bytes.length,
      read: async (at: number, n: number) => bytes.subarray(at, at + Math.min(n, 8)),
    };
    await expect(openSafetensors(source)).rejects.toThrow(/the header needs \d+ bytes, the source gave 8/);
  });

  it("refuses deep, marked and overlong headers in words that are short and printable", async () => {
    const deep = `${"[".repeat(20_000)}1${"]".repeat(20_000)}`;
    for (const field of ["dtype", "shape", "data_offsets"]) {
      const entry = { dtype: '"F32"', shape: "[1]", data_offsets: "[0,4]", [field]: deep };
      const fields = Object.entries(entry).map(([name, text]) => `"${name}":${text}`);
      await rejects(file(`{"a":{${fields}}}`, new Uint8Array(4)), /^safetensors: "a" has/);
    }
    await rejects(file(`{"__metadata__":{"a":${deep}}}`), /strings to strings/);
    await rejects(file("\ufeff{}"), /starting with \{/);
    await rejects(file(" {}"), /starting with \{/);
    const long = await openSafetensors(file(`{"${"x".repeat(1e6)}\\u001b[2J":{}}`)).catch((e: Error) => e);
    expect((long as Error).message.length).toBeLessThan(400);
    for (const name of ["\u001b[2J", "\u009b2J", "\u202e"]) {
      const error = (await openSafetensors(file(JSON.stringify({ [name]: {} }))).catch((e: Error) => e)) as Error;
      expect(error.message).not.toContain(name[0]);
    }
  });
});
