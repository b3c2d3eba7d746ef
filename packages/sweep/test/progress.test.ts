import { expect, it } from "vitest";
import { placeOf } from "../src/place.js";
import { SweepMeter } from "../src/progress.js";
import { runSpec } from "../src/spec.js";
import { tinyModel, tinyRun } from "./tiny.js";

it("extrapolates the FLOPs per second of this session to the FLOPs that are left", () => {
  const small = runSpec(tinyRun({ steps: 10 }));
  const large = runSpec(tinyRun({ steps: 10, model: tinyModel(16) }));
  const [a, b] = [placeOf(small).flops, placeOf(large).flops];
  let time = 5000;
  const meter = new SweepMeter(
    [
      { id: "a", spec: small },
      { id: "b", spec: large },
    ],
    () => time,
  );
  meter.begin("a", small);
  // Four steps were done in an earlier session: they count as done, not as speed.
  time += 2000;
  const step = (step: number) => ({ step, loss: 1, gradientNorm: 1, learningRate: 1 });
  meter.advance("a", 6, [step(4), step(5)]);
  const { flopsDone, remainingSeconds } = meter.progress();
  expect(flopsDone).toBeCloseTo(0.6 * a, 3);
  expect(remainingSeconds).toBeCloseTo((2 * (0.4 * a + b)) / (0.2 * a), 6);
  meter.end("a", "done");
  meter.begin("b", large);
  meter.end("b", "interrupted");
  expect(meter.progress()).toMatchObject({ done: 1, failed: 0, running: [], flopsDone: a });
});
