import { mkdtemp, readdir, readFile, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { openSafetensors } from "@isoflop/tensor";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Checkpoint } from "../src/checkpoint.js";
import { TrainError } from "../src/errors.js";
import { fileCheckpoints, readCheckpoint } from "../src/node.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "isoflop-checkpoints-"));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (step: number): Checkpoint => ({
  step,
  seconds: step / 2,
  spec: '{"steps":9}',
  arrays: {
    "weights.a": { shape: [2, 2], data: Float32Array.of(step, 0.1, -0, Infinity) },
    "m.a": { shape: [1], data: Float32Array.of(1e-40) },
  },
});

const file = (step: number, extension: string) =>
  path.join(folder, `step-${String(step).padStart(9, "0")}.${extension}`);

describe("fileCheckpoints", () => {
  it("gives back what was saved, to the bit, and nothing from an empty or missing folder", async () => {
    expect(await fileCheckpoints(path.join(folder, "none")).latest()).toEqual({ rejected: [] });
    const store = fileCheckpoints(folder);
    expect(await store.latest()).toEqual({ rejected: [] });
    await store.save(at(4));
    const { checkpoint } = await store.latest();
    expect(checkpoint).toEqual(at(4));
    expect(Object.is(checkpoint!.arrays["weights.a"]!.data[2], -0)).toBe(true);
  });

  it("keeps the newest two, in files that any safetensors reader opens, and leaves nothing else behind", async () => {
    const store = fileCheckpoints(folder);
    await writeFile(`${file(2, "safetensors")}.77.ab.tmp`, "left by a crash");
    for (const step of [1, 2, 10]) await store.save(at(step));
    expect((await readdir(folder)).sort()).toEqual([
      "step-000000002.json",
      "step-000000002.safetensors",
      "step-000000010.json",
      "step-000000010.safetensors",
    ]);
    const tensors = await openSafetensors(await readFile(file(10, "safetensors")));
    expect([...(await tensors.float32("weights.a"))].slice(0, 1)).toEqual([10]);
  });

  it("removes old checkpoints and remains of crashes, and no file of anyone else", async () => {
    const store = fileCheckpoints(folder, { keep: 1 });
    const others = ["step-notes.txt", "step-000000001.png", "step-1.json", "steps.json"];
    for (const name of others) await writeFile(path.join(folder, name), "mine");
    for (const step of [1, 2]) await store.save(at(step));
    const own = ["step-000000002.json", "step-000000002.safetensors"];
    expect((await readdir(folder)).sort()).toEqual([...own, ...others].sort());
  });

  it("knows the newest by its number, also beyond nine digits", async () => {
    const store = fileCheckpoints(folder);
    for (const step of [999_999_999, 1_000_000_000]) await store.save(at(step));
    expect((await store.latest()).checkpoint!.step).toBe(1_000_000_000);
    await rename(file(1_000_000_000, "json"), file(7, "json"));
    await rename(file(1_000_000_000, "safetensors"), file(7, "safetensors"));
    await expect(readCheckpoint(file(7, "json"))).rejects.toThrow("it says that it is of step 1000000000");
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses to keep %s of them: it would remove what it has just written", (keep) => {
    expect(() => fileCheckpoints(folder, { keep })).toThrow(
      `options.keep is ${keep}; it must be a whole number of at least 1`,
    );
    expect(() => fileCheckpoints(folder, { keeps: 3 } as never)).toThrow('unknown key "keeps"; did you mean "keep"?');
  });

  const damage: [string, (step: number) => Promise<unknown>, string][] = [
    ["truncated tensors", (step) => truncate(file(step, "safetensors"), 40), "it has 40 bytes"],
    ["missing tensors", (step) => rm(file(step, "safetensors")), "the file is missing"],
    ["a truncated manifest", (step) => truncate(file(step, "json"), 20), "is not a whole checkpoint"],
    ["a manifest of something else", (step) => writeFile(file(step, "json"), '{"stepp":1}'), 'did you mean "step"?'],
    [
      "one flipped bit",
      async (step) => {
        const bytes = await readFile(file(step, "safetensors"));
        bytes[bytes.length - 1]! ^= 1;
        await writeFile(file(step, "safetensors"), bytes);
      },
      "its SHA-256 is not that of what was written",
    ],
  ];
  it.each(damage)("falls back to the one before when the newest has %s", async (_, harm, message) => {
    const store = fileCheckpoints(folder);
    await store.save(at(4));
    await store.save(at(8));
    await harm(8);
    const { checkpoint, rejected } = await store.latest();
    expect(checkpoint?.step).toBe(4);
    expect(rejected).toHaveLength(1);
    expect(rejected[0]).toBeInstanceOf(TrainError);
    expect(rejected[0]).toMatchObject({ code: "checkpoint", message: expect.stringContaining(message) });
    expect(rejected[0]!.message).toContain(file(8, ""));
    await expect(readCheckpoint(file(8, "json"))).rejects.toThrow(message);
  });

  it("does not count a rejected checkpoint among those it keeps", async () => {
    const store = fileCheckpoints(folder);
    await store.save(at(4));
    await store.save(at(8));
    await truncate(file(8, "safetensors"), 40);
    await store.save(at(6));
    await truncate(file(6, "safetensors"), 40);
    expect((await store.latest()).checkpoint?.step).toBe(4);
  });

  it("ignores tensors whose manifest was never written", async () => {
    const store = fileCheckpoints(folder);
    await store.save(at(4));
    await store.save(at(8));
    await rm(file(8, "json"));
    expect(await store.latest()).toEqual({ checkpoint: at(4), rejected: [] });
  });

  it("leaves files alone that are not its own, whatever they begin with", async () => {
    const foreign = ["step-notes.txt", "step-000000001.json.bak", "step-000000001.json.tmp", "notes.77.ab.tmp"];
    for (const name of foreign) await writeFile(path.join(folder, name), "mine");
    await writeFile(`${file(3, "json")}.77.abcdef01.tmp`, "left by a crash");
    const store = fileCheckpoints(folder, { keep: 1 });
    for (const step of [2, 3]) await store.save(at(step));
    expect((await readdir(folder)).sort()).toEqual(
      [...foreign, "step-000000003.json", "step-000000003.safetensors"].sort(),
    );
  });

  it.runIf(process.platform !== "win32")(
    "does not take a checkpoint that cannot be read for a damaged one",
    async () => {
      const store = fileCheckpoints(folder);
      await store.save(at(4));
      await store.save(at(8));
      await rm(file(8, "safetensors"));
      await symlink(path.basename(file(8, "safetensors")), file(8, "safetensors"));
      await expect(store.latest()).rejects.toMatchObject({ code: "ELOOP" });
    },
  );

  it("keeps what it had when it cannot write", async () => {
    await writeFile(path.join(folder, "file"), "");
    const blocked = fileCheckpoints(path.join(folder, "file", "under"));
    await expect(blocked.save(at(1))).rejects.toMatchObject({ code: "ENOTDIR" });
  });
});
