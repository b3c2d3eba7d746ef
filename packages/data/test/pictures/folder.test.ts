import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import sharp from "sharp";
import { beforeEach, describe, expect, it } from "vitest";
import { type DataSource, type DataSpec, fingerprint } from "../../src/index.js";
import { type Opening, openSource } from "../../src/node.js";
import { captioned, picture, plain, put, temporary } from "./files.js";

let cache: string;
let folder: string;
beforeEach(() => {
  cache = temporary();
  folder = temporary();
});

const open = (options: object = {}, opening: Opening = {}): Promise<DataSource> =>
  openSource({ source: "images", path: folder, size: 16, validation: 0.3, ...options } as DataSpec, {
    cacheFolder: cache,
    ...opening,
  });

/** All captions of a split, sorted. */
const captions = (source: DataSource, split: string): string[] =>
  Array.from({ length: source.size(split) }, (_, i) => source.caption(split, i)).sort();

const all = (source: DataSource): string[] => [...captions(source, "train"), ...captions(source, "validation")].sort();

/** The only training image of a set whose other image is held out. */
const trained = async (image: Uint8Array, options: object = {}): Promise<number[]> => {
  put(folder, { "it.png": image, "held.png": await picture(99, 64) });
  const source = await open({ validation: ["held.png"], captions: "none", enlarge: true, ...options });
  return Array.from(source.batch("train", 0, 1).images, (value) => Math.round((value + 1) * 127.5));
};

describe("a folder of images", () => {
  it("has each image with the caption beside it, in folders below too", async () => {
    const files = await captioned(20);
    put(folder, { ...files, "deep/er/x.JPEG": await picture(50, 40, "jpeg"), "deep/er/x.txt": "Deep down" });
    const source = await open();
    expect(source.shape).toEqual([3, 16, 16]);
    expect(all(source)).toEqual(
      [...Array.from({ length: 20 }, (_, i) => `Picture number ${i}, a red one.`), "Deep down"].sort(),
    );
    const { images, captions: ids } = source.batch("train", 0, source.size("train"));
    for (let i = 0; i < source.size("train"); i++) {
      const number = Number(/\d+/.exec(source.caption("train", i))?.[0] ?? 50);
      const mean = images.subarray(i * 768, i * 768 + 256).reduce((sum, value) => sum + value, 0) / 256;
      expect(Math.abs((mean + 1) * 127.5 - ((number * 37) % 200) - 15.5)).toBeLessThan(3);
      const encoded = source.vocabulary.encode(source.caption("train", i), source.captionLength);
      expect(ids.subarray(i * 16, i * 16 + 16)).toEqual(encoded);
    }
    expect(source.describe()).toMatchObject({
      name: "images-16",
      masked: true,
      captionLength: 16,
      settings: {
        captions: "words",
        fit: "cover",
        kernel: "lanczos3",
        background: "#ffffff",
        size: 16,
        validation: 0.3,
      },
      provenance: {
        name: "images",
        package: null,
        licence: "not stated",
        renderer: expect.stringContaining("libvips"),
      },
    });
  });

  it("has one fingerprint wherever it lies, whatever its files are called, and another once a pixel or a caption changes", async () => {
    const files = await captioned(12);
    put(folder, files);
    const print = async (options: object = {}) => fingerprint(await open(options));
    const first = await print();
    expect(JSON.stringify((await open()).describe())).not.toContain(folder);
    const elsewhere = put(path.join(temporary(), "other"), files);
    expect(await print({ path: elsewhere })).toEqual(first);
    for (const ending of ["png", "txt"])
      renameSync(path.join(elsewhere, `0.${ending}`), path.join(elsewhere, `zz.${ending}`));
    expect(await print({ path: elsewhere })).toEqual(first);
    expect(await print({ seed: 1 })).toEqual({ content: first.content, run: expect.not.stringMatching(first.run) });
    put(elsewhere, { "3.txt": "another" });
    const caption = await print({ path: elsewhere });
    put(elsewhere, { "3.txt": files["3.txt"]!, "3.png": await picture(1003) });
    const pixel = await print({ path: elsewhere });
    const others = [caption, pixel, await print({ fit: "fill", size: 8 }), await print({ channels: 1 })];
    expect(new Set([first, ...others].map(({ content }) => content)).size).toBe(5);
  });

  it("is decoded once: the same content elsewhere takes what is kept, and so does another opening", async () => {
    const files = await captioned(6);
    put(folder, files);
    const stages: string[] = [];
    const seen = (options: object = {}) =>
      open(options, { onProgress: ({ stage, done }) => stages.push(`${stage} ${done > 0}`) });
    const first = await seen();
    expect(new Set(stages)).toEqual(new Set(["reading true", "decoding true"]));
    stages.length = 0;
    const again = await seen({ path: put(temporary(), files) });
    expect(new Set(stages)).toEqual(new Set(["reading true"]));
    expect(again.batch("train", 0, 5)).toEqual(first.batch("train", 0, 5));
  });

  it("is not even read again once its files have not changed for a while", async () => {
    put(folder, await captioned(6));
    await new Promise((resolve) => setTimeout(resolve, 2100));
    const first = await open();
    const stages: string[] = [];
    const again = await open({}, { onProgress: ({ stage }) => stages.push(stage) });
    expect(stages).toEqual([]);
    expect(fingerprint(again)).toEqual(fingerprint(first));
    put(folder, { "0.txt": "changed" });
    expect(fingerprint(await open()).content).not.toBe(fingerprint(first).content);
  });

  it("reads captions from a table, as it reads them beside the images", async () => {
    const files = await captioned(8);
    const fromTexts = await open({ path: put(temporary(), files) });
    const images = Object.fromEntries(Object.entries(files).filter(([name]) => name.endsWith(".png")));
    const text = (i: number) => `Picture number ${i}, a red one.`;
    const numbers = [0, 1, 2, 3, 4, 5, 6, 7];
    const tables = {
      "captions.jsonl": numbers.map((i) => `${JSON.stringify({ file: `./${i}.png`, text: text(i) })}\n`).join(""),
      "captions.csv": `\uFEFFid,file,text\r\n${numbers.map((i) => `${i},${i}.png,"${text(i)}"`).join("\r\n")}\r\n`,
      "metadata.csv": `file_name,caption\n${numbers.map((i) => `${i}.png,"${text(i)}"`).join("\n")}`,
    };
    for (const [name, table] of Object.entries(tables)) {
      const source = await open({ path: put(temporary(), { ...images, [name]: table }) });
      expect(fingerprint(source), name).toEqual(fingerprint(fromTexts));
    }
  });

  it("has folders as classes, of any names", async () => {
    for (const [at, name] of ["Golden Retriever", "n01440764", "tench"].entries())
      for (let i = 0; i < 5; i++) put(folder, { [`train/${name}/${i}.png`]: await picture(10 * at + i) });
    const source = await open();
    expect(source.captionLength).toBe(1);
    expect(source.vocabulary.words).toEqual(["<pad>", "golden-retriever", "n01440764", "tench"]);
    expect(all(source)).toEqual(["Golden Retriever", "n01440764", "tench"].flatMap((name) => Array(5).fill(name)));
    expect(source.describe().settings).toMatchObject({
      captions: "classes",
      classes: ["Golden Retriever", "n01440764", "tench"],
    });
  });

  it("may have no captions", async () => {
    for (let i = 0; i < 20; i++) put(folder, { [`${i}.webp`]: await picture(i, 24, "webp") });
    const source = await open();
    expect([source.vocabulary.size, source.captionLength]).toEqual([1, 1]);
    expect([...source.batch("train", 0, 3).captions]).toEqual([0, 0, 0]);
  });

  it("follows links, and does not go round in circles", async () => {
    put(folder, await captioned(6));
    mkdirSync(path.join(folder, "loop"));
    symlinkSync(folder, path.join(folder, "loop", "back"));
    symlinkSync(path.join(folder, "missing"), path.join(folder, "broken.png"));
    symlinkSync(put(temporary(), { "a.png": await picture(77), "a.txt": "linked" }), path.join(folder, "linked"));
    put(folder, { ".hidden/x.png": "no image", "._0.png": "no image", "notes.md": "none" });
    expect(all(await open())).toHaveLength(7);
  });
});

describe("pixels", () => {
  const uniform = (levels: number[], expected: readonly number[], tolerance = 1) => {
    const each = levels.length / expected.length;
    for (const [channel, level] of expected.entries())
      for (const value of levels.slice(channel * each, (channel + 1) * each))
        expect(Math.abs(value - level)).toBeLessThanOrEqual(tolerance);
  };

  it("keep their colour at any size", async () => {
    uniform(await trained(await plain("#c86432", 40)), [200, 100, 50]);
    uniform(await trained(await plain("#c86432", 512), { size: 8 }), [200, 100, 50]);
    uniform(await trained(await plain("#c86432", 10), { size: 64 }), [200, 100, 50]);
  });

  it("are the file's own where nothing is resized", async () => {
    const levels = await trained(await picture(5, 16));
    const raw = await sharp(await picture(5, 16))
      .raw()
      .toBuffer();
    expect(levels).toEqual(
      [0, 1, 2].flatMap((channel) => Array.from({ length: 256 }, (_, i) => raw[3 * i + channel]!)),
    );
  });

  /** Left half red, right half blue, twice as wide as high. */
  const halves = () =>
    sharp(
      Uint8Array.from({ length: 64 * 32 * 3 }, (_, i) => (i % 3 === (Math.floor(i / 3) % 64 < 32 ? 0 : 2) ? 255 : 0)),
      {
        raw: { width: 64, height: 32, channels: 3 },
      },
    );
  const red = (levels: number[], x: number, y: number) => levels[y * 16 + x]!;
  const blue = (levels: number[], x: number, y: number) => levels[512 + y * 16 + x]!;

  it("are cropped around the centre, filled up or stretched", async () => {
    const image = await halves().png().toBuffer();
    const cover = await trained(image, { fit: "cover" });
    const fill = await trained(image, { fit: "fill" });
    for (const levels of [cover, fill])
      for (const y of [0, 8, 15]) expect([red(levels, 1, y), blue(levels, 14, y)]).toEqual([255, 255]);
    const contain = await trained(image, { fit: "contain", background: "#00ff00" });
    expect([red(contain, 1, 8), blue(contain, 14, 8)]).toEqual([255, 255]);
    for (const y of [0, 15])
      expect([red(contain, 8, y), contain[256 + y * 16 + 8], blue(contain, 8, y)]).toEqual([0, 255, 0]);
    const corner = await halves().extend({ left: 64, background: "#ffffff" }).png().toBuffer();
    expect(red(await trained(corner, { fit: "cover" }), 8, 8)).toBeGreaterThan(200);
  });

  it("are turned as EXIF says", async () => {
    const image = await halves()
      .jpeg({ quality: 100, chromaSubsampling: "4:4:4" })
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const levels = await trained(image, { fit: "fill" });
    for (const x of [1, 14]) {
      expect(red(levels, x, 1)).toBeGreaterThan(240);
      expect(blue(levels, x, 14)).toBeGreaterThan(240);
    }
  });

  it("lie on the background where they are transparent", async () => {
    const half = await sharp({
      create: { width: 20, height: 20, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0.5 } },
    })
      .png()
      .toBuffer();
    uniform(await trained(half), [255, 127, 127]);
    uniform(await trained(half, { background: "#000000" }), [128, 0, 0]);
  });

  it("are read from 16 bits, from grey, and as grey", async () => {
    const deep = await sharp(new Uint16Array(20 * 20).fill(0x8080), { raw: { width: 20, height: 20, channels: 1 } })
      .toColourspace("grey16")
      .png()
      .toBuffer();
    expect((await sharp(deep).metadata()).depth).toBe("ushort");
    uniform(await trained(deep), [128, 128, 128]);
    uniform(await trained(await plain("#808080", 20), { channels: 1 }), [128]);
    const source = await open({ channels: 1, captions: "none", validation: ["held"] });
    expect(source.shape).toEqual([1, 16, 16]);
  });
});

describe("what cannot be used", () => {
  const broken = async () => {
    const jpeg = await picture(60, 200, "jpeg");
    put(folder, {
      ...(await captioned(10)),
      "cut.jpg": jpeg.subarray(0, jpeg.length / 2),
      "cut.txt": "cut short",
      "empty.png": await picture(61),
      "empty.txt": "  \n",
      "small.png": await picture(62, 12),
      "small.txt": "too small",
    });
  };

  it("is refused by its names and reasons, with what to do", async () => {
    await broken();
    const refused = await open().catch((error: Error) => error.message);
    expect(refused).toBe(
      [
        "images: 3 of its images cannot be used; put them right, or leave such out with bad: skip",
        "  cut.jpg: it is damaged or cut short",
        "  empty.png: its caption is empty",
        "  small.png: 12 x 12 pixels are smaller than 16",
      ].join("\n"),
    );
    expect(readdirSync(cache).filter((name) => name !== "known")).toEqual([]);
    rmSync(path.join(folder, "0.txt"));
    for (const i of [1, 2, 3]) put(folder, { [`${i}.png`]: "not an image" });
    await expect(open()).rejects.toThrow("at least 5 of its images cannot be used");
    await expect(open()).rejects.toThrow("0.png: it has no 0.txt");
  });

  it("is left out where that is asked for, and told", async () => {
    await broken();
    const source = await open({ bad: "skip" });
    expect(all(source)).toHaveLength(10);
    expect(source.describe().provenance.remarks![0]).toBe("all images were of 24 x 24 pixels");
    expect(source.describe().provenance.remarks![1]).toBe(
      "3 images were left out: cut.jpg (it is damaged or cut short), empty.png (its caption is empty), small.png (12 x 12 pixels are smaller than 16)",
    );
    await expect(open()).rejects.toThrow("3 of its images cannot be used");
    const clean = await open({ path: put(temporary(), await captioned(10)) });
    expect(fingerprint(source)).toEqual(fingerprint(clean));
    expect(all(await open({ bad: "skip", enlarge: true }))).toContain("too small");
  });

  it("is an error where it is all there is", async () => {
    await expect(open({ path: path.join(folder, "nowhere") })).rejects.toThrow(/there is no folder .*nowhere/);
    await expect(open()).rejects.toThrow("images: there are no images in");
    put(folder, { "a.png": "no" });
    await expect(open({ bad: "skip" })).rejects.toThrow("1 of its images cannot be used");
    await expect(open({ captions: "words" })).rejects.toThrow('captions is "words", and there is no captions.jsonl');
  });

  it.each<[string, Record<string, string>, string]>([
    [
      "a row without a text",
      { "captions.csv": "file,txt\na.png,b\n" },
      'captions.csv: row 1 has file, txt; it must have the texts "file" and "text"',
    ],
    [
      "a line that is no JSON",
      { "captions.jsonl": '{"file":"a.png","text":"b"}\n{' },
      "captions.jsonl: line 2 is no JSON record",
    ],
    [
      "a file that is named twice",
      { "captions.csv": "file,text\na.png,b\na.png,c\n" },
      'row 2 is a second caption of "a.png"',
    ],
    ["a table that is no CSV", { "captions.csv": 'file,text\n"a.png,b\n' }, "captions.csv is no CSV table"],
    [
      "a file that is not there",
      { "captions.csv": "file,text\na.png,b\nz.png,c\n" },
      "z.png: captions.csv names it, and there is no such image",
    ],
    ["an image without a row", { "captions.csv": "file,text\nz.png,c\n" }, "a.png: captions.csv has no caption of it"],
  ])("may be in a table of captions: %s", async (_, files, message) => {
    put(folder, { "a.png": await picture(1), ...files });
    await expect(open()).rejects.toThrow(message);
  });

  it.each<[object, string]>([
    [{ size: 20 }, "data.size is 20; it must be a multiple of 8 from 8 to 512"],
    [{ size: 1024 }, "data.size is 1024; it must be a whole number"],
    [{ fit: "crop" }, 'data.fit is "crop"; it must be one of "cover", "contain", "fill"'],
    [{ background: "white" }, 'data.background is "white"; it must be a colour such as "#ffffff"'],
    [{ validation: 1 }, "data.validation is 1; it must be a share above 0 and below 1"],
    [{ channels: 4 }, "data.channels is 4; it must be 3 (red, green, blue) or 1 (grey)"],
    [{ path: undefined }, "data.path is missing; it must be a text"],
    [{ pathh: "x" }, 'data has an unknown key "pathh"; did you mean "path"?'],
  ])("may be an option: %j", async (options, message) => {
    await expect(open(options)).rejects.toThrow(message);
  });
});

describe("files", () => {
  it("that change while they are read are not kept under what they were", async () => {
    put(folder, await captioned(20));
    let changed = false;
    const change = async () => put(folder, { "19.png": await picture(777) });
    const opening = open(
      {},
      {
        onProgress: ({ stage }) => {
          if (stage === "reading" || changed) return;
          changed = true;
          writeFileSync(path.join(folder, "19.txt"), "changed");
        },
      },
    );
    await expect(opening).rejects.toThrow(/19\.txt was changed while it was read; run the same again/);
    await change();
    expect(all(await open())).toContain("changed");
  });

  it("of many sizes are told", async () => {
    put(folder, {
      "a.png": await plain("#ff0000", 40, 20),
      "b.png": await picture(1),
      "c.png": await plain("#00ff00", 16, 60),
    });
    const source = await open({ validation: ["b"] });
    expect(source.describe().provenance.remarks).toContain(
      "images were of 3 sizes, 16 x 20 to 40 x 60 pixels; 2 of 3 were no squares (fit: cover)",
    );
  });
});

describe("stopping", () => {
  it("leaves nothing behind, and goes on from the start", async () => {
    put(folder, await captioned(30));
    const stop = new AbortController();
    const opening = open(
      {},
      {
        signal: stop.signal,
        onProgress: ({ stage, done }) => {
          if (stage === "decoding" && done === 3) stop.abort(new Error("enough"));
        },
      },
    );
    await expect(opening).rejects.toThrow("enough");
    expect(readdirSync(cache).filter((name) => name !== "known")).toEqual([]);
    expect(all(await open())).toHaveLength(30);
  });
});

describe("what is kept", () => {
  const kept = () => path.join(cache, readdirSync(cache).find((name) => name !== "known")!);

  it.each(["records.bin", "hashes.bin", "texts.bin", "lengths.bin", "set.json"])(
    "is made anew when %s is damaged, cut or gone",
    async (file) => {
      put(folder, await captioned(8));
      const first = await open();
      const expected = first.batch("train", 0, 8);
      const harms = [(at: string) => rmSync(at), (at: string) => writeFileSync(at, "x")];
      const { readFileSync } = await import("node:fs");
      harms.push((at) => {
        const bytes = readFileSync(at);
        bytes[bytes.length >> 1]! ^= 1;
        writeFileSync(at, bytes);
      });
      for (const harm of harms) {
        harm(path.join(kept(), file));
        const again = await open();
        expect(again.batch("train", 0, 8)).toEqual(expected);
        expect(fingerprint(again)).toEqual(fingerprint(first));
      }
    },
  );
});
