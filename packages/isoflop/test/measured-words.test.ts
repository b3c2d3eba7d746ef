import type { RunMeasurement } from "@isoflop/sweep";
import { expect, it } from "vitest";
import { measuredWords } from "../src/train/words.js";

const measured = (fields: Partial<RunMeasurement>): RunMeasurement =>
  ({ name: "kid(extractor=pixels@8-box)", value: 0.0256, count: 512, ...fields }) as RunMeasurement;

it("a number is told with its error, its parts and what one should know of it", () => {
  expect(measuredWords(measured({}))).toEqual(["kid(extractor=pixels@8-box) 0.025600 of 512"]);
  const parts = { heldOut: { value: 0.9961, stdErr: 0.0039 }, density: { value: 2 } };
  expect(measuredWords(measured({ stdErr: 0.0031, parts, remarks: ["no error", "biased"] }))).toEqual([
    "kid(extractor=pixels@8-box) 0.025600 ± 0.0031 of 512: heldOut 0.99610 ± 0.0039, density 2.0000",
    "  no error",
    "  biased",
  ]);
});
