import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  expectOk,
  fitHyperparameter,
  type HyperparameterFit,
  hyperparameterForms,
  hyperparameterLaw,
  normals,
  parseColumns,
  predictHyperparameters,
  random,
  readRecord,
  writeRecord,
} from "../src/index.js";

const RATES = [2.5e-4, 5e-4, 1e-3, 2e-3, 4e-3, 8e-3];
const sizes = [1e6, 4e6, 1.6e7, 6.4e7];
const tokens = [1e8, 1e9, 1e10];
const best = (N: number, D: number) => 0.2 * N ** -0.4 * D ** 0.06;
const KAPPA = 0.03;

interface World {
  readonly noise?: number;
  readonly rates?: readonly number[];
  readonly seed?: number;
}

/** A sweep of learning rates in every cell, and the loss of each. */
const sweep = ({ noise = 0, rates = RATES, seed = 1 }: World = {}) => {
  const normal = normals(random(seed));
  const rows = sizes.flatMap((N) => tokens.flatMap((D) => rates.map((lr) => ({ N, D, lr }))));
  const losses = rows.map(
    ({ N, D, lr }) => 1 + 20 * N ** -0.2 + 50 * D ** -0.2 + KAPPA * Math.log(lr / best(N, D)) ** 2 + noise * normal(),
  );
  return { rows, losses };
};
const laws = { lr: ["N", "D"] };

describe("laws from raw sweeps", () => {
  it.each(["cells", "joint"] as const)(
    "%s: without noise the law, its curvature and the price of a factor of two come back",
    (method) => {
      const { rows, losses } = sweep();
      const fit = expectOk(fitHyperparameter(rows, { laws, losses, method }));
      const { exponents, coefficient } = fit.laws.lr!;
      expect(exponents.N!.value).toBeCloseTo(-0.4, 7);
      expect(exponents.D!.value).toBeCloseTo(0.06, 7);
      expect(coefficient.value).toBeCloseTo(0.2, 6);
      expect(fit.sensitivity!.lr!.curvature.value).toBeCloseTo(KAPPA, 9);
      expect(fit.sensitivity!.lr!.factor2.value).toBeCloseTo(KAPPA * Math.LN2 ** 2, 9);
      const { lr } = predictHyperparameters(fit, { N: 1e9, D: 1e11 }).predicted;
      expect(lr!.value / best(1e9, 1e11)).toBeCloseTo(1, 5);
    },
  );

  it.each(["cells", "joint"] as const)("%s: intervals hold the exponents in 95 of 100 worlds", (method) => {
    let [N, D, curve] = [0, 0, 0];
    const worlds = 200;
    const holds = ({ ci95: [low, high] }: { readonly ci95: readonly [number, number] }, truth: number) =>
      +(low <= truth && truth <= high);
    for (let seed = 0; seed < worlds; seed++) {
      const { rows, losses } = sweep({ noise: 0.004, seed });
      const fit = expectOk(fitHyperparameter(rows, { laws, losses, method }));
      const { exponents } = fit.laws.lr!;
      N += holds(exponents.N!, -0.4);
      D += holds(exponents.D!, 0.06);
      curve += holds(fit.sensitivity!.lr!.curvature, KAPPA);
    }
    for (const held of [N, D, curve]) expect(held / worlds).toBeGreaterThan(0.9);
    expect(N / worlds).toBeLessThan(0.995);
  });

  it("a cell whose minimum lies outside its sweep, or has two values, is listed with its reason and enters no law", () => {
    const { rows, losses } = sweep();
    const odd = [1e-5, 2e-5, 4e-5, 8e-5].map((lr) => ({ N: 5e6, D: 3e9, lr }));
    const two = [1e-3, 2e-3].map((lr) => ({ N: 7e6, D: 3e9, lr }));
    const more = [...odd, ...two].map(({ N, D, lr }) => 2 + KAPPA * Math.log(lr / best(N, D)) ** 2);
    const fit = expectOk(fitHyperparameter([...rows, ...odd, ...two], { laws, losses: [...losses, ...more] }));
    expect(fit.method).toBe("cells");
    const refused = fit.cells.filter((cell) => cell.refused);
    expect(refused.map(({ at, refused }) => [at.N, refused!.reason])).toEqual([
      [5e6, "edge-minimum"],
      [7e6, "too-few-points"],
    ]);
    expect(fit.laws.lr!.exponents.N!.value).toBeCloseTo(-0.4, 7);
    expect(fit.laws.lr!.points).toBe(12);
  });

  it("cells too short for a minimum of their own still give a law jointly", () => {
    const { rows, losses } = sweep({ noise: 1e-4, rates: [5e-4, 3e-3] });
    const fit = expectOk(fitHyperparameter(rows, { laws, losses }));
    expect(fit.method).toBe("joint");
    const [low, high] = fit.laws.lr!.exponents.N!.ci95;
    expect(low).toBeLessThan(-0.4);
    expect(high).toBeGreaterThan(-0.4);
    expect(fitHyperparameter(rows, { laws, losses, method: "cells" })).toMatchObject({
      ok: false,
      reason: "too-few-points",
    });
    // Where a new optimum would fall is not known without optima.
    expect(predictHyperparameters(fit, { N: 1e8, D: 1e9 }).predicted.lr!.interval95).toBeUndefined();
  });

  it.each(["cells", "joint"] as const)(
    "%s: learning rate and batch size that depend on each other come back together",
    (method) => {
      const truth = {
        lr: (N: number, D: number) => best(N, D),
        batch: (N: number, D: number) => 0.6 * N ** 0.02 * D ** 0.5,
      };
      const rows = sizes.flatMap((N) =>
        tokens.flatMap((D) =>
          [-1, -0.4, 0.2, 0.9].flatMap((a) =>
            [-0.9, 0, 1.1].map((b) => {
              return { N, D, lr: truth.lr(N, D) * Math.exp(a + 0.1), batch: truth.batch(N, D) * Math.exp(b - 0.1) };
            }),
          ),
        ),
      );
      const losses = rows.map(({ N, D, lr, batch }) => {
        const [z, b] = [Math.log(lr / truth.lr(N, D)), Math.log(batch / truth.batch(N, D))];
        return 2 + N ** -0.3 + 0.05 * z * z - 2 * 0.015 * z * b + 0.02 * b * b;
      });
      const fit = expectOk(fitHyperparameter(rows, { laws: { lr: ["N", "D"], batch: ["N", "D"] }, losses, method }));
      expect(fit.laws.lr!.exponents.N!.value).toBeCloseTo(-0.4, 7);
      expect(fit.laws.batch!.exponents.D!.value).toBeCloseTo(0.5, 7);
      expect(fit.laws.batch!.coefficient.value).toBeCloseTo(0.6, 5);
      expect(fit.sensitivity!.batch!.curvature.value).toBeCloseTo(0.02, 8);
      // The least loss of a cell is that of its minimum, not of its best run.
      for (const { at, loss } of fit.cells) expect(loss).toBeCloseTo(2 + at.N! ** -0.3, 8);
    },
  );

  it("a saddle is refused, and so are runs that differ in nothing", () => {
    const { rows } = sweep();
    const upsideDown = rows.map(({ N, D, lr }) => 2 - KAPPA * Math.log(lr / best(N, D)) ** 2);
    expect(fitHyperparameter(rows, { laws, losses: upsideDown, method: "joint" })).toMatchObject({
      ok: false,
      reason: "not-convex",
    });
    const same = rows.map((row) => ({ ...row, lr: 1e-3 }));
    expect(fitHyperparameter(same, { laws, losses: rows.map(() => 2) })).toMatchObject({
      ok: false,
      reason: "too-few-points",
    });
  });

  it("the cost of a factor of two in ln loss is a share of the loss", () => {
    const { rows } = sweep();
    const losses = rows.map(({ N, D, lr }) => 3 * N ** -0.1 * Math.exp(0.1 * Math.log(lr / best(N, D)) ** 2));
    const fit = expectOk(fitHyperparameter(rows, { laws, losses, scale: "log" }));
    expect(fit.sensitivity!.lr!.factor2.value).toBeCloseTo(0.1 * Math.LN2 ** 2, 8);
    for (const { at, loss } of fit.cells) expect(loss).toBeCloseTo(3 * at.N! ** -0.1, 8);
  });
});

describe("laws from optima", () => {
  it("of products and quotients: the timescale of AdamW against tokens per parameter", () => {
    const rows = sizes.flatMap((N) =>
      tokens.map((D) => ({ N, D, lr: 1e-3, batch: 1e5, weightDecay: 1e5 / (1e-3 * D * (1.1 * (D / N) ** -0.5)) })),
    );
    const { laws } = hyperparameterForms.get("power-lines");
    const [name] = Object.keys(laws);
    const fit = expectOk(fitHyperparameter(rows, { laws: { [name!]: laws[name!]! } }));
    expect(fit.laws[name!]!.exponents["D/N"]!.value).toBeCloseTo(-0.5, 10);
    expect(fit.laws[name!]!.coefficient.value).toBeCloseTo(1.1, 10);
    expect(predictHyperparameters(fit, { N: 1e9, D: 1e11 })).toMatchObject({ given: { D: 1e11, N: 1e9 } });
    expect(() => predictHyperparameters(fit, { N: 1e9 })).toThrow("D is missing");
  });

  it("errors of the optima weigh, and the Birge factor widens what scatters more than they say", () => {
    const normal = normals(random(4));
    const rows = sizes.flatMap((N) => tokens.map((D) => ({ N, D })));
    const scatter = rows.map(({ N, D }) => best(N, D) * Math.exp(0.1 * normal()));
    const told = (sigma: number) => expectOk(hyperparameterLaw(rows, scatter, { sigma: rows.map(() => sigma) }));
    const [modest, honest, unknown] = [told(0.01), told(1), expectOk(hyperparameterLaw(rows, scatter))];
    expect(modest.birge).toBeGreaterThan(3);
    expect(modest.exponents.N!.standardError).toBeCloseTo(unknown.exponents.N!.standardError, 10);
    expect(modest.residualStandardDeviation).toBeCloseTo(unknown.residualStandardDeviation, 10);
    // An error that is larger than the scatter is believed.
    expect(honest.birge).toBeLessThan(1);
    expect(honest.exponents.N!.standardError / unknown.exponents.N!.standardError).toBeGreaterThan(5);
  });

  it("predictors that go together cannot be told apart; a name that is no name is refused", () => {
    const rows = sizes.map((N) => ({ N, D: 20 * N, lr: best(N, 20 * N) }));
    expect(fitHyperparameter(rows, { laws })).toMatchObject({ ok: false, reason: "too-few-points" });
    expect(() => fitHyperparameter(rows, { laws: { lr: ["N^2"] } })).toThrow(
      'a predictor is "N^2"; expected a name, or names joined by * and /',
    );
    expect(() => fitHyperparameter(rows, { laws: { lr: ["lr/N"] }, losses: rows.map(() => 1) })).toThrow(
      "expected a hyperparameter that its own predictors do not hold",
    );
    expect(() => fitHyperparameter(rows, { laws: { lr: ["width"] } })).toThrow("row 1: width is missing");
  });
});

describe("learning rates of a transformer of a few layers on 16 px emoji", () => {
  const text = readFileSync(new URL("./fixtures/emoji_lr_sweep.csv", import.meta.url), "utf8");
  const { columns } = parseColumns(text, {
    fields: { width: "positive", D: "positive", lr: "positive", loss: "finite" },
  });
  const rows = columns.lr.map((lr, i) => ({ lr, width: columns.width[i]!, D: columns.D[i]! }));
  const fit = expectOk(fitHyperparameter(rows, { laws: { lr: ["width", "D"] }, losses: columns.loss, scale: "log" }));

  it("fall with the width and with the data, and a factor of two costs a few percent", () => {
    const { exponents } = fit.laws.lr!;
    expect(exponents.width!.ci95[1]).toBeLessThan(0);
    expect(exponents.D!.ci95[1]).toBeLessThan(0);
    expect(fit.sensitivity!.lr!.factor2.value).toBeGreaterThan(0.005);
    expect(fit.sensitivity!.lr!.factor2.value).toBeLessThan(0.1);
  });

  it("survive JSON whole, and what is edited is named", () => {
    const { ok: _, ...record } = fit;
    const text = writeRecord(record);
    expect(readRecord(text)).toEqual(record);
    const edit = (change: (fit: { laws: { lr: Record<string, unknown> } }) => void) => {
      const document = JSON.parse(text);
      change(document);
      return () => readRecord(document, "fit");
    };
    expect(edit(({ laws }) => delete laws.lr.exponents)).toThrow("fit.laws.lr.exponents");
    expect(edit(({ laws }) => (laws.lr.predictors = ["width"]))).toThrow(
      "fit.laws.lr.covariance[0] is a list of 3; it must be a list of 2",
    );
  });
});

it("joint and cells agree where cells have minima", () => {
  const { rows, losses } = sweep({ noise: 0.002, seed: 5 });
  const [cells, joint] = (["cells", "joint"] as const).map(
    (method) => expectOk(fitHyperparameter(rows, { laws, losses, method })) as HyperparameterFit,
  );
  const [a, b] = [cells!.laws.lr!.exponents.N!, joint!.laws.lr!.exponents.N!];
  expect(Math.abs(a.value - b.value)).toBeLessThan(2 * Math.hypot(a.standardError, b.standardError));
});
