import { describe, expect, it } from "vitest";
import { truths } from "../bench/optima.js";
import {
  expectOk,
  isoFlop,
  normals,
  optimalAllocation,
  predictIsoFlop,
  type Run,
  random,
  type Surface,
  surfaceLoss,
} from "../src/index.js";
import { csv, dit } from "./data.js";

const { unequal } = truths;

const onGrid = (
  truth: Surface,
  budgets: number,
  sizes: number,
  loss: (exact: number) => number,
  shift = (_: number) => 0,
) =>
  Array.from({ length: budgets }, (_, b) => 1e18 * 10 ** (b / 2)).flatMap((C, b) => {
    const best = expectOk(optimalAllocation(truth, C)).N;
    return Array.from({ length: sizes }, (_, j): Run => {
      const N = best * 2 ** (j - (sizes - 1) / 2 + shift(b));
      const D = C / (6 * N);
      return { C, N, D, loss: loss(surfaceLoss(truth, { N, D })) };
    });
  });

const noisy = (share: number, seed: number) => {
  const normal = normals(random(seed));
  return (exact: number) => exact * (1 + share * normal());
};

describe("noise and misfit", () => {
  it("F of slices against parabolas is that of scipy", () => {
    let i = 0;
    const runs = onGrid(unequal, 4, 6, (exact) => {
      const k = i++;
      return exact * (1 + 0.0005 * Math.sin(k * k * 3.3));
    });
    const { misfit, noise } = isoFlop(runs);
    const { statistic, pValue, degreesOfFreedom, significant } = expectOk(misfit!);
    expect(statistic / 1023.7850250419622).toBeCloseTo(1, 6);
    expect(pValue / 2.711607655939889e-12).toBeCloseTo(1, 4);
    expect(degreesOfFreedom).toEqual([2, 10]);
    expect(significant).toBe(true);
    expect(noise).toMatchObject({ from: "slices", degreesOfFreedom: 10 });
    expect(noise.standardDeviation).toBeCloseTo(Math.sqrt(8.151737806981822e-5 / 10), 9);
  });

  it("the noise is the one that was put in, however wide the grid", () => {
    for (const sizes of [7, 11]) {
      let variance = 0;
      for (let seed = 0; seed < 12; seed++) {
        const { noise } = isoFlop(
          onGrid(unequal, 6, sizes, (v) => v + 0.01 * normalOf(seed)()),
          { correction: false },
        );
        variance += noise.standardDeviation ** 2 / 12;
      }
      expect(Math.sqrt(variance) / 0.01).toBeGreaterThan(0.9);
      expect(Math.sqrt(variance) / 0.01).toBeLessThan(1.1);
    }
  });

  it("parabolas have a misfit one time in a hundred, and none in exact data", () => {
    let called = 0;
    const studies = 150;
    for (let seed = 0; seed < studies; seed++) {
      const normal = normals(random(seed, 3));
      const runs = [1e18, 3e18, 9e18, 2.7e19].flatMap((C) =>
        [-1, -0.5, 0, 0.5, 1].map((x): Run => {
          const N = 1e6 * (C / 1e18) ** 0.5 * Math.exp(x);
          return { C, N, D: C / (6 * N), loss: 2 + 0.05 * x * x + 0.002 * normal() };
        }),
      );
      const { misfit } = isoFlop(runs, { correction: false });
      if (expectOk(misfit!).significant) called++;
    }
    expect(called).toBeLessThanOrEqual(6);
    const exact = isoFlop(dit("exact"));
    expect(exact.misfit).toMatchObject({ significant: false, statistic: 0 });
    expect(exact.warnings).toEqual([]);
  });

  it("repeated runs say the pure error, and copies of a run do not", () => {
    const twice = onGrid(unequal, 4, 5, (v) => v).flatMap((run, i) => [
      { ...run, loss: run.loss + 0.003, seed: 1 },
      { ...run, loss: run.loss - 0.003, seed: 2 + (i % 2) },
    ]);
    const { noise } = isoFlop(twice);
    expect(noise.pure).toMatchObject({ from: "replicates", degreesOfFreedom: 20 });
    expect(noise.pure!.standardDeviation).toBeCloseTo(0.003 * Math.SQRT2, 12);
    const copies = onGrid(unequal, 4, 5, noisy(0.001, 2)).flatMap((run) => [run, { ...run }]);
    expect(isoFlop(copies).noise.pure).toBeUndefined();
  });

  it("errors that the runs state hold what the slices leave from below", () => {
    const runs = onGrid(unequal, 6, 7, (v) => v).map((run) => ({ ...run, sigma: 0.02 }));
    expect(isoFlop(runs).noise).toMatchObject({ from: "known-noise", degreesOfFreedom: Number.POSITIVE_INFINITY });
    expect(isoFlop(runs).noise.standardDeviation).toBeCloseTo(0.02, 12);
  });

  it("with too few runs for slices the runs' own errors are the measure", () => {
    const runs = onGrid(unequal, 1, 5, (v) => v).map((run) => ({ ...run, sigma: 0.001 }));
    const { misfit } = isoFlop(runs);
    expect(misfit).toMatchObject({ ok: true, from: "known-noise", significant: true });
    expect(isoFlop(onGrid(unequal, 1, 5, (v) => v)).misfit).toMatchObject({ ok: false, reason: "too-few-points" });
  });
});

const normalOf = (() => {
  const streams = new Map<number, () => number>();
  return (seed: number) => {
    const stream = streams.get(seed) ?? normals(random(seed, 7));
    streams.set(seed, stream);
    return stream;
  };
})();

describe("laws without the bias of their method", () => {
  const C = 3.16228e21;
  const truth = { N: 876274.3354744982, loss: 4.4934063178617 };

  it("wide exact grid: N*, D* and loss are the surface's, in intervals that hold them and are narrow", () => {
    const fit = isoFlop(csv("wide_grid_exact"));
    const { predicted, notes } = expectOk(predictIsoFlop(fit, C));
    expect(predicted.N.value / truth.N).toBeCloseTo(1, 8);
    expect(predicted.N.ci95[0]).toBeLessThan(truth.N * (1 + 1e-12));
    expect(predicted.N.ci95[1]).toBeGreaterThan(truth.N * (1 - 1e-12));
    const [low, high] = predicted.loss.interval95;
    expect(low).toBeLessThan(truth.loss * (1 + 1e-12));
    expect(high).toBeGreaterThan(truth.loss * (1 - 1e-12));
    expect((high - low) / truth.loss).toBeLessThan(1e-6);
    expect(notes.bias!.N).toBeCloseTo(0.18616, 4);
    expect(fit.warnings!.map(({ about }) => about)).toEqual(["misfit", "bias"]);
    expect(fit.warnings![1]!.message).toContain("the plain parabola puts N* 18.6 % too high");
    expect(fit.budgets.every(({ warnings }) => warnings.includes("misfit"))).toBe(true);
  });

  it("the laws as they were fitted are there too, and know that the misfit is model error", () => {
    const fit = isoFlop(csv("wide_grid_exact"));
    const { predicted, notes } = expectOk(predictIsoFlop(fit, C, { laws: "fitted" }));
    expect(predicted.N.value).toBeCloseTo(1039403.718, 2);
    expect(notes.bias).toBeUndefined();
    const [low, high] = predicted.loss.interval95;
    expect(low).toBeLessThan(truth.loss);
    expect(high).toBeGreaterThan(truth.loss);
    const refused = predictIsoFlop(isoFlop(csv("wide_grid_exact"), { correction: false }), C, { laws: "corrected" });
    expect(refused).toMatchObject({ ok: false, reason: "unidentified" });
  });

  it("the shift is that of approach2Bias, and the corrected law is the law less the shift", () => {
    const fit = isoFlop(onGrid(unequal, 6, 7, noisy(0.001, 5)));
    const corrected = expectOk(fit.corrected!);
    const N = expectOk(fit.N);
    const shift = corrected.budgets.map(({ bias }) => Math.log1p(bias.N));
    const lnC = corrected.budgets.map((b) => Math.log(b.C));
    const mean = (v: readonly number[]) => v.reduce((s, x) => s + x, 0) / v.length;
    const slope =
      lnC.reduce((s, x, i) => s + (x - mean(lnC)) * shift[i]!, 0) / lnC.reduce((s, x) => s + (x - mean(lnC)) ** 2, 0);
    expect(corrected.N.exponent.value).toBeCloseTo(N.exponent.value - slope, 10);
    for (const { bias } of corrected.budgets) expect(bias.N).toBeGreaterThan(0.1);
  });

  it("a surface that parabolas beat does not say the bias, and exact parabolas are left alone", () => {
    const fit = isoFlop(dit("exact"));
    expect(fit.corrected).toMatchObject({ ok: false, message: expect.stringContaining("less well than parabolas") });
    expect(expectOk(predictIsoFlop(fit, 1e20)).notes.bias).toBeUndefined();
  });

  it("where no surface describes all budgets their slices say it", () => {
    // Budgets of one shape whose level and place follow no surface.
    const runs = onGrid(unequal, 6, 7, (v) => v).map((run, i) => {
      const b = Math.floor(i / 7);
      return {
        ...run,
        N: run.N * 2 ** (b % 2),
        D: run.D / 2 ** (b % 2),
        loss: run.loss * (1 + 0.05 * Math.sin(b * 2.3)),
      };
    });
    const { form, parameters, budgets } = expectOk(isoFlop(runs).corrected!);
    expect(form).toBe("slices");
    expect(parameters.alpha).toBeCloseTo(0.465, 5);
    budgets.forEach(({ C, N, bias }, b) => {
      expect(N / (expectOk(optimalAllocation(unequal, C)).N * 2 ** (b % 2))).toBeCloseTo(1, 6);
      expect(bias.N).toBeCloseTo(0.186, 2);
    });
  });

  it("a centre that drifts bends the exponent: said with its size, and taken out", () => {
    const runs = onGrid(unequal, 6, 7, noisy(0.0003, 9), (b) => 0.4 * b - 1);
    const fit = isoFlop(runs);
    const drift = fit.warnings!.find(({ about }) => about === "drift");
    expect(drift?.message).toMatch(/upwards from the smallest to the largest budget; that bends the exponent/);
    expect(Math.abs(expectOk(fit.N).exponent.value - 0.25)).toBeGreaterThan(0.005);
    const { exponent } = expectOk(fit.corrected!).N;
    expect(exponent.ci95[0]).toBeLessThan(0.25);
    expect(exponent.ci95[1]).toBeGreaterThan(0.25);
    const centred = isoFlop(onGrid(unequal, 6, 7, noisy(0.0003, 9)));
    expect(centred.warnings!.map(({ about }) => about)).not.toContain("drift");
  });

  it("of a metric, in D and in ln L, the same optimum", () => {
    const runs = onGrid(unequal, 6, 7, (v) => v);
    const metric = runs.map((run) => ({ ...run, loss: 1, metrics: { bits: run.loss } }));
    for (const options of [
      { axis: "D" },
      { scale: "log" },
      { optimum: "huber" },
      { optimum: "cubic" },
      { optimum: "akima" },
    ] as const) {
      const corrected = expectOk(isoFlop(runs, options).corrected!);
      for (const { C, N } of corrected.budgets) expect(N / expectOk(optimalAllocation(unequal, C)).N).toBeCloseTo(1, 6);
    }
    const corrected = expectOk(isoFlop(metric, { quantity: "bits" }).corrected!);
    expect(corrected.parameters.E).toBeCloseTo(1.69, 6);
  });
});

describe("runs that state their errors", () => {
  const sigmaOf = (i: number) => (i % 3 === 0 ? 0.05 : 0.002);
  const runs = (seed: number) => {
    const normal = normals(random(seed, 5));
    let i = 0;
    return onGrid(truths.floor, 5, 6, (v) => v).map((run) => {
      const sigma = sigmaOf(i++);
      return { ...run, sigma, loss: run.loss + sigma * normal() };
    });
  };

  it("weigh by them where they differ, which finds the optima better", () => {
    const error = { sigma: 0, alike: 0 };
    for (let seed = 0; seed < 20; seed++) {
      for (const weights of ["sigma", "alike"] as const) {
        const { N } = isoFlop(runs(seed), { weights, correction: false });
        const truth = expectOk(optimalAllocation(truths.floor, 1e19)).N;
        if (N.ok)
          error[weights] += (Math.log(N.coefficient.value) + N.exponent.value * Math.log(1e19) - Math.log(truth)) ** 2;
        else error[weights] += 1;
      }
    }
    expect(error.sigma).toBeLessThan(error.alike / 2);
    expect(isoFlop(runs(1)).choices.weights).toBe("sigma");
    expect(isoFlop(runs(1).map((run) => ({ ...run, sigma: 0.002 }))).choices.weights).toBeUndefined();
    expect(isoFlop(runs(1).map(({ sigma: _, ...run }) => run)).choices.weights).toBeUndefined();
  });

  it("a law's error is no less than they say, though its optima stand in line", () => {
    const exact = onGrid(truths.floor, 5, 6, (v) => v).map((run, i) => ({ ...run, sigma: sigmaOf(i) }));
    const N = expectOk(isoFlop(exact).N);
    expect(N.exponent.standardError).toBeGreaterThan(1e-3);
    const { parabola } = isoFlop(exact).budgets[2]!;
    expect(parabola!.N.fromKnownNoise!.x).toBeGreaterThan(1e-3);
  });
});
