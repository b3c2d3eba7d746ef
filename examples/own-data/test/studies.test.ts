import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readManifest } from "isoflop/study";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";

const here = join(import.meta.dirname, "..");
const readme = readFileSync(join(here, "README.md"), "utf8");
const commands = [...readme.matchAll(/```sh\n(.*?)```/gs)]
  .flatMap(([, block]) => block!.trim().split("\n"))
  .filter((command) => !command.startsWith("npm install"));

/** The example, where a user has it: in a folder of its own, with packages beside it, and nothing made yet. */
const scratch = mkdtempSync(join(tmpdir(), "isoflop-own-data-"));
let folder = join(scratch, "project");
const files = readdirSync(here).filter((name) => /\.(mjs|yaml)$|^my-density\.ts$|^package\.json$/.test(name));
for (const name of files) cpSync(join(here, name), join(folder, name), { recursive: true });
symlinkSync(join(here, "node_modules"), join(folder, "node_modules"), "junction");
afterAll(() => rmSync(scratch, { recursive: true }));

const sh = (command: string): string =>
  execFileSync("sh", ["-c", command], {
    cwd: folder,
    encoding: "utf8",
    stdio: "pipe",
    env: { ...process.env, XDG_CACHE_HOME: join(scratch, "cache") },
  });

const studies = (name: string): readonly string[] =>
  readdirSync(join(folder, "runs"))
    .filter((entry) => entry.startsWith(`${name}-`))
    .map((entry) => join(folder, "runs", entry));

/** The documents of the one study of a name. */
const studyOf = (name: string) => {
  const [path = "", ...others] = studies(name);
  expect(others).toEqual([]);
  return { path, manifest: readManifest(path), summary: summaryIn(path) };
};

interface Summary {
  readonly arms?: readonly { readonly name: string }[];
}
const summaryIn = (path: string): Summary => JSON.parse(readFileSync(join(path, "summary.json"), "utf8")) as Summary;

/** Every run of the store, and when its record was written. */
const written = (): Readonly<Record<string, number>> => {
  const store = join(folder, "runs", "store");
  return Object.fromEntries(
    readdirSync(store).map((id) => [id, statSync(join(store, id, "run.json")).mtimeMs] as const),
  );
};

/** What a plan says of its study: its name and hash. */
const planned = (file: string): readonly string[] =>
  [...sh(`npx isoflop plan ${file} --no-measure`).matchAll(/^(\S+ [0-9a-f]{8}): \d+ runs/gm)].map(
    ([, study]) => study!,
  );

describe("the commands of the README", () => {
  it.each(commands)("%s", (command) => {
    const out = sh(command);
    if (command.includes(" study ")) expect(out).toMatch(/written: runs.*report\.html/);
  });

  it.each(["pictures", "latents"])("have made the study %s", (name) => {
    const { path, manifest, summary } = studyOf(name);
    expect(manifest).toMatchObject({ name, store: "../store", base: "../.." });
    expect([manifest.runs.length, manifest.heldOut.length]).toEqual([20, 1]);
    expect(summary).toMatchObject({ record: "study" });
    expect(JSON.stringify(summary)).toContain('"exponent"');
    expect(existsSync(join(path, "report.html"))).toBe(true);
    // Pictures were drawn: latents through their decoder.
    expect(existsSync(join(path, "figures", "samples.png"))).toBe(true);
  });

  it("have made two studies of density.yaml, and compared them", () => {
    const { path, manifest, summary } = studyOf("density");
    expect(manifest.arms.map(({ name }) => name)).toEqual(["logitNormal", "my-density"]);
    expect(summary.arms?.map(({ name }) => name)).toEqual(["logitNormal", "my-density"]);
    expect(existsSync(join(path, "report.html"))).toBe(true);
    const arms = manifest.arms.map((arm) => readManifest(join(path, arm.folder)));
    expect(arms.map(({ modules }) => modules.map((module) => module.path))).toEqual([[], ["../../../my-density.ts"]]);
    for (const { runs, heldOut } of arms) expect([runs.length, heldOut.length]).toEqual([20, 1]);
  });
});

it("in another place nothing is trained again, and all can be read and drawn from", () => {
  const before = written();
  const moved = join(scratch, "moved");
  renameSync(folder, moved);
  folder = moved;
  for (const name of ["pictures", "density"]) sh(`npx isoflop study ${name}.yaml`);
  expect(written()).toEqual(before);
  for (const name of ["pictures", "latents", "density"]) expect(studies(name)).toHaveLength(1);
  sh("npx isoflop study runs/latents");
  sh("npx isoflop report runs/pictures");
  const arm = join(studies("density")[0]!, "my-density");
  for (const run of ["runs/pictures", "runs/latents", arm])
    expect(sh(`npx isoflop sample ${run} --count 1 --steps 2 --out drawn.png`)).toMatch(/1 picture of run/);
  expect(written()).toEqual(before);
});

it("one pixel of one picture is another study", async () => {
  const [before] = planned("pictures.yaml");
  const file = join(folder, "pictures", "black", readdirSync(join(folder, "pictures", "black"))[0]!);
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  data[0] = data[0]! ^ 128;
  await sharp(data, { raw: info }).png().toFile(file);
  const [after] = planned("pictures.yaml");
  expect(after).toMatch(/^pictures /);
  expect(after).not.toBe(before);
});

it("an edited density is another study, and the built-in one the same", () => {
  const before = planned("density.yaml");
  const file = join(folder, "my-density.ts");
  writeFileSync(file, `${readFileSync(file, "utf8")}// edited\n`);
  const after = planned("density.yaml");
  expect(after[0]).toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
});
