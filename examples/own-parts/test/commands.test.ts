import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const here = join(import.meta.dirname, "..");
const bin = join(dirname(createRequire(import.meta.url).resolve("isoflop/package.json")), "dist", "bin.js");
const readme = readFileSync(join(here, "README.md"), "utf8");
const commands = [...readme.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block]) => block!.trim().split("\n"));

/** A copy of the example, to run in and to change. */
const folder = mkdtempSync(join(tmpdir(), "isoflop-own-parts-"));
for (const name of ["parts", "specs", "study.yaml", "package.json"])
  cpSync(join(here, name), join(folder, name), { recursive: true });
symlinkSync(bin, join(folder, "isoflop"));
afterAll(() => rmSync(folder, { recursive: true }));

const sh = (command: string): string =>
  execFileSync("sh", ["-c", `PATH="${folder}:$PATH" ${command}`], { cwd: folder, encoding: "utf8", stdio: "pipe" });

describe("the commands of the README", () => {
  it.each(commands)("%s", (command) => {
    const out = sh(command);
    const [, what] = command.split(" ");
    const right = { sample: /4 pictures of run/, study: /written: .*report\.html/ };
    expect(out).toMatch(right[what as keyof typeof right] ?? /loss [\d.]+ ± [\d.]+ after 40 steps/);
  });

  it("have trained a run each, and measured what was asked for", () => {
    expect(readdirSync(join(folder, "runs")).filter((name) => /^[0-9a-f]{16}$/.test(name))).toHaveLength(10);
    expect(sh("isoflop train specs/metric.json --out runs")).toMatch(
      /captionWorth\(split=validation images=128\) [\d.e−]+ ± .* of 128\nvalidation\(split=validation-emoji images=64\)/,
    );
    expect(sh("isoflop train specs/extractor.json --out runs")).toMatch(
      /kid\(extractor=roughness@any-1-2-4 count=128 steps=8\) [\d.e−]+ ± .* of 128/,
    );
  });
});

it("an edited part begins a new run", () => {
  const idOf = (name = "density"): string =>
    (JSON.parse(sh(`isoflop train specs/${name}.json --out runs --json`)) as { readonly id: string }).id;
  const [before, gratings] = [idOf(), idOf("source")];
  const change = (name: string): void => {
    const file = join(folder, "parts", name);
    writeFileSync(file, `${readFileSync(file, "utf8")}// edited\n`);
  };
  expect(idOf()).toBe(before);
  change("my-density.ts");
  expect(idOf()).not.toBe(before);
  // Drawn by a file beside it.
  change("gratings/grating.ts");
  expect(idOf("source")).not.toBe(gratings);
});

it("a conditioning that is not counted as it is built is refused", () => {
  const file = join(folder, "parts", "my-conditioning.ts");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace("skips > 0 ?", "skips > 99 ?"));
  const { status, stderr } = spawnSync(process.execPath, [bin, "train", "specs/conditioning.json", "--out", "runs"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(status).toBe(3);
  expect(stderr).toMatch(
    /the architecture of "uVit" counts [\d,]+ parameters of attentionProjections, and its model has [\d,]+; correct its layers/,
  );
});
