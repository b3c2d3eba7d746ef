import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isoFlop, predictIsoFlop } from "@isoflop/scaling";
import { expect, test } from "vitest";
import { type DoneRun, pointsOf } from "../src/runs/point.js";
import { fixture, isoflop, json, scratch } from "./isoflop.js";

/** A folder as `isoflop train` leaves it, with the runs of a table. */
const folderOf = (name: string, inner = "", more: (i: number) => object = () => ({})): string => {
  const folder = scratch(name);
  const rows = readFileSync(fixture("dit_isoflop_noisy"), "utf8").trim().split("\n").slice(1);
  const records = rows.map((row, i) => {
    const [budget, paramsNonEmbedding, tokens, loss] = row.split(",").map(Number);
    const spec = { budget, seed: i, ...more(i) };
    return { spec, state: "done", result: { paramsNonEmbedding, tokens, loss, lossStdErr: 1e-3 } };
  });
  for (const [i, record] of [...records, { spec: { budget: 1e19 }, state: "unfinished" }].entries()) {
    const id = String(i).padStart(16, "0");
    mkdirSync(join(folder, inner, id), { recursive: true });
    writeFileSync(join(folder, inner, id, "run.json"), JSON.stringify({ id, ...record }));
  }
  return folder;
};

test.each(["", "runs"])("a folder of runs fits as the table of its runs that are done (inside %j)", (inner) => {
  const folder = folderOf(`runs-${inner}`, inner);
  const of = (input: string) => json(["fit", "isoflop", "-i", input]);
  const [ours, table] = [of(folder), of(fixture("dit_isoflop_noisy"))];
  for (const name of ["N", "D", "loss"]) {
    expect(ours.fit![name]!.exponent!.value).toBeCloseTo(Number(table.fit![name]!.exponent!.value), 12);
  }
  expect(ours.points!.used).toBe(54);
  expect(json(["compare", folder, fixture("dit_isoflop_noisy")]).comparison!.at![0]!.difference!.value).toBeCloseTo(
    0,
    12,
  );
});

test("a study's own fit and predict on its folder are one answer, to the last digit", () => {
  const folder = folderOf("one-answer");
  const records = [...Array(54).keys()].map(
    (i) => JSON.parse(readFileSync(join(folder, String(i).padStart(16, "0"), "run.json"), "utf8")) as DoneRun,
  );
  // Stores list runs by their ids, studies in the order of their plan.
  const points = pointsOf(records.reverse());
  expect(points.every(({ sigma }) => sigma === 1e-3)).toBe(true);
  const own = predictIsoFlop(isoFlop(points), 2e19, { N: 1e8 });
  const asked = json(["predict", "--method", "isoflop", "-i", folder, "--at", "2e19", "--size", "1e8"]).predictions![0];
  expect({ ok: true, ...asked }).toEqual(own);
});

test("a folder without a run that is done is no table: status 3", () => {
  const folder = scratch("empty-runs");
  mkdirSync(folder, { recursive: true });
  expect(isoflop(["fit", "isoflop", "-i", folder])).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/has no run; expected the folder of "isoflop study" or "isoflop train"/),
  });
  mkdirSync(join(folder, "0000000000000000"));
  writeFileSync(join(folder, "0000000000000000", "run.json"), "{");
  expect(isoflop(["fit", "isoflop", "-i", folder]).stderr).toMatch(/run\.json is no record of a run/);
});

test.each([
  ["[]", "state is missing; it must be given"],
  ["null", "it is null; it must be a record"],
  ["{}", "state is missing; it must be given"],
  [
    '{"id":"a","state":"dine"}',
    'state is "dine"; it must be one of "unfinished", "done", "failed" (did you mean "done"?)',
  ],
  ['{"id":"a","state":"done"}', "spec is missing; it must be given"],
  ['{"id":"a","state":"done","spec":{"budget":1e18}}', "result is missing; it must be given"],
  [
    '{"id":"a","state":"done","spec":{"budget":1e18},"result":{"paramsNonEmbedding":1e6,"tokens":1e9,"loss":"low"}}',
    'result.loss is "low"; it must be a finite number above 0',
  ],
])("a run.json that says %s is named: status 3", (content, message) => {
  const folder = scratch("damaged");
  mkdirSync(join(folder, "0000000000000000"), { recursive: true });
  const path = join(folder, "0000000000000000", "run.json");
  writeFileSync(path, content);
  const { code, stderr } = isoflop(["fit", "isoflop", "-i", folder]);
  expect([code, stderr]).toEqual([3, `isoflop: ${path} is no record of a run: ${message}\n`]);
});

const emoji = {
  data: { source: "emoji", size: 16, seed: 0 },
  objective: { path: "linear", weighting: { kind: "none" } },
};

test.each([
  [
    "data",
    { data: { ...emoji.data, source: "shapes" } },
    'spec.data.source is "emoji" in run R0 and "shapes" in run R7',
  ],
  [
    "objectives",
    { objective: { path: "linear", weighting: { kind: "minSnr" } } },
    'spec.objective.weighting.kind is "none" in run R0 and "minSnr" in run R7',
  ],
  [
    "families of models",
    { model: { width: 64, conditioning: "mmDit" } },
    'spec.model.conditioning is "inContext" in run R0 and "mmDit" in run R7',
  ],
])("runs of unlike %s are not joined by a law: status 3", (name, other, message) => {
  const model = { width: 32, conditioning: "inContext" };
  const folder = folderOf(`unlike-${name}`, "", (i) => ({ ...emoji, model, ...(i === 7 && other) }));
  const { code, stderr } = isoflop(["fit", "isoflop", "-i", folder]);
  const said = message.replace(/R(\d)/g, (_, i: string) => i.padStart(16, "0"));
  expect([code, stderr]).toEqual([
    3,
    `isoflop: the folder ${folder} has runs of unlike studies, which no law joins: ${said}; give the folder of one study\n`,
  ]);
});

test("seeds, sizes and how a model was trained may differ within a folder, families of models between two", () => {
  const trained = (conditioning: string) => (i: number) => ({
    ...{ ...emoji, data: { ...emoji.data, seed: i } },
    ...{ model: { width: 8 * i, depth: i, conditioning }, batch: i, optimizer: { learningRate: 1 / (i + 1) } },
  });
  const a = folderOf("one-family", "", trained("inContext"));
  const b = folderOf("another-family", "", trained("mmDit"));
  expect(json(["compare", a, b]).comparison!.at![0]!.difference!.value).toBe(0);
});

test("modules are what they hold, wherever they lie: others are no law's", () => {
  const of = (name: string, digest: (i: number) => string) =>
    folderOf(name, "", (i) => ({ content: { modules: [{ path: `/${i}.ts`, digest: digest(i) }] } }));
  expect(isoflop(["fit", "isoflop", "-i", of("one-module", () => "a")]).code).toBe(0);
  const { code, stderr } = isoflop(["fit", "isoflop", "-i", of("two-modules", (i) => (i > 20 ? "a" : "b"))]);
  expect([code, stderr]).toEqual([3, expect.stringMatching(/spec\.modules\.0 is "b" in run 0+ and "a" in run 0+21/)]);
});

test("losses on unlike data are not compared: status 3", () => {
  const a = folderOf("of-emoji", "", () => emoji);
  const b = folderOf("of-shapes", "", () => ({ data: { ...emoji.data, source: "shapes" } }));
  const { code, stderr } = isoflop(["compare", a, b]);
  expect(code).toBe(3);
  expect(stderr).toMatch(
    /have losses that do not compare: spec\.data\.source is "emoji" in run 0+ and "shapes" in run 0+/,
  );
});
