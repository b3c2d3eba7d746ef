import { readFileSync } from "node:fs";
import { conventions, presets } from "@isoflop/flops";
import { describe, expect, test } from "vitest";
import { registry } from "../src/registry.js";
import { file, isoflop, json } from "./isoflop.js";

describe("flops", () => {
  test.each([
    ["exact", 237242843136],
    ["paper2023", 118637936640],
  ])("DiT-XL/2 forward under %s", (convention, forward) => {
    const document = json(["flops", "DiT-XL/2", "--convention", convention]);
    expect(document.forward!.total).toBe(forward);
    expect(document.convention!.name).toBe(convention);
    expect(document.parameters!.all).toBe(675129632);
  });

  test("a config in a file counts as the preset it equals", () => {
    const config = file("dit.json", JSON.stringify(presets["DiT-B/4"]));
    const { model: _, ...counted } = json(["flops", config]);
    const { model: __, ...preset } = json(["flops", "DiT-B/4"]);
    expect(counted).toEqual(preset);
  });

  test("every convention is a choice and is named in the text", () => {
    for (const name of Object.keys(conventions)) {
      expect(isoflop(["flops", "DiT-S/8", "--convention", name]).stdout).toContain(`convention "${name}"`);
    }
  });

  test.each([
    ["a mistyped key", { ...presets["DiT-S/2"], widht: 3 }, /unknown key "widht"/],
    ["heads that do not divide the width", { ...presets["DiT-S/2"], heads: 7 }, /heads/],
    ["a list", [1], /is not a config/],
  ])("%s: status 3", (_, config, message) => {
    const { code, stderr } = isoflop(["flops", file("bad.json", JSON.stringify(config))]);
    expect(code).toBe(3);
    expect(stderr).toMatch(message);
  });

  test("a preset that is not there: status 2, the others are named", () => {
    const { code, stderr } = isoflop(["flops", "DiT-XXL/2"]);
    expect(code).toBe(2);
    expect(stderr).toContain("DiT-XL/2");
  });
});

describe("info and help", () => {
  test("info says which device would be picked and why", () => {
    const { device, versions } = json(["info"]);
    expect(["wasm", "webgpu"]).toContain(device!.backend);
    expect(device!.reason).toMatch(/hardware/);
    expect(versions).toHaveProperty("@isoflop/tensor");
  });

  test("the version is the package's", () => {
    const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
      version: string;
    };
    expect(isoflop(["--version"])).toEqual({ code: 0, stdout: `isoflop ${version}\n`, stderr: "" });
  });

  test("help lists every command and every exit status", () => {
    const { code, stdout } = isoflop(["--help"]);
    expect(code).toBe(0);
    for (const { path } of registry) expect(stdout).toContain(path[0]);
    for (const status of [0, 1, 2, 3, 4, 130]) expect(stdout).toMatch(new RegExp(`^ {2}${status}  `, "m"));
    expect(isoflop([])).toEqual(isoflop(["help"]));
    expect(isoflop(["help", "fit", "law"])).toEqual(isoflop(["fit", "law", "--help"]));
  });

  test.each(registry.map(({ path }) => path.join(" ")))("%s --help shows its options", (path) => {
    const { code, stdout } = isoflop([...path.split(" "), "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("--json");
  });
});
