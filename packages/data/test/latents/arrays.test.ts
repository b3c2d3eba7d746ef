import { mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { writeSafetensors } from "@isoflop/tensor/safetensors";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rowBlocks } from "../../src/node/arrays/array.js";
import { openArrays } from "../../src/node/arrays/open.js";

const numpy = (name: string): string => fileURLToPath(new URL(`../fixtures/numpy/${name}`, import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "isoflop-arrays-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A file of these bytes in the test's folder. */
const fileOf = async (name: string, bytes: Uint8Array): Promise<string> => {
  const file = path.join(folder, name);
  await writeFile(file, bytes);
  return file;
};

const read = async (file: string, name = ""): Promise<{ shape: readonly number[]; values: number[] }> => {
  const opened = await openArrays(file);
  try {
    const array = await opened.array(name);
    return { shape: array.shape, values: [...(await array.rows(0, array.shape[0]!))] };
  } finally {
    await opened.close();
  }
};

/** What the fixtures hold: (0 … 23 − 7) / 4 as [2, 3, 4]. */
const quarters = Array.from({ length: 24 }, (_, i) => (i - 7) / 4);

describe("arrays of NumPy", () => {
  it.each([
    ...["little-f2", "big-f2", "little-f4", "big-f4", "little-f8", "big-f8", "fortran", "version-2", "version-3"].map(
      (name) => [name, quarters] as const,
    ),
    ...["i1", "little-i2", "big-i2", "little-i4", "big-i4", "little-i8", "big-i8"].map(
      (name) => [name, quarters.map((x) => 4 * x)] as const,
    ),
    ...["u1", "little-u2", "little-u4", "little-u8"].map((name) => [name, quarters.map((x) => 4 * x + 7)] as const),
    ["b1", quarters.map((x) => Number(x > 0))] as const,
  ])("%s.npy has the numbers that NumPy wrote", async (name, values) => {
    expect(await read(numpy(`${name}.npy`))).toEqual({ shape: [2, 3, 4], values });
  });

  it.each(["little-f4", "big-f8", "fortran"])("%s.npy is read by rows", async (name) => {
    const opened = await openArrays(numpy(`${name}.npy`));
    const array = await opened.array("");
    expect([...(await array.rows(1, 1))]).toEqual(quarters.slice(12));
    expect([...(await array.rows(2, 0))]).toEqual([]);
    await opened.close();
  });

  it("a list of numbers has rows of one", async () => {
    expect(await read(numpy("one.npy"))).toEqual({ shape: [3], values: [1, -2, 3] });
  });

  it.each(["stored.npz", "deflated.npz"])("%s has its arrays by name", async (name) => {
    expect(await read(numpy(name), "latents")).toEqual({ shape: [2, 3, 4], values: quarters });
    expect(await read(numpy(name), "labels")).toEqual({ shape: [2], values: [1, 0] });
    const opened = await openArrays(numpy(name));
    expect(opened.names).toEqual(["latents", "labels"]);
    await expect(opened.array("x")).rejects.toThrow('has no array "x"; it has "latents", "labels"');
    await opened.close();
  });

  it("leaves nothing of what it unpacked", async () => {
    const before = (await readdir(tmpdir())).filter((name) => name.startsWith("isoflop-npz-"));
    await read(numpy("deflated.npz"), "latents");
    expect((await readdir(tmpdir())).filter((name) => name.startsWith("isoflop-npz-"))).toEqual(before);
  });
});

describe("what is no array of numbers is refused, by name and reason", () => {
  const header = (text: string, version = 1, data = new Uint8Array(8)): Uint8Array => {
    const body = Buffer.from(text, "latin1");
    const length = version === 1 ? Buffer.alloc(2) : Buffer.alloc(4);
    version === 1 ? length.writeUInt16LE(body.length) : length.writeUInt32LE(body.length);
    return Buffer.concat([Buffer.from([0x93]), Buffer.from("NUMPY"), Buffer.from([version, 0]), length, body, data]);
  };
  const good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";

  it.each<[string, Uint8Array, string]>([
    ["another file", Buffer.from("PK\u0003\u0004 and more of it"), "it is no npy file"],
    ["nothing", new Uint8Array(), "it is no npy file"],
    ["a later version", header(good, 4), "it is of version 4.0 of the npy format; known are 1.0, 2.0 and 3.0"],
    [
      "a header that ends late",
      header(good).subarray(0, 40),
      "its header claims 57 bytes, and 30 follow; it is truncated",
    ],
    ["too few bytes", header(good).subarray(0, 72), "F32 [2] takes 8 bytes, and 5 follow its header; it is truncated"],
    ["bytes left over", header(good, 1, new Uint8Array(9)), "F32 [2] takes 8 bytes, and 9 follow its header"],
    [
      "no literal",
      header("import os"),
      'its header is "import os"; it must be a record of descr, fortran_order, shape',
    ],
    ["a field too few", header("{'descr': '<f4', 'shape': (2,), }"), "it must be a record of descr"],
    ["a field twice", header(good.replace("}", "'shape': (2,), }")), "its header names shape twice"],
    ["another field", header(good.replace("}", "'x': (2,), }")), "it must be a record of descr"],
    ["a negative size", header(good.replace("(2,)", "(-2,)")), "it must be a record of descr"],
    ["a torn tuple", header(good.replace("(2,)", "(2 2)")), "has the shape (2 2); it must be a tuple of whole numbers"],
    ["a huge size", header(good.replace("(2,)", "(99999999999999999,)")), "which is beyond 2^53"],
    ["no flag", header(good.replace("False", "'C'")), "a fortran_order that is neither True nor False"],
    ["bfloat16 as raw bytes", header(good.replace("<f4", "|V2")), 'its numbers are "|V2"; known are f2, f4'],
    ["a type without an order", header(good.replace("<f4", "|f4")), 'its numbers are "|f4"'],
  ])("%s", async (name, bytes, message) => {
    const file = await fileOf(`${name}.npy`, bytes);
    await expect(openArrays(file)).rejects.toThrow(`${file}: `);
    await expect(openArrays(file)).rejects.toThrow(message);
  });

  it.each([
    ["structured", `its numbers are "[('x', '<f4')]"`],
    ["complex", 'its numbers are "<c8"'],
  ])("%s numbers", async (name, message) => {
    await expect(openArrays(numpy(`${name}.npy`))).rejects.toThrow(message);
  });

  it("every truncation and every changed byte of the numbers of an npz", async () => {
    for (const name of ["stored.npz", "deflated.npz"]) {
      const whole = await readFile(numpy(name));
      for (let length = 0; length < whole.length; length += 37) {
        const file = await fileOf(`cut-${name}`, whole.subarray(0, length));
        await expect(read(file, "latents")).rejects.toThrow(file);
      }
      const begin = whole.indexOf("NUMPY") < 0 ? 80 : whole.indexOf("NUMPY") + 130;
      const flipped = Buffer.from(whole);
      flipped[begin]! ^= 1;
      const file = await fileOf(`flipped-${name}`, flipped);
      await expect(read(file, "latents")).rejects.toThrow(/is damaged: /);
    }
  });

  it("a safetensors file names the file before what is wrong with it", async () => {
    const bytes = writeSafetensors({ a: { shape: [2], data: [1, 2], format: "F32" } });
    const file = await fileOf("cut.safetensors", bytes.subarray(0, bytes.length - 1));
    await expect(openArrays(file)).rejects.toThrow(`${file}: safetensors: the range of "a" ends at 8, but only 7`);
  });

  it("files of other kinds, and files that are not there", async () => {
    await expect(openArrays("latents.pt")).rejects.toThrow(
      "latents.pt is of no kind that holds arrays; known are .safetensors, .npz, .npy",
    );
    for (const name of ["none.npy", "none.npz", "none.safetensors"])
      await expect(openArrays(path.join(folder, name))).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("files larger than memory", () => {
  it("are read a part at a time: a sparse safetensors file of 6 GiB", async () => {
    const rows = 1_500_000;
    const width = 4 * 16 * 16;
    const file = path.join(folder, "sparse.safetensors");
    const header = Buffer.from(
      JSON.stringify({ latents: { dtype: "F32", shape: [rows, 4, 16, 16], data_offsets: [0, rows * width * 4] } }),
    );
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    const handle = await open(file, "w");
    const begin = 8 + header.length;
    await handle.write(Buffer.concat([length, header]), 0, begin, 0);
    await handle.truncate(begin + rows * width * 4);
    await handle.write(Buffer.from(Float32Array.of(2.5).buffer), 0, 4, begin + (rows - 1) * width * 4);
    await handle.close();
    const opened = await openArrays(file);
    const array = await opened.array("latents");
    expect(array).toMatchObject({ shape: [rows, 4, 16, 16], width });
    const last = await array.rows(rows - 1, 1);
    expect([last.length, last[0], last[1]]).toEqual([width, 2.5, 0]);
    const before = process.memoryUsage();
    let seen = 0;
    for await (const { start, count, values } of rowBlocks(array)) {
      expect([start, values.length]).toEqual([seen, count * width]);
      seen += count;
      if (start > 100_000) break;
    }
    const grown = process.memoryUsage().arrayBuffers - before.arrayBuffers;
    expect(grown).toBeLessThan(2 ** 29);
    await opened.close();
  });
});
