import { DivergedError, TrainError } from "@isoflop/train";
import { expect, it } from "vitest";
import { SweepError } from "../src/errors.js";
import { errorFrom, errorMessage } from "../src/node/messages.js";

it("what a metric cannot do with data is told as what was wrong with the plan", () => {
  const told = errorFrom(
    errorMessage(Object.assign(new Error("x is off"), { name: "DiffusionError", code: "values" })),
  );
  expect([told.constructor, told.message]).toEqual([SweepError, "x is off"]);
  expect(told).toMatchObject({ code: "spec" });
});

it.each([
  ["diverged at its first loss", new DivergedError(0, 0.01, "the loss of step 0 is NaN")],
  ["diverged by its first update", new DivergedError(0, 0.01, "weights.a after step 0 is not finite", 1)],
  ["diverged later", new DivergedError(7, 0.01, "the loss of step 7 is NaN")],
  ["found data that do not fit", new TrainError("data", "shapes has images [3, 16, 16]")],
  ["found a full disk", new SweepError("store", "no space is left on the disk")],
])("a run that %s is told alike on both sides of a thread", (_, error) => {
  const told = errorFrom(structuredClone(errorMessage(error)));
  expect([told.constructor, told.message]).toEqual([error.constructor, error.message]);
  expect(told).toMatchObject({ ...error });
});
