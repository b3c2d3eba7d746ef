import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, it } from "vitest";
import { type DataSource, type DataSpec, fingerprint } from "../../src/index.js";
import { openSource } from "../../src/node.js";
import { captioned, picture, put, tar, temporary } from "./files.js";

let cache: string;
let folder: string;
beforeEach(() => {
  cache = temporary();
  folder = temporary();
});

const open = (pattern: string, options: object = {}): Promise<DataSource> =>
  openSource(
    { source: "webdataset", path: path.join(folder, pattern), size: 16, validation: 0.3, ...options } as DataSpec,
    { cacheFolder: cache },
  );

const all = (source: DataSource): string[] =>
  source.splits
    .flatMap((split) => Array.from({ length: source.size(split) }, (_, i) => source.caption(split, i)))
    .sort();

const captions = (count: number) => Array.from({ length: count }, (_, i) => `Picture number ${i}, a red one.`).sort();

/** Shards of pictures with captions in `.txt`. */
const shards = async (count: number, each: number): Promise<void> => {
  const files = Object.entries(await captioned(count * each));
  for (let shard = 0; shard < count; shard++)
    put(folder, {
      [`0${shard}.tar`]: await tar(Object.fromEntries(files.slice(shard * each * 2, (shard + 1) * each * 2))),
    });
};

describe("tar shards", () => {
  it("have the images of a folder with the same files", async () => {
    await shards(3, 6);
    const source = await open("{00..02}.tar");
    expect(all(source)).toEqual(captions(18));
    const inFolder = await openSource(
      { source: "images", path: put(temporary(), await captioned(18)), size: 16, validation: 0.3 } as DataSpec,
      { cacheFolder: cache },
    );
    expect(fingerprint(source)).toEqual(fingerprint(inFolder));
    expect(source.batch("train", 0, 12)).toEqual(inFolder.batch("train", 0, 12));
    expect(source.describe().provenance.files.map(({ path: file }) => file)).toEqual(["00.tar", "01.tar", "02.tar"]);
    expect(fingerprint(await open("*.tar"))).toEqual(fingerprint(source));
    expect(readdirSync(cache).filter((name) => name !== "known")).toHaveLength(2);
  });

  it("hold out whole shards by name", async () => {
    await shards(2, 6);
    const source = await open("*.tar", { validation: ["01.tar"] });
    const held = Array.from({ length: 6 }, (_, i) => source.caption("validation", i)).sort();
    expect(held).toEqual(captions(12).filter((caption) => Number(/\d+/.exec(caption)![0]) >= 6));
  });

  it.each(["ustar", "gnu", "pax", "v7"])("are read as the system's tar writes them: %s", async (format) => {
    const long = "a-long-folder-name-".repeat(["gnu", "pax"].includes(format) ? 8 : 1);
    const files = Object.fromEntries(
      Object.entries(await captioned(8)).map(([name, bytes]) => [`${long}/${name}`, bytes]),
    );
    const made = put(temporary(), { ...files, "readme.md": "none" });
    execFileSync("tar", ["--sort=name", `--format=${format}`, "-cf", path.join(folder, "x.tar"), "-C", made, "."]);
    writeFileSync(path.join(folder, "x.tar.gz"), gzipSync(readFileSync(path.join(folder, "x.tar"))));
    expect(all(await open("x.tar"))).toEqual(captions(8));
    expect(all(await open("x.tar.gz"))).toEqual(captions(8));
  });

  it("have captions in a field of .json, or classes", async () => {
    const numbers = Array.from({ length: 10 }, (_, i) => i);
    const shard = async (member: (i: number) => Record<string, string>) =>
      tar(
        Object.assign(
          {},
          ...(await Promise.all(
            numbers.map(async (i) => ({ [`${i}.jpg`]: await picture(i, 24, "jpeg"), ...member(i) })),
          )),
        ),
      );
    const json = (i: number) => ({
      [`${i}.json`]: JSON.stringify({ caption: `number ${i}`, title: `title ${i}`, label: i % 2 }),
    });
    put(folder, {
      "json.tar": await shard(json),
      "cls.tar": await shard((i) => ({ [`${i}.cls`]: `${i % 3}\n` })),
      "none.tar": await shard(() => ({})),
    });
    expect(all(await open("json.tar"))).toEqual(numbers.map((i) => `number ${i}`));
    expect(all(await open("json.tar", { field: "title" }))).toEqual(numbers.map((i) => `title ${i}`));
    const labels = await open("json.tar", { captions: "classes" });
    expect(labels.vocabulary.words).toEqual(["<pad>", "0", "1"]);
    const classes = await open("cls.tar");
    expect([classes.captionLength, classes.vocabulary.words]).toEqual([1, ["<pad>", "0", "1", "2"]]);
    expect(all(classes)).toEqual(numbers.map((i) => String(i % 3)).sort());
    expect((await open("none.tar")).vocabulary.size).toBe(1);
    await expect(open("none.tar", { captions: "words" })).rejects.toThrow(
      'captions is "words", and none.tar/0 has no .txt, no .json with a field "caption", no .json with a field "text"',
    );
  });

  it("are named when they are cut short or damaged, and keep what is whole where that is asked for", async () => {
    await shards(2, 6);
    const whole = readFileSync(path.join(folder, "01.tar"));
    writeFileSync(path.join(folder, "01.tar"), whole.subarray(0, whole.length / 2));
    await expect(open("*.tar")).rejects.toThrow(
      /1 of its images cannot be used.*\n {2}01\.tar: it cannot be read after .*\.(png|txt): Tar archive is truncated/,
    );
    const some = await open("*.tar", { bad: "skip" });
    const count = all(some).length;
    expect(count).toBeGreaterThan(6);
    expect(count).toBeLessThan(12);
    expect(some.describe().provenance.remarks![1]).toContain("1 images were left out: 01.tar (it cannot be read");
    whole[0]! ^= 1;
    writeFileSync(path.join(folder, "01.tar"), whole);
    const refused = "01.tar: it cannot be read after its start: Invalid tar header checksum";
    await expect(open("*.tar")).rejects.toThrow(refused);
    await expect(open("01.tar")).rejects.toThrow(refused);
    expect(all(await open("{01,00}.tar", { bad: "skip" }))).toEqual(captions(6));
  });

  it("name samples that cannot be used", async () => {
    put(folder, {
      "a.tar": await tar({
        ...{
          "0.png": await picture(0),
          "0.txt": "fine",
          "1.png": "no image",
          "1.txt": "broken",
          "2.png": await picture(2),
        },
        ...{ "3.txt": "alone", "4.png": await picture(4), "4.txt": " " },
      }),
    });
    await expect(open("a.tar")).rejects.toThrow(
      [
        "  a.tar/1.png: it cannot be read (Input buffer contains unsupported image format)",
        "  a.tar/2.png: it has no .txt with a caption",
        "  a.tar/3: it has no image",
        "  a.tar/4.png: its caption is empty",
      ].join("\n"),
    );
  });

  it("are errors where they are not there", async () => {
    await shards(1, 2);
    await expect(open("{00..01}.tar")).rejects.toThrow(/there is no file .*01\.tar/);
    await expect(open("z*.tar")).rejects.toThrow(/there is no file .*z\*\.tar/);
    await expect(open(".")).rejects.toThrow("is a folder; name its files, such as");
    put(folder, { "empty.tar": await tar({ "readme.txt": "nothing" }) });
    await expect(open("empty.tar")).rejects.toThrow("webdataset: there are no images in empty.tar");
  });
});
