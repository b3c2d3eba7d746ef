import { readPrediction, writeRecord } from "@isoflop/scaling";
import { describe, expect, it } from "vitest";
import { readStudyPredictions, sealOf, studyPredictions } from "../../src/study/prediction.js";

const prediction = readPrediction({
  record: "prediction",
  quantity: "loss",
  given: { C: 1e12, N: 5e4 },
  predicted: { loss: { value: 0.2, ci95: [0.19, 0.21], interval95: [0.18, Number.POSITIVE_INFINITY] } },
  notes: { extrapolation: 10 },
});
const said = [{ from: ["a", "b"], run: "c", model: "32x1", prediction }];
const written = () => JSON.parse(writeRecord(studyPredictions(said)));

describe("sealed predictions", () => {
  it("have the seal of what is read again, numbers that JSON has not among it", () => {
    const record = written();
    expect(record.seal).toMatch(/^[0-9a-f]{32}$/);
    expect(sealOf(record.predictions)).toBe(record.seal);
    expect(sealOf(readStudyPredictions(record))).toBe(record.seal);
  });

  it("are refused where they are not those that were sealed", () => {
    const record = written();
    record.predictions[0].prediction.predicted.loss.interval95[0] = 0.1;
    expect(() => readStudyPredictions(record)).toThrow(
      new RegExp(`its seal is ${record.seal}, and that of its predictions is [0-9a-f]{32}: they were changed after`),
    );
  });

  it("of a version that knew of no seal are read as they are", () => {
    const { seal: _, ...older } = written();
    expect(readStudyPredictions(older)).toHaveLength(1);
  });
});
