import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeFolder } from "../src/node.js";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), "isoflop-folders-"));
});
afterEach(() => rm(root, { recursive: true }));

describe("makeFolder", () => {
  it("is asked by many at once for folders in folders that none of them has made yet", async () => {
    for (let round = 0; round < 40; round++) {
      const wanted = Array.from({ length: 12 }, (_, i) => path.join(root, `${round}`, "a", `${i % 3}`, "b", `${i}`));
      await Promise.all(wanted.map(makeFolder));
      for (const folder of wanted) expect((await stat(folder)).isDirectory()).toBe(true);
    }
  });

  it("says why where there can be none", async () => {
    await writeFile(path.join(root, "file"), "");
    await expect(makeFolder(path.join(root, "file"))).rejects.toMatchObject({ code: "EEXIST" });
    await expect(makeFolder(path.join(root, "file", "a", "b"))).rejects.toMatchObject({ code: "ENOTDIR" });
    if (process.platform === "linux")
      await expect(makeFolder("/proc/none/a")).rejects.toMatchObject({ code: "ENOENT" });
  });
});
