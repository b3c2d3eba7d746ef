import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dataOpener } from "@isoflop/sweep/node";
import { describe, expect, it, test } from "vitest";
import { stringify } from "yaml";
import { armsOf } from "../../src/study/arms.js";
import { template } from "../../src/study/file/shipped.js";
import { studyPath } from "../../src/study/find.js";
import {
  planStudy,
  readAssignment,
  resolveStudy,
  studyJsonSchema,
  studySchema,
  writtenStudy,
} from "../../src/study/index.js";
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

  it("says the lines of files with a byte order mark and with ends of lines of Windows", async () => {
    await expect(resolved(`\uFEFF${written}bacth: 3`.replaceAll("\n", "\r\n"))).rejects.toThrow(/^.*a\.yaml:3: /);
  });

  it("may say a thing once: anchors, aliases and merge keys", async () => {
    const { grid } = await resolved(
      "data: shapes\ngrid:\n  - &one { budgets: 1e9, widths: [8] }\n  - { <<: *one, budgets: 2e9 }\n",
    );
    expect(grid).toMatchObject([{ budgets: 1e9 }, { budgets: 2e9, widths: [8] }]);
  });

  it("may be a module, of which the default export is the study or a promise of it", async () => {
    const study = JSON.stringify(tinyFile);
    const given = async (name: string, text: string) => (await resolveStudy(await writtenStudy(file(name, text)))).file;
    const whole = await resolved(study);
    expect(await given("plain.mjs", `export default ${study}`)).toEqual(whole);
    expect(await given("promise.ts", `export default Promise.resolve(${study} as object)`)).toEqual(whole);
    await expect(given("function.mjs", `export default () => (${study})`)).rejects.toThrow(
      /function\.mjs has a function for its default export; it must be the study itself/,
    );
    await expect(given("inner.mjs", `export default { ...${study}, summary: () => "" }`)).rejects.toThrow(
      /inner\.mjs: its default export holds what no study has, .* could not be cloned/,
    );
    await expect(given("none.mjs", "export const study = 1")).rejects.toThrow(/none\.mjs has no default export/);
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

  it("takes a published objective by name, which is its record in full", async () => {
    const { objective } = await resolved(`${written}objective: edm\n`);
    expect(objective).toMatchObject({ path: "edm", prediction: { kind: "F", sigmaData: 0.5 }, inputs: "edm" });
    const learned = await resolved(`${written}objective: { preset: ddpm, variance: learnedRange }\n`);
    expect(learned.objective).toMatchObject({ path: "discrete", inputs: "ddpm", variance: "learnedRange" });
  });

  it("takes a solver and a grid of pictures by name or record, and leaves unsaid what is not asked", async () => {
    const { samples } = await resolved(`${written}samples: {}\n`);
    expect(samples).toEqual({ count: 24, steps: 25, guidance: 2, solver: { kind: "heun" } });
    const asked = await resolved(
      `${written}samples: { solver: { kind: dpmSolverPP, order: 3 }, grid: karras, guidanceInterval: [0.2, 0.8], guidanceChannels: 2 }\n`,
    );
    expect(asked.samples).toMatchObject({
      solver: { kind: "dpmSolverPP", order: 3, eta: 0 },
      grid: { kind: "karras", rho: 7 },
      guidanceInterval: [0.2, 0.8],
      guidanceChannels: 2,
    });
  });

  it("says the line of a metric that cannot be, before anything is trained", async () => {
    const study = await resolveStudy(
      await writtenStudy(file("b.yaml", `${written}metrics: [{ kind: nll, images: 8 }]`)),
    );
    await expect(planStudy(study, dataOpener())).rejects.toThrow(/b\.yaml:3: metric\.images is 8/);
  });

  it.each([
    ["samples: { grid: karas }", 3, 'did you mean "karras"?'],
    ["samples: { grid: { kind: karras, rho: 0 } }", 3, "samples.grid.rho is 0"],
    ["samples: { guidanceInterval: [0.8, 0.2] }", 3, "it must be two times of 0..1, the smaller first"],
    ["samples: { guidanceChannels: 0 }", 3, "samples.guidanceChannels is 0"],
    ["objective: emd", 3, '(did you mean "edm"?)'],
    ["objective: { preset: edm, sigmaData: 0 }", 3, "objective.sigmaData is 0"],
    ["bacth: 3", 3, 'has an unknown key "bacth"; did you mean "batch"?'],
    ["batch: 0", 3, "batch is 0; it must be a whole number of at least 1"],
    ["batch: many", 3, 'batch is "many"; it must be a number of images or { at, budget: [reference, exponent] }'],
    ["objective: { density: { kind: logitNormal, mena: 1 } }", 3, 'did you mean "mean"?'],
    ["model: { conditioning: inContxt }", 3, 'did you mean "inContext"?'],
    ["optimizer: { warmup: 0.8, decay: 0.5 }", 3, "warmup and decay are 0.8 and 0.5; together they must be at most 1"],
    ["optimizer: { learningRate: { at: 0.1, width: 32 } }", 3, "width is 32; it must be a list [reference, exponent]"],
    ["optimizer: { learningRate: tuned }", 3, 'optimizer.learningRate is "tuned"; it must be "tune"'],
    ["optimizer: { kind: adamm }", 3, 'optimizer.kind is "adamm"; it must be one of "adamw", "adam", "sgd", "rmsprop"'],
    ["optimizer: { kind: sgd, learningRate: tuned }", 3, 'optimizer.learningRate is "tuned"; it must be "tune"'],
    ["optimizer: { groups: [{ match: '*' }] }", 3, "it must be a group with a factor"],
    ["snapshots: { widths: [0.5] }", 3, "snapshots.widths[0] is 0.5"],
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
    ["tune: { rates: [0.1, 0.1, 0.1] }", 3, "it must be a list of rates, each once"],
    [
      "heldOut: { budgets: 1e10, widths: { from: 8, to: 1e9, step: 8 } }",
      3,
      "it must be a range of at most 1000 widths",
    ],
    ["__proto__: { batch: 3 }", 3, 'has an unknown key "__proto__"'],
    ["batch: 8\nbatch: 9", 4, "Map keys must be unique"],
    ["batch: *big", 3, "there is no anchor &big above the alias *big"],
    ["---\ndata: emoji", 3, "another document begins here; a study is one"],
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

  it("lets parts of one's own stand where they may", () => {
    const { properties } = studyJsonSchema() as { readonly properties: Readonly<Record<string, object>> };
    for (const field of ["data", "model", "objective", "optimizer", "runner", "samples"])
      expect(JSON.stringify(properties[field]), field).toContain('"required":["module"]');
    expect(JSON.stringify(properties.grid)).not.toContain("module");
  });
});

it("hands the optimizer, its groups and snapshots to every run", async () => {
  const text = `${written}optimizer: { kind: sgd, momentum: 0.9, learningRate: tune, groups: [{ match: "*.bias", weightDecay: 0 }] }
snapshots: { widths: [0.1], count: 4 }
`;
  const { grid } = await planStudy(await resolveStudy(await writtenStudy(file("d.yaml", text))), dataOpener());
  for (const { spec } of grid) {
    expect(spec.optimizer).toMatchObject({ kind: "sgd", momentum: 0.9, groups: [{ match: "*.bias", weightDecay: 0 }] });
    expect(spec.snapshots).toEqual({ widths: [0.1], count: 4 });
  }
});

describe("what cannot be planned", () => {
  const grid = "grid:\n  - { budgets: 1e9, widths: [8] }\n  - budgets: 1e9\n    widths: [8, 16]\n";
  it.each([
    ["data: shapes\ngrid: { budgets: 1e5, widths: [8] }\n", 2, "budget 1e+5 is too small for one step of 8x1"],
    [`data: shapes\n${grid.replace("[8, 16]", "[12]")}`, 4, "width is 12; this ladder has multiples of 8"],
    [`data: shapes\n${grid}heldOut: { budgets: 1e9, widths: [8] }\n`, 6, "not above the largest fitted budget"],
    [`data: shapes\n${grid}validation: { split: test }\n`, 6, 'has no split "test"'],
    [`seed: 1\ndata: ./nowhere\n${grid}`, 2, "nowhere"],
    [`data: shapes\n${grid}model: { context: features }\n`, 6, "captions of words"],
    [
      `data: shapes\n${grid}optimizer: { groups: [{ match: "blocks.*.mpl.*", learningRate: 2 }] }\n`,
      6,
      'optimizer.groups[0].match is "blocks.*.mpl.*", and no parameter has such a name',
    ],
  ])("is told with its line: %j", async (text, line, message) => {
    const study = await resolveStudy(await writtenStudy(file("b.yaml", text)));
    const planned = planStudy(study, dataOpener());
    await expect(planned).rejects.toThrow(message);
    await expect(planned).rejects.toThrow(new RegExp(`b\\.yaml:${line}: `));
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
    ["grid.widths.2=24", /^--set grid\.widths\.2=24: grid\.widths is a list of 2, which has no entry "2"; name one by/],
    ["grid.widths.x=24", /^--set grid\.widths\.x=24: grid\.widths is a list of 2/],
    ["__proto__.batch=8", /^--set __proto__\.batch=8: it has an unknown key "__proto__"/],
    ["model.constructor=8", /^--set model\.constructor=8: model has an unknown key "constructor"/],
  ])("%s is told as it was typed", async (set, message) => {
    await expect(resolved(written, set)).rejects.toThrow(message);
  });
});

describe("what is compared", () => {
  const armNames = async (compare: object) => {
    const given = await writtenStudy(file("c.yaml", `${written}${stringify({ compare })}`));
    const study = await resolveStudy(given);
    return (await armsOf(given, [], study))!.map(({ name }) => name);
  };

  it("is a folder of its own for each choice, of no other thing's name", async () => {
    expect(await armNames({ batch: [8, 16], "model.patch": [2, 4] })).toEqual(["8-2", "8-4", "16-2", "16-4"]);
    expect(await armNames({ data: ["./runs", "./Figures", "./é", "./ü"] })).toEqual([
      "runs-1",
      "Figures-2",
      "value-3",
      "value-4",
    ]);
  });

  it("is told with the line where it was written", async () => {
    await expect(armNames({ "optimizer.warmpu": [0.1, 0.2] })).rejects.toThrow(
      /^.*c\.yaml:4: compare of optimizer\.warmpu: 0\.1: optimizer has an unknown key "warmpu"; did you mean "warmup"/,
    );
    await expect(armNames({ name: ["a/b", "c"] })).rejects.toThrow(/c\.yaml:4: compare of name: "a\/b": name is/);
  });

  it("must be several studies", () => {
    for (const compare of [
      { batch: [16, 16] },
      { summary: ["a", "b"] },
      { compare: [{ seed: [1, 2] }, { seed: [3, 4] }] },
      { device: ["wasm", "webgpu"] },
    ])
      for (const command of [["plan", "--no-measure"], ["study"]]) {
        const [name, ...options] = command as [string, ...string[]];
        const given = file("equal.yaml", `${written}${stringify({ compare })}`);
        const { code, stderr } = isoflop([
          name,
          given,
          ...options,
          ...(name === "study" ? ["--runs", scratch("r")] : []),
        ]);
        expect([code, stderr]).toEqual([
          3,
          expect.stringMatching(/equal\.yaml: compare: .* are one study, which trains/),
        ]);
      }
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
    for (const field of ["model", "samples", "tune", "validation", "optimizer"] as const)
      for (const inner of fieldsWithin(studySchema.entries[field]))
        expect(text, `${field}.${inner}`).toMatch(new RegExp(`\\b${inner}\\b`));
  });

  test("a file that is not there says what can stand in its place", () => {
    const { code, stderr } = isoflop(["study", scratch("none.yaml")]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/there is no file .*none\.yaml; expected a study file, a study's folder, or one of .*quick/);
  });
});

/** The fields of a record that a schema stands for, whatever is around it. */
const fieldsWithin = (schema: object): readonly string[] => {
  const { entries, wrapped, pipe } = schema as {
    readonly entries?: object;
    wrapped?: object;
    pipe?: readonly object[];
  };
  if (entries) return Object.keys(entries);
  const inner = wrapped ?? pipe?.[0];
  return inner ? fieldsWithin(inner) : [];
};

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
