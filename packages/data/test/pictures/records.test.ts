import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { memoryStore } from "../../src/index.js";
import { fileStore, keptSet, type SetFacts, type SetWriter } from "../../src/node.js";
import { temporary } from "./files.js";

const shape = [2, 3, 4] as const;

describe("a store in a file", () => {
  it.each(["u8", "f32"] as const)("reads what one in memory reads: %s", (values) => {
    const bytes = Uint8Array.from({ length: 24 * 50 }, (_, i) => (i * 7919) % 256);
    const data = values === "u8" ? bytes : Float32Array.from(bytes, (value) => value / 3);
    const file = path.join(temporary(), "records");
    writeFileSync(file, Buffer.concat([Buffer.from("a head"), Buffer.from(data.buffer)]));
    const [kept, read] = [memoryStore(data, shape), fileStore({ path: file, values, count: 50, shape, offset: 6 })];
    expect([read.count, read.shape]).toEqual([kept.count, kept.shape]);
    for (const index of [49, 0, 17, 17, 3]) {
      const [a, b] = [new Float32Array(30), new Float32Array(30)];
      kept.read(index, a, 5);
      read.read(index, b, 5);
      expect(b).toEqual(a);
    }
  });

  it("says where a file ends that was cut while it was open", () => {
    const file = path.join(temporary(), "records");
    writeFileSync(file, new Uint8Array(48));
    const store = fileStore({ path: file, values: "u8", count: 2, shape });
    truncateSync(file, 30);
    store.read(0, new Float32Array(24), 0);
    expect(() => store.read(1, new Float32Array(24), 0)).toThrow(`${file} ends at byte 30, within a record`);
    expect(() => fileStore({ path: `${file}.gone`, values: "u8", count: 1, shape })).toThrow("ENOENT");
  });
});

const facts: SetFacts = { shape, values: "u8", bad: [], remarks: ["one"] };

/** Writes `count` records whose values are their number. */
const numbered = (count: number) =>
  vi.fn(async (writer: SetWriter) => {
    for (let i = 0; i < count; i++)
      writer.append(new Uint8Array(24).fill(i), `folder/${i}.é`, i === 1 ? "" : `caption “${i}”`);
    return facts;
  });

describe("a kept set", () => {
  it("is written once, and has all that was written", async () => {
    const folder = temporary();
    const write = numbered(300);
    for (const _ of [1, 2]) {
      const set = await keptSet({ folder, key: "abc", write });
      expect([set.nameOf(0), set.captionOf(0), set.nameOf(1), set.captionOf(1), set.captionOf(299)]).toEqual([
        ...["folder/0.é", "caption “0”", "folder/1.é", "", "caption “299”"],
      ]);
      expect(set.head).toMatchObject({ ...facts, count: 300, key: "abc" });
      const out = new Float32Array(24);
      set.store.read(255, out, 0);
      expect([...out]).toEqual(Array(24).fill(1));
    }
    expect(write).toHaveBeenCalledTimes(1);
    expect(readdirSync(folder)).toEqual(["abc"]);
  });

  it("counts when it was copied, and not when a copy was changed", async () => {
    const [folder, copy] = [temporary(), temporary()];
    const [write, again] = [numbered(5), numbered(5)];
    await keptSet({ folder, key: "abc", write });
    cpSync(folder, copy, { recursive: true });
    await keptSet({ folder: copy, key: "abc", write: again });
    expect(again).not.toHaveBeenCalled();
    writeFileSync(path.join(copy, "abc", "records.bin"), new Uint8Array(120));
    await keptSet({ folder: copy, key: "abc", write: again });
    expect(again).toHaveBeenCalledTimes(1);
    appendFileSync(path.join(copy, "abc", "records.bin"), "x");
    await keptSet({ folder: copy, key: "abc", write: again });
    expect(again).toHaveBeenCalledTimes(2);
    cpSync(path.join(folder, "abc"), path.join(copy, "other"), { recursive: true });
    await keptSet({ folder: copy, key: "other", write: again });
    expect(again).toHaveBeenCalledTimes(3);
  });

  it("is one whole set also when several write it at once", async () => {
    const folder = temporary();
    const sets = await Promise.all([1, 2, 3].map(() => keptSet({ folder, key: "abc", write: numbered(40) })));
    for (const { head } of sets) expect(head.count).toBe(40);
    expect(readdirSync(folder)).toEqual(["abc"]);
  });

  it("leaves nothing of one that failed, and removes what a killed process left long ago", async () => {
    const folder = temporary();
    const failing = async (writer: SetWriter): Promise<SetFacts> => {
      writer.append(new Uint8Array(24), "a", "b");
      throw new Error("half-way");
    };
    await expect(keptSet({ folder, key: "abc", write: failing })).rejects.toThrow("half-way");
    expect(readdirSync(folder)).toEqual([]);
    for (const name of ["old", "new"]) {
      mkdirSync(path.join(folder, `${name}.half`));
      writeFileSync(path.join(folder, `${name}.half`, "records.bin"), "");
    }
    utimesSync(path.join(folder, "old.half", "records.bin"), 0, 0);
    await keptSet({ folder, key: "abc", write: numbered(2) });
    expect(existsSync(path.join(folder, "old.half"))).toBe(false);
    expect(existsSync(path.join(folder, "new.half"))).toBe(true);
  });

  it("says what to do when the disk is full, and when there is no folder of one's own", async () => {
    const full = async (): Promise<SetFacts> => {
      throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
    };
    const folder = temporary();
    await expect(keptSet({ folder, key: "abc", write: full })).rejects.toThrow(
      `no space is left for decoded images in ${folder}; free some`,
    );
    writeFileSync(path.join(folder, "caches"), "a file");
    vi.stubEnv("XDG_CACHE_HOME", path.join(folder, "caches"));
    await expect(keptSet({ key: "abc", write: numbered(1) })).rejects.toThrow(
      "set XDG_CACHE_HOME to a folder of your own",
    );
    vi.unstubAllEnvs();
  });
});
