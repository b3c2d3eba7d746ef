import { jsonSchema, read } from "@isoflop/spec";
import { describe, expect, test } from "vitest";
import {
  buildObjective,
  DiffusionError,
  ddpm,
  edm,
  edm2,
  edmWeighting,
  effectiveWeight,
  type ObjectiveInput,
  objective,
  objectivePresets,
  objectiveSchema,
  rectifiedFlow,
  stochasticInterpolant,
} from "../src/index.js";

const error = (message: string) => new Error(message);
const record = (spec: ObjectiveInput) =>
  JSON.parse(JSON.stringify(read(objectiveSchema, spec, { name: "objective", error })));

describe("presets are what their papers say", () => {
  test("EDM: log-normal σ, F, weight 1 on it, which is EDM's on data", () => {
    for (const sigmaData of [0.5, 1]) {
      const aim = edm({ sigmaData });
      const plain = objective({ ...aim, prediction: "data", errorIn: "data", weighting: edmWeighting(sigmaData) });
      for (const t of [0.001, 0.02, 0.5])
        expect(effectiveWeight(aim, t, "data") / effectiveWeight(plain, t, "data")).toBeCloseTo(1, 12);
      expect(Math.log(80 * aim.density.quantile(0.5))).toBeCloseTo(-1.2, 3);
      expect(aim.inputs.name).toBe(`EDM ${sigmaData}`);
    }
    expect(Math.log(80 * edm2().density.quantile(0.5))).toBeCloseTo(-0.4, 3);
  });

  test("DDPM: noise at all steps alike, or v where no signal is left, with DiT's variance", () => {
    const [plain, none] = [ddpm(), ddpm({ zeroTerminalSnr: true, schedule: "cosine", steps: 50 })];
    expect([plain.prediction, plain.variance, plain.density.times!.length]).toEqual(["noise", undefined, 1000]);
    expect([none.prediction, none.path.at(1).alpha, none.inputs.name]).toEqual(["v", 0, "DDPM 50"]);
    expect(ddpm({ variance: "learnedRange", loss: "rescaledMse" })).toMatchObject({
      variance: "learnedRange",
      loss: "rescaledMse",
    });
    expect(() => ddpm({ zeroTerminalSnr: true, prediction: "noise" })).toThrow(
      "draws t = 1, where noise on the discrete",
    );
  });

  test("SiT: velocity on a path at uniform times", () => {
    const { path, prediction, density } = stochasticInterpolant({ path: "cosine" });
    expect([path.name, prediction, density.name]).toEqual(["cosine", "velocity", "uniform"]);
    expect(stochasticInterpolant({ path: { kind: "vp", betaMax: 10 } }).path.name).toBe("vp");
  });
});

describe("a record by name is the record in full", () => {
  test.each(objectivePresets.names)("%s", (name) => {
    const full = record(name);
    expect(record({ preset: name })).toEqual(full);
    expect(record(full)).toEqual(full);
    expect(buildObjective(name).density.name).toBe(buildObjective(full).density.name);
  });

  test("with options, and as the function makes it", () => {
    expect(record({ preset: "edm", sigmaData: 1 })).toEqual({
      path: "edm",
      prediction: { kind: "F", sigmaData: 1 },
      weighting: { kind: "none" },
      density: { kind: "logNormalSigma", mean: -1.2, std: 1.2 },
      inputs: { kind: "edm", sigmaData: 1 },
    });
    expect(record("ddpm")).toEqual({
      path: "discrete",
      prediction: "noise",
      weighting: { kind: "none" },
      density: { kind: "discreteUniform" },
      inputs: "ddpm",
    });
    const learned = { preset: "ddpm", variance: "learnedRange", loss: "mse", steps: 100 } as const;
    expect(record(learned)).toEqual({
      ...record("ddpm"),
      path: { kind: "discrete", steps: 100, zeroTerminalSnr: false },
      inputs: { kind: "ddpm", steps: 100 },
      variance: "learnedRange",
    });
    expect(record({ preset: "ddpm", variance: "fixedLarge" })).toEqual(record("ddpm"));
    for (const [name, made] of Object.entries({
      edm: edm(),
      edm2: edm2(),
      ddpm: ddpm(),
      rectifiedFlow: rectifiedFlow(),
    })) {
      const built = buildObjective(name);
      expect([built.path.name, built.prediction, built.weighting.name, built.density.name, built.inputs.name]).toEqual([
        ...[made.path.name, made.prediction, made.weighting.name, made.density.name, made.inputs.name],
      ]);
    }
  });

  test("an uncertainty is part of it, with its defaults, and of no record that does not ask for one", () => {
    const told = { features: 128, seed: 0 };
    expect(record({ preset: "edm2", uncertainty: {} })).toEqual({ ...record("edm2"), uncertainty: told });
    expect(record({ uncertainty: { features: 8 } })).toEqual({ ...record({}), uncertainty: { features: 8, seed: 0 } });
    expect(record("edm2")).not.toHaveProperty("uncertainty");
    expect(edm2({ uncertainty: {} }).uncertainty).toEqual(told);
    expect(objective({ ...rectifiedFlow(), uncertainty: {} }).uncertainty).toEqual(told);
    expect(edm2()).not.toHaveProperty("uncertainty");
  });

  test("and what one wrote before stays what it was", () => {
    expect(record({})).toEqual({
      path: "linear",
      prediction: "velocity",
      weighting: { kind: "none" },
      density: { kind: "logitNormal", mean: 0, std: 1 },
    });
    expect(record({ density: "uniform" })).toMatchObject({ density: { kind: "uniform" } });
    expect(Object.keys((record({ density: "uniform" }) as { density: object }).density)).toEqual(["kind"]);
    expect(record("rectifiedFlow")).toEqual(record({}));
  });
});

test("what names no objective is refused by its field", () => {
  for (const [spec, message] of [
    [
      "edmm",
      'objective is "edmm"; it must be one of "rectifiedFlow", "ddpm", "edm", "edm2", "stochasticInterpolant" (did you mean "edm"?)',
    ],
    [{ preset: "ddmp" }, '(did you mean "ddpm"?)'],
    [{ preset: "edm", sigmadata: 1 }, 'did you mean "sigmaData"?'],
    [{ preset: "edm", sigmaData: 0 }, "objective.sigmaData is 0; it must be a finite number above 0"],
    [{ preset: "ddpm", steps: 1 }, "objective.steps is 1; it must be a whole number of at least 2"],
    [{ preset: "ddpm", steps: 10 }, "linear betas of fewer than 21 steps reach 1"],
    [{ preset: "ddpm", zeroTerminalSnr: true, prediction: "noise" }, "draws t = 1"],
    [{ path: "linear", variance: "learnedRange" }, "takes a path of steps"],
    [{ density: { kind: "uniform", from: 0.5, to: 0.2 } }, "times are from 0.5 to 0.2; it takes 0 <= from < to <= 1"],
    [3, "objective is 3; it must be a record"],
    [
      { preset: "edm2", uncertainty: { features: 0 } },
      "objective.uncertainty.features is 0; it must be a whole number",
    ],
    [{ preset: "edm2", uncertainty: true }, "objective.uncertainty is true; it must be a record"],
    [{ preset: "ddpm", zeroTerminalSnr: true, uncertainty: {} }, 'objective has an unknown key "uncertainty"'],
    [
      { ...record({ preset: "ddpm", zeroTerminalSnr: true }), uncertainty: {} },
      "draws t = 1, where uncertainty is a function of log(sigma / alpha), which is Infinity; leave it out",
    ],
    [
      { ...record({ preset: "ddpm", variance: "learnedRange", loss: "kl" }), uncertainty: {} },
      'loss is "kl", which has its own weights; uncertainty must be left out',
    ],
  ] as const) {
    expect(() => buildObjective(spec as never), message).toThrow(DiffusionError);
    expect(() => buildObjective(spec as never)).toThrow(message);
  }
  expect(() => edm({ sigmaData: 0 })).toThrow("edm.sigmaData is 0");
  expect(() => ddpm({ schedule: "cosin" as never })).toThrow('(did you mean "cosine"?)');
  expect(() => stochasticInterpolant({ path: "liner" })).toThrow('(did you mean "linear"?)');
});

test("an editor knows every preset", () => {
  const text = JSON.stringify(jsonSchema(objectiveSchema, "Objective"));
  for (const name of objectivePresets.names) expect(text).toContain(`"${name}"`);
});
