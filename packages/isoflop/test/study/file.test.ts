import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { stringify } from "yaml";
import { template } from "../../src/study/file/shipped.js";
import { studyPath } from "../../src/study/find.js";
import { readAssignment, resolveStudy, studyJsonSchema, studySchema, writtenStudy } from "../../src/study/index.js";
import { file, isoflop, json, scratch } from "../isoflop.js";
import { tinyFile } from "./tiny.js";

const resolved = async (text: string, ...sets: string[]) =>
  (await resolveStudy(await writtenStudy(file("a.yaml", text)), sets.map(readAssignment))).file;

const written = "data: shapes\ngrid: { budgets: 1e9, widths: [8, 16] }\n";

describe("a study file", () => {
  it("is YAML or JSON, and means the same", async () => {
    const yaml = await resolved(stringify(tinyFile));
    expect(await resolved(JSON.stringify(tinyFile, null, 2))).toEqual(yaml);
    expect(yaml.optimizer).toMatchObject({ learningRate: { at: 0.0115, width: [32, -0.15] }, warmup: 0.05, clip: 1 });
  });

  it("resolved is a study file again, of the same study", async () => {
    const once = await resolved(written);
    expect(await resolved(stringify(once))).toEqual(once);
  });

  it("takes parts by name, whose defaults are filled in", async () => {
    const { objective } = await resolved(
      `${written}objective: { path: cosine, weighting: minSnr, density: uniform }\n`,
    );
    expect(objective.path).toBe("cosine");
    expect(objective.weighting).toMatchObject({ kind: "minSnr", gamma: 5 });
    expect(objective.density).toEqual({ kind: "uniform" });
  });

  it.each([
    ["bacth: 3", 3, 'has an unknown key "bacth"; did you mean "batch"?'],
    ["batch: 0", 3, "batch is 0; it must be a whole number of at least 1"],
    ["batch: many", 3, 'batch is "many"; it must be a number of images or { at, budget: [reference, exponent] }'],
    ["objective: { density: { kind: logitNormal, mena: 1 } }", 3, 'did you mean "mean"?'],
    ["model: { conditioning: inContxt }", 3, 'did you mean "inContext"?'],
    ["optimizer: { warmup: 0.8, decay: 0.5 }", 3, "warmup and decay are 0.8 and 0.5; together they must be at most 1"],
    ["optimizer: { learningRate: { at: 0.1, width: 32 } }", 3, "width is 32; it must be a list [reference, exponent]"],
    ["optimizer: { learningRate: tuned }", 3, 'optimizer.learningRate is "tuned"; it must be "tune"'],
    ["heldOut: { budgets: 1e10 }", 3, "there are neither widths nor models; expected one of them"],
    ["heldOut: { budgets: [], widths: [8] }", 3, "it must be a list of at least one budget"],
    [
      "heldOut:\n  - budgets: 1e10\n    widths: { from: 32, to: 16, step: 8 }",
      5,
      "a range whose from is at most its to",
    ],
    ["seed: -1", 3, "seed is -1"],
    ["name: ../elsewhere", 3, "it must be a name of letters, digits, dots, dashes and underscores"],
    ["compare: { seed: [1] }", 3, "a list of at least two values"],
  ])("says the line, the value and what would be right: %s", async (more, line, message) => {
    await expect(resolved(written + more)).rejects.toThrow(message);
    await expect(resolved(written + more)).rejects.toThrow(new RegExp(`a\\.yaml:${line}: `));
  });

  it.each([
    ["data: shapes\n", /a\.yaml: grid is missing; it must be/],
    ["grid: [\n", /a\.yaml:\d: /],
    ["- 1\n", /a\.yaml: it is a list of 1; it must be a record/],
    ["", /a\.yaml: it is null; it must be a record/],
  ])("that is none is refused: %j", async (text, message) => {
    await expect(resolved(text)).rejects.toThrow(message);
  });

  it("is completed by editors: its schema names every field, part and source", () => {
    const { properties, $defs } = studyJsonSchema() as Record<string, Record<string, object>>;
    expect(Object.keys(properties!)).toEqual(Object.keys(studySchema.entries));
    for (const word of ["emoji", "crossAttention", "minSnr", "logitNormal", "shallow", "around"])
      expect(JSON.stringify([properties, $defs])).toContain(`"${word}"`);
  });
});

describe("--set", () => {
  it("replaces a field, makes records on the way, and the last word counts", async () => {
    const study = await resolved(
      written,
      "optimizer.learningRate.at=0.02",
      "batch=8",
      "batch=4",
      "grid.widths=[8, 24]",
    );
    expect(study.optimizer.learningRate).toEqual({ at: 0.02 });
    expect([study.batch, study.grid]).toMatchObject([4, { widths: [8, 24] }]);
  });

  it.each([
    ["batch=0", /^--set batch=0: batch is 0; it must be/],
    ["bacth=8", /^--set bacth=8: it has an unknown key "bacth"/],
    ["data.size=32", /^--set data\.size=32: data is "shapes", which has no fields; set it whole, as a record/],
    ["batch", /^--set batch: expected a field and its value, such as optimizer\.warmup=0\.1/],
    ["=3", /^--set =3: expected a field/],
    ["batch=[", /^--set batch=\[: /],
  ])("%s is told as it was typed", async (set, message) => {
    await expect(resolved(written, set)).rejects.toThrow(message);
  });
});

describe("the command line", () => {
  test("init writes a study that explains every field, and its schema; never over what is there", () => {
    const mine = scratch("mine.yaml");
    const { files } = json(["init", mine]);
    expect(files).toEqual({ study: mine, schema: scratch("study.schema.json") });
    const printed = isoflop(["study", mine, "--print"]).stdout;
    const quick = isoflop(["study", "quick", "--print"]).stdout;
    const body = (text: string) => text.slice(text.indexOf("data:"));
    expect(body(printed)).toBe(body(quick));
    const again = isoflop(["init", mine]);
    expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/mine\.yaml is there already; .*--force/)]);
    expect(isoflop(["init", mine, "--force"]).code).toBe(0);
  });

  test("the template speaks of every field", async () => {
    const { readFileSync } = await import("node:fs");
    const text = readFileSync(template, "utf8");
    for (const field of Object.keys(studySchema.entries))
      expect(text, field).toMatch(new RegExp(`^#? ?${field}:`, "m"));
  });

  test("a file that is not there says what can stand in its place", () => {
    const { code, stderr } = isoflop(["study", scratch("none.yaml")]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/there is no file .*none\.yaml; expected a study file, a study's folder, or one of .*quick/);
  });
});

test("a study goes by its folder's name without the hash, where there is one of that name", () => {
  for (const folder of ["named/quick-0123abcd", "named/quick-x", "named/two-11111111", "named/two-22222222"]) {
    mkdirSync(scratch(folder), { recursive: true });
    writeFileSync(join(scratch(folder), "study.json"), "{}");
  }
  expect(studyPath(scratch("named/quick"))).toBe(scratch("named/quick-0123abcd"));
  expect(studyPath(scratch("named/none"))).toBe(scratch("named/none"));
  expect(studyPath("-")).toBe("-");
  expect(() => studyPath(scratch("named/two"))).toThrow(/is the name of 2 studies; give one of .*11111111, .*22222222/);
});
