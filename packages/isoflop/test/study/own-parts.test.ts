import { unlinkSync, writeFileSync } from "node:fs";
import { shapeScenes } from "@isoflop/data";
import { contentOf, type RunSpecInput, runId, runSpec } from "@isoflop/sweep";
import { fileRunStore } from "@isoflop/sweep/node";
import { metrics, schedules, setupFor } from "@isoflop/train";
import { expect, it } from "vitest";
import { loadModule, metricRequests } from "../../src/modules/index.js";
import { tableOfRuns } from "../../src/runs/folder.js";
import { openSession } from "../../src/study/session.js";
import { file, isoflop, json, scratch } from "../isoflop.js";

const shapes = shapeScenes({ size: 16 });

const parts = (exponent: number): string => `
import { kind } from "@isoflop/spec";
export const schedule = kind({ name: "steep", options: {}, build: () => (left) => left ** ${exponent} });
`;
const metric = `
import { kind } from "@isoflop/spec";
export const metric = kind({
  name: "weights",
  options: {},
  build: () => ({ measure: async ({ weights }) => ({ value: weights.linear.weight.size, count: 1 }) }),
});
`;

const specWith = (shape: string, modules: RunSpecInput["content"]["modules"] = [], seed = 0) =>
  runSpec({
    model: { ...setupFor(shapes, { patch: 4 }), width: 8, depth: 1, heads: 1 },
    ...{ steps: 10, batch: 2, budget: 1e6, seed, validation: { images: 64 }, data: { source: "shapes" } },
    ...{ content: contentOf(shapes, modules), optimizer: { shape } },
  } as RunSpecInput);

it("worker threads load the modules of a run and of its metrics, and refuse one that has changed", async () => {
  const path = file("steep.ts", parts(3));
  const { digest } = await loadModule(path);
  const modules = [{ path, digest }];
  const own = file("weights.ts", metric);
  const requests = await metricRequests([{ module: own }], { base: scratch("."), openData: async () => shapes });
  expect(metrics.names).toContain("weights");
  const store = fileRunStore(scratch("threads"));
  const session = await openSession({ store, device: "wasm" });
  const specs = [0, 1].map((seed) => specWith("steep", modules, seed));
  const records = await session.train(specs, requests);
  expect(records.map(({ state }) => state)).toEqual(["done", "done"]);
  const rates = (await store.metrics(runId(specs[0]!))).map(({ learningRate }) => learningRate);
  // 2e-3 · ((left / 4)³) at the last of the three steps of the fall.
  expect(rates.at(-1)).toBeCloseTo(2e-3 / 64, 12);
  expect((await store.measurements(runId(specs[1]!)))[0]).toMatchObject({ name: "weights", value: 48 * 8 });

  writeFileSync(path, parts(4));
  const fresh = specWith("steep", modules, 2);
  await expect(session.train([fresh])).rejects.toMatchObject({
    code: "spec",
    message: expect.stringMatching(
      /steep\.ts has changed since the run was planned: its digest is [0-9a-f]{32}/,
    ) as string,
  });
  expect(await store.read(runId(fresh))).toMatchObject({ state: "unfinished" });
  // What is done is done: it was made by the module as it was.
  expect(await session.train(specs)).toEqual(records);
  session.close();
});

it("from the command line an edited module is another run, and the stored one is never its answer", () => {
  const path = file("edited.ts", parts(2).replace("steep", "edited"));
  const spec = file(
    "edited.json",
    JSON.stringify({
      ...{ data: { source: "shapes" }, model: { width: 8 }, steps: 8, validation: { images: 64 } },
      optimizer: { shape: { module: "./edited.ts" }, learningRate: 0.01, warmup: 0, decay: 1 },
    }),
  );
  const run = () => json(["train", spec, "--out", scratch("edited")]);
  const first = run();
  expect(first.spec!.optimizer!.shape).toBe("edited");
  expect(run()).toEqual(first);
  writeFileSync(path, parts(5).replace("steep", "edited"));
  const second = run();
  expect(second.id).not.toBe(first.id);
  expect(second.result!.loss).not.toBe(first.result!.loss);
});

it("runs of modules are columns of a table for fits, though nobody loads them", () => {
  const listed = file("lists.ts", parts(2).replace("steep", "listed"));
  const spec = file(
    "lists.json",
    JSON.stringify({
      ...{ data: { source: "shapes" }, model: { width: 8 }, steps: 8, validation: { images: 64 } },
      modules: ["./lists.ts"],
      optimizer: { shape: "listed" },
      metrics: [{ kind: "validation", split: "validation-emoji", images: 64 }],
    }),
  );
  const out = scratch("listed");
  json(["train", spec, "--out", out]);
  const { spec: used } = json(["train", spec, "--out", out, "--width", "16"]);
  expect(used!.content!.modules).toHaveLength(1);
  // This thread knows no schedule of that name.
  expect(schedules.has("listed")).toBe(false);
  const rows = JSON.parse(tableOfRuns(out)) as readonly Readonly<Record<string, number>>[];
  expect(rows.map((row) => row["validation(split=validation-emoji images=64)"])).toEqual([
    expect.any(Number),
    expect.any(Number),
  ]);

  unlinkSync(listed);
  const { stdout, stderr } = isoflop(["report", out]);
  expect(stderr).toContain(`there is no module ${listed}; what the runs say of themselves is left out`);
  expect(stdout).toContain("report.html");
});
