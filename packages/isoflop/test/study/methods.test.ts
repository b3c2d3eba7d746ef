import { expectOk, predictIsoFlop, predictRollOut, rollOut } from "@isoflop/scaling";
import { describe, expect, it } from "vitest";
import { type DoneRun, pointsOf } from "../../src/runs/point.js";
import { fitLaws } from "../../src/study/index.js";
import { methodsOf, studyMethods } from "../../src/study/methods.js";

/** What of a run is a point of a law. */
const runOf = (budget: number, paramsNonEmbedding: number, i: number): DoneRun => {
  const tokens = budget / (6 * paramsNonEmbedding);
  const noise = 1 + 0.002 * Math.sin(9 * i);
  const loss = (0.12 + 1.9 * paramsNonEmbedding ** -0.34 + 30 * tokens ** -0.4) * noise;
  const result = { paramsNonEmbedding, tokens, loss, lossStdErr: 0.001 };
  return { id: `run ${i}`, spec: { budget, seed: 0 }, state: "done", result } as unknown as DoneRun;
};

const study = (budgets: readonly number[], factors: readonly number[]): DoneRun[] =>
  budgets.flatMap((C, b) => factors.map((f, i) => runOf(C, 3e4 * (C / 3e11) ** 0.5 * f, 10 * b + i)));

describe("how a budget is foreseen", () => {
  const asked = { C: 1.5e12, model: { N: 7e4, D: 1.5e12 / (6 * 7e4) } };

  it("the roll-out speaks first, as predict has it of the same runs; the joint fit, Approach 2 and one surface stand beside it", async () => {
    const runs = study([1e11, 1.7e11, 3e11, 5e11], [0.2, 0.45, 1, 2.2, 5]);
    const laws = fitLaws(runs);
    const methods = await studyMethods(pointsOf(runs), laws, {});
    const answers = methods.answers(asked.C, asked.model);
    expect(methods.best(asked.C)).toEqual(answers[0]!.N);
    expect(answers.map(({ method }) => method)).toEqual(["rollout", "joint", "isoflop", "surface"]);
    const rolled = expectOk(rollOut(pointsOf(runs)));
    const { ok: _, ...model } = expectOk(predictRollOut(rolled, asked.model));
    expect(answers[0]!.prediction).toEqual(model);
    expect(answers[0]!.N).toEqual(expectOk(predictRollOut(rolled, { C: 1.5e12 })).predicted.N);
    const { ok: __, ...optimum } = expectOk(predictIsoFlop(laws, 1.5e12, { N: 7e4 }));
    expect(answers[2]!.prediction).toEqual(optimum);
    for (const { prediction } of answers) {
      expect(prediction.given.C).toBeCloseTo(1.5e12, 0);
      expect(prediction.predicted.loss.interval95![0]).toBeLessThan(prediction.predicted.loss.value);
    }
    expect(methodsOf(answers)[0]).toEqual({ method: "rollout", N: answers[0]!.N, loss: model.predicted.loss });
  });

  it("Approach 2 speaks where the runs are too few to hold any out", async () => {
    const runs = study([1e11, 2e11, 4e11], [0.3, 0.7, 1.5, 3.2]);
    const [first, ...others] = (await studyMethods(pointsOf(runs), fitLaws(runs), {})).answers(asked.C, asked.model);
    expect(first!.method).toBe("isoflop");
    expect(others.every(({ method }) => method === "surface")).toBe(true);
  });

  it("stops when it is told to", async () => {
    const runs = study([1e11, 1.7e11, 3e11, 5e11], [0.2, 0.45, 1, 2.2, 5]);
    await expect(studyMethods(pointsOf(runs), fitLaws(runs), { signal: AbortSignal.abort() })).rejects.toThrow(
      /abort/i,
    );
  });
});
