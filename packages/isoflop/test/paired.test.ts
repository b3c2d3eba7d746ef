import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pairedWith } from "../src/compare/paired.js";
import { file, isoflop, type Json, json, scratch } from "./isoflop.js";
import { folderOf, type Kept, lossAt } from "./validated-runs.js";

const model = (i: number) => ({ model: { width: 8 * (1 + (i % 5)), depth: 1 } });
const of = (share: number, own: (t: number) => number): Kept => ({
  spec: model,
  of: (t, N, D) => lossAt(t, N, D) * share + own(t),
});
/** What every validation of one set of samples finds hard or easy. */
const shared = (t: number) => 0.3 * Math.sin(1e4 * t);
const small = (t: number) => 0.002 * Math.sin(7e3 * t);
const base = (name = "paired-base") => folderOf(name, of(1, shared));
const ours = (kept: Kept = {}, name = "paired-ours") =>
  folderOf(name, { ...of(0.98, (t) => shared(t) + small(t)), ...kept });

test("two folders are held against each other at every budget, on the same samples", () => {
  const { paired } = json(["compare", base(), ours(), "--draws", "50"]);
  const budgets = paired!.budgets as unknown as Json[];
  expect(budgets.map(({ C }) => Number(C))).toEqual([1e17, 4e17, 1.6e18, 6.4e18]);
  for (const { difference, unpaired, matched, heldOut } of budgets) {
    expect(heldOut).toBe(false);
    expect(Number(difference!.mean)).toBeLessThan(0);
    expect(Number(difference!.stdErr)).toBeGreaterThan(0);
    expect(Number(difference!.stdErr)).toBeLessThan(Number(unpaired) / 5);
    // 2 % of the loss of each of five sizes.
    expect(Number(matched!.pairs)).toBe(5);
    expect(Number(matched!.stdErr)).toBeGreaterThan(0);
  }
});

test("text has both errors; a budget that both hold out is told as such", () => {
  const inStudy = (name: string, runs: string) => {
    const folder = scratch(name);
    mkdirSync(folder, { recursive: true });
    const ids = Array.from({ length: 20 }, (_, i) => String(i).padStart(16, "0"));
    const manifest = {
      ...{ record: "manifest", name, hash: "0a1b2c3d", store: runs, file: {} },
      ...{ runs: ids.slice(0, 15), heldOut: ids.slice(15) },
    };
    writeFileSync(join(folder, "study.json"), JSON.stringify(manifest));
    return folder;
  };
  const [a, b] = [inStudy("study-a", base("store-a")), inStudy("study-b", ours({}, "store-b"))];
  const { stdout, code } = isoflop(["compare", a, b, "--draws", "50"]);
  expect(code).toBe(0);
  expect(stdout).toContain("On the same samples");
  expect(stdout).toMatch(/^6\.4e18, held out +0{14}\d{2} +0{14}\d{2} +−0\.\d+ +\d\S+ +\d\S+ +5 +−0\.\d+ +\d/m);
});

test("what cannot be paired is said, and compared by its laws all the same", () => {
  const without = isoflop(["compare", base(), ours({ losses: () => false }), "--draws", "50"]);
  expect(without.code).toBe(0);
  expect(without.stdout).toMatch(/no run of A is held against one of B sample by sample: run 0+\d+ kept no losses/);
  const other = ours({ samples: () => ({ noise: 0 }) });
  expect(isoflop(["compare", base(), other, "--draws", "50"]).stdout).toContain(
    "they were validated on other samples: noise is 1 of the one and 0 of the other",
  );
  const table = json(["compare", base(), base(), "--exponents"]);
  expect(table).not.toHaveProperty("paired");
});

test("arms of a study: nothing of the first itself, nor where runs are gone", async () => {
  const [a, b] = [base(), ours()];
  expect(await pairedWith(a, a)).toBeUndefined();
  const found = await pairedWith(a, b);
  expect(found?.map(({ C }) => C)).toEqual([1e17, 4e17, 1.6e18, 6.4e18]);
  expect(found![0]).not.toHaveProperty("a");
  rmSync(b, { recursive: true });
  mkdirSync(b);
  expect(await pairedWith(a, b)).toBeUndefined();
});

test("a study of several has its arms on the same samples, in its summary, its words and its report", () => {
  const at = scratch("duel");
  const study = {
    ...{ name: "duel", data: { source: "shapes", size: 16 }, batch: 16, validation: { images: 64 } },
    ...{ optimizer: { learningRate: 0.01 }, grid: { budgets: 5e8, widths: [8, 16] } },
    compare: { "model.conditioning": ["inContext", "crossAttention"] },
  };
  const summary = json(["study", file("duel.json", JSON.stringify(study)), "--runs", at]);
  const [first, second] = summary.arms as unknown as Json[];
  expect(first).not.toHaveProperty("paired");
  const [budget] = second!.paired as unknown as Json[];
  expect(budget).toMatchObject({ C: 5e8, heldOut: false, matched: { pairs: 2 } });
  expect(Number(budget!.difference!.stdErr)).toBeLessThan(Number(budget!.unpaired));
  const [folder] = readdirSync(at).filter((name) => name.startsWith("duel-"));
  expect(readFileSync(join(at, folder!, "report.html"), "utf8")).toContain("The same samples");
});
