import { describe, expect, it } from "vitest";
import { comparePairs, worlds } from "../bench/compare.js";
import { intervalOf, type Pair, type Pairs, tested } from "../src/compare/pairs.js";
import { windowOf } from "../src/compare/range.js";
import {
  type Comparison,
  compareSides,
  expectOk,
  fallingCurve,
  fitLaw,
  flooredPower,
  isoFlop,
  normals,
  optimalAllocation,
  predictRollOut,
  type Run,
  random,
  readComparison,
  readSurfaceFit,
  rollOut,
  type Side,
  sideOfIsoFlop,
  sideOfLaw,
  sideOfRollOut,
  sideOfRuns,
  sideOfSurface,
  surface,
  surfaceForms,
  surfaceFrom,
  surfaceLoss,
  writeRecord,
} from "../src/index.js";

const A = { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 };
/** The same floor and exponents: L* − E is 0.9 times that of A, so compute is multiplied by 0.9^(1/slope) everywhere. */
const B = { ...A, A: 0.9 * A.A, B: 0.9 * A.B };
const SLOPE = (0.34 * 0.28) / (0.34 + 0.28);
const RATIO = 0.9 ** (1 / SLOPE);

const budgets = [18, 18.5, 19, 19.5].map((power) => 10 ** power);

const study = (parameters: Readonly<Record<string, number>>, noise = 0, seed = 0, at = budgets): Run[] => {
  const truth = surfaceFrom("chinchilla", parameters);
  const normal = normals(random(seed));
  return at.flatMap((C) => {
    const best = expectOk(optimalAllocation(truth, C));
    return [0.2, 0.45, 1, 2.2, 5].map((f) => {
      const [N, D] = [f * best.N, best.D / f];
      return { C, N, D, loss: surfaceLoss(truth, { N, D }) * Math.exp(noise * normal()) };
    });
  });
};

const ofRuns = (name: string, runs: readonly Run[]) => expectOk(sideOfRuns(name, runs));
/** Something of each of two. */
const each = <S, T>([a, b]: readonly [S, S], of: (name: string, value: S) => T): [T, T] => [of("a", a), of("b", b)];
const ratios = ({ at }: Comparison) => at.map(({ effectiveCompute }) => effectiveCompute);

describe("two surfaces of the same floor and exponents, without noise", () => {
  const both = [study(A), study(B)] as const;

  it.each<[string, (name: string, runs: readonly Run[]) => Side, number]>([
    ["by their runs", ofRuns, 1e-9],
    ["by saved surfaces", (name, runs) => expectOk(sideOfSurface(name, expectOk(surface(runs)))), 1e-9],
    ["by the optima of their budgets", (name, runs) => expectOk(sideOfIsoFlop(name, isoFlop(runs))), 0.01],
  ])("differ by one factor of compute everywhere and never cross: %s", (_, sideOf, error) => {
    const [a, b] = each(both, sideOf);
    const found = compareSides(a, b, { draws: 400 });
    expect(found.at.map(({ C }) => Math.log10(C))).toEqual([18, 19.5, 20.5].map((v) => expect.closeTo(v, 9)));
    for (const { value, ci95 } of ratios(found)) {
      expect(Math.abs(value - RATIO)).toBeLessThan(error);
      expect(ci95[0]).toBeLessThanOrEqual(RATIO + 1e-9);
      expect(ci95[1]).toBeGreaterThanOrEqual(RATIO - 1e-9);
    }
    const trend = expectOk(found.trend);
    expect(Math.abs(trend.ratio.value - RATIO)).toBeLessThan(error);
    expect(trend.ratio.pValue).toBeLessThan(0.01);
    expect(Math.abs(trend.slope.value)).toBeLessThan(error);
    expect(found.crossing).toEqual({
      ok: false,
      reason: "unreachable",
      message:
        "the laws do not cross between 1e17 and 3.2e20 FLOPs, a decade about what both were fitted to; beyond that nothing is known",
    });
    expect(found.crossingShare).toBe(0);
    expect(readComparison(writeRecord(found))).toEqual(found);
  });

  it("have the exponents and the floor of the truth", () => {
    const [a, b] = each(both, ofRuns);
    const { constants } = compareSides(a, b, { draws: 100 });
    const truth = { N: 0.28 / 0.62, D: 0.34 / 0.62, loss: -SLOPE, floor: 1.69 };
    for (const [name, value] of Object.entries(truth)) {
      const { a, b, difference } = constants[name as keyof typeof truth]!;
      for (const side of [a, b]) expect(side.value).toBeCloseTo(value, 8);
      expect(difference.value).toBeCloseTo(0, 8);
    }
  });

  it("as pure power laws they differ by something else, and a caution says so", () => {
    const [a, b] = each(both, (name, runs) => expectOk(sideOfIsoFlop(name, isoFlop(runs), { law: "power" })));
    const found = compareSides(a, b, { draws: 100 });
    expect(Math.abs(ratios(found)[2]!.value - RATIO)).toBeGreaterThan(0.1);
    expect(found.a.caution).toMatch(/it makes crossings that are not there/);
  });
});

describe("a surface of the wrong form", () => {
  /** Parabolas in ln N about N* = √C / 100, their least losses a power law without a floor. */
  const parabolas = (noise: number) => {
    const normal = normals(random(9));
    return budgets.flatMap((C) =>
      [0.3, 0.5, 0.7, 1, 1.4, 2, 3].map((f): Run => {
        const N = (f * C ** 0.5) / 100;
        const loss = 4 * C ** -0.03 * (1 + 0.02 * Math.log(f) ** 2) * Math.exp(noise * normal());
        return { C, N, D: C / (6 * N), loss };
      }),
    );
  };

  it("is doubted where parabolas through the budgets leave much less", () => {
    for (const noise of [0, 2e-4]) expect(ofRuns("a", parabolas(noise)).caution).toMatch(/parabolas .* fit better/);
  });

  it("one of the right form is not, nor where there is too much noise to tell, or there are no budgets", () => {
    for (let seed = 0; seed < 12; seed++) expect(ofRuns("a", study(A, 0.003, seed)).caution).toBeUndefined();
    expect(ofRuns("a", study(A)).caution).toBeUndefined();
    expect(ofRuns("a", parabolas(0.02)).caution).toBeUndefined();
    const scattered = parabolas(2e-4).map((run, i) => ({ ...run, C: run.C * 1.3 ** i, D: run.D * 1.3 ** i }));
    expect(ofRuns("a", scattered).caution).toBeUndefined();
  });
});

/** At C both are as good; b falls `steeper` times as fast. */
const meeting = (C: number, steeper: number) => {
  const best = expectOk(optimalAllocation(surfaceFrom("chinchilla", A), C));
  const [alpha, beta] = [steeper * A.alpha, steeper * A.beta];
  return { ...A, A: A.A * best.N ** (alpha - A.alpha), B: A.B * best.D ** (beta - A.beta), alpha, beta };
};

describe("a crossing", () => {
  it("amid the budgets is found where it is, with who is better below it", () => {
    const [a, b] = [study(A), study(meeting(5e18, 1.2))];
    const there = expectOk(compareSides(ofRuns("a", a), ofRuns("b", b), { draws: 200 }).crossing);
    // The models of b at its own optimum there are those of a.
    expect(there.C / 5e18).toBeCloseTo(1, 6);
    expect(there.below).toBe("a");
    expect(expectOk(compareSides(ofRuns("b", b), ofRuns("a", a), { draws: 200 }).crossing).below).toBe("b");
  });

  it("within a decade of the budgets is stated, and further away it is not seen, without noise too", () => {
    const at = (C: number) =>
      compareSides(ofRuns("a", study(A)), ofRuns("b", study(meeting(C, 1.2))), { draws: 100 }).crossing;
    expect(expectOk(at(2e20)).C / 2e20).toBeCloseTo(1, 5);
    expect(at(5e20)).toMatchObject({ ok: false, reason: "unreachable" });
    expect(at(5e16)).toMatchObject({ ok: false, reason: "unreachable" });
  });

  it("that some draws have is not stated, and its share is", () => {
    const [a, b] = [study(A, 0.004, 1), study(A, 0.004, 2)];
    const { crossing, crossingShare } = compareSides(ofRuns("a", a), ofRuns("b", b));
    expect(crossingShare).toBeGreaterThan(0.05);
    expect(crossingShare).toBeLessThan(0.95);
    expect(crossing).toMatchObject({
      ok: false,
      reason: "unidentified",
      message: expect.stringContaining(`they do in ${Math.round(100 * crossingShare)} % of the draws`),
    });
  });

  it("is looked for within a decade of both, and nowhere where that is nothing", () => {
    expect(windowOf([1e18, 1e19], [1e18, 1e20])).toEqual([1e17, 1e20]);
    expect(windowOf([1e18, 1e19], [1e20, 1e21])).toEqual([1e19, 1e20]);
    expect(windowOf([1e18, 1e19], [1e22, 1e23])).toBeUndefined();
    expect(windowOf([1e18, 1e19], undefined)).toBeUndefined();
    const far = study(A, 0, 0, [1e22, 1e23, 1e24]);
    const { crossing, trend, window } = compareSides(ofRuns("a", study(A)), ofRuns("b", far), { draws: 20 });
    expect(window).toBeUndefined();
    for (const one of [crossing, trend]) expect(one).toMatchObject({ ok: false, reason: "unreachable" });
  });
});

describe("simulated pairs of studies with 0.3 % of noise", () => {
  const of = (name: string, pairs: number) =>
    comparePairs({
      world: worlds.find((world) => world.name === name)!,
      budgets: 4,
      sizes: 5,
      noise: 0.003,
      pairs,
      seed: 3,
      draws: 300,
    });

  it("of one ratio cross in hardly any, and the ratio is covered in about 95 %", () => {
    const { crossings, covered, slopeCovered, refused } = of("constant ratio 0.50", 40);
    expect(refused).toBe(0);
    expect(crossings).toBeLessThanOrEqual(0.05);
    // Of forty that are each right with 0.95, fewer than 34 are in one of a hundred tests.
    for (const share of [...covered, slopeCovered]) expect(share).toBeGreaterThanOrEqual(0.84);
  });

  it("that cross are found to", () => {
    const { crossings, crossingCovered } = of("crossing, exponents 1.3 times", 20);
    expect(crossings).toBeGreaterThanOrEqual(0.9);
    expect(crossingCovered).toBeGreaterThanOrEqual(0.8);
  });
});

describe("a saved surface", () => {
  const runs = [study(A, 0.003, 5), study(B, 0.003, 6)] as const;

  it("has nearly the intervals that its runs have", () => {
    const [a, b] = each(runs, ofRuns);
    const [savedA, savedB] = each(runs, (name, some) =>
      expectOk(sideOfSurface(name, readSurfaceFit(writeRecord(expectOk(surface(some)))))),
    );
    const [fromRuns, fromSaved] = [compareSides(a, b), compareSides(savedA, savedB)];
    expect(ratios(fromSaved).map(({ value }) => value)).toEqual(
      ratios(fromRuns).map(({ value }) => expect.closeTo(value, 6)),
    );
    fromRuns.at.slice(0, 2).forEach(({ effectiveCompute: { ci95 } }, k) => {
      const [low, high] = ratios(fromSaved)[k]!.ci95;
      expect(Math.log(high / low) / Math.log(ci95[1] / ci95[0])).toBeCloseTo(1, 0.5);
    });
    expect(fromSaved.window).toEqual(fromRuns.window);
  });

  it("at its bound, and one without errors, is compared with a caution", () => {
    const bound = expectOk(surface(study({ ...A, E: 1e-12 }, 0.003, 8)));
    expect(bound.status).toBe("bound");
    expect(expectOk(sideOfSurface("a", bound)).caution).toMatch(/its floor is held at 0/);
    const published = expectOk(sideOfSurface("a", surfaceFrom("chinchilla", A)));
    expect(published.caution).toMatch(/taken to be exact/);
    const found = compareSides(published, published, { at: [1e20], draws: 10 });
    expect(found.at[0]!.difference).toEqual({ value: 0, ci95: [Number.NaN, Number.NaN], pValue: Number.NaN });
    expect(found.at[0]!.effectiveCompute.value).toBeCloseTo(1, 12);
    expect(found.crossing).toMatchObject({ ok: false, reason: "unreachable" });
    expect(() => compareSides(published, published)).toThrow(/at is missing; neither side says which compute/);
  });
});

it("a form whose optimum is searched for is compared as the one that it is", () => {
  const { trade: _, withFloor: __, ...form } = surfaceForms.get("chinchilla");
  surfaceForms.add({ ...form, name: "searched" });
  const [a, b] = each([A, B], (name, parameters) =>
    expectOk(sideOfSurface(name, { ...surfaceFrom("searched", parameters), centre: { N: 1e8, D: 1e10 } })),
  );
  const found = compareSides(a, b, { at: [1e18, 1e21], draws: 3 });
  for (const { value } of ratios(found)) expect(value).toBeCloseTo(RATIO, 4);
  expect(found.constants.loss!.a.value).toBeCloseTo(-SLOPE, 4);
  expect(found.constants.N!.a.value).toBeCloseTo(0.28 / 0.62, 4);
});

describe("laws of compute alone", () => {
  const x = [1e17, 1e18, 1e19, 1e20, 1e21];
  const law = (form: string, y: (C: number) => number, name = form): Side =>
    expectOk(sideOfLaw(name, expectOk(fitLaw(form, x, x.map(y)))));

  it("have their floors integrated out, whichever of the two forms was fitted", () => {
    const [a, b] = [(C: number) => 1.5 + 90 * C ** -0.1, (C: number) => 1.5 + 72 * C ** -0.1];
    for (const form of ["power", "saturating"]) {
      const found = compareSides(law(form, a, "a"), law(form, b, "b"), { draws: 200 });
      for (const { value, ci95 } of ratios(found)) {
        expect(value / 0.8 ** 10).toBeCloseTo(1, 5);
        expect(ci95[0]).toBeLessThan(0.8 ** 10);
        expect(ci95[1]).toBeGreaterThan(0.8 ** 10);
      }
      expect(found.crossing).toMatchObject({ ok: false, reason: "unreachable" });
      expect(found.constants.floor!.a.value).toBeCloseTo(1.5, 5);
      expect(found.constants.N).toBeUndefined();
    }
  });

  it("a floor that is never passed is infinite compute", () => {
    const [a, b] = [(C: number) => 20 * C ** -0.08, (C: number) => 1.5 + 90 * C ** -0.1];
    const [ratio] = ratios(compareSides(law("power", a), law("saturating", b), { at: [1e20], draws: 50 }));
    expect(ratio).toEqual({
      value: Number.POSITIVE_INFINITY,
      ci95: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    });
  });

  it("with too few points are refused", () => {
    const two = expectOk(fitLaw("power", [1, 10], [2, 1]));
    expect(sideOfLaw("a", two)).toMatchObject({ ok: false, reason: "too-few-points" });
  });

  it("by the form that is asked cross where the closed form says", () => {
    const normal = normals(random(21));
    const noisy = (f: (C: number) => number) =>
      expectOk(
        fitLaw(
          "power",
          x,
          x.map((C) => f(C) * Math.exp(0.001 * normal())),
        ),
      );
    const [a, b] = [noisy((C) => 4 * C ** -0.03), noisy((C) => 6.04 * C ** -0.04)];
    const [sideA, sideB] = each([a, b], (name, fit) => expectOk(sideOfLaw(name, fit, { law: "power" })));
    const found = compareSides(sideA, sideB, { at: [1e18], seed: 1 });
    const of = (fit: typeof a) => fit.law as unknown as Record<"logCoefficient" | "exponent", { value: number }>;
    const [lawA, lawB] = [of(a), of(b)];
    const meets = Math.exp(
      (lawB.logCoefficient.value - lawA.logCoefficient.value) / (lawA.exponent.value - lawB.exponent.value),
    );
    const crossing = expectOk(found.crossing);
    expect(crossing.C / meets).toBeCloseTo(1, 9);
    expect(crossing.below).toBe("a");
    const truth = (6.04 / 4) ** 100;
    expect(crossing.ci95[0]).toBeLessThan(truth);
    expect(crossing.ci95[1]).toBeGreaterThan(truth);
    const [at] = found.at;
    const needed = Math.exp((Math.log(at!.a.value) - lawB.logCoefficient.value) / lawB.exponent.value);
    expect(at!.effectiveCompute.value).toBeCloseTo(needed / 1e18, 6);
  });
});

describe("what cannot be compared", () => {
  const side: Side = {
    name: "a",
    law: "",
    fitted: [1, 10],
    points: { x: [], y: [] },
    curve: flooredPower({ floor: 1, reducible: 1, slope: 0.5, at: 1 }),
    draws: (count) => Array.from({ length: count }, () => flooredPower({ floor: 1, reducible: 1, slope: 0.5, at: 1 })),
  };

  it.each([0, -1, 1.5, Number.NaN, 1e6 + 1, 2 ** 53])("%d draws", (draws) => {
    const compared = () => compareSides(side, side, { draws });
    expect(compared).toThrow(`draws is ${draws}; expected a whole number from 1 to 1000000`);
  });

  it("a loss and a metric", () => {
    const compared = () => compareSides({ ...side, quantity: "loss" }, { ...side, name: "b", quantity: "fid" });
    expect(compared).toThrow("a is of loss and b of fid; expected one quantity");
  });

  it("a side without a draw", () => {
    const compared = () => compareSides(side, { ...side, name: "b", draws: () => [] });
    expect(compared).toThrow("no draw from the uncertainty of b has an optimum");
  });
});

describe("curves", () => {
  it("of a floor and a power, and the same without a closed form, invert each other", () => {
    const power = flooredPower({ floor: 1.5, reducible: 2, slope: 0.1, at: 1e18 });
    const falling = fallingCurve(power.loss, 1e18);
    for (const C of [1e15, 1e18, 1e22]) {
      expect(power.compute(power.loss(C)) / C).toBeCloseTo(1, 9);
      expect(falling.compute(power.loss(C)) / C).toBeCloseTo(1, 9);
    }
    for (const curve of [power, falling]) expect(curve.compute(1.4)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("draws in pairs", () => {
  const one = flooredPower({ floor: 0, reducible: 1, slope: 1, at: 1 });

  it("have order statistics where some are infinite, and nothing where too many are unknown", () => {
    const values = Array.from({ length: 201 }, (_, i) => i);
    expect(intervalOf(values)).toEqual([5, 195]);
    expect(intervalOf(values.map((v) => (v > 190 ? Number.POSITIVE_INFINITY : v)))).toEqual([
      5,
      Number.POSITIVE_INFINITY,
    ]);
    expect(intervalOf(values.map((v) => (v > 190 ? Number.NaN : v)))).toEqual([-Infinity, Infinity]);
  });

  it("have the p-value of their signs", () => {
    const of = (loss: number): Pair => ({ a: { ...one, loss: () => loss }, b: one });
    const signs = (below: number, above: number, ties: number): Pairs => ({
      best: of(3),
      drawn: [...new Array(below).fill(-1), ...new Array(above).fill(1), ...new Array(ties).fill(0)].map(of),
    });
    const p = (pairs: Pairs) => tested(pairs, ({ a }) => a.loss(1));
    expect(p(signs(9, 90, 0))).toEqual({ value: 3, ci95: [-1, 1], pValue: 0.2 });
    expect(p(signs(0, 999, 0)).pValue).toBe(0.002);
    expect(p(signs(0, 0, 10)).pValue).toBe(1);
  });
});

describe("a mixture over forms as a side", { timeout: 60_000 }, () => {
  const fitted = (parameters: typeof A, seed: number) =>
    expectOk(rollOut(study(parameters, 0.003, seed), { forms: ["joint", "chinchilla"], rehearse: false }));
  const both = [fitted(A, 1), fitted(B, 2)] as const;
  const [a, b] = each(both, (name, fit) => expectOk(sideOfRollOut(name, fit)));

  it("holds the ratio that is true, and says what it is of", () => {
    expect(a.law).toMatch(/^mixture of .*chinchilla.* surfaces of \d+ runs, their floors integrated out$/);
    for (const { value, ci95 } of ratios(compareSides(a, b, { draws: 400 }))) {
      expect(ci95[0]).toBeLessThan(RATIO);
      expect(ci95[1]).toBeGreaterThan(RATIO);
      expect(value).toBeGreaterThan(0);
    }
  });

  it("draws as its weights are: the median of the losses is that of its prediction", () => {
    const C = both[0].largest.C;
    const losses = a
      .draws(2000, random(3))
      .map((curve) => curve.loss(C))
      .sort((x, y) => x - y);
    const { loss } = expectOk(predictRollOut(both[0], { C })).predicted;
    expect(losses[1000]! / loss.value).toBeCloseTo(1, 3);
    expect(losses[50]! / loss.ci95![0]).toBeCloseTo(1, 2);
    expect(losses[1950]! / loss.ci95![1]).toBeCloseTo(1, 2);
  });
});
