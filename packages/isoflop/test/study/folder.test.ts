import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { StudyFolder } from "../../src/study/folder.js";

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "isoflop-folder-"));
  folder = join(root, "new", "study");
});
afterEach(() => rm(root, { recursive: true }));

it("is written by one at a time; who waits is told for whom, once", async () => {
  let writing = 0;
  const said: string[] = [];
  const writer = (text: string) =>
    new StudyFolder(folder, { onWait: (why) => said.push(why) }).change(async (write) => {
      expect(++writing).toBe(1);
      await sleep(150);
      await write(join(folder, "summary.json"), text);
      writing--;
      return text;
    });
  expect(await Promise.all([writer("first"), writer("second")])).toEqual(["first", "second"]);
  expect(said).toEqual([expect.stringContaining(`in use by process ${process.pid}`)]);
  expect(await readFile(join(folder, "summary.json"), "utf8")).toMatch(/^(first|second)$/);
  expect(await readdir(folder)).toEqual(["summary.json"]);
});

it("is left by who stops waiting, and free again after a failure", async () => {
  const controller = new AbortController();
  const holder = new StudyFolder(folder).change(async () => {
    controller.abort(new Error("ctrl-c"));
    await sleep(300);
    throw new Error("cannot be drawn");
  });
  const failed = expect(holder).rejects.toThrow("cannot be drawn");
  await sleep(100);
  const late = new StudyFolder(folder, { signal: controller.signal }).change(async () => "written");
  await expect(late).rejects.toThrow("ctrl-c");
  await failed;
  expect(await readdir(folder)).toEqual([]);
});

it("loses what killed ones were writing, and nothing else", async () => {
  await mkdir(join(folder, "figures"), { recursive: true });
  const left = ["report.html.1.ab.tmp", "prediction.json.77.0a1b.tmp", "figures/isoflop.svg.77.0a1b.tmp"];
  const others = ["notes.1.ab.tmp", "figures/notes.txt.1.ab.tmp", "summary.json.tmp"];
  for (const name of [...left, ...others]) await writeFile(join(folder, name), "");
  await new StudyFolder(folder).change(async () => {});
  const names = (await readdir(folder, { recursive: true })).map(String);
  expect(names.sort()).toEqual(["figures", ...others].sort());
});
