import { describe, expect, it } from "vitest";
import { benchArguments, chosenBenches } from "../lib/bench.mjs";
import { listPackages } from "../lib/workspace.mjs";
import { tree } from "./tree.js";

const packages = () =>
  listPackages(
    tree({
      "packages/alpha/package.json": { name: "@x/alpha", scripts: { bench: "node bench/a.mjs" } },
      "packages/beta/package.json": { name: "@x/beta", scripts: { test: "vitest run" } },
      "examples/gamma/package.json": { name: "gamma", scripts: { bench: "node bench/g.mjs" } },
    }),
  );
const chosen = (...names: string[]) => chosenBenches(packages(), names).map(({ path }) => path);

describe("pnpm bench", () => {
  it("runs every bench there is, or those named by folder or package", () => {
    expect(chosen()).toEqual(["packages/alpha", "examples/gamma"]);
    expect(chosen("gamma")).toEqual(["examples/gamma"]);
    expect(chosen("gamma", "@x/alpha")).toEqual(["packages/alpha", "examples/gamma"]);
  });

  it("says which there are when a name is none of them", () => {
    expect(() => chosen("alpha", "beta")).toThrow('No package "beta" has a bench; there are alpha, gamma.');
    expect(() => chosen("al")).toThrow('No package "al" has a bench');
  });

  it("hands on what follows two dashes", () => {
    expect(benchArguments(["alpha", "--", "wasm", "--", "2"])).toEqual({ names: ["alpha"], rest: ["wasm", "--", "2"] });
    expect(benchArguments([])).toEqual({ names: [], rest: [] });
  });

  it("knows a bench of every package with a folder of benches", () => {
    const benches = chosenBenches(listPackages(), []).map(({ path }) => path);
    for (const name of ["tensor", "train", "diffusion", "flops", "metrics"])
      expect(benches).toContain(`packages/${name}`);
  });
});
