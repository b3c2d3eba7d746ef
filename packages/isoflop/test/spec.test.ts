import { resolve } from "node:path";
import { shapeScenes } from "@isoflop/data";
import { ladderRules } from "@isoflop/flops";
import { otherData } from "@isoflop/sweep";
import { expect, it } from "vitest";
import { planStudy, readAssignment, resolveStudy, writtenStudy } from "../src/study/index.js";
import { withParts } from "../src/train/parts.js";
import { completeSpec } from "../src/train/spec.js";

const source = shapeScenes({ size: 16 });
const complete = (given: object, rule: keyof typeof ladderRules = "shallow") =>
  completeSpec({ data: { source: "shapes" }, ...given }, async () => source, rule);

/** The quick study without what is its recipe's own. */
const plainPlan = async () => {
  const plain = ["model.qkNorm=none", "model.time=token", "model.mlpRatio=4", "batch=16"].map(readAssignment);
  return planStudy(await resolveStudy(await writtenStudy("quick"), plain), async () => source);
};

it("a width alone is the model that a study has of it where its file says no more", async () => {
  const { grid } = await plainPlan();
  for (const { spec } of grid) {
    const { width } = spec.model;
    expect((await complete({ model: { width }, steps: 1 })).model).toEqual(spec.model);
  }
});

it("a budget alone buys the study's steps, and steps alone cost what they spend", async () => {
  const { grid } = await plainPlan();
  const [{ spec, flops }] = grid as [(typeof grid)[number]];
  const model = { width: spec.model.width };
  expect((await complete({ model, budget: spec.budget })).steps).toBe(spec.steps);
  expect((await complete({ model, steps: spec.steps })).budget).toBe(flops);
});

it("another ladder gives other depths and heads, and what is written wins", async () => {
  expect((await complete({ model: { width: 64 }, steps: 1 }, "halfRoot")).model).toMatchObject(
    ladderRules.halfRoot(64),
  );
  const written = { width: 64, depth: 3, heads: 1 };
  expect((await complete({ model: written, steps: 1 }, "sd3")).model).toMatchObject(written);
  await expect(complete({ model: { width: 24 }, steps: 1 }, "sd3")).rejects.toThrow(/width is 24; .* multiples of 32/);
});

it.each([
  [{ steps: 2.5 }, "spec.steps is 2.5"],
  [{ budget: -1 }, "spec.budget is -1"],
  [{ budget: "much" }, 'spec.budget is "much"'],
  [{ budget: 1 }, "is too small for one step of width 8"],
])("%j is told before anything is trained", async (spending, message) => {
  await expect(complete({ model: { width: 8 }, ...spending })).rejects.toThrow(message);
});

it("paths of a spec begin in its folder, those of data that a metric is measured on too", async () => {
  const opened: unknown[] = [];
  const openData = async (data: unknown) => {
    opened.push(data);
    return source;
  };
  const photos = { source: "images", path: "photos" };
  const written = { data: photos, metrics: [{ kind: "validation", data: { ...photos, path: "../others" } }] };
  const { given, metrics } = await withParts(written, "/studies/first", openData);
  expect(given.data).toMatchObject({ path: resolve("/studies/first/photos") });
  expect(opened).toMatchObject([{ path: resolve("/studies/others") }]);
  expect(metrics[0] && otherData(metrics[0].metric)).toEqual(opened[0]);
});
