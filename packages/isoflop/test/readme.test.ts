import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runExample } from "../../../vitest.readme.js";
import { file, isoflop, scratch } from "./isoflop.js";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

test("the example of the README runs as it stands and prints what it says", () => {
  const readme = readFileSync(path("../README.md"), "utf8");
  const example = readme.slice(readme.indexOf("## Example"));
  const commands = /```sh\n([\s\S]*?)```/.exec(example)![1]!;
  const printed = /```text\n([\s\S]*?)```/.exec(example)![1]!;
  const program = file("isoflop", `#!/bin/sh\nexec "${process.execPath}" "${path("../dist/bin.js")}" "$@"\n`);
  chmodSync(program, 0o755);
  const cwd = dirname(program);
  const { status, stdout, stderr } = spawnSync("sh", ["-e", "-c", commands], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, PATH: `${cwd}:${process.env.PATH}` },
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(stdout).toBe(printed);
  expect(existsSync(join(cwd, "fit.html"))).toBe(true);
  const prediction = JSON.parse(readFileSync(scratch("prediction.json"), "utf8"));
  expect(prediction.predictions[0].predicted.N.value).toBeGreaterThan(40000);
});

test("the README's example of the library prints what it says", async () => {
  const { promised, printed } = await runExample(import.meta.url);
  expect(promised).toHaveLength(4);
  expect(printed).toEqual(promised);
});

test("the study file of the README is one, but for the photos", () => {
  const readme = readFileSync(path("../README.md"), "utf8");
  const study = /```yaml\n([\s\S]*?)```/.exec(readme.slice(readme.indexOf("## A study of one's own")))![1]!;
  const { code, stdout } = isoflop(["study", file("photos.yaml", study), "--print"]);
  expect(code).toBe(0);
  expect(stdout).toContain("learningRate: tune");
  const { code: planned, stderr } = isoflop(["plan", scratch("photos.yaml"), "--set", "data=shapes", "--no-measure"]);
  expect(stderr).toBe("");
  expect(planned).toBe(0);
});
