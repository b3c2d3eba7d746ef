import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import { beforeEach, describe, expect, it } from "vitest";
import { type DataSource, type DataSpec, fingerprint } from "../../src/index.js";
import { openSource } from "../../src/node.js";
import { captioned, picture, put, temporary } from "./files.js";

let cache: string;
let folder: string;
beforeEach(() => {
  cache = temporary();
  folder = temporary();
});

const open = (pattern: string, options: object = {}): Promise<DataSource> =>
  openSource(
    { source: "parquet", path: path.join(folder, pattern), size: 16, validation: 0.3, ...options } as DataSpec,
    { cacheFolder: cache },
  );

const all = (source: DataSource): string[] =>
  source.splits
    .flatMap((split) => Array.from({ length: source.size(split) }, (_, i) => source.caption(split, i)))
    .sort();

interface Table {
  readonly images: readonly (Uint8Array | null)[];
  readonly columns?: readonly ColumnSource[];
  readonly schema?: readonly object[];
  /** Names of classes, as `datasets` writes them. */
  readonly names?: readonly string[];
}

/** A parquet file with a column `image` of `{ bytes, path }`, as Hugging Face `datasets` writes it. */
const parquet = ({ images, columns = [], schema = [], names }: Table): Uint8Array => {
  const features = { image: { _type: "Image" }, label: { names, _type: "ClassLabel" } };
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: "image", data: images.map((bytes, i) => (bytes === null ? null : { bytes, path: `${i}.png` })) },
        ...columns,
      ],
      schema: [
        { name: "root", num_children: 1 + columns.length },
        { name: "image", num_children: 2, repetition_type: "OPTIONAL" },
        { name: "bytes", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" },
        { name: "path", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
        ...(schema as []),
      ],
      rowGroupSize: 4,
      ...(names && { kvMetadata: [{ key: "huggingface", value: JSON.stringify({ info: { features } }) }] }),
    }),
  );
};

const texts = (name: string, data: readonly (string | null)[]) => ({
  columns: [{ name, data: [...data] }],
  schema: [{ name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" }],
});
const labels = (data: readonly (bigint | null)[]) => ({
  columns: [{ name: "label", data: [...data] }],
  schema: [{ name: "label", type: "INT64", repetition_type: "OPTIONAL" }],
});

const numbers = Array.from({ length: 10 }, (_, i) => i);
const images = () => Promise.all(numbers.map((i) => picture(i)));
const text = (i: number) => `Picture number ${i}, a red one.`;

describe("parquet files", () => {
  it("have the images of a folder with the same files", async () => {
    const made = await images();
    put(folder, {
      "train-0.parquet": parquet({ images: made.slice(0, 7), ...texts("text", numbers.slice(0, 7).map(text)) }),
      "train-1.parquet": parquet({ images: made.slice(7), ...texts("text", numbers.slice(7).map(text)) }),
    });
    const source = await open("train-*.parquet");
    expect(all(source)).toEqual(numbers.map(text).sort());
    const inFolder = await openSource(
      { source: "images", path: put(temporary(), await captioned(10)), size: 16, validation: 0.3 } as DataSpec,
      { cacheFolder: cache },
    );
    expect(fingerprint(source)).toEqual(fingerprint(inFolder));
    const held = await open("train-*.parquet", { validation: ["train-1.parquet"] });
    expect(held.size("validation")).toBe(3);
  });

  it("have classes with the names and order of the file", async () => {
    put(folder, {
      "a.parquet": parquet({
        images: await images(),
        ...labels(numbers.map((i) => BigInt(i % 2))),
        names: ["tench fish", "cat", "unused"],
      }),
      "b.parquet": parquet({ images: await images(), ...labels(numbers.map((i) => BigInt(i % 2))) }),
    });
    const named = await open("a.parquet");
    expect(named.vocabulary.words).toEqual(["<pad>", "tench-fish", "cat", "unused"]);
    expect(new Set(all(named))).toEqual(new Set(["tench fish", "cat"]));
    expect((await open("b.parquet")).vocabulary.words).toEqual(["<pad>", "0", "1"]);
    expect((await open("a.parquet", { captions: "none" })).vocabulary.size).toBe(1);
    await expect(open("{a,b}.parquet")).rejects.toThrow(
      "b.parquet: it cannot be read: its classes are not those of the first file",
    );
  });

  it("may name their columns otherwise, and hold bytes alone", async () => {
    const bytes = parquetWriteBuffer({
      columnData: [
        { name: "jpg", data: await images(), type: "BYTE_ARRAY" },
        { name: "alt", data: numbers.map(text), type: "STRING" },
      ],
    });
    put(folder, { "x.parquet": new Uint8Array(bytes) });
    expect(all(await open("x.parquet", { image: "jpg", text: "alt" }))).toEqual(numbers.map(text).sort());
    await expect(open("x.parquet")).rejects.toThrow(
      'parquet: x.parquet has no column "image"; its columns are jpg, alt: name that of images by "image"',
    );
    await expect(open("x.parquet", { image: "jpg", text: "txt" })).rejects.toThrow(
      'has no column "txt"; its columns are jpg, alt: name that of captions by "text"',
    );
    await expect(open("x.parquet", { image: "jpg", captions: "classes" })).rejects.toThrow(
      'name that of classes by "label"',
    );
  });

  it("name rows that cannot be used", async () => {
    const made: (Uint8Array | null)[] = await images();
    made[1] = null;
    made[2] = Buffer.from("no image");
    put(folder, {
      "x.parquet": parquet({
        images: made,
        ...texts(
          "text",
          numbers.map((i) => (i === 5 ? null : i === 6 ? "" : text(i))),
        ),
      }),
    });
    await expect(open("x.parquet")).rejects.toThrow(
      [
        '  x.parquet/1: column "image" has no bytes of an image',
        "  x.parquet/2: it cannot be read (Input buffer contains unsupported image format)",
        '  x.parquet/5: column "text" has no text',
        "  x.parquet/6: its caption is empty",
      ].join("\n"),
    );
    expect(all(await open("x.parquet", { bad: "skip" }))).toHaveLength(6);
    put(folder, {
      "y.parquet": parquet({
        images: await images(),
        ...labels(numbers.map((i) => (i === 3 ? -1n : 0n))),
        names: ["one"],
      }),
    });
    await expect(open("y.parquet")).rejects.toThrow('y.parquet/3: column "label" has no class');
  });

  it("are named when they are cut short", async () => {
    const made = await images();
    put(folder, { "a.parquet": parquet({ images: made, ...texts("text", numbers.map(text)) }) });
    const whole = readFileSync(path.join(folder, "a.parquet"));
    writeFileSync(path.join(folder, "b.parquet"), whole.subarray(0, whole.length - 100));
    await expect(open("b.parquet")).rejects.toThrow("parquet: b.parquet cannot be read: ");
    await expect(open("*.parquet")).rejects.toThrow("  b.parquet: it cannot be read: ");
    expect(all(await open("*.parquet", { bad: "skip" }))).toHaveLength(10);
  });
});
