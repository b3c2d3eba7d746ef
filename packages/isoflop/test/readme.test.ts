import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { file, scratch } from "./isoflop.js";

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
