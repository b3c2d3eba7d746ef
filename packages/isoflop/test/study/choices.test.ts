import { placeOf, type RunSpecInput, runId, runSpec } from "@isoflop/sweep";
import { expect, it } from "vitest";
import type { DoneRun } from "../../src/runs/point.js";
import { choicesOf } from "../../src/study/choices.js";
import { fitLaws } from "../../src/study/index.js";

const runOf = (more: Partial<RunSpecInput> = {}): DoneRun => {
  const spec = runSpec({
    data: { source: "shapes" },
    content: { data: "0".repeat(32) },
    model: {
      image: { height: 16, width: 16, channels: 3 },
      ...{ patch: 2, width: 16, depth: 1, heads: 2, conditioning: "inContext" },
      context: { kind: "words", tokens: 6, vocabulary: 12 },
    },
    ...{ steps: 10, budget: 1e9 },
    ...more,
  });
  const data = { name: "shapes-16", package: null, pixelsSha256: null, content: "none" };
  const result = { loss: 0.5, lossStdErr: 0.01, seconds: 1, device: "wasm", data, convention: "exactFused" };
  return { id: runId(spec), spec, state: "done", result: { ...placeOf(spec), ...result } };
};

const wordsOf = (...runs: readonly DoneRun[]) => choicesOf(runs, fitLaws(runs));

it("names the objective, the optimizer and the average that the runs were trained with", () => {
  const { loss, recipe } = wordsOf(runOf());
  expect(loss).toMatch(
    /^unweighted mean squared error of the velocity on 1024 images .* quantiles of logit-normal\(0, 1\)/,
  );
  expect(recipe).toContain("linear path, prediction of the velocity, unweighted, times logit-normal(0, 1)");
  expect(recipe).toContain("in-context transformer");
  expect(recipe).toContain("AdamW (0.9, 0.99), weight decay 0.01, clipping at 1");
  expect(recipe).toContain("5 % warm-up, linear to zero over the last 30 %");
  expect(recipe).toContain("weights averaged: power, width 0.05");
});

it("says so where they are others", () => {
  const other = runOf({
    objective: {
      ...{ path: "cosine", prediction: "noise" },
      weighting: { kind: "minSnr", gamma: 4 },
      density: { kind: "uniform" },
    },
    optimizer: { learningRate: 0.003, shape: "constant", beta2: 0.95, clip: 2 },
    averaging: { kind: "none" },
    captionDropout: 0.2,
    validation: { images: 128 },
  });
  const { loss, recipe } = wordsOf(
    other,
    runOf({ ...other.spec, optimizer: { ...other.spec.optimizer, learningRate: 0.001 } }),
  );
  expect(loss).toMatch(
    /^min-SNR 4 mean squared error of the noise on 128 images .* quantiles of uniform\S* on the cosine path/,
  );
  expect(recipe).toMatch(/^cosine path, prediction of the noise, min-SNR 4, times uniform/);
  expect(recipe).toContain("AdamW (0.9, 0.95), weight decay 0.01, clipping at 2");
  expect(recipe).toMatch(/peak learning rate 0\.001 to 0\.003, 5 % warm-up; /);
  expect(recipe).toContain("weights averaged: none; 20 % of captions dropped");
});

it("says predictions and losses that are records or bounds", () => {
  expect(wordsOf(runOf({ objective: "edm" })).recipe).toContain("prediction of the F of sigmaData 0.5, unweighted");
  const learned = { preset: "ddpm", variance: "learnedRange" } as const;
  const { loss } = wordsOf(runOf({ objective: learned }));
  expect(loss).toMatch(/^unweighted mean squared error of the noise and a step of the bound for its variance on 1024/);
  expect(wordsOf(runOf({ objective: { ...learned, loss: "kl" } })).loss).toMatch(/^variational bound \(kl\) on 1024/);
});

it("says that the loss was divided by what was learnt of it, in training alone", () => {
  const [plain, learnt] = [{ preset: "edm2" }, { preset: "edm2", uncertainty: {} }].map((objective) =>
    wordsOf(runOf({ objective })),
  );
  expect(learnt!.recipe).toContain("stratified over the batch; loss over what is learnt of it at each noise level; ");
  expect(plain!.recipe).not.toContain("learnt");
  expect(learnt!.loss).toBe(plain!.loss);
});

it("names the parts of the blocks that are not the default ones", () => {
  const { model } = runOf({}).spec;
  const parts = { norm: "rms", mlp: "swiglu", positions: "sincos+rope", registers: 4 } as const;
  expect(wordsOf(runOf({ model: { ...model, ...parts } })).recipe).toContain(
    "in-context transformer; root-mean-square norms, SwiGLU, rotary positions besides sines and cosines, 4 registers; AdamW",
  );
  expect(wordsOf(runOf({ model: { ...model, ...parts } })).tokens).toContain(
    "6 context tokens, 4 registers and the time",
  );
  expect(wordsOf(runOf({ model: { ...model, positions: "rope" } })).recipe).toContain(
    "transformer; rotary positions; ",
  );
});

it("counts tokens of the model, and lists seeds and budgets that enter no law", () => {
  const { tokens, seeds, filters } = wordsOf(runOf({ seed: 1 }), runOf({ seed: 2 }), runOf({ seed: 1, budget: 2e9 }));
  expect(tokens).toContain("64 per image; what 6 context tokens and the time cost");
  expect(seeds).toEqual([1, 2]);
  expect(filters).toMatch(/^by Approach 2: 1e9: .*; 2e9: /);
});

it("says of muP what it is told from, and nothing of the standard parameterization", () => {
  const { spec } = runOf();
  const parameterization = { kind: "muP", baseWidth: 8, baseHeads: 1 } as const;
  expect(wordsOf(runOf({ model: { ...spec.model, parameterization } })).recipe).toContain(
    "; muP from a base of width 8, its heads 8 wide: rates of matrices times 8 / width; ",
  );
  expect(wordsOf(runOf()).recipe).not.toContain("muP");
});
