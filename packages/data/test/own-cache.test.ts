import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ownCacheFolder } from "../src/node/own-folder.js";

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), "isoflop-own-"));
  folder = path.join(root, "caches", "isoflop", "drawings");
  vi.stubEnv("XDG_CACHE_HOME", path.join(root, "caches"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(root, { recursive: true });
});

const posix = process.platform !== "win32";

/** The cache as a fresh process finds it: what was said once is forgotten. */
const fresh = async () => {
  vi.resetModules();
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const { emojiSheet } = await import("../src/node/emoji.js");
  const selection = [{ icon: "taco", name: "taco" }];
  return { sheet: () => emojiSheet({ selection, cell: 16 }), warn };
};

/** How the folder of drawings can be another's, with what is said of it. */
const unsafe: readonly [string, () => void, string][] = [
  ["belongs to another user", () => void vi.spyOn(process, "getuid").mockReturnValue(4711), "belongs to another user"],
  ["can be written by others", () => chmodSync(folder, 0o777), "chmod 700"],
  [
    "is a link",
    () => {
      rmSync(folder, { recursive: true });
      mkdirSync(path.join(root, "elsewhere"));
      symlinkSync(path.join(root, "elsewhere"), folder);
    },
    "is not a folder",
  ],
];

describe("the folder of drawings", () => {
  it("is one of this user's caches, closed to others", async () => {
    expect(await ownCacheFolder()).toBe(folder);
    expect(await ownCacheFolder()).toBe(folder);
    if (posix) expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it("is in the home folder where no other is named, or the name depends on the current folder", async () => {
    const home = path.join(root, "home");
    mkdirSync(home);
    vi.stubEnv("HOME", home);
    vi.stubEnv("USERPROFILE", home);
    vi.stubEnv("LOCALAPPDATA", path.join(home));
    for (const named of ["", "caches"]) {
      vi.stubEnv("XDG_CACHE_HOME", named);
      const found = await ownCacheFolder().catch((error: Error) => error.message);
      expect(found.includes(home)).toBe(true);
    }
  });

  it.runIf(posix).each(unsafe)("is refused when it %s", async (_, harm, message) => {
    await ownCacheFolder();
    harm();
    await expect(ownCacheFolder()).rejects.toThrow(message);
  });
});

describe("without a folder of one's own", () => {
  it("has nothing to say when there is one", async () => {
    const { sheet, warn } = await fresh();
    expect(await sheet()).toEqual(await sheet());
    expect(readdirSync(folder)).toHaveLength(1);
    expect(warn).not.toHaveBeenCalled();
  });

  it.runIf(posix).each(unsafe)("draws each time and says so once: it %s", async (_, harm, message) => {
    await ownCacheFolder();
    harm();
    const { sheet, warn } = await fresh();
    expect((await sheet()).pixels).toEqual((await sheet()).pixels);
    expect(readdirSync(folder)).toEqual([]);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]![0]).toContain(message);
  });

  it("draws each time and says so once: it cannot be made", async () => {
    writeFileSync(path.join(root, "caches"), "");
    const { sheet, warn } = await fresh();
    await sheet();
    await sheet();
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it.runIf(posix)("does not believe a drawing that is a link", async () => {
    const { sheet, warn } = await fresh();
    const drawn = await sheet();
    const [name] = readdirSync(folder);
    const file = path.join(folder, name!);
    const other = path.join(root, "other");
    writeFileSync(other, "");
    rmSync(file);
    symlinkSync(other, file);
    expect(await sheet()).toEqual(drawn);
    expect(statSync(other).size).toBe(0);
    expect(statSync(file).size).toBeGreaterThan(0);
    expect(warn).not.toHaveBeenCalled();
  });
});
