import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { emojiCategories, emojiSelection, encodeSheet } from "../src/index.js";
import { readIconSet } from "../src/node/iconify.js";
import { type EmojiOptions, emojiScenes, emojiSheet } from "../src/node.js";

const root = mkdtempSync(path.join(os.tmpdir(), "isoflop-data-"));
afterAll(() => rmSync(root, { recursive: true }));

const selection = [
  { icon: "red-heart", name: "heart" },
  { icon: "taco", name: "taco" },
  { icon: "rocket", name: "rocket" },
  { icon: "frog", name: "frog" },
];
let options: EmojiOptions & { cacheFolder: string };
beforeEach(() => {
  options = { selection, cell: 16, cacheFolder: mkdtempSync(path.join(root, "cache-")) };
});

describe("the documented selection", () => {
  it.each(["noto", "twemoji", "fluent-emoji-flat"])("exists in %s", async (set) => {
    const { svg } = await readIconSet(set);
    expect(emojiSelection.filter(({ icon }) => svg(icon) === undefined)).toEqual([]);
  });

  it("has one word per emoji, no word twice and no skin tones", () => {
    const names = emojiSelection.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z]+$/.test(name))).toEqual([]);
    expect(emojiSelection.filter(({ icon }) => icon.includes("skin-tone"))).toEqual([]);
    expect(emojiCategories.food).toContainEqual({ icon: "red-apple", name: "apple" });
  });
});

describe("the drawn sheet", () => {
  it("shows the icons: a heart is red, a frog green, both fill their cell and are centred", async () => {
    const { pixels, names, provenance } = await emojiSheet(options);
    expect(names).toEqual(["heart", "taco", "rocket", "frog"]);
    const middle = (sprite: number) => [...pixels.subarray((sprite * 256 + 8 * 16 + 8) * 4).subarray(0, 4)];
    const [red, green, , alpha] = middle(0) as [number, number, number, number];
    expect(alpha).toBe(255);
    expect(red).toBeGreaterThan(2 * green);
    const frog = middle(3) as [number, number, number, number];
    expect(frog[1]).toBeGreaterThan(frog[0]);
    for (const sprite of [0, 3]) {
      const columns = Array.from({ length: 16 }, (_, x) =>
        Array.from({ length: 16 }, (_, y) => pixels[(sprite * 256 + y * 16 + x) * 4 + 3]!).some((a) => a > 64),
      );
      expect(columns.every(Boolean)).toBe(true);
    }
    expect(provenance).toMatchObject({ name: "noto", licence: "Apache-2.0" });
    expect(provenance.files[0]!.sha256).toMatch(/^[0-9a-f]{64}$/);
    // Premultiplied: no colour is brighter than its alpha.
    for (let i = 0; i < pixels.length; i += 4)
      expect(Math.max(pixels[i]!, pixels[i + 1]!, pixels[i + 2]!)).toBeLessThanOrEqual(pixels[i + 3]!);
  });

  it("feeds scenes", async () => {
    const source = await emojiScenes({ ...options, size: 16, seed: 3 });
    expect(source.name).toBe("noto-scenes-16");
    expect(source.describe().provenance.package).toMatch(/^@iconify-json\/noto@/);
    expect(source.batch("train", 0, 2).images.length).toBe(2 * 768);
  });
});

describe("the cache", () => {
  it("is written once and then read", async () => {
    const first = await emojiSheet(options);
    const [file, ...others] = readdirSync(options.cacheFolder);
    expect(others).toEqual([]);
    const { mtimeMs, ino } = statSync(path.join(options.cacheFolder, file!));
    expect(await emojiSheet(options)).toEqual(first);
    expect(statSync(path.join(options.cacheFolder, file!))).toMatchObject({ mtimeMs, ino });
  });

  it.each<[string, (bytes: Buffer) => Uint8Array]>([
    ["cut short", (bytes) => bytes.subarray(0, 1000)],
    ["empty", () => new Uint8Array()],
    ["changed in one bit", (bytes) => bytes.fill(bytes[2000]! ^ 1, 2000, 2001)],
    ["something else", () => Buffer.from("<html>not found</html>")],
  ])("is built anew when %s", async (_, damage) => {
    const sheet = await emojiSheet(options);
    const file = path.join(options.cacheFolder, readdirSync(options.cacheFolder)[0]!);
    const good = readFileSync(file);
    writeFileSync(file, damage(Buffer.from(good)));
    expect(await emojiSheet(options)).toEqual(sheet);
    expect(readFileSync(file).equals(good)).toBe(true);
  });

  it("tells selections, cells and sets apart", async () => {
    await emojiSheet(options);
    await emojiSheet({ ...options, cell: 17 });
    await emojiSheet({ ...options, selection: selection.toReversed() });
    await emojiSheet({ ...options, set: "twemoji" });
    expect(readdirSync(options.cacheFolder).length).toBe(4);
  });

  it("survives several writers at once and leaves no temporary files", async () => {
    const sheets = await Promise.all([emojiSheet(options), emojiSheet(options), emojiSheet(options)]);
    expect(sheets[1]).toEqual(sheets[0]);
    expect(readdirSync(options.cacheFolder).length).toBe(1);
  });

  it("can be left out", async () => {
    expect((await emojiSheet({ ...options, cacheFolder: null })).names.length).toBe(4);
    expect(readdirSync(options.cacheFolder)).toEqual([]);
  });

  it("is built anew when its pixels are another's, whose digest and checksum fit", async () => {
    const sheet = await emojiSheet(options);
    const file = path.join(options.cacheFolder, readdirSync(options.cacheFolder)[0]!);
    const good = readFileSync(file);
    const forged = sheet.pixels.map((value) => 255 - value);
    const claimed = { ...sheet, pixels: forged };
    // With the genuine digest, with one that is not the pixels' name, with names swapped, with another licence.
    const { provenance } = sheet;
    for (const forgery of [
      claimed,
      { ...claimed, provenance: { ...provenance, pixelsSha256: "0".repeat(64) } },
      { ...sheet, names: sheet.names.toReversed() },
      { ...sheet, provenance: { ...provenance, licence: "none" } },
    ]) {
      writeFileSync(file, encodeSheet(forgery));
      expect(await emojiSheet(options)).toEqual(sheet);
      expect(readFileSync(file).equals(good)).toBe(true);
    }
  });

  it("records the digest of the pixels that were read, whatever the file says", async () => {
    const sheet = await emojiSheet(options);
    const file = path.join(options.cacheFolder, readdirSync(options.cacheFolder)[0]!);
    const pixels = sheet.pixels.map((value) => 255 - value);
    const pixelsSha256 = createHash("sha256").update(pixels).digest("hex");
    writeFileSync(file, encodeSheet({ ...sheet, pixels, provenance: { ...sheet.provenance, pixelsSha256 } }));
    expect((await emojiSheet(options)).provenance.pixelsSha256).toBe(pixelsSha256);
  });

  it("removes what a killed process had begun to write, once that was long ago", async () => {
    const half = (id: string) => path.join(options.cacheFolder, `noto-ab.sheet.${id}.tmp`);
    const [old, young] = [half("00000000-0000-4000-8000-000000000000"), half("00000000-0000-4000-8000-000000000001")];
    for (const file of [old, young]) writeFileSync(file, "half");
    utimesSync(old, 1, 1);
    await emojiSheet(options);
    const left = readdirSync(options.cacheFolder).filter((name) => name.endsWith(".tmp"));
    expect(left).toEqual([path.basename(young)]);
  });

  it("names a folder that cannot be written", async () => {
    const file = path.join(options.cacheFolder, "file");
    writeFileSync(file, "");
    await expect(emojiSheet({ ...options, cacheFolder: path.join(file, "sub") })).rejects.toThrow(
      `cannot write to ${path.join(file, "sub")}`,
    );
  });
});

describe("bad input", () => {
  it("says which package to install", async () => {
    await expect(emojiSheet({ ...options, set: "nosuchset" })).rejects.toThrow("npm install @iconify-json/nosuchset");
  });

  it("names icons that the set lacks", async () => {
    const wrong = [...selection, { icon: "tacoo", name: "tacoo" }];
    await expect(emojiSheet({ ...options, selection: wrong })).rejects.toThrow(/noto@.* has no icon "tacoo"/);
  });
});
