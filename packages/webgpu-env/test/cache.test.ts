import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unpackOnce, workspaceRoot } from "../src/cache.js";

let scratch: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "webgpu-env-"));
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

describe("unpackOnce", () => {
  it("fills the folder the first time and leaves it alone afterwards", async () => {
    const target = join(scratch, "driver");
    let fills = 0;
    const fill = async (folder: string) => {
      fills++;
      await writeFile(join(folder, "file"), "content");
    };
    expect(await unpackOnce(target, fill)).toBe(target);
    expect(await unpackOnce(target, fill)).toBe(target);
    expect(fills).toBe(1);
    expect(await readFile(join(target, "file"), "utf8")).toBe("content");
  });

  it("never shows a half-filled folder, and keeps one copy when several fill at once", async () => {
    const target = join(scratch, "driver");
    const fill = async (folder: string) => {
      await writeFile(join(folder, "first"), "1");
      expect(existsSync(target) && !existsSync(join(target, "second"))).toBe(false);
      await writeFile(join(folder, "second"), "2");
    };
    await Promise.all(Array.from({ length: 8 }, () => unpackOnce(target, fill)));
    expect((await readdir(target)).sort()).toEqual(["first", "second"]);
    expect(await readdir(scratch)).toEqual(["driver"]);
  });

  it("leaves nothing behind when filling fails", async () => {
    const fill = () => Promise.reject(new Error("disk full"));
    await expect(unpackOnce(join(scratch, "driver"), fill)).rejects.toThrow("disk full");
    expect(await readdir(scratch)).toEqual([]);
  });
});

it("finds the workspace from inside, and says so when there is none", () => {
  expect(existsSync(join(workspaceRoot(), "pnpm-workspace.yaml"))).toBe(true);
  expect(() => workspaceRoot(scratch)).toThrow(/No pnpm-workspace.yaml at or above/);
});
