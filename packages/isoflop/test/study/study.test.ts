import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { heldOutOf, readStudy, type StudySummary } from "@isoflop/plot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fitLaws, openStudy, StudyError, type StudyFileInput, studyWords } from "../../src/study/index.js";
import { textOf } from "../../src/words/text.js";
import { tiny } from "./tiny.js";

let out: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), "isoflop-study-"));
});
afterEach(() => rm(out, { recursive: true, force: true }));

const open = (more: Partial<StudyFileInput> = {}) => openStudy({ study: tiny(more), root: out, out });

describe("a study", () => {
  it("trains every run once, and not again when it is opened again", async () => {
    const first = await open();
    const runs = await first.trainGrid();
    first.close();
    expect(runs).toHaveLength(12);
    const again = await open();
    const same = await again.trainGrid();
    again.close();
    expect(same.map(({ result }) => result)).toEqual(runs.map(({ result }) => result));
  });

  it("predicts, tests and reports; or refuses with the reason and still reports", async () => {
    const study = await open();
    await study.trainGrid();
    const laws = study.fitLaws();
    const outcome = await study.predictHeldOut().catch((error: unknown) => error);
    if (!(outcome instanceof StudyError)) {
      expect(laws.N.ok && laws.D.ok && laws.loss.ok).toBe(true);
      const stored = JSON.parse(await readFile(join(out, "prediction.json"), "utf8"));
      await study.trainHeldOut();
      expect(await study.drawSamples()).toHaveLength(3);
      const { summary } = await study.write();
      expect(heldOutOf(summary)[0]?.prediction).toEqual(stored.predictions[0].prediction);
      expect(JSON.parse(await readFile(join(out, "prediction.json"), "utf8"))).toEqual(stored);
    } else {
      expect(outcome.message).toMatch(/no law can be fitted: .*at C = |do not determine the loss at 1\.2e10 FLOPs/);
    }
    study.close();
    const summary = readStudy(JSON.parse(await readFile(join(out, "summary.json"), "utf8")));
    expect(summary.fit?.budgets).toHaveLength(3);
    expect(summary.file).toMatchObject({ name: "tiny", hash: study.plan.hash });
    for (const { width, depth, learningRate } of summary.runs)
      expect([width, depth, learningRate]).not.toContain(undefined);
    expect(await readFile(join(out, "report.html"), "utf8")).toContain("<html");
  });
});

it("the words say plainly whether the measurement lies in the interval", () => {
  const predicted = { loss: { value: 0.2, interval95: [0.18, 0.22] } } as const;
  const said = (measured: number, more: object = {}): string => {
    const study: StudySummary = {
      record: "study",
      preset: "quick",
      device: { backend: "wasm" },
      data: { name: "shapes" },
      seconds: 1,
      runs: [{ id: "a", C: 1e11, N: 8108, D: 2.5e6, flops: 1e11, loss: 0.3, sigma: 0.003, seconds: 2 }],
      fit: fitLaws([]),
      heldOut: {
        prediction: { record: "prediction", given: { C: 1e12 }, predicted, notes: {} },
        measured: { loss: measured, sigma: 0.002 },
        ...more,
      },
    };
    return textOf(studyWords(study));
  };
  expect(said(0.21)).toContain("+5.0 % from the prediction, inside the interval");
  expect(said(0.23)).toContain("+15.0 % from the prediction, OUTSIDE the interval");
  expect(said(0.21)).toContain("refused: too-few-budgets");
  expect(said(0.21)).toContain("the law predicts a loss of 0.2");
  const other = { value: 0.19, interval95: [0.17, 0.21] };
  const methods = [
    { method: "rollout", N: { value: 8000 }, loss: predicted.loss },
    { method: "isoflop", N: { value: 9000 }, loss: other },
  ];
  const words = said(0.21, { methods });
  expect(words).toContain("the roll-out of forms of surface predicts a loss of 0.2");
  expect(words).toMatch(/Approach 2 \(isoFLOP\) +9000 +0\.19000 +\[0\.17000, 0\.21000\]/);
});
