import { describe, expect, it } from "vitest";
import { expectOk, isoFlop, normals, predictIsoFlop, predictiveLoss, type Run, random, surface } from "../src/index.js";
import { dit, llama3 } from "./data.js";

const study = (noise: number, seed = 1): Run[] => {
  const normal = normals(random(seed));
  return [1e12, 2e12, 4e12, 8e12].flatMap((C) =>
    [-1, -0.5, 0, 0.5, 1].map((x) => {
      const N = 1e5 * (C / 1e12) ** 0.55 * Math.exp(x);
      return { C, N, D: C / (6 * N), loss: (C / 1e12) ** -0.08 + 0.03 * x * x + noise * normal() };
    }),
  );
};

const width = ([low, high]: readonly [number, number]) => high - low;

describe("predictIsoFlop", () => {
  it("exact data of a power law: the law itself, in a vanishing interval", () => {
    const prediction = expectOk(predictIsoFlop(isoFlop(dit("exact")), 1.5e21));
    expect(prediction.predicted.loss.value).toBeCloseTo(2.3943 * 1.5e21 ** -0.0273, 8);
    expect(width(prediction.predicted.loss.interval95)).toBeLessThan(1e-6);
    expect(prediction.predicted.N.value / (0.0009 * 1.5e21 ** 0.5681)).toBeCloseTo(1, 9);
    expect(prediction.notes.extrapolation).toBe(250);
  });

  it("Llama 3 without its largest budget: the measured optimum lies in the interval, and the pure law is dismissed", () => {
    const runs = llama3();
    const measured = isoFlop(runs).budgets[9]!;
    if (measured.status !== "interior") throw new Error("no optimum at 1e22");
    const { predicted, notes } = expectOk(predictIsoFlop(isoFlop(runs.filter((run) => run.C < 9e21)), 1e22));
    expect(predicted.loss.interval95[0]).toBeLessThan(measured.optimum.loss.value);
    expect(predicted.loss.interval95[1]).toBeGreaterThan(measured.optimum.loss.value);
    expect(notes.families.floor!.weight).toBeGreaterThan(0.99);
  });

  it("the weights of the families add up to one, and the median lies between theirs", () => {
    const { predicted, notes } = expectOk(predictIsoFlop(isoFlop(study(0.003)), 3e13));
    const families = Object.values(notes.families);
    expect(families.reduce((s, f) => s + f.weight, 0)).toBeCloseTo(1, 12);
    expect(predicted.loss.value).toBeGreaterThan(Math.min(...families.map((f) => f.value)));
    expect(predicted.loss.value).toBeLessThan(Math.max(...families.map((f) => f.value)));
    expect(notes.families.accelerating!.value).toBeLessThan(notes.families.floor!.value);
  });

  it("more noise, a noisier measurement, known seed noise and a longer reach all widen the interval", () => {
    const fit = isoFlop(study(0.002));
    const at = (options = {}, C = 3e13) => width(expectOk(predictIsoFlop(fit, C, options)).predicted.loss.interval95);
    expect(at({ measuredStandardError: 0.01 })).toBeGreaterThan(at());
    expect(at({ seedStandardDeviation: 0.02 })).toBeGreaterThan(at());
    expect(at({}, 3e15)).toBeGreaterThan(at());
    const noisier = isoFlop(study(0.01));
    expect(width(expectOk(predictIsoFlop(noisier, 3e13)).predicted.loss.interval95)).toBeGreaterThan(at());
  });

  it("a size off the optimum costs what the curvature says", () => {
    const fit = isoFlop(study(1e-6));
    const best = expectOk(predictIsoFlop(fit, 3e13)).predicted;
    const off = expectOk(predictIsoFlop(fit, 3e13, { N: best.N.value * Math.E })).predicted;
    expect(off.loss.value - best.loss.value).toBeCloseTo(0.03, 4);
  });

  it("is deterministic", () => {
    expect(predictIsoFlop(isoFlop(study(0.003)), 3e13)).toEqual(predictIsoFlop(isoFlop(study(0.003)), 3e13));
  });

  it("refuses without laws, and names a bad compute", () => {
    const few = isoFlop(study(0.001).filter((run) => run.C < 3e12));
    expect(predictIsoFlop(few, 1e13)).toMatchObject({ ok: false, reason: "too-few-budgets" });
    expect(() => predictIsoFlop(isoFlop(study(0.001)), 0)).toThrow(/C is 0/);
    expect(
      predictiveLoss({ C: [1, 2], loss: [2, 1], leverage: [1, 1], noiseVariance: 0, noiseDegreesOfFreedom: 0 }, 3),
    ).toBeUndefined();
  });

  it("works from Akima optima, which carry no parabola", () => {
    const { predicted } = expectOk(predictIsoFlop(isoFlop(study(0.001), { optimum: "akima" }), 3e13));
    expect(width(predicted.loss.interval95)).toBeGreaterThan(0);
  });
});

describe("runs that did not come through a reader", () => {
  it("are stopped before they spread", () => {
    const runs = study(0.001).map((run, i) => (i === 3 ? { ...run, loss: Number.NaN } : run));
    expect(() => isoFlop(runs)).toThrow(/row 4: loss is NaN/);
    expect(() => surface(runs)).toThrow(/row 4: loss is NaN/);
    expect(isoFlop([]).N).toMatchObject({ ok: false, reason: "too-few-budgets" });
    expect(surface([])).toMatchObject({ ok: false, reason: "too-few-points" });
  });
});
