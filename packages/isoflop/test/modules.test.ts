import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { shapeScenes } from "@isoflop/data";
import { densities, densityOn, grids, linearPath, weightings } from "@isoflop/diffusion";
import { schedules } from "@isoflop/train";
import { describe, expect, it } from "vitest";
import {
  loadModule,
  type Position,
  prepareModules,
  resolveModules,
  runPositions,
  usedModules,
} from "../src/modules/index.js";
import { metricRequests } from "../src/modules/metrics.js";
import { scratch } from "./isoflop.js";

/** Writes files of a folder of one's own. */
const folder = (name: string, files: Readonly<Record<string, string>>): string => {
  for (const [path, text] of Object.entries(files)) {
    const file = join(scratch(name), path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return scratch(name);
};

/** A schedule of some name, in TypeScript. */
const schedule = (name: string, more = ""): string => `
import { kind, positive } from "@isoflop/spec";
import * as v from "valibot";
${more}
export const schedule = kind({
  name: "${name}",
  options: { exponent: v.optional(positive, 2) },
  build: ({ exponent }: { readonly exponent: number }) => (left: number): number => left ** exponent,
});
`;

describe("loadModule", () => {
  it("makes a grid known, also within another", async () => {
    const at = folder("grids", {
      "halves.ts": `
import type { Grid } from "@isoflop/diffusion";
import { kind } from "@isoflop/spec";
export const grid = kind({
  name: "halves",
  options: {},
  build: (): Grid => ({ name: "halves", times: (_, steps) => [...Array.from({ length: steps }, (_, i) => 0.5 ** i), 0] }),
});
`,
    });
    const given = { grid: { kind: "shifted", by: 1, grid: { module: "./halves.ts" } } };
    const { value } = await resolveModules(given, [{ path: ["grid"], sort: "grid" }], at);
    expect(value.grid.grid).toEqual({ kind: "halves" });
    expect(grids.build(value.grid).times(linearPath(), 3)).toEqual([1, 0.5, 0.25, 0]);
  });

  it("makes parts of TypeScript known in the registries of this program", async () => {
    const at = folder("good", {
      "parts.ts": `
import { type TimestepDensity, defineDensity } from "@isoflop/diffusion";
import { kind } from "@isoflop/spec";
import { half } from "./lib/half.js";
import constants from "./constants.json";
export * from "./weighting.mjs";
const power: number = await Promise.resolve(half * constants.four);
export const density = kind({
  name: "ofModule",
  options: {},
  build: (): TimestepDensity =>
    defineDensity("of a module", (m, u) => m.exp(m.div(m.log(u), power)), (t) => power * t ** (power - 1)),
});
export const helper = 3;
`,
      "lib/half.ts": "export const half: number = 0.5;",
      "constants.json": '{ "four": 4 }',
      "weighting.mjs": `
import { kind } from "@isoflop/spec";
export const weighting = kind({ name: "flat", options: {}, build: () => ({ name: "flat", weight: () => 1 }) });
`,
    });
    const { path, digest, parts } = await loadModule("parts.ts", at);
    expect([path, parts]).toEqual([join(at, "parts.ts"), { density: "ofModule", weighting: "flat" }]);
    expect(digest).toMatch(/^[0-9a-f]{32}$/);
    const ofModule = densityOn(densities.build({ kind: "ofModule" }), linearPath());
    expect(ofModule.quantile(0.25)).toBeCloseTo(0.5, 15);
    expect(weightings.names).toContain("flat");
    // Once in a thread.
    expect(await loadModule(join(at, "parts.ts"))).toBe(await loadModule("./parts.ts", at));
  });

  it("takes modules that import in a circle, and CommonJS", async () => {
    const at = folder("circle", {
      "one.ts": `import { kind } from "@isoflop/spec"; import { two } from "./two.ts"; import plain from "./plain.cjs";
export const one = 1; export const schedule = kind({ name: "circle", options: {}, build: () => () => two() + plain.three });`,
      "two.ts": 'import { one } from "./one.ts"; export const two = () => one + 1;',
      "plain.cjs": "module.exports = { three: 3 };",
    });
    await loadModule("one.ts", at);
    expect(schedules.build("circle")(0)).toBe(5);
  });

  it("leaves packages to the project in which the module lies", async () => {
    const at = folder("project", {
      "node_modules/curves/package.json":
        '{ "name": "curves", "version": "1.2.3", "type": "module", "exports": "./index.js" }',
      "node_modules/curves/index.js": "export const floor = 0.25; export default { top: 1 };",
      "mine.ts": `import { kind } from "@isoflop/spec"; import curves, { floor } from "curves";
export const schedule = kind({ name: "floored", options: {}, build: () => (left) => Math.max(floor, left * curves.top) });`,
    });
    await loadModule("mine.ts", at);
    const fall = schedules.build("floored");
    expect([0.1, 0.5].map((left) => fall(left))).toEqual([0.25, 0.5]);
  });

  const wrong: [string, Readonly<Record<string, string>>, string | RegExp][] = [
    ["none", {}, /there is no module .*none\/mine\.ts$/],
    [
      "syntax",
      { "mine.ts": "const a = 1;\nexport const density = ;\n" },
      /mine\.ts cannot be compiled: line 2: Unexpected token/,
    ],
    [
      "throws",
      { "mine.ts": 'const a = 1;\nthrow new Error("of its own");' },
      /mine\.ts cannot be loaded: of its own \(.*mine\.ts:2\)$/,
    ],
    [
      "empty",
      { "mine.ts": "export {};" },
      /mine\.ts exports no part; it exports nothing, and a part is exported by the name of its sort, one of "density", "weighting"/,
    ],
    [
      "mistyped",
      { "mine.ts": "export const densty = 1; export default 2;" },
      /exports no part; it exports densty and a default, and .* \(did you mean "density"\?\)$/,
    ],
    [
      "number",
      { "mine.ts": "export const density = 3;" },
      /mine\.ts: export density is 3; it must be a kind\(\{ name, options, build \}\) of @isoflop\/spec/,
    ],
    [
      "unnamed",
      { "mine.ts": 'export const path = { name: "", options: {}, build: () => 1 };' },
      'export path.name is ""; it must be a text',
    ],
    [
      "built",
      { "mine.ts": 'export const path = { name: "a", options: {}, build: 4 };' },
      "export path.build is 4; it must be a function",
    ],
    [
      "optioned",
      { "mine.ts": 'export const path = { name: "a", options: { b: 2 }, build: () => 1 };' },
      "export path.options.b is 2; it must be a schema, such as number() of @isoflop/spec",
    ],
    [
      "halved",
      { "mine.ts": 'export const conditioning = { name: "half", architecture: { words: "w", layers: () => [] } };' },
      "export conditioning.trunk is missing; it must be a record with specs and forward: how @isoflop/dit builds it",
    ],
    [
      "taken",
      { "mine.ts": schedule("cosine") },
      'export schedule: there is a learning-rate schedule "cosine" already; give yours a name of its own',
    ],
    [
      "twice",
      {
        "mine.ts":
          'export const conditioning = { name: "mmDit", architecture: { words: "w", layers: () => [] }, trunk: { specs: () => ({}), forward: () => 1 } };',
      },
      'export conditioning: there is a conditioning "mmDit" already',
    ],
    ["beside", { "mine.ts": 'import "./other.js";' }, /mine\.ts imports "\.\/other\.js", and there is no such file/],
    [
      "lacking",
      { "mine.ts": 'import "@some/where/deep";' },
      /imports "@some\/where\/deep", which is not installed where that file lies; run npm install @some\/where there/,
    ],
    ["requires", { "mine.cjs": "", "mine.ts": 'require("./mine.cjs");' }, /requires "\.\/mine\.cjs"; import it/],
    [
      "picture",
      { "a.png": "", "mine.ts": 'import "./a.png";' },
      /a\.png is no module; it must be TypeScript or JavaScript/,
    ],
  ];
  it.each(wrong)("refuses in words: %s", async (name, files, message) => {
    await expect(loadModule("mine.ts", folder(name, files))).rejects.toMatchObject({
      name: "ModuleError",
      message: (typeof message === "string"
        ? expect.stringContaining(message)
        : expect.stringMatching(message)) as string,
    });
  });

  it("refuses what is imported only when it is used: it would be no part of the digest", async () => {
    const at = folder("late", {
      "mine.ts": `import { kind } from "@isoflop/spec";
export const metric = kind({ name: "lateImport", options: {}, build: () => ({ measure: () => import("./late.js") }) });`,
      "late.ts": "export const value = 1;",
    });
    await loadModule("mine.ts", at);
    const { metrics } = await import("@isoflop/train");
    await expect(metrics.build("lateImport").measure({} as never)).rejects.toThrow(
      /late\.ts only when it is used; import it at the top/,
    );
  });
});

describe("a module's digest", () => {
  const files = { "mine.ts": schedule("digested", 'import "./lib/part.ts";'), "lib/part.ts": "export const a = 1;" };
  let names = 0;
  /** The digest of such files somewhere, in a process of its own: here their names would be taken. */
  const digestOf = async (changed: Readonly<Record<string, string>>, entry = "mine.ts"): Promise<string> => {
    const at = folder(`digest-${names++}`, changed);
    return execFileSync(process.execPath, ["--input-type=module", "-e", loader, join(at, entry)], {
      encoding: "utf8",
      cwd: join(import.meta.dirname, ".."),
    });
  };
  const loader = `
    const { loadModule } = await import("./dist/modules/index.js");
    process.stdout.write((await loadModule(process.argv[1])).digest);
  `;

  it("is that of its text and of all local files it imports, wherever they lie and whatever the module is called", async () => {
    const digest = await digestOf(files);
    expect(await digestOf(files)).toBe(digest);
    expect(await digestOf({ "other.ts": files["mine.ts"], "lib/part.ts": files["lib/part.ts"] }, "other.ts")).toBe(
      digest,
    );
    expect(
      await digestOf(
        Object.fromEntries(Object.entries(files).map(([name, text]) => [name, text.replaceAll("\n", "\r\n")])),
      ),
    ).toBe(digest);
    expect(await digestOf({ ...files, "lib/unused.ts": "1" })).toBe(digest);
    const others = [
      { ...files, "mine.ts": `${files["mine.ts"]}// another text` },
      { ...files, "lib/part.ts": "export const a = 2;" },
      { "mine.ts": files["mine.ts"].replace("lib/", "lab/"), "lab/part.ts": files["lib/part.ts"] },
    ];
    const digests = await Promise.all(others.map((changed) => digestOf(changed)));
    expect(new Set([digest, ...digests]).size).toBe(4);
  });

  it("knows packages by their version, and not what isoflop shares", async () => {
    const withPackage = (version: string, text = "export {};") =>
      digestOf({
        "node_modules/p/package.json": `{ "name": "p", "version": "${version}", "type": "module", "exports": "./i.js" }`,
        "node_modules/p/i.js": text,
        "mine.ts": schedule("packaged", 'import "p";'),
      });
    const [one, same, two] = [
      await withPackage("1.0.0"),
      await withPackage("1.0.0", "export const a = 1;"),
      await withPackage("2.0.0"),
    ];
    expect(same).toBe(one);
    expect(two).not.toBe(one);
  });
});

describe("resolveModules", () => {
  const at = folder("resolved", { "mine.ts": schedule("resolved") });
  const ask = (value: unknown, positions: readonly Position[] = runPositions) => resolveModules(value, positions, at);

  it("puts the names of parts in the place of their modules", async () => {
    const spec = {
      objective: { path: "linear", density: { kind: "shifted", by: 2, density: { kind: "uniform" } } },
      optimizer: { shape: { module: "./mine.ts", exponent: 3 }, decay: 0.5 },
      data: { source: "shapes" },
    };
    const { value, modules } = await ask(spec);
    expect(value).toEqual({ ...spec, optimizer: { shape: { kind: "resolved", exponent: 3 }, decay: 0.5 } });
    expect(modules.map(({ path }) => path)).toEqual([join(at, "mine.ts")]);
    expect(spec.optimizer.shape).toEqual({ module: "./mine.ts", exponent: 3 });
  });

  it("takes an optimizer with its schedule, each of a module of its own", async () => {
    const own = folder("optimizers", {
      "mine.ts": schedule("ofOptimizer"),
      "still.ts": `import { kind, number } from "@isoflop/spec";
export const optimizer = kind({ name: "still", options: { by: number() }, build: () => ({
  moments: [], words: "nothing moves", rates: (_, learningRate) => Float32Array.of(learningRate), update: ({ weights, moments }) => ({ weights, moments }),
}) });`,
    });
    const optimizer = { module: "still.ts", by: 2, learningRate: 0.5, shape: { module: "mine.ts" } };
    const { value, modules } = await resolveModules({ optimizer }, runPositions, own);
    const named = { kind: "still", by: 2, learningRate: 0.5, shape: { kind: "ofOptimizer" } };
    expect(value.optimizer).toEqual(named);
    expect(modules.map(({ path }) => path).sort()).toEqual([join(own, "mine.ts"), join(own, "still.ts")]);
    expect(
      usedModules({ optimizer: named }, runPositions)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(modules.map(({ path }) => path).sort());
  });

  it("finds parts within parts, in lists and under any key", async () => {
    const inner = folder("inner", {
      "d.ts": `import { uniform } from "@isoflop/diffusion"; import { kind } from "@isoflop/spec";
export const density = kind({ name: "inner", options: {}, build: () => uniform() });`,
    });
    const density = { kind: "shifted", by: 2, density: { module: "d.ts" } };
    const { value } = await resolveModules(
      { arms: { a: [{ density }], b: [{}, { density: "none" }] } },
      [{ path: ["arms", "*", "*", "density"], sort: "density" }],
      inner,
    );
    expect(value).toEqual({
      arms: { a: [{ density: { kind: "shifted", by: 2, density: { kind: "inner" } } }], b: [{}, { density: "none" }] },
    });
  });

  it("tells the place of what is wrong", async () => {
    await expect(ask({ objective: { density: { module: "./mine.ts" } } })).rejects.toThrow(
      /^objective\.density: .*mine\.ts exports no density; it exports schedule$/,
    );
    await expect(ask({ data: { module: 3 } })).rejects.toThrow("data.module is 3; it must be a text");
    await expect(ask({ data: { module: "./other.ts" } })).rejects.toThrow(/there is no module .*other\.ts/);
  });

  it("tells the modules whose parts a record names, however they came to be loaded", async () => {
    const { path, digest } = await loadModule("mine.ts", at);
    const used = (shape: unknown) => usedModules({ optimizer: { shape } }, runPositions);
    expect(used("resolved")).toEqual([{ path, digest }]);
    expect(used({ kind: "resolved", exponent: 3 })).toEqual([{ path, digest }]);
    expect([used("cosine"), used(undefined)]).toEqual([[], []]);
    // A name of another sort is another part.
    expect(usedModules({ objective: { density: { kind: "resolved" } } }, runPositions)).toEqual([]);
  });
});

it("modules of a run are held to what it was planned with", async () => {
  const at = folder("planned", { "mine.ts": schedule("planned") });
  const { path, digest } = await loadModule("mine.ts", at);
  await prepareModules([{ path, digest }]);
  await expect(prepareModules([{ path, digest: "0".repeat(32) }])).rejects.toThrow(
    new RegExp(
      `mine\\.ts has changed since the run was planned: its digest is ${digest} and the run's is 0{32}; plan the run again`,
    ),
  );
});

it("metrics are asked for with the modules and data that decide them", async () => {
  const at = folder("asked", {
    "m.ts": `import { kind } from "@isoflop/spec";
export const metric = kind({ name: "asked", options: {}, build: () => ({ measure: async () => ({ value: 1, count: 1 }) }) });`,
  });
  const openData = async () => shapeScenes({ size: 16 });
  const [own, other] = await metricRequests(
    [{ module: "m.ts" }, { kind: "validation", data: { source: "shapes" }, images: 64 }],
    { base: at, openData },
  );
  expect(own).toMatchObject({ metric: { kind: "asked" }, content: { modules: [{ path: join(at, "m.ts") }] } });
  expect(other!.content).toMatchObject({ data: expect.stringMatching(/^[0-9a-f]{32}$/) as string, modules: [] });
});

it("metrics of drawn pictures are asked for with extractors and solvers of one's own, for several shares of a run", async () => {
  const at = folder("quality", {
    "e.ts": `import { kind } from "@isoflop/spec";
export const extractor = kind({ name: "brightest", options: {}, build: () => ({
  name: "brightest@1", dim: 1, digest: async () => "d".repeat(64),
  load: async () => ({ features: async ({ count }) => new Float64Array(count), dispose() {} }),
}) });`,
    "s.ts": `import { heun } from "@isoflop/diffusion";
import { kind } from "@isoflop/spec";
export const solver = kind({ name: "mySolver", options: {}, build: () => heun() });`,
  });
  const openData = async () => shapeScenes({ size: 16 });
  const metric = { kind: "kid", extractor: { module: "e.ts" }, sampler: { module: "s.ts" }, at: [0.25, 1] };
  const requests = await metricRequests([metric, { kind: "fd", extractor: "pixels" }], { base: at, openData });
  expect(requests.map((request) => request.at)).toEqual([0.25, undefined, undefined]);
  for (const { metric, content } of requests.slice(0, 2)) {
    expect(metric).toMatchObject({ extractor: { kind: "brightest" }, sampler: { kind: "mySolver" } });
    expect(content.extractor).toEqual({ name: "brightest@1", digest: "d".repeat(64) });
    expect(content.modules.map(({ path }) => path).sort()).toEqual([join(at, "e.ts"), join(at, "s.ts")]);
  }
  expect(requests[2]!.content).toEqual({ modules: [], extractor: { name: "pixels@8-box", digest: "" } });
  for (const wrong of [0, 2, [], [0.5, -1], "half"])
    await expect(
      metricRequests([{ kind: "kid", extractor: "pixels", at: wrong }], { base: at, openData }),
    ).rejects.toThrow(
      /^metric\.at.*; it must be (a share of the run|a finite number above 0 and of at most 1|a list of at least one share)/,
    );
});

it("metrics are asked for with the networks of @isoflop/features, known by their weights", async () => {
  const asked = [
    { kind: "captionAccuracy", extractor: "emojiEncoder" },
    { kind: "kid", extractor: { kind: "emojiEncoder" } },
  ];
  const requests = await metricRequests(asked, { base: ".", openData: async () => shapeScenes({ size: 16 }) });
  for (const { content } of requests)
    expect(content.extractor).toEqual({
      name: "emoji-encoder@16-bilinear",
      digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
});
