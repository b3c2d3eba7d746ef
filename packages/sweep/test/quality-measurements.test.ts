import { mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type DataSource, shapeScenes } from "@isoflop/data";
import { extractors } from "@isoflop/metrics";
import { kind } from "@isoflop/spec";
import { createDevice } from "@isoflop/tensor";
import { metricSpec } from "@isoflop/train";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { checkRequest } from "../src/check-request.js";
import { runSweep } from "../src/executor.js";
import {
  cardOf,
  extractorContent,
  type MetricRequest,
  measurementLabel,
  measurementName,
  metricRequest,
  type RunMeasurement,
} from "../src/measurement.js";
import { fileRunStore } from "../src/node/run-store.js";
import { workerRunners } from "../src/node/worker-runners.js";
import { trainRunner } from "../src/runner.js";
import { runId, runSpec } from "../src/spec.js";
import { memoryRunStore, type RunStore } from "../src/store.js";
import { unlikeCards } from "../src/unlike-cards.js";
import { bundle } from "./bundle.js";
import { base, openShapes, shapes, tinyRun } from "./tiny.js";

type Asked = Parameters<typeof metricSpec>[0];

const device = await createDevice("wasm", { wasm: { threads: 1 } });
const folder = await mkdtemp(path.join(os.tmpdir(), "isoflop-quality-"));
afterAll(async () => {
  device.destroy();
  await rm(folder, { recursive: true });
});

/** The first pixels of pictures; its weights are what the test says they are. */
let weights = "a".repeat(64);
extractors.add(
  kind({
    name: "corner",
    options: {},
    build: () => ({
      name: "corner@1",
      dim: 2,
      digest: async () => weights,
      load: async () => ({
        features: async ({ data, count }) =>
          Float64Array.from(
            { length: 2 * count },
            (_, i) => data[Math.floor(i / 2) * (data.length / count) + (i % 2)]!,
          ),
        dispose: () => {},
      }),
    }),
  }),
);
beforeEach(() => {
  weights = "a".repeat(64);
});

const request = async (given: object, at?: number): Promise<MetricRequest> => {
  const metric = metricSpec(given as Asked);
  return metricRequest(metric, { extractor: await extractorContent(metric), at });
};

const quick = { count: 32, steps: 2 } as const;
const kid = { kind: "kid", extractor: { kind: "pixels", size: 4 }, ...quick } as const;

/** How often pictures of a split are asked for from a number on. */
const counting = (from: number) => {
  const count = { batches: 0 };
  const data: DataSource = {
    ...shapes,
    batch(split, start, n, out) {
      if (split === "validation" && start === from) count.batches++;
      return shapes.batch(split as never, start, n, out);
    },
  };
  return { count, openData: async () => data };
};

const measured = async (store: RunStore, spec: ReturnType<typeof runSpec>, name: string): Promise<RunMeasurement> => {
  const found = (await store.measurements(runId(spec))).find((one) => one.name === name);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
};

describe("metrics of drawn pictures", () => {
  const spec = runSpec(tinyRun());

  it("share the pictures of a run, are kept with their parts and remarks, and never measured again", async () => {
    const store = fileRunStore(path.join(folder, "store"));
    const { count, openData } = counting(0);
    const runners = [trainRunner({ device, openData })];
    await runSweep([spec], { store, runners });
    const before = count.batches;
    const asked = [
      await request(kid),
      await request({ ...kid, kind: "fd" }),
      await request({ ...kid, extractor: "corner" }),
    ];
    await runSweep([spec], { store, runners, metrics: asked });
    expect(count.batches - before).toBe(1);
    const found = await store.measurements(runId(spec));
    expect(found.map(({ name }) => name).sort()).toEqual([
      "fd(extractor=pixels@4-box count=32 steps=2)",
      "kid(extractor=corner@1 count=32 steps=2)",
      "kid(extractor=pixels@4-box count=32 steps=2)",
    ]);
    const fd = await measured(store, spec, "fd(extractor=pixels@4-box count=32 steps=2)");
    expect(fd.parts).toHaveProperty("bias.value");
    expect(fd.remarks).toHaveLength(3);
    await runSweep([spec], { store, runners, metrics: asked });
    expect(count.batches - before).toBe(1);
    // Read back from files as they were written.
    expect(await fileRunStore(path.join(folder, "store")).measurements(runId(spec))).toEqual(found);
    expect(await readdir(path.join(folder, "store", runId(spec), "metrics"))).toHaveLength(3);
  });

  it("have a card that fixes them: sampler, extractor, average and the data by content", async () => {
    const store = fileRunStore(path.join(folder, "store"));
    const { card } = await measured(store, spec, "kid(extractor=corner@1 count=32 steps=2)");
    expect(card).toMatchObject({
      metric: {
        kind: "kid",
        sampler: { kind: "heun" },
        grid: { kind: "uniform" },
        steps: 2,
        guidance: 1,
        seed: 0,
        split: "validation",
        from: 0,
      },
      extractor: { name: "corner@1", digest: weights },
      averaging: { kind: "power", width: 0.05 },
    });
    expect(card.content).toMatch(/^[0-9a-f]{32}$/);
    expect(card.content).not.toBe(card.data);
    // The content follows from the data: it is known only to who measures.
    const { content: _, ...asked } = card;
    expect(measurementName(card)).toBe(measurementName(asked));
    expect(asked).toEqual(cardOf(spec, await request({ ...kid, extractor: "corner" })));
  });

  it("of other weights of an extractor are other numbers, and those of a request are held to", async () => {
    const store = memoryRunStore();
    const runners = [trainRunner({ device, openData: openShapes })];
    const corner = { ...kid, extractor: "corner" };
    const before = await request(corner);
    await runSweep([spec], { store, runners, metrics: [before] });
    weights = "b".repeat(64);
    await runSweep([spec], { store, runners, metrics: [await request(corner)] });
    const [one, other] = await store.measurements(runId(spec));
    expect(one!.value).toBe(other!.value);
    expect(unlikeCards(one!.card, other!.card)).toMatch(
      /^extractor\.digest is "[ab]+" of the one and "[ab]+" of the other$/,
    );
    const changed = {
      ...before,
      content: { ...before.content, extractor: { name: "corner@1", digest: "c".repeat(64) } },
    };
    await expect(runSweep([spec], { store, runners, metrics: [changed] })).rejects.toThrow(
      /the extractor here is not the one .* "kid" was asked for with: it is corner@1 of weights b+ and the request's is corner@1 of weights c+/,
    );
    expect(() => metricRequest(before.metric)).toThrow(
      'the metric "kid" takes features of corner@1 and is told of none; give extractor: await extractorContent(metric)',
    );
  });

  it("are the same from worker threads", async () => {
    const code = await bundle(["src/worker.ts"]);
    const runners = workerRunners({ count: 1, entry: pathToFileURL(path.join(code, "worker.js")) });
    const store = fileRunStore(path.join(folder, "threads"));
    const asked = [await request({ ...kid, kind: "fd", blocks: 4 })];
    await runSweep([spec], { store, runners, metrics: asked });
    const wrong = [await request({ ...kid, extractor: { kind: "pixels", channels: 2 } })];
    await expect(runSweep([spec], { store, runners, metrics: wrong })).rejects.toThrow(
      "images have 3 channels; the extractor pixels takes 2",
    );
    for (const runner of runners) await runner.close();
    await rm(code, { recursive: true });
    const here = fileRunStore(path.join(folder, "store"));
    await runSweep([spec], { store: here, runners: [trainRunner({ device, openData: openShapes })], metrics: asked });
    const name = "fd(extractor=pixels@4-box count=32 steps=2 blocks=4)";
    const { seconds: _, device: __, ...there } = await measured(store, spec, name);
    expect(await measured(here, spec, name)).toMatchObject(there);
  });
});

describe("metrics within a run", () => {
  const snapshots = { count: 3, widths: [0.05] };
  const spec = runSpec(tinyRun({ snapshots }));
  const loss = { kind: "validation", images: 64 } as const;

  it("are those of the average that training kept there, and of the last at its end", async () => {
    const store = memoryRunStore();
    const runners = [trainRunner({ device, openData: openShapes })];
    const asked = [await request(loss), await request(loss, 1 / 3), await request(kid, 1 / 3), await request(kid, 1)];
    await runSweep([spec], { store, runners, metrics: asked });
    const found = await store.measurements(runId(spec));
    expect(found).toHaveLength(4);
    expect(found.map(({ card }) => card.at)).toEqual(expect.arrayContaining([1 / 3, 1 / 3, undefined, undefined]));
    const third = found.find(({ metric, card }) => metric.kind === "validation" && card.at === 1 / 3)!;
    const end = found.find(({ metric, card }) => metric.kind === "validation" && card.at === undefined)!;
    expect(third.name).toBe(`validation(split=validation images=64 at=${1 / 3})`);
    expect(end.value).toBeLessThan(third.value);
    // The same weights as a run of another width that put them together from snapshots.
    expect(third.remarks).toBeUndefined();
    expect(unlikeCards(third.card, end.card)).toBe(`at is ${1 / 3} of the one and absent of the other`);
    await runSweep([spec], { store, runners, metrics: asked });
    expect(await store.measurements(runId(spec))).toEqual(found);
  });

  it("put averages of other widths together, and say how much of them is missing", async () => {
    const other = runSpec(
      tinyRun({ snapshots: { count: 3, widths: [0.1, 0.2] }, averaging: { kind: "power", width: 0.15 } }),
    );
    const store = memoryRunStore();
    const runners = [trainRunner({ device, openData: openShapes })];
    await runSweep([other], { store, runners, metrics: [await request(loss, 2 / 3)] });
    const [found] = await store.measurements(runId(other));
    expect(found!.remarks).toEqual([
      expect.stringMatching(/^of an average put together from snapshots, 0\.0\d+ of it missing$/),
    ]);
  });

  it.each<[string, Parameters<typeof tinyRun>[0], number, RegExp]>([
    ["a run without snapshots", {}, 0.5, /after 0\.5 of its 6 steps, and it keeps no snapshots; give its spec some/],
    [
      "a step without one",
      { snapshots },
      0.5,
      /it keeps no snapshot of step 3; those that it keeps are of steps 2, 4, 6$/,
    ],
    [
      "another average",
      { snapshots, averaging: { kind: "none" } },
      1 / 3,
      /its averaging is "none"; only averages of the kind "power"/,
    ],
    [
      "widths far away",
      { snapshots: { count: 3, widths: [0.02] }, averaging: { kind: "power", width: 0.25 } },
      1 / 3,
      /its snapshots, of widths 0\.02, do not give an average of width 0\.25 there: \d+ % of it is missing/,
    ],
  ])("need a snapshot there: %s", async (_, overrides, at, message) => {
    const runners = [trainRunner({ device, openData: openShapes })];
    const metrics = [await request(loss, at)];
    const run = runSpec(tinyRun(overrides));
    // Widths alone are not known to be too far before.
    if (!message.source.includes("widths"))
      await expect(checkRequest(run, metrics[0]!, openShapes)).rejects.toThrow(message);
    await expect(runSweep([run], { store: memoryRunStore(), runners, metrics })).rejects.toThrow(message);
  });

  it.each([0, -0.5, 1.5, Number.NaN])("are after a share of it: not %d", async (at) => {
    await expect(request(loss, at)).rejects.toThrow(`at is ${at}; it must be a finite number above 0 and of at most 1`);
  });
});

it("what a planned run cannot be measured by is told before it is trained", async () => {
  const run = runSpec(tinyRun());
  await checkRequest(run, await request(kid), openShapes);
  const few = { ...shapes, size: () => 1000 };
  await expect(checkRequest(run, await request({ ...kid, count: 600 }), async () => few)).rejects.toThrow(
    /has 1000 images in "validation"; the metric takes those from 600 to before 1200/,
  );
  await expect(checkRequest(run, await request({ ...kid, guidance: 2 }), openShapes)).rejects.toThrow(
    "metric.guidance is 2; it must be 1",
  );
});

describe("cards", () => {
  const card = async (given: object, spec = runSpec(tinyRun())) => cardOf(spec, await request(given));
  const content = "c".repeat(32);

  it.each<[string, object, string]>([
    ["steps", { steps: 4 }, "metric.steps is 2 of the one and 4 of the other"],
    ["samplers", { sampler: "euler" }, 'metric.sampler.kind is "heun" of the one and "euler" of the other'],
    ["counts", { count: 64 }, "metric.count is 32 of the one and 64 of the other"],
    ["references", { reference: 64 }, "metric.reference is absent of the one and 64 of the other"],
    ["kinds", { kind: "precision" }, 'metric.kind is "kid" of the one and "precision" of the other'],
    [
      "resize rules",
      { extractor: { kind: "pixels", size: 8 } },
      "metric.extractor.size is 4 of the one and 8 of the other",
    ],
  ])("of other %s are unlike, and say in what", async (_, change, words) => {
    expect(unlikeCards(await card(kid), await card({ ...kid, ...change }))).toBe(words);
  });

  it("of runs of other seeds are alike, of other averages or data they are not", async () => {
    const one = await card(kid);
    const seeded = { ...(await card(kid, runSpec(tinyRun({ seed: 5, content: { data: "1".repeat(32) } })))) };
    expect(one.data).not.toBe(seeded.data);
    expect(unlikeCards(one, seeded)).toBeUndefined();
    expect(unlikeCards({ ...one, content }, { ...seeded, content })).toBeUndefined();
    expect(unlikeCards({ ...one, content }, { ...seeded, content: "d".repeat(32) })).toMatch(
      /^data is "c+" of the one and "d+" of the other$/,
    );
    const wide = await card(kid, runSpec(tinyRun({ averaging: { kind: "power", width: 0.1 } })));
    expect(unlikeCards(one, wide)).toBe("averaging.width is 0.05 of the one and 0.1 of the other");
    expect(unlikeCards(one, { ...one, numerics: 1 })).toBe(`numerics is ${one.numerics} of the one and 1 of the other`);
  });

  it("of metrics of the loss are what they were before there were pictures", async () => {
    const spec = runSpec(tinyRun());
    expect(await card({ kind: "validation", images: 128 })).toEqual({
      ...{ metric: { kind: "validation", split: "validation", images: 128 }, data: base.content.data },
      ...{ modules: [], numerics: 2 },
    });
    expect(measurementName(await card({ kind: "nll", images: 64 }, spec))).toMatch(/^nll-[0-9a-f]{16}$/);
  });
});

it("numbers of pictures are called by what is not as usual", async () => {
  const label = (given: object, at?: number) => measurementLabel(metricSpec(given as Asked), at);
  expect(label({ kind: "kid", extractor: "pixels" })).toBe("kid(extractor=pixels@8-box)");
  expect(label({ kind: "memorisation" })).toBe("memorisation");
  expect(label({ kind: "fd", extractor: "corner", guidance: 2, sampler: "euler", grid: "uniform" }, 0.5)).toBe(
    "fd(extractor=corner@1 sampler=euler guidance=2 at=0.5)",
  );
  expect(shapeScenes({ size: 16 }).name).toBe(shapes.name);
});
