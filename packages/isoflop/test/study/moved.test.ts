import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadModule, prepareModules } from "../../src/modules/index.js";
import { resolveStudy, writtenStudy } from "../../src/study/file/read.js";
import { StudyFolder } from "../../src/study/folder.js";
import { dataNow } from "../../src/study/moved.js";
import { isoflop, scratch } from "../isoflop.js";

const part = (name: string): string => `
import { kind } from "@isoflop/spec";
export const schedule = kind({ name: "${name}", options: {}, build: () => (left) => left });
`;

/** A project with a study of one module, whose manifest is written; it lies in another place afterwards. */
const moved = async (name: string) => {
  const [before, after] = [scratch(name), scratch(`${name}-moved`)];
  mkdirSync(before, { recursive: true });
  writeFileSync(join(before, "straight.ts"), part(name));
  const study = `
data: { source: images, path: ./photos }
optimizer: { shape: { module: ./straight.ts } }
grid: { budgets: 1e9, widths: [8] }
`;
  writeFileSync(join(before, "study.yaml"), study);
  const resolved = await resolveStudy(await writtenStudy(join(before, "study.yaml")));
  const folder = new StudyFolder(join(before, "runs", "study-0a1b2c3d"));
  await folder.keepManifest({
    ...{ record: "manifest", name: "study", hash: "0a1b2c3d", store: "../store", ...folder.written(resolved) },
    ...{ tune: [], runs: [], heldOut: [], added: [], arms: [] },
  });
  renameSync(before, after);
  return { before, after, modules: resolved.modules, folder: new StudyFolder(join(after, "runs", "study-0a1b2c3d")) };
};

it("a manifest has paths from its folder on, and no more of a module than says what it is", async () => {
  const { folder, modules } = await moved("one");
  expect(folder.manifest).toMatchObject({
    base: "../..",
    modules: [{ path: "../../straight.ts", digest: modules[0]!.digest }],
  });
  expect(readFileSync(folder.files.manifest, "utf8")).not.toContain("parts");
});

it("a moved study's folder is read as its file is, and its runs find their data", async () => {
  const { after, folder } = await moved("two");
  const written = await writtenStudy(folder.path);
  expect(written.base).toBe(after);
  expect(written.value).toMatchObject({ modules: [join(after, "straight.ts")] });
  const planned = { data: { source: "images", path: "/gone/photos", seed: 4 }, seed: 4 };
  expect(dataNow(folder, planned as never)).toMatchObject({ path: join(after, "photos"), seed: 4 });
});

it("a module that is gone is the same where it is now, and one that changed is not", async () => {
  const { before, after, modules } = await moved("three");
  const planned = modules.map(({ path, digest }) => ({ path, digest }));
  expect(planned[0]!.path).toBe(join(before, "straight.ts"));
  await expect(prepareModules(planned)).resolves.toBeUndefined();
  await expect(prepareModules([{ ...planned[0]!, digest: "0".repeat(32) }])).rejects.toThrow("there is no module");
  writeFileSync(join(after, "straight.ts"), part("four"));
  const { digest } = await loadModule(join(after, "straight.ts"));
  expect(digest).not.toBe(planned[0]!.digest);
});

it("nothing is drawn from a study that compares, which is told with the studies in it", () => {
  const folder = scratch("compares");
  mkdirSync(folder, { recursive: true });
  const arms = ["one", "two"].map((name) => ({ name, folder: name }));
  const manifest = { record: "manifest", name: "both", hash: "0a1b2c3d", store: "../store", file: {}, arms };
  writeFileSync(join(folder, "study.json"), JSON.stringify(manifest));
  const { code, stderr } = isoflop(["sample", folder]);
  expect(code).toBe(3);
  expect(stderr).toContain(`is a study that compares; give one of ${join(folder, "one")}, ${join(folder, "two")}`);
});
