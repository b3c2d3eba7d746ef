import { describe, expect, it } from "vitest";
import { placeOf } from "../src/place.js";
import { SweepMeter } from "../src/progress.js";
import { runSpec } from "../src/spec.js";
import { tinyModel, tinyRun } from "./tiny.js";

const small = runSpec(tinyRun({ steps: 100 }));
const large = runSpec(tinyRun({ steps: 100, model: tinyModel(16) }));
const [a, b] = [placeOf(small).flops, placeOf(large).flops];
const metrics = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({ step: from + i, loss: 1, gradientNorm: 1, learningRate: 1 }));

/** A meter and a clock of its own, in seconds. */
const metered = (...specs: (typeof small)[]) => {
  let time = 1000;
  const meter = new SweepMeter(
    specs.map((spec, i) => ({ id: String(i), spec })),
    () => 1000 * time,
  );
  const wait = (seconds: number): void => {
    time += seconds;
  };
  return { meter, wait, left: () => meter.progress().remainingSeconds };
};

describe("the remaining time", () => {
  it("is not said before every running model was measured", () => {
    const { meter, wait, left } = metered(small, large);
    expect(left()).toBeUndefined();
    meter.begin("0", small);
    // What came before the first report is set-up: the steps of an earlier session, compiling, opening data.
    wait(50);
    meter.advance("0", 51, metrics(50, 51));
    expect(left()).toBeUndefined();
    wait(0.5);
    meter.advance("0", 52, metrics(51, 52));
    expect(left()).toBeUndefined();
    meter.begin("1", large);
    wait(4);
    meter.advance("0", 60, metrics(52, 60));
    // 10 of 200 steps, and the larger model has shown nothing.
    expect((10 * a) / 100 / (a + b)).toBeGreaterThan(0.02);
    expect(left()).toBeDefined();
  });

  it("is, with nothing else running, what is left at the speed of its size, without the time of setting up", () => {
    const { meter, wait, left } = metered(small);
    meter.begin("0", small);
    wait(50);
    meter.advance("0", 1, metrics(0, 1));
    wait(10);
    meter.advance("0", 21, metrics(1, 21));
    expect(left()).toBeCloseTo(79 / 2, 9);
    expect(meter.progress().running[0]!.speed).toBeCloseTo((2 * a) / 100, 3);
    // Between two reports it goes down with the clock.
    wait(1);
    expect(left()).toBeCloseTo(79 / 2 - 1, 9);
  });

  it("takes each size by its own speed, set-up and validation as they were, and lanes side by side", () => {
    const { meter, wait, left } = metered(small, large, small, large);
    meter.begin("0", small);
    meter.begin("1", large);
    wait(2);
    meter.advance("0", 0, []);
    meter.advance("1", 0, []);
    wait(10);
    meter.advance("0", 100, metrics(0, 100));
    meter.advance("1", 10, metrics(0, 10));
    wait(5);
    meter.end("0", "done");
    // Lanes: the large one has 90 steps of 1 s, the small one waits 2 s + 10 s + 5 s, then the other large one 2 s + 100 s; validation of a
    // large one takes 50 of its steps.
    const one = 90 + 50 - 5;
    const other = 2 + 10 + 5;
    expect(left()).toBeCloseTo(Math.max(one, other + 2 + 150), 6);
  });

  it("moves to what is newly known without jumping there", () => {
    const { meter, wait, left } = metered(small);
    meter.begin("0", small);
    meter.advance("0", 0, []);
    wait(10);
    meter.advance("0", 10, metrics(0, 10));
    expect(left()).toBeCloseTo(90, 9);
    // The machine is busy: a step takes ten times as long.
    let before = left()!;
    const said: number[] = [];
    for (let step = 10; step < 40; step++) {
      for (let part = 0; part < 10; part++) {
        wait(1);
        if (part === 9) meter.advance("0", step + 1, metrics(step, step + 1));
        const now = left()!;
        said.push(now - before);
        before = now;
      }
    }
    expect(Math.max(...said)).toBeLessThan(25);
    expect(before).toBeGreaterThan(500);
    expect(before).toBeLessThan(650);
  });

  it("reads the speed of a size that was not measured off the sizes beside it", () => {
    const middle = runSpec(tinyRun({ steps: 100, model: tinyModel(24) }));
    const huge = runSpec(tinyRun({ steps: 100, model: tinyModel(64) }));
    const { meter, wait, left } = metered(small, huge, middle);
    for (const [id, spec] of [
      ["0", small],
      ["1", huge],
    ] as const)
      meter.begin(id, spec);
    meter.advance("0", 0, []);
    meter.advance("1", 0, []);
    wait(10);
    meter.advance("0", 100, metrics(0, 100));
    meter.advance("1", 100, metrics(0, 100));
    meter.end("0", "done");
    meter.end("1", "done");
    const [low, mid, high] = [small, middle, huge].map((spec) => placeOf(spec).flops) as [number, number, number];
    // Equal times: speed is in proportion to size, and so is the line between them in logs.
    expect(mid).toBeGreaterThan(low);
    expect(mid).toBeLessThan(high);
    expect(left()).toBeCloseTo(10, 6);
  });

  it("is told at once where runs of before say how fast they were", () => {
    const { meter, left } = metered(small, small);
    meter.recall(small, 50);
    meter.end("0", "done");
    expect(left()).toBeCloseTo(50, 9);
  });

  it("counts runs of which nothing is known but the compute", () => {
    const meter = new SweepMeter(
      [
        { id: "0", spec: small },
        { id: "later", flops: 3 * a },
      ],
      () => 0,
    );
    expect(meter.progress()).toMatchObject({ total: 2, flopsDone: 0, flopsTotal: 4 * a });
    meter.add({ id: "later", spec: large });
    meter.add({ id: "another", flops: a });
    expect(meter.progress()).toMatchObject({ total: 3, flopsTotal: 2 * a + b });
    meter.begin("another", small);
    meter.advance("another", 50, []);
    expect(meter.progress().flopsDone).toBeCloseTo(a / 2, 3);
    meter.drop("later");
    meter.pause("0", small, 25);
    expect(meter.progress()).toMatchObject({ total: 2, interrupted: 1, flopsTotal: 2 * a });
    expect(meter.progress().flopsDone).toBeCloseTo(0.75 * a, 3);
  });

  it("takes the budget for what a model spends that cannot be counted here", () => {
    const model = { ...small.model, conditioning: "elsewhere" as "inContext" };
    const meter = new SweepMeter([{ id: "0", spec: { ...small, model } }]);
    expect(meter.progress().flopsTotal).toBe(small.budget);
  });
});

it("says which metric is measured of a run that is done, and is not done before that is", () => {
  const { meter, wait } = metered(small);
  meter.begin("0", small);
  meter.advance("0", 100, metrics(0, 100));
  meter.end("0", "done");
  meter.measure("0", small, "kid");
  wait(5);
  expect(meter.progress()).toMatchObject({ done: 0, flopsDone: a, running: [{ step: 100, measuring: "kid" }] });
  meter.end("0", "done");
  expect(meter.progress()).toMatchObject({ done: 1, running: [], flopsDone: a });
});

it("counts steps of earlier sessions as done, and those of runs that were interrupted", () => {
  const { meter, wait } = metered(small, large);
  meter.begin("0", small);
  wait(2);
  meter.advance("0", 60, metrics(50, 60));
  expect(meter.progress().flopsDone).toBeCloseTo(0.6 * a, 3);
  meter.end("0", "interrupted");
  expect(meter.progress()).toMatchObject({ interrupted: 1, running: [], elapsedSeconds: 2 });
  expect(meter.progress().flopsDone).toBeCloseTo(0.6 * a, 3);
  meter.begin("0", small);
  meter.end("0", "done");
  meter.end("1", "failed");
  expect(meter.progress()).toMatchObject({ done: 1, failed: 1, interrupted: 0, running: [], flopsDone: a + b });
});
