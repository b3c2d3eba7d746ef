import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type BrokenLaw,
  broken,
  brokenLaw,
  dataConstrainedLoss,
  expectOk,
  fitDataConstrained,
  fitLaw,
  formOfLaw,
  hyperparameterLaw,
  hyperparameterOptimum,
  type LawFit,
  lackOfFit,
  muennighoff2023,
  normals,
  type Predicted,
  powerLaw,
  predictHyperparameter,
  predictLaw,
  predictPowerLaw,
  random,
  saturating,
  saturatingLaw,
} from "../src/index.js";

const decade = (n: number, from = 17, to = 21) =>
  Array.from({ length: n }, (_, i) => 10 ** (from + ((to - from) * i) / (n - 1)));

describe("power law", () => {
  it("recovers any exact law", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -2, max: 2, noNaN: true }),
        fc.double({ min: -20, max: 20, noNaN: true }),
        (slope, level) => {
          const x = decade(6);
          const law = expectOk(
            powerLaw(
              x,
              x.map((v) => Math.exp(level + slope * Math.log(v))),
            ),
          );
          expect(law.exponent.value).toBeCloseTo(slope, 10);
          expect(law.logCoefficient.value).toBeCloseTo(level, 8);
        },
      ),
    );
  });

  it("has the textbook standard errors", () => {
    // ln y = 0, 1, 1 at ln x = 0, 1, 2: slope 1/2, residual variance 1/6, var(slope) = 1/12.
    const law = expectOk(powerLaw([1, Math.E, Math.E ** 2], [1, Math.E, Math.E]));
    expect(law.exponent.value).toBeCloseTo(0.5, 12);
    expect(law.exponent.standardError).toBeCloseTo(Math.sqrt(1 / 12), 12);
    expect(law.degreesOfFreedom).toBe(1);
    expect(law.sumOfSquares).toBeCloseTo(1 / 6, 12);
    // t(0.975; 1) = 12.706
    expect(law.exponent.ci95[1] - 0.5).toBeCloseTo(12.7062047 * Math.sqrt(1 / 12), 5);
    const at = predictPowerLaw(law, Math.E);
    expect(Math.log(at.ci95[1] / at.value)).toBeCloseTo(12.7062047 * Math.sqrt(1 / 18), 5);
    expect(Math.log(at.interval95![1] / at.value)).toBeCloseTo(12.7062047 * Math.sqrt(1 / 18 + 1 / 6), 5);
  });

  it("two points give a law with infinite intervals, one gives none", () => {
    expect(expectOk(powerLaw([1, 10], [1, 2])).exponent.ci95).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
    expect(powerLaw([3, 3], [1, 2])).toMatchObject({ ok: false, reason: "too-few-points" });
  });

  it("names the value that has no logarithm", () => {
    expect(() => powerLaw([1, 2, 0], [1, 2, 3])).toThrow(/row 3: x is 0/);
    expect(() => powerLaw([1, 2, 3], [1, -2, 3])).toThrow(/row 2: y is -2/);
  });
});

describe("saturating law", () => {
  it("recovers an exact law, and reports the bound of a pure one", () => {
    const x = decade(8);
    const law = expectOk(
      saturatingLaw(
        x,
        x.map((C) => 1.7 + 800 * C ** -0.15),
      ),
    );
    expect(law.floor.value).toBeCloseTo(1.7, 6);
    expect(law.exponent.value).toBeCloseTo(0.15, 6);
    expect(law.status).toBe("converged");
    expect(saturating.value(law, 1e24)).toBeCloseTo(1.7 + 800 * 1e24 ** -0.15, 6);
    const normal = normals(random(3));
    const pure = expectOk(
      saturatingLaw(
        x,
        x.map((C) => 30 * C ** -0.05 * Math.exp(0.01 * normal())),
      ),
    );
    expect(["bound", "unidentified"]).toContain(pure.status);
    expect(pure.status === "bound").toBe(pure.floor.value === 0);
    expect(pure.floor.ci95[0]).toBe(0);
  });

  // Fits of numpy and scipy: polyfit of ln y on ln x, and the root of RSS(E) = RSS(0) (1 + t²/ν), ν = n − 3, by brentq.
  it.each([
    {
      x: [3e18, 9e18, 1.8e19, 3e19, 9e19, 1.8e20, 3e20],
      y: [
        3.9160480468898227, 3.6994189341999713, 3.5735145985847403, 3.4908891205377186, 3.324454360618369,
        3.2019967072369853, 3.1102213544977446,
      ],
      upper: 1.9626824632350521,
      exponent: 0.049086643324337265,
      standardError: 0.0006970769370852608,
      rss: 4.017122131185616e-5,
    },
    {
      x: [9e18, 1.8e19, 3e19, 9e19, 1.8e20, 3e20],
      y: [
        3.503995521984465, 3.37577580979882, 3.2812114938227865, 3.099700541780395, 2.984629546345887,
        2.8990333392073415,
      ],
      upper: 1.3421130668116672,
      exponent: 0.05373872018323258,
      standardError: 0.00031561913014020363,
      rss: 3.7509108599777603e-6,
    },
  ])(
    "a best floor of zero is exactly 0 and bound: the pure law's exponent and its error, [0, $upper] by profile",
    (want) => {
      const { status, floor, exponent, objective, degreesOfFreedom } = expectOk(saturatingLaw(want.x, want.y));
      expect({ status, floor: floor.value, low: floor.ci95[0] }).toEqual({ status: "bound", floor: 0, low: 0 });
      expect(floor.standardError).toBeNaN();
      expect(floor.ci95[1] / want.upper).toBeCloseTo(1, 6);
      expect(exponent.value).toBeCloseTo(want.exponent, 10);
      expect(exponent.standardError / want.standardError).toBeCloseTo(1, 6);
      expect((2 * objective) / want.rss).toBeCloseTo(1, 6);
      expect(degreesOfFreedom).toBe(want.x.length - 2);
    },
  );

  it("whether a floor is zero does not hang on rounding", () => {
    for (let i = 0; i < 40; i++) {
      const x = Array.from({ length: 7 }, (_, j) => 10 ** (17 + j * (0.2 + 0.01 * i)));
      for (const residuals of ["log", "raw"] as const) {
        const law = expectOk(
          saturatingLaw(
            x,
            x.map((C) => (30 + i) * C ** -0.05),
            { residuals },
          ),
        );
        expect([law.status, law.floor.value]).toEqual(["bound", 0]);
      }
    }
  });

  it("three budgets cannot show a floor", () => {
    expect(saturatingLaw([1e17, 1e18, 1e19], [3, 2, 1.5])).toMatchObject({ ok: false, reason: "too-few-points" });
  });

  it("floor intervals cover the truth", () => {
    const normal = normals(random(12));
    const x = decade(10);
    let covered = 0;
    for (let i = 0; i < 150; i++) {
      const y = x.map((C) => (1.7 + 800 * C ** -0.15) * Math.exp(0.004 * normal()));
      const { floor } = expectOk(saturatingLaw(x, y));
      if (floor.ci95[0] <= 1.7 && 1.7 <= floor.ci95[1]) covered++;
    }
    expect(covered / 150).toBeGreaterThan(0.9);
  });
});

describe("errors of points", () => {
  const x = decade(8);
  const truth = (C: number) => 1.7 + 800 * C ** -0.15;
  const rough = x.map((C, i) => truth(C) * (1 + 0.01 * Math.sin(3 * i)));

  it.each(["power", "saturating", "broken"])(
    "%s: a weight of 2 is the same point twice, and a tenfold sigma a hundredth of one",
    (form) => {
      const many = form === "broken" ? Array.from({ length: 18 }, (_, i) => 10 ** (17 + i / 3)) : x;
      const bent = (C: number) => truth(C) * (form === "broken" ? (1 + (C / 1e20) ** 2) ** -0.05 : 1);
      const y = many.map((C, i) => bent(C) * (1 + 0.001 * Math.sin(3 * i)));
      const withWeights = (weights: readonly number[]) => expectOk(fitLaw(form, many, y, { weights }));
      const twice = expectOk(fitLaw(form, [...many, many[2]!], [...y, y[2]!]));
      const at = (fit: LawFit) => formOfLaw(fit.law).value(fit.law, 1e20);
      const weighted = withWeights(many.map((_, i) => (i === 2 ? 2 : 1)));
      expect(at(weighted) / at(twice)).toBeCloseTo(1, 6);
      expect(weighted.data.weights).toHaveLength(many.length);
      // A standard error of y is sigma/y of ln y.
      const sigma = expectOk(fitLaw(form, many, y, { sigma: y.map((v, i) => (i === 3 ? 10 : 1) * 0.01 * v) }));
      expect(at(sigma) / at(withWeights(many.map((_, i) => (i === 3 ? 0.01 : 1))))).toBeCloseTo(1, 7);
      expect(Math.abs(at(sigma) / at(expectOk(fitLaw(form, many, y))) - 1)).toBeGreaterThan(1e-7);
    },
  );

  it("only ratios of weights matter, for the law, its errors and its predictions", () => {
    const weights = x.map((_, i) => 1 + i);
    for (const form of ["power", "saturating"]) {
      const [a, b] = [weights, weights.map((w) => 1e6 * w)].map((each) =>
        expectOk(fitLaw(form, x, rough, { weights: each })),
      );
      const [p, q] = [a!, b!].map((fit) => predictLaw(fit, 1e22).predicted.y);
      for (const [one, other] of [
        [p!.value, q!.value],
        [p!.ci95![0], q!.ci95![0]],
        [p!.interval95![1], q!.interval95![1]],
      ] as const)
        expect(one / other).toBeCloseTo(1, 9);
    }
  });

  it("are refused where they cannot be", () => {
    expect(() => fitLaw("power", x, rough, { weights: x, sigma: x })).toThrow(
      "sigma and weights are given; expected one of them",
    );
    expect(() => fitLaw("power", x, rough, { weights: [1] })).toThrow("1 values of weight for 8 of y");
    expect(() => fitLaw("saturating", x, rough, { sigma: x.map(() => 0) })).toThrow(
      "row 1: sigma is 0; expected a positive finite number",
    );
  });
});

describe("a saturating law's own prediction", () => {
  it.each(["log", "raw"] as const)("holds the law and a new point, residuals %s, rising laws too", (residuals) => {
    const normal = normals(random(61));
    const x = Array.from({ length: 24 }, (_, i) => 2 ** (i / 3));
    for (const truth of [(v: number) => 1 + 100 * v ** -1.5, (v: number) => 1 + 0.5 * Math.sqrt(v)]) {
      let [covered, held] = [0, 0];
      const worlds = 120;
      for (let i = 0; i < worlds; i++) {
        const noisy = (v: number) => truth(v) + (residuals === "log" ? 0.01 * truth(v) : 0.01) * normal();
        const data = { x, y: x.map(noisy) };
        const law = expectOk(saturatingLaw(data.x, data.y, { residuals }));
        const { ci95, interval95 } = saturating.predict(law, 400, data) as Required<Predicted>;
        expect(saturating.band(law, 400)).toEqual(ci95);
        const [level, point] = [truth(400), noisy(400)];
        if (ci95[0] <= level && level <= ci95[1]) covered++;
        if (interval95[0] <= point && point <= interval95[1]) held++;
      }
      expect(covered / worlds).toBeGreaterThan(0.87);
      expect(held / worlds).toBeGreaterThan(0.87);
    }
  });
});

describe("data-constrained law", () => {
  it("gives the published values", () => {
    expect(dataConstrainedLoss(muennighoff2023, { N: 6.34e9, D: 242e9, U: 25e9 })).toBeCloseTo(2.2256440889984477, 12);
    expect(dataConstrainedLoss(muennighoff2023, { N: 8.67e9, D: 178e9, U: 25e9 })).toBeCloseTo(2.2269634075087867, 12);
  });

  it("without repetition and with a usable size it is the plain surface", () => {
    const { E, A, B, alpha, beta } = muennighoff2023;
    expect(dataConstrainedLoss(muennighoff2023, { N: 1e8, D: 1e10, U: 1e10 })).toBeCloseTo(
      E + A / 1e8 ** alpha + B / 1e10 ** beta,
      12,
    );
    expect(() => dataConstrainedLoss(muennighoff2023, { N: 1, D: 1, U: 0 })).toThrow(/U is 0/);
  });

  it("fits its decays back from runs that repeat", () => {
    const normal = normals(random(4));
    const runs = [1e8, 1e9, 5e9, 2e10].flatMap((N) =>
      [1, 4, 16, 40].map((epochs) => {
        const U = 2e9;
        const D = U * epochs;
        return { N, D, U, loss: dataConstrainedLoss(muennighoff2023, { N, D, U }) * Math.exp(0.001 * normal()) };
      }),
    );
    const fit = expectOk(fitDataConstrained(runs, muennighoff2023));
    expect(fit.status).toBe("converged");
    expect(fit.parameters.repeatTokens!.ci95[0]).toBeLessThan(15.387756);
    expect(fit.parameters.repeatTokens!.ci95[1]).toBeGreaterThan(15.387756);
    expect(fit.parameters.repeatParameters!.value / 5.309743).toBeCloseTo(1, 1);
    expect(fitDataConstrained(runs.slice(0, 2), muennighoff2023)).toMatchObject({ ok: false });
  });

  it("fits surface and decays together", () => {
    const normal = normals(random(6));
    const fresh = [3e7, 1e8, 3e8, 1e9].flatMap((N) => [5e8, 2e9, 8e9, 3e10].map((D) => ({ N, D, U: D })));
    const repeated = [1e8, 1e9, 1e10].flatMap((N) => [4, 16, 60].map((epochs) => ({ N, D: 5e8 * epochs, U: 5e8 })));
    const runs = [...fresh, ...repeated].map((run) => ({
      ...run,
      loss: dataConstrainedLoss(muennighoff2023, run) * Math.exp(5e-4 * normal()),
    }));
    const fit = expectOk(fitDataConstrained(runs));
    expect(fit.status).toBe("converged");
    for (const [name, { value, ci95 }] of Object.entries(fit.parameters)) {
      const truth = muennighoff2023[name as keyof typeof muennighoff2023];
      expect(Math.log(value / truth)).toBeCloseTo(0, 0);
      expect(ci95[0]).toBeLessThan(truth);
      expect(ci95[1]).toBeGreaterThan(truth);
    }
    expect(fit.parameters.repeatTokens!.value / muennighoff2023.repeatTokens).toBeCloseTo(1, 1);
    for (const run of runs) expect(dataConstrainedLoss(fit.law, run) / run.loss).toBeCloseTo(1, 2);
  });

  it("says what the runs do not show", () => {
    const loss = (run: { N: number; D: number; U: number }) => ({
      ...run,
      loss: dataConstrainedLoss(muennighoff2023, run),
    });
    const fresh = [1e8, 1e9, 1e10].map((N) => loss({ N, D: 1e12, U: 1e12 }));
    expect(fitDataConstrained(fresh, muennighoff2023)).toMatchObject({ message: "no run repeats a token" });
    const small = [2, 4, 8].map((epochs) => loss({ N: 1e7, D: 1e11 * epochs, U: 1e11 }));
    expect(fitDataConstrained(small, muennighoff2023)).toMatchObject({
      reason: "unidentified",
      message: expect.stringContaining("more parameters than its unique tokens can use"),
    });
    expect(fitDataConstrained(small)).toMatchObject({ reason: "too-few-points" });
    expect(fitDataConstrained([...small, ...small, ...small])).toMatchObject({
      message: expect.stringMatching(/^of the 0 runs that repeat nothing/),
    });
    expect(() => fitDataConstrained([{ N: 1, D: 1, U: 0, loss: 1 }])).toThrow(/row 1: U is 0/);
  });
});

describe("broken law", () => {
  const brokenAt = (theta: readonly number[], x: number) => broken.value({ theta } as BrokenLaw, x);
  const theta = [Math.log(0.5), Math.log(40), 0.08, Math.log(1e19), 0.15, Math.log(0.4)];

  it.each([
    [1, theta],
    [2, [...theta, Math.log(3e20), -0.1, Math.log(0.3)]],
  ] as const)("recovers %i exact breaks", (breaks, exact) => {
    const x = decade(24);
    const law = expectOk(
      brokenLaw(
        x,
        x.map((v) => brokenAt(exact, v)),
        { breaks },
      ),
    );
    expect(law.status).toBe("converged");
    expect(law.sumOfSquares).toBeLessThan(1e-24);
    law.theta.forEach((v, j) => {
      expect(v).toBeCloseTo(exact[j]!, 9);
    });
  });

  it("nine hard points: the best that scipy's least squares finds from 400 random starts", () => {
    const x = [3.1542, 11.214, 392.89, 397.52, 646.21, 1121.3, 11967, 13553, 286860];
    const y = [0.88244, 0.73941, 0.48106, 0.48531, 0.45706, 0.44279, 0.58465, 0.59159, 0.96071];
    const law = expectOk(brokenLaw(x, y));
    expect(law.sumOfSquares / 8.794009178885839e-5).toBeCloseTo(1, 7);
  });

  it("without a floor has a floor of zero, and says that it stands at its bound", () => {
    const x = decade(20);
    const bare = theta.with(0, Number.NEGATIVE_INFINITY);
    const law = expectOk(
      brokenLaw(
        x,
        x.map((v) => brokenAt(bare, v)),
      ),
    );
    expect([law.status, law.floor.value]).toEqual(["bound", 0]);
    expect(law.exponent.value).toBeCloseTo(0.08, 8);
  });

  it("standard errors are those of repeated experiments", () => {
    const x = decade(40);
    const normal = normals(random(41));
    const fits = Array.from({ length: 30 }, () =>
      expectOk(
        brokenLaw(
          x,
          x.map((v) => brokenAt(theta, v) * Math.exp(1e-4 * normal())),
        ),
      ),
    );
    const logs = fits.map(({ breaks }) => Math.log(breaks[0]!.at.value));
    const mean = logs.reduce((s, v) => s + v, 0) / logs.length;
    const spread = Math.sqrt(logs.reduce((s, v) => s + (v - mean) ** 2, 0) / (logs.length - 1));
    const claimed = fits.reduce((s, { breaks }) => s + breaks[0]!.at.standardError / breaks[0]!.at.value, 0) / 30;
    expect(claimed / spread).toBeGreaterThan(0.75);
    expect(claimed / spread).toBeLessThan(1.35);
  });

  it("at no break is a saturating law; too few points are refused", () => {
    expect(brokenAt([Math.log(2), Math.log(30), 0.1], 1e18)).toBeCloseTo(2 + 30 * 1e18 ** -0.1, 10);
    expect(brokenLaw(decade(7), decade(7))).toMatchObject({ ok: false, reason: "too-few-points" });
  });
});

describe("hyperparameter laws", () => {
  it("recovers a two-predictor law and predicts inside its interval", () => {
    const rows = [1e6, 1e7, 1e8].flatMap((N) => [1e9, 1e10, 1e11].map((D) => ({ N, D })));
    const normal = normals(random(1));
    const law = expectOk(
      hyperparameterLaw(
        rows,
        rows.map(({ N, D }) => 0.5 * N ** -0.3 * D ** 0.1 * Math.exp(0.02 * normal())),
      ),
    );
    expect(law.exponents.N!.ci95[0]).toBeLessThan(-0.3);
    expect(law.exponents.N!.ci95[1]).toBeGreaterThan(-0.3);
    const at = predictHyperparameter(law, { N: 1e9, D: 1e12 });
    const truth = 0.5 * 1e9 ** -0.3 * 1e12 ** 0.1;
    expect(at.interval95![0]).toBeLessThan(truth);
    expect(at.interval95![1]).toBeGreaterThan(truth);
    expect(() => predictHyperparameter(law, { N: 1e9 })).toThrow(/D is missing/);
    expect(hyperparameterLaw(rows.slice(0, 3), [1, 2, 3])).toMatchObject({ ok: false });
  });

  it("finds the best learning rate of a sweep, or says it lies outside", () => {
    const rates = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2];
    const losses = rates.map((r) => 1 + 0.02 * Math.log(r / 8e-4) ** 2);
    expect(expectOk(hyperparameterOptimum(rates, losses)).optimum.value).toBeCloseTo(8e-4, 9);
    expect(hyperparameterOptimum(rates.slice(2), losses.slice(2))).toMatchObject({
      ok: false,
      reason: "too-few-points",
    });
    const outside = rates.map((r) => 1 + 0.02 * Math.log(r / 1e-1) ** 2);
    expect(hyperparameterOptimum(rates, outside)).toMatchObject({ ok: false, reason: "edge-minimum" });
  });
});

describe("lack of fit", () => {
  const normal = normals(random(31));
  const runs = [1, 2, 3, 4, 5, 6].flatMap((k) =>
    [0, 1, 2].map((seed) => ({ C: 6e6 * k, N: 1e3, D: 1e3 * k, loss: 2 + 0.1 * k * k + 0.02 * normal(), seed })),
  );
  it("replicates: the right form passes, the wrong one does not", () => {
    const right = expectOk(lackOfFit(runs, ({ D }) => 2 + 0.1 * (D / 1e3) ** 2, 0));
    expect(right.from).toBe("replicates");
    expect(right.pValue).toBeGreaterThan(0.01);
    const wrong = expectOk(lackOfFit(runs, ({ D }) => 1.4 + 0.7 * (D / 1e3), 2));
    expect(wrong.pValue).toBeLessThan(1e-6);
  });
  it("known noise is used where there are no replicates, and without either it refuses", () => {
    const single = runs.filter((run) => run.seed === 0);
    expect(lackOfFit(single, () => 2, 1)).toMatchObject({ ok: false, reason: "unidentified" });
    const known = single.map((run) => ({ ...run, sigma: 0.02 }));
    expect(expectOk(lackOfFit(known, ({ D }) => 2 + 0.1 * (D / 1e3) ** 2, 1)).pValue).toBeGreaterThan(0.01);
  });
});
