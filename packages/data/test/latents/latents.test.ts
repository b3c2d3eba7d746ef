import { writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { type DataSource, type DataSpec, fingerprint } from "../../src/index.js";
import { type Opening, openSource } from "../../src/node.js";
import { numberAt, temporary, tensor, write } from "./files.js";

const COUNT = 40;
const SHAPE = [2, 2, 3] as const;
const EACH = 12;

let cache: string;
let folder: string;
beforeEach(() => {
  cache = temporary();
  folder = temporary();
});

const values = (count = COUNT, from = 0): number[] =>
  Array.from({ length: count * EACH }, (_, i) => numberAt(from + Math.floor(i / EACH), i % EACH));

const latents = (count = COUNT, from = 0) => tensor([count, ...SHAPE], values(count, from));

const open = (options: object = {}, opening: Opening = {}): Promise<DataSource> =>
  openSource({ source: "latents", path: path.join(folder, "*.safetensors"), validation: 0.3, ...options } as DataSpec, {
    cacheFolder: cache,
    ...opening,
  });

/** Which latent a batch has at a place, by its first value. */
const numbersOf = (source: DataSource, split: string): number[] => {
  const { images } = source.batch(split, 0, source.size(split));
  return Array.from({ length: source.size(split) }, (_, i) => {
    const found = Array.from({ length: 200 }, (__, n) => n).find(
      (n) => numberAt(n, 0) === images[i * EACH] && numberAt(n, 1) === images[i * EACH + 1],
    );
    expect(found).toBeDefined();
    return found!;
  });
};

const remarksOf = (source: DataSource): string => source.describe().provenance.remarks!.join("\n");

describe("latents of a file", () => {
  it("are there as they were written, each in one split", async () => {
    write(folder, "a.safetensors", { latents: latents() });
    const source = await open();
    expect(source).toMatchObject({ name: "latents-2x2x3", shape: SHAPE, latents: { scale: [1, 1], shift: [0, 0] } });
    const numbers = ["train", "validation"].map((split) => numbersOf(source, split));
    expect(numbers.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: COUNT }, (_, i) => i));
    expect(numbers[1]!.length).toBeGreaterThan(4);
    const { images } = source.batch("train", 0, numbers[0]!.length);
    expect([...images]).toEqual(numbers[0]!.flatMap((n) => values(1, n)));
    expect(source.caption("train", 0)).toBe("");
  });

  it("are given as (x − shift) × scale, for all channels or each", async () => {
    write(folder, "a.safetensors", { latents: latents() });
    const [plain, scaled] = [await open(), await open({ scale: [2, 0.5], shift: [1, -3] })];
    expect(scaled.latents).toEqual({ scale: [2, 0.5], shift: [1, -3] });
    const expected = plain.batch("train", 0, 5).images.map((x, i) => (i % EACH < 6 ? (x - 1) * 2 : (x + 3) * 0.5));
    expect(scaled.batch("train", 0, 5).images).toEqual(expected);
    await expect(open({ scale: [1, 2, 3] })).rejects.toThrow(
      "data.scale is a list of 3; it must be one number, or one for each of 2 channels",
    );
    await expect(open({ scale: 0 })).rejects.toThrow("data.scale is 0; it must be another number");
  });

  it("may lie in several files, named by a list or a pattern, in any format", async () => {
    write(folder, "all.safetensors", { latents: latents() });
    const whole = fingerprint(await open());
    const parts = temporary();
    const shards = [
      write(parts, "a.safetensors", { latents: latents(15) }),
      write(parts, "b.safetensors", { latents: latents(25, 15) }),
    ];
    for (const named of [
      shards,
      [...shards].reverse(),
      path.join(parts, "[ab].safetensors"),
      path.join(parts, "*.safetensors"),
    ])
      expect(fingerprint(await open({ path: named }))).toEqual(whole);
    const half = temporary();
    for (const format of ["F16", "F64"] as const) {
      const file = write(half, `${format}.safetensors`, { x: tensor([COUNT, ...SHAPE], values(), format) });
      expect(fingerprint(await open({ path: file, key: "x" }))).toEqual(whole);
    }
  });

  it("are known by what they hold, whatever their files are called and wherever they lie", async () => {
    write(folder, "a.safetensors", { latents: latents() });
    const here = fingerprint(await open());
    const elsewhere = temporary();
    write(elsewhere, "b.safetensors", { z: latents(), other: tensor([1], [7]) });
    expect(
      fingerprint(await open({ path: path.join(elsewhere, "b.safetensors"), key: "z" }, { cacheFolder: temporary() })),
    ).toEqual(here);
    const decoder = { kind: "none" };
    expect(fingerprint(await open({ decoder }))).toEqual(here);
    const data = values();
    data[100]! += 2 ** -10;
    write(elsewhere, "c.safetensors", { latents: tensor([COUNT, ...SHAPE], data) });
    const others = [
      await open({ path: path.join(elsewhere, "c.safetensors") }),
      await open({ scale: 2 }),
      await open({ scale: [1, 2] }),
      await open({ shift: 1 }),
      await open({ validation: 0.4 }),
    ].map((source) => fingerprint(source).content);
    expect(new Set([here.content, ...others]).size).toBe(6);
    expect(fingerprint(await open({ scale: [1, 1] }))).toEqual(here);
    const seeded = fingerprint(await open({ seed: 3 }));
    expect([seeded.content, seeded.run === here.run]).toEqual([here.content, false]);
  });

  it("are read anew when a file changes, and not otherwise", async () => {
    const file = write(folder, "a.safetensors", { latents: latents() });
    const stages: string[] = [];
    const opening = { onProgress: ({ stage }: { readonly stage: string }) => stages.push(stage) };
    const before = fingerprint(await open({}, opening));
    expect(stages).toContain("decoding");
    stages.length = 0;
    await open({}, opening);
    expect(stages).not.toContain("decoding");
    writeFileSync(file, "");
    write(folder, "a.safetensors", { latents: latents(COUNT, 1) });
    expect(fingerprint(await open({}, opening)).content).not.toBe(before.content);
    expect(stages).toContain("decoding");
  });

  it("can be held out by file", async () => {
    write(folder, "train.safetensors", { latents: latents(30) });
    write(folder, "val.safetensors", { latents: latents(10, 30) });
    const source = await open({ validation: ["val.safetensors"] });
    expect(numbersOf(source, "validation").sort((a, b) => a - b)).toEqual([30, 31, 32, 33, 34, 35, 36, 37, 38, 39]);
    const one = await open({ validation: ["train.safetensors/7"] });
    expect(numbersOf(one, "validation")).toEqual([7]);
  });

  it("stop being read when they are told to, and leave nothing behind", async () => {
    write(folder, "a.safetensors", { latents: latents() });
    const stop = new AbortController();
    const onProgress = ({ stage, done }: { readonly stage: string; readonly done: number }) => {
      if (stage === "decoding" && done === 5) stop.abort(new Error("enough"));
    };
    await expect(open({}, { signal: stop.signal, onProgress })).rejects.toThrow("enough");
    expect(numbersOf(await open(), "train").length).toBeGreaterThan(0);
  });
});

describe("what belongs to latents", () => {
  const labels = Array.from({ length: COUNT }, (_, i) => (i * 7) % 3);

  it("labels are classes, by their numbers or names", async () => {
    write(folder, "a.safetensors", { latents: latents(), labels: tensor([COUNT], labels, "I32") });
    const classNames = ["Golden Retriever", "cat", "ship"];
    const names = path.join(temporary(), "names.txt");
    writeFileSync(names, `${classNames.join("\n")}\n`);
    for (const given of [classNames, names]) {
      const source = await open({ labels: "labels", classNames: given });
      const { captions } = source.batch("train", 0, source.size("train"));
      for (const [i, n] of numbersOf(source, "train").entries()) {
        expect(source.caption("train", i)).toBe(classNames[labels[n]!]);
        expect(captions[i]).toBe(labels[n]! + 1);
      }
      expect(source).toMatchObject({
        captionLength: 1,
        vocabulary: { words: ["<pad>", "golden-retriever", "cat", "ship"] },
      });
    }
    const numbered = await open({ labels: "labels" });
    expect(numbered.vocabulary.words).toEqual(["<pad>", "0", "1", "2"]);
    await expect(open({ labels: "labels", classNames: ["a", "b"] })).rejects.toThrow(
      "there is a label 2 and there are 2 class names",
    );
    await expect(open({ classNames })).rejects.toThrow("data.classNames are given, and no data.labels");
  });

  it("labels may lie in a file of their own", async () => {
    write(folder, "a.safetensors", { latents: latents() });
    const other = temporary();
    const inside = await open({
      labels: { path: write(other, "y.safetensors", { y: tensor([COUNT], labels, "U8") }), key: "y" },
    });
    const named = await open({ labels: write(other, "l.safetensors", { labels: tensor([COUNT, 1], labels, "I32") }) });
    expect(fingerprint(named)).toEqual(fingerprint(inside));
    expect(named.caption("train", 0)).toBe(String(labels[numbersOf(named, "train")[0]!]));
  });

  it("captions are lines of text, or of JSON", async () => {
    write(folder, "a.safetensors", { latents: latents() });
    const caption = (n: number) => `Latent number ${n}, a "good" one.`;
    const numbers = Array.from({ length: COUNT }, (_, i) => i);
    const other = temporary();
    const files = {
      "a.txt": `\uFEFF${numbers.map(caption).join("\r\n")}\r\n`,
      "b.jsonl": numbers.map((n) => JSON.stringify({ file: n, caption: caption(n) })).join("\n"),
      "c.jsonl": numbers.map((n) => JSON.stringify(caption(n))).join("\n"),
    };
    const prints = new Set<string>();
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(path.join(other, name), text);
      const source = await open({ captions: path.join(other, name), captionLength: 4, vocabulary: 100 });
      for (const [i, n] of numbersOf(source, "validation").entries()) {
        expect(source.caption("validation", i)).toBe(caption(n));
        expect(source.batch("validation", i, 1).captions).toEqual(source.vocabulary.encode(caption(n), 4));
      }
      expect(source.masked).toBe(true);
      prints.add(fingerprint(source).run);
    }
    expect(prints.size).toBe(1);
  });

  it("an empty line is the empty caption", async () => {
    write(folder, "a.safetensors", { latents: latents(20) });
    const file = path.join(temporary(), "c.txt");
    writeFileSync(file, `\n${"x\n".repeat(18)}\n`);
    const source = await open({ captions: file, captionLength: 2 });
    const at = (split: string) =>
      numbersOf(source, split).flatMap((n, i) => (n === 0 || n === 19 ? [source.caption(split, i)] : []));
    expect([...at("train"), ...at("validation")]).toEqual(["", ""]);
  });

  it("features are vectors with lengths or a mask, zeros past them", async () => {
    const [tokens, dim] = [3, 2];
    const lengths = Array.from({ length: COUNT }, (_, i) => i % 4);
    const vectors = Array.from({ length: COUNT * tokens * dim }, (_, i) => (i % 50) - 20);
    const mask = lengths.flatMap((length) => [0, 1, 2].map((slot) => Number(slot < length)));
    const captions = path.join(temporary(), "c.txt");
    writeFileSync(captions, Array.from({ length: COUNT }, (_, i) => `number ${i}`).join("\n"));
    write(folder, "a.safetensors", {
      latents: latents(),
      t5: tensor([COUNT, tokens, dim], vectors, "F16"),
      lengths: tensor([COUNT], lengths, "I32"),
      mask: tensor([COUNT, tokens], mask, "U8"),
    });
    const source = await open({ captions, features: { key: "t5", lengths: "lengths" } });
    expect(source.features).toEqual({ tokens, dim });
    const size = source.size("train");
    const batch = source.batch("train", 0, size);
    for (const [i, n] of numbersOf(source, "train").entries()) {
      const own = vectors.slice(n * 6, n * 6 + 6).map((value, at) => (at < lengths[n]! * dim ? value : 0));
      expect([...batch.features!.subarray(i * 6, i * 6 + 6)]).toEqual(own.map((value) => value + 0));
      expect(batch.lengths![i]).toBe(Math.max(1, lengths[n]!));
      expect(source.caption("train", i)).toBe(`number ${n}`);
    }
    const masked = await open({ captions, features: { key: "t5", mask: "mask" } });
    expect(fingerprint(masked)).toEqual(fingerprint(source));
    const all = await open({ captions, features: { key: "t5" } });
    expect([...all.batch("train", 0, 5).lengths!]).toEqual([3, 3, 3, 3, 3]);
    expect(fingerprint(all).content).not.toBe(fingerprint(source).content);
    // What lies past a caption's length is nobody's.
    const padded = vectors.map((value, i) => (Math.floor(i / dim) % tokens < lengths[Math.floor(i / 6)]! ? value : 99));
    const features = {
      path: write(temporary(), "f.safetensors", {
        features: tensor([COUNT, tokens, dim], padded),
        n: tensor([COUNT], lengths, "I32"),
      }),
      lengths: "n",
    };
    expect(fingerprint(await open({ captions, features }))).toEqual(fingerprint(source));
    const reversed = temporary();
    const order = Array.from({ length: COUNT }, (_, i) => COUNT - 1 - i);
    const turned = <T>(list: readonly T[], each: number) => order.flatMap((n) => list.slice(n * each, (n + 1) * each));
    write(reversed, "r.safetensors", {
      latents: tensor([COUNT, ...SHAPE], turned(values(), EACH)),
      features: tensor([COUNT, tokens, dim], turned(vectors, 6)),
      lengths: tensor([COUNT], turned(lengths, 1), "I32"),
      labels: tensor([COUNT], turned(lengths, 1), "I32"),
    });
    const [forth, back] = [
      await open({ features: { key: "t5", lengths: "lengths" } }),
      await open({ path: path.join(reversed, "r.safetensors"), features: { lengths: "lengths" } }),
    ];
    expect(fingerprint(back)).toEqual(fingerprint(forth));
    expect(back.batch("train", 3, 9)).toEqual(forth.batch("train", 3, 9));
    // One vector for each caption, beside classes.
    const pooled = {
      path: write(temporary(), "p.safetensors", { features: tensor([COUNT, dim], vectors.slice(0, COUNT * dim)) }),
    };
    const classes = await open({ labels: "lengths", features: pooled });
    expect([classes.features, classes.captionLength]).toEqual([{ tokens: 1, dim }, 1]);
  });
});

describe("what a person is told", () => {
  /** Latents whose channels have these means and deviations, exactly: half of the values on each side. */
  const distributed = (means: readonly number[], deviations: readonly number[]) =>
    tensor(
      [64, means.length, 2, 2],
      Array.from({ length: 64 * means.length * 4 }, (_, i) => {
        const [place, channel, n] = [i % 4, Math.floor(i / 4) % means.length, Math.floor(i / 4 / means.length)];
        // The last value makes each latent another, by less than shows.
        return (
          means[channel]! +
          (place % 2 === 0 ? -1 : 1) * deviations[channel]! * (1 + ((place > 1 ? 1e-4 : -1e-4) * n) / 64)
        );
      }),
    );

  it("means and deviations of the channels, and which scale and shift would be right", async () => {
    write(folder, "a.safetensors", { latents: distributed([0, 8, -3, 0.1], [1, 2, 0.25, 1.1]) });
    const remarks = remarksOf(await open());
    expect(remarks).toMatch(
      /^training on \d\d latents: means 0, 8, -3, 0.1, standard deviations 1, 2, 0.25, 1.1 of the channels$/m,
    );
    expect(remarks).toContain(
      "channels 1, 2 are far from mean 0 and deviation 1, for which noise schedules are made; shift: [0, 8, -3, 0.1] and scale: [1, 0.5, 4, 0.909] would bring them there",
    );
    const right = remarksOf(await open({ shift: [0, 8, -3, 0.1], scale: [1, 0.5, 4, 0.909] }));
    expect(right).not.toContain("far from");
    expect(right).toMatch(/means 0, 0, 0, 0, standard deviations 1, 1, 1, 1 of/);
    // Told of what is given now, it names what to write instead.
    expect(remarksOf(await open({ shift: 1, scale: 2 }))).toContain(
      "shift: [0, 8, -3, 0.1] and scale: [1, 0.5, 4, 0.909] would",
    );
  });

  it("that a channel is constant", async () => {
    write(folder, "a.safetensors", { latents: distributed([0, 5], [1, 0]) });
    expect(remarksOf(await open())).toContain("channel 1 is constant: a model learns nothing from it");
  });
});

describe("latents that cannot be used", () => {
  it("are named by file and index, and refused or skipped with what belongs to them", async () => {
    const data = values();
    data[7 * EACH + 8] = Number.NaN;
    data[31 * EACH] = Number.NEGATIVE_INFINITY;
    const vectors = Array.from({ length: COUNT * 2 }, (_, i) => i);
    vectors[12 * 2] = Number.NaN;
    const labels = Array.from({ length: COUNT }, (_, i) => i);
    write(folder, "a.safetensors", {
      latents: tensor([COUNT, ...SHAPE], data),
      features: tensor([COUNT, 2], vectors),
      labels: tensor([COUNT], labels, "I32"),
    });
    const error = await open().catch(({ message }: Error) => message);
    expect(error).toBe(
      "latents: 2 of its images cannot be used; put them right, or leave such out with bad: skip\n  a.safetensors/7: it is NaN at channel 1, row 0, column 2\n  a.safetensors/31: it is -Infinity at channel 0, row 0, column 0",
    );
    const source = await open({ bad: "skip", features: {}, labels: "labels" });
    expect(source.size("train") + source.size("validation")).toBe(COUNT - 3);
    expect(remarksOf(source)).toContain(
      "3 images were left out: a.safetensors/7 (it is NaN at channel 1, row 0, column 2), a.safetensors/12 (vector 0 of features has NaN), a.safetensors/31",
    );
    const batch = source.batch("train", 0, source.size("train"));
    for (const [i, n] of numbersOf(source, "train").entries()) {
      expect([...batch.features!.subarray(2 * i, 2 * i + 2)]).toEqual([2 * n, 2 * n + 1]);
      expect(source.caption("train", i)).toBe(String(n));
    }
    await expect(open({ features: {}, labels: "labels" })).rejects.toThrow("3 of its images cannot be used");
  });

  it("an f64 beyond f32 is infinite", async () => {
    const data = values();
    data[5] = 1e300;
    write(folder, "a.safetensors", { latents: tensor([COUNT, ...SHAPE], data, "F64") });
    await expect(open()).rejects.toThrow("a.safetensors/0: it is Infinity at channel 0, row 1, column 2");
  });
});

describe("inputs that do not fit are refused by name", () => {
  it.each<[string, object, object, string]>([
    ["no such file", {}, { path: "./none-*.npz" }, "there is no file ./none-*.npz"],
    ["no such array", {}, { key: "z" }, 'a.safetensors has no array "z"; it has "latents"'],
    [
      "three axes",
      { latents: tensor([COUNT, 4, 3], values()) },
      {},
      "is [40, 4, 3]; latents must be [n, channels, height, width]",
    ],
    ["no latents", { latents: tensor([0, 2, 2, 3], []) }, {}, "is [0, 2, 2, 3]; latents must be"],
    ["a single number", { latents: tensor([], [1]) }, {}, "is a single number; it must have a row for each image"],
    [
      "too few labels",
      { labels: tensor([39], new Uint8Array(39), "U8") },
      { labels: "labels" },
      'a.safetensors, "labels" has 39 rows for 40 images',
    ],
    [
      "labels between",
      { labels: tensor([COUNT], values(4).slice(0, COUNT)) },
      { labels: "labels" },
      "label 0 is -1.5; labels must be whole numbers from 0",
    ],
    [
      "labels of two",
      { labels: tensor([COUNT, 2], new Uint8Array(80), "U8") },
      { labels: "labels" },
      "is [40, 2]; it must have one label for each latent",
    ],
    [
      "labels and captions",
      {},
      { labels: "labels", captions: "x.txt" },
      "data has labels and captions; give one of the two",
    ],
    [
      "two extents",
      {},
      { features: { lengths: "a", mask: "b" } },
      "data.features has lengths and a mask; give one of the two",
    ],
    [
      "features of four axes",
      { features: tensor([COUNT, 1, 1, 1], values(4).slice(0, 40)) },
      { features: {} },
      "features must be [n, tokens, dim], or [n, dim]",
    ],
    [
      "a length too long",
      { features: tensor([COUNT, 2, 1], values(7).slice(0, 80)), n: tensor([COUNT], new Array(40).fill(3), "U8") },
      { features: { lengths: "n" } },
      "a.safetensors/0: n says 3, which is no number of vectors from 0 to 2",
    ],
    [
      "a mask with holes",
      {
        features: tensor([COUNT, 2, 1], values(7).slice(0, 80)),
        m: tensor([COUNT, 2], new Array(40).fill([0, 1]).flat(), "U8"),
      },
      { features: { mask: "m" } },
      "m has other than ones, then zeros; vectors that count must come first",
    ],
    [
      "a mask of another size",
      { features: tensor([COUNT, 2, 1], values(7).slice(0, 80)), m: tensor([COUNT], new Array(40).fill(1), "U8") },
      { features: { mask: "m" } },
      'a.safetensors, "m" is [40]; it must be [n, 2]',
    ],
    ["an unknown option", {}, { keys: "x" }, 'data has an unknown key "keys"; did you mean "key"'],
    ["an unknown decoder", {}, { decoder: { kind: "safetensor" } }, 'data.decoder.kind is "safetensor"'],
  ])("%s", async (_, tensors, options, message) => {
    write(folder, "a.safetensors", { latents: latents(), ...tensors });
    await expect(open(options)).rejects.toThrow(message);
  });

  it("too few and too many captions, and lines that are none", async () => {
    write(folder, "a.safetensors", { latents: latents() });
    const file = path.join(temporary(), "c.jsonl");
    const lines = (count: number) => '"a caption"\n'.repeat(count);
    writeFileSync(file, lines(39));
    await expect(open({ captions: file })).rejects.toThrow(
      "c.jsonl has 39 lines for 40 latents; it must have one for each",
    );
    writeFileSync(file, lines(41));
    await expect(open({ captions: file })).rejects.toThrow("c.jsonl has more than 40 lines, one for each latent");
    writeFileSync(file, `${lines(2)}{"txt":"x"}\n${lines(37)}`);
    await expect(open({ captions: file })).rejects.toThrow(
      'c.jsonl: line 3 is no JSON text, nor a record with a text "text" or "caption"',
    );
  });

  it("files of other shapes, and a folder", async () => {
    const a = write(folder, "a.safetensors", { latents: latents() });
    const b = write(folder, "b.safetensors", { latents: tensor([1, 2, 3, 2], values(1)) });
    await expect(open()).rejects.toThrow(`${b}, "latents" has rows of [2, 3, 2], and ${a}, "latents" of [2, 2, 3]`);
    await expect(open({ path: folder })).rejects.toThrow(
      `latents: ${folder} is a folder; name its files, such as ${path.join(folder, "*")}`,
    );
  });
});
