import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  classes,
  type DataSource,
  type FiniteOptions,
  fingerprint,
  finiteSource,
  hashRecords,
  memoryStore,
  noCaptions,
  words,
} from "../../src/index.js";

const SHAPE = [3, 1, 1] as const;

/** A picture of one pixel, its file and its caption. */
interface Item {
  readonly level: number;
  readonly file: string;
  readonly caption: string;
}

const item = (level: number): Item => ({ level, file: `some/${level}.png`, caption: `level ${level}` });
const items = Array.from({ length: 200 }, (_, level) => item(level));

const sourceOf = (set: readonly Item[], options: Partial<FiniteOptions> = {}) => {
  const bytes = Uint8Array.from(set.flatMap(({ level }) => [level, 255 - level, 7]));
  return finiteSource({
    ...{ name: "levels", store: memoryStore(bytes, SHAPE), hashes: hashRecords(bytes, set.length) },
    captions: words((record) => set[record]!.caption, { vocabulary: 512, captionLength: 4 }),
    nameOf: (record) => set[record]!.file,
    validation: 0.2,
    provenance: { name: "levels", package: null, licence: "CC0", files: [], renderer: "none" },
    settings: {},
    ...options,
  });
};

const levelsOf = (source: DataSource, split: string): number[] => {
  const { images } = source.batch(split, 0, source.size(split));
  return Array.from({ length: images.length / 3 }, (_, i) => Math.round((images[3 * i]! + 1) * 127.5));
};

const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);

describe("a finite source", () => {
  const source = sourceOf(items);

  it("has every image in one split, and its caption with it", () => {
    const [train, validation] = [levelsOf(source, "train"), levelsOf(source, "validation")];
    expect(sorted([...train, ...validation])).toEqual(items.map(({ level }) => level));
    expect(validation.length).toBeGreaterThan(20);
    expect(validation.length).toBeLessThan(60);
    for (const [i, level] of train.entries()) expect(source.caption("train", i)).toBe(`level ${level}`);
  });

  it("has another order each epoch and counts epochs", () => {
    const size = source.size("train");
    const [first, second] = [0, size].map((start) => source.batch("train", start, size).images);
    expect(second).not.toEqual(first);
    expect(sorted([...second!])).toEqual(sorted([...first!]));
    expect(source.epoch("train", size - 1)).toBe(0);
    expect(source.epoch("train", size)).toBe(1);
  });

  it("ends validation after one pass, in an order that the seed does not change", () => {
    const other = sourceOf(items, { seed: 9 });
    expect(levelsOf(other, "validation")).toEqual(levelsOf(source, "validation"));
    expect(levelsOf(other, "train")).not.toEqual(levelsOf(source, "train"));
    expect(() => source.batch("validation", source.size("validation"), 1)).toThrow("past the end");
    expect(fingerprint(other).content).toBe(fingerprint(source).content);
    expect(fingerprint(other).run).not.toBe(fingerprint(source).run);
  });

  it("gives the same images in any chunks", () => {
    const whole = source.batch("train", 100, 120);
    fc.assert(
      fc.property(fc.nat(119), fc.nat(119), (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const part = source.batch("train", 100 + from, to - from);
        expect(part.images).toEqual(whole.images.subarray(3 * from, 3 * to));
        expect(part.captions).toEqual(whole.captions.subarray(4 * from, 4 * to));
      }),
    );
  });

  it("is the same however its files are called and ordered", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(items, { minLength: items.length }), (shuffledItems) => {
        const other = sourceOf(shuffledItems.map((each, i) => ({ ...each, file: `elsewhere/${i}.jpg` })));
        expect(fingerprint(other)).toEqual(fingerprint(source));
        expect(levelsOf(other, "train")).toEqual(levelsOf(source, "train"));
      }),
      { numRuns: 10 },
    );
  });

  it("moves no image to the other split when more are added", () => {
    const few = sourceOf(items.slice(0, 100));
    const held = new Set(levelsOf(source, "validation"));
    for (const level of levelsOf(few, "validation")) expect(held.has(level)).toBe(true);
    for (const level of levelsOf(few, "train")) expect(held.has(level)).toBe(false);
  });

  it("keeps duplicates on one side, and tells how many there are", () => {
    const twice = sourceOf([...items, ...items.slice(0, 50).map((each) => ({ ...each, file: `again/${each.file}` }))]);
    const train = new Set(levelsOf(twice, "train"));
    for (const level of levelsOf(twice, "validation")) expect(train.has(level)).toBe(false);
    expect(twice.size("train") + twice.size("validation")).toBe(250);
    expect(twice.describe().provenance.remarks).toContain(
      "50 of 250 images are exact duplicates of another; no image is in both splits",
    );
  });

  it("is another when an image, a caption or an option is", () => {
    const changed = [
      sourceOf(items.map((each) => (each.level === 3 ? { ...each, level: 250 } : each))),
      sourceOf(items.map((each) => (each.level === 3 ? { ...each, caption: "level three" } : each))),
      sourceOf(items, { validation: 0.25 }),
      sourceOf(items, { captions: noCaptions }),
      sourceOf(items, { settings: { fit: "fill" } }),
      sourceOf(items, { captions: words((record) => items[record]!.caption, { vocabulary: 5, captionLength: 4 }) }),
      sourceOf(items.slice(1)),
    ];
    const contents = [source, ...changed].map((each) => fingerprint(each).content);
    expect(new Set(contents).size).toBe(contents.length);
  });

  it("holds out what is named: files with or without their ending, and folders", () => {
    const set = items
      .slice(0, 10)
      .map((each) => ({ ...each, file: `${each.level < 3 ? "val" : "train"}/${each.level}.png` }));
    expect(sorted(levelsOf(sourceOf(set, { validation: ["val"] }), "validation"))).toEqual([0, 1, 2]);
    expect(sorted(levelsOf(sourceOf(set, { validation: ["./val/1.png", "train/5"] }), "validation"))).toEqual([1, 5]);
    const copied = sourceOf([...set, { ...set[1]!, file: "train/copy.png" }], { validation: ["val/"] });
    expect(sorted(levelsOf(copied, "validation"))).toEqual([0, 1, 1, 2]);
    expect(copied.describe().provenance.remarks).toContain(
      "1 images are held out because they equal one that validation names",
    );
    expect(() => sourceOf(set, { validation: ["val", "test"] })).toThrow(
      'validation names "test", which no image has; names are such as "val/0.png"',
    );
  });

  it("refuses splits and sets that are empty, and parts that do not fit", () => {
    expect(() => sourceOf(items.slice(0, 1), { validation: 1e-9 })).toThrow(
      "a share of 1e-9 holds out none of 1 images; give validation a greater share, or the names of files",
    );
    expect(() => sourceOf(items.slice(0, 2), { validation: ["some"] })).toThrow("nothing is left to train on");
    expect(() => sourceOf([])).toThrow("there are no images");
    expect(() => sourceOf(items, { hashes: new Uint8Array(32) })).toThrow("32 bytes of hashes for 200 records");
    expect(() => memoryStore(new Uint8Array(4), SHAPE)).toThrow("4 values are no whole number of records of 3 x 1 x 1");
  });

  it("reads floats as they are and bytes as -1 … 1", () => {
    const out = new Float32Array(5).fill(9);
    memoryStore(Float32Array.of(1, 2, 3, 4, 5, 6), SHAPE).read(1, out, 1);
    expect([...out]).toEqual([9, 4, 5, 6, 9]);
    memoryStore(Uint8Array.of(0, 255, 51), SHAPE).read(0, out, 2);
    expect([...out]).toEqual([9, 4, -1, 1, Math.fround(-0.6)]);
  });
});

describe("captions of records", () => {
  const captions = [
    "A dog, and a dog!",
    "the cat’s toy",
    "",
    "a b c d e f",
    "un café – déjà-vu",
    "猫がいる",
    "cat toy",
  ];
  const set = captions.map((caption, level) => ({ ...item(level), caption }));
  const read = (vocabulary: number, captionLength: number) =>
    words((record) => set[record]!.caption, { vocabulary, captionLength }).reader(
      Uint32Array.of(0, 1, 2, 3, 4, 5),
      Uint32Array.of(),
    );

  it("have the most frequent words as a table, and tell what is out of it and what was cut", () => {
    const { vocabulary, settings, remarks } = read(3, 4);
    expect(vocabulary.words).toEqual(["<pad>", "<unk>", "a", "dog", "and"]);
    expect(settings).toMatchObject({ captions: "words", words: 3, outOfTable: expect.closeTo(15 / 21, 12) });
    expect(remarks).toEqual([
      "3 of the 18 words of training captions are in the table; 71.4 % of all their words are not, and are read as <unk>",
      "2 of 6 training captions were cut to 4 words (captionLength; the longest has 6)",
    ]);
  });

  it("are ids of these words, of <unk>, and padding, as a prompt of the same text is", () => {
    const { vocabulary, write } = read(100, 4);
    const batch = { images: new Float32Array(0), captions: new Int32Array(8).fill(77) };
    write(0, batch, 1);
    write(6, batch, 0);
    expect(vocabulary.decode(batch.captions.subarray(4))).toBe("a dog and a");
    expect(vocabulary.decode(batch.captions.subarray(0, 4))).toBe("<unk> toy");
    expect(vocabulary.encode("A dog, and a dog!", 4)).toEqual(batch.captions.subarray(4));
    expect(vocabulary.decode(vocabulary.encode("THE CAT’S café: déjà-vu", 8))).toBe("the cat’s café déjà-vu");
    expect(vocabulary.decode(vocabulary.encode("猫がいる", 8))).toBe("猫 が い る");
    expect([...vocabulary.encode("", 2)]).toEqual([0, 0]);
  });

  it("are classes of any names", () => {
    const names = ["Golden Retriever", "Dr. Who", "n0123", "été"];
    const labels = classes(names, (record) => record % 4);
    const { vocabulary, write, captionLength, masked } = labels.reader(Uint32Array.of(0), Uint32Array.of(0));
    expect([captionLength, masked]).toEqual([1, undefined]);
    expect(vocabulary.words).toEqual(["<pad>", "golden-retriever", "dr-who", "n0123", "été"]);
    const batch = { images: new Float32Array(0), captions: new Int32Array(1) };
    for (const [record, name] of names.entries()) {
      write(record, batch, 0);
      expect(labels.text(record)).toBe(name);
      expect(vocabulary.encode(name, 1)).toEqual(batch.captions);
      expect(vocabulary.encode(vocabulary.words[record + 1]!, 1)).toEqual(batch.captions);
    }
    expect(() => classes(["a b", "A.B"], () => 0)).toThrow('"a b" and "A.B" differ in capitals, spaces or dots alone');
    expect(() => classes([".."], () => 0)).toThrow("no letter or digit");
  });

  it("may be none", () => {
    const { vocabulary, captionLength, write } = noCaptions.reader(Uint32Array.of(), Uint32Array.of());
    const batch = { images: new Float32Array(0), captions: Int32Array.of(5) };
    write(0, batch, 0);
    expect([vocabulary.size, captionLength, batch.captions[0], noCaptions.text(0)]).toEqual([1, 1, 0, ""]);
  });
});
