import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { type ChosenFile, type DataSource, fingerprint, type PictureDecoder, pictures } from "../../src/index.js";
import { BadImage } from "../../src/pictures/item.js";
import { squareOf } from "../../src/pictures/square.js";
import { captioned, picture } from "./files.js";

/** What a browser's decoder gives, from another one. */
const decode: PictureDecoder = async (bytes) => {
  const { data, info } = await sharp(bytes)
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch(() => {
      throw new BadImage("it cannot be read (The source image could not be decoded.)");
    });
  return { width: info.width, height: info.height, data };
};

const chosen = (files: Readonly<Record<string, string | Uint8Array>>, top = ""): ChosenFile[] =>
  Object.entries(files).map(([name, content]) => ({
    name: name.slice(name.lastIndexOf("/") + 1),
    ...((top !== "" || name.includes("/")) && { webkitRelativePath: `${top || "top"}/${name}` }),
    arrayBuffer: async () => Uint8Array.from(Buffer.from(content)).buffer,
  }));

const open = (files: readonly ChosenFile[], options: object = {}): Promise<DataSource> =>
  pictures({ files, decode, size: 16, validation: 0.3, ...options });

describe("pictures of one's own in a page", () => {
  it("are a source like that of a folder", async () => {
    const files = await captioned(20);
    const source = await open(chosen(files));
    expect(source.size("train") + source.size("validation")).toBe(20);
    const { images } = source.batch("train", 0, source.size("train"));
    for (let i = 0; i < source.size("train"); i++) {
      const number = Number(/\d+/.exec(source.caption("train", i))![0]);
      const mean = images.subarray(i * 768, i * 768 + 256).reduce((sum, value) => sum + value, 0) / 256;
      expect(Math.abs((mean + 1) * 127.5 - ((number * 37) % 200) - 15.5)).toBeLessThan(3);
    }
    expect(source.describe()).toMatchObject({
      name: "pictures-16",
      masked: true,
      settings: { kernel: "area", captions: "words" },
    });
    expect(fingerprint(await open(chosen(files, "elsewhere").reverse()))).toEqual(fingerprint(source));
    expect(fingerprint(await open(chosen({ ...files, "0.txt": "another" }))).content).not.toBe(
      fingerprint(source).content,
    );
  });

  it("have the pixels of the file where nothing is resized", async () => {
    const files = { "a.png": await picture(1, 16), "b.png": await picture(2, 16) };
    const source = await open(chosen(files), { validation: ["b.png"] });
    const raw = await sharp(files["a.png"]).raw().toBuffer();
    const levels = Array.from(source.batch("train", 0, 1).images, (value) => Math.round((value + 1) * 127.5));
    expect(levels).toEqual(
      [0, 1, 2].flatMap((channel) => Array.from({ length: 256 }, (_, i) => raw[3 * i + channel]!)),
    );
  });

  it("may have folders as classes, or a table of captions", async () => {
    const files: Record<string, Uint8Array> = {};
    for (let i = 0; i < 12; i++) files[`${i % 2 ? "Red Fox" : "owl"}/${i}.png`] = await picture(i);
    const classes = await open(chosen(files));
    expect(classes.vocabulary.words).toEqual(["<pad>", "red-fox", "owl"]);
    const rows = Object.keys(files).map((file, i) => `${JSON.stringify({ file, text: `number ${i}` })}\n`);
    const worded = await open(chosen({ ...files, "captions.jsonl": rows.join("") }, "mine"));
    expect(worded.caption("train", 0)).toMatch(/^number \d+$/);
    await expect(open(chosen({ ...files, "captions.csv": "file,text" }))).rejects.toThrow(
      "captions.csv: in a page, a table of captions is captions.jsonl",
    );
  });

  it("are refused or left out where they cannot be used", async () => {
    const files = {
      ...(await captioned(10)),
      "x.png": "no image",
      "x.txt": "x",
      "y.png": await picture(1, 8),
      "y.txt": "y",
    };
    await expect(open(chosen(files))).rejects.toThrow(
      "  x.png: it cannot be read (The source image could not be decoded.)\n  y.png: 8 x 8 pixels are smaller than 16",
    );
    const source = await open(chosen(files), { bad: "skip" });
    expect(source.size("train") + source.size("validation")).toBe(10);
    expect(source.describe().provenance.remarks![0]).toContain("2 images were left out: x.png (");
    await expect(open(chosen({ "x.png": "no" }), { bad: "skip" })).rejects.toThrow("1 of its images cannot be used");
    await expect(open(chosen({ "a.md": "no" }))).rejects.toThrow("pictures: there are no images among 1 files");
    await expect(open(chosen(files), { size: 20 })).rejects.toThrow("pictures.size is 20; it must be a multiple of 8");
  });

  it("stop when told to", async () => {
    const stop = new AbortController();
    const onProgress = ({ done }: { done: number }) => done === 2 && stop.abort(new Error("enough"));
    await expect(open(chosen(await captioned(20)), { signal: stop.signal, onProgress })).rejects.toThrow("enough");
  });
});

describe("a square of an image", () => {
  /** An image from rows of `[red, green, blue, alpha]`. */
  const image = (rows: readonly (readonly (readonly number[])[])[]) => ({
    ...{ width: rows[0]!.length, height: rows.length, data: rows.flat(2) },
  });
  const options = { size: 8, fit: "cover", background: "#0000ff", channels: 3, enlarge: true } as const;
  const rows = (width: number, height: number, pixel: (x: number, y: number) => readonly number[]) =>
    image(Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => pixel(x, y))));

  it("has the mean of the pixels that a new one covers", () => {
    const out = squareOf(
      rows(16, 16, (x, y) => [10 * x, 10 * y, (x + y) % 2 ? 200 : 100, 255]),
      options,
    );
    for (const y of [0, 3, 7])
      for (const x of [0, 5, 7])
        expect([0, 64, 128].map((plane) => out[plane + 8 * y + x])).toEqual([20 * x + 5, 20 * y + 5, 150]);
  });

  it("is the middle, the whole with a margin, or stretched", () => {
    const wide = rows(32, 16, (x) => [x >= 8 && x < 24 ? 255 : 0, 0, 0, 255]);
    expect(new Set(squareOf(wide, options).subarray(0, 64))).toEqual(new Set([255]));
    const contained = squareOf(wide, { ...options, fit: "contain" });
    for (const [y, blue] of [0, 1, 2, 5, 6, 7].map((y) => [y, y < 2 || y > 5 ? 255 : 0] as const))
      expect(new Set(contained.subarray(128 + 8 * y, 136 + 8 * y))).toEqual(new Set([blue]));
    expect([...squareOf(wide, { ...options, fit: "fill" }).subarray(0, 8)]).toEqual([0, 0, 255, 255, 255, 255, 0, 0]);
    const tall = squareOf(
      rows(8, 24, (_, y) => [y >= 8 && y < 16 ? 255 : 0, 0, 0, 255]),
      options,
    );
    expect(new Set(tall.subarray(0, 64))).toEqual(new Set([255]));
  });

  it("lies on the background, and may be grey or larger", () => {
    const half = rows(8, 8, () => [255, 0, 0, 51]);
    expect([0, 64, 128].map((at) => squareOf(half, options)[at])).toEqual([51, 0, 204]);
    expect(
      squareOf(
        rows(8, 8, () => [255, 100, 0, 255]),
        { ...options, channels: 1 },
      ),
    ).toEqual(new Uint8Array(64).fill(126));
    expect([
      ...squareOf(
        rows(2, 2, (x) => [100 * x, 0, 0, 255]),
        options,
      ).subarray(0, 8),
    ]).toEqual([0, 0, 0, 0, 100, 100, 100, 100]);
    expect(() => squareOf(half, { ...options, size: 16, enlarge: false })).toThrow("8 x 8 pixels are smaller than 16");
  });
});
