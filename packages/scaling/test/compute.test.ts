import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  computeForLoss,
  computeRule,
  deltaMethod,
  expectOk,
  fitLaw,
  frontier,
  isInterior,
  isoFlop,
  normals,
  optima,
  optimalAllocation,
  planNext,
  powerLaw,
  predictSurface,
  profileCurve,
  quantityOf,
  type Run,
  random,
  residualSpread,
  spaced,
  surface,
  surfaceFrom,
  surfaceLoss,
} from "../src/index.js";
import { dit, llama3 } from "./data.js";

const truth = surfaceFrom("chinchilla", { E: 1.8, A: 480, B: 2100, alpha: 0.35, beta: 0.37 });

/** Runs that count k FLOPs for a parameter and a token. */
const runsOf = (k: number): Run[] => {
  const normal = normals(random(4));
  return [1e8, 3e8, 1e9, 3e9].flatMap((N) =>
    [1e9, 1e10, 1e11].map((D) => ({
      C: k * N * D,
      N,
      D,
      loss: surfaceLoss(truth, { N, D }) * Math.exp(0.003 * normal()),
    })),
  );
};

it("what compute counts is told as 6ND, or with a surface's own k to five digits", () => {
  expect(computeRule({})).toBe("C = 6ND");
  expect(computeRule({ flopsPerToken: 6 * (1 + 1e-9) })).toBe("C = 6ND");
  expect(computeRule({ flopsPerToken: 8.2700004 })).toBe("C = 8.27·N·D");
});

describe("a study that counts C in its own way", () => {
  const objective = "log-squares";
  const six = expectOk(surface(runsOf(6), { objective }));

  it("has the same optimum, answers and plans as under 6ND, at its own C", () => {
    for (const k of [1.7, 8, 40]) {
      const own = expectOk(surface(runsOf(k), { objective }));
      expect(own.flopsPerToken / k).toBeCloseTo(1, 12);
      const C = (of: number) => (of * k) / 6;
      for (const at of [1e18, 1e22]) {
        const [a, b] = [expectOk(predictSurface(six, { C: at })), expectOk(predictSurface(own, { C: C(at) }))];
        for (const name of ["N", "D", "loss"] as const) {
          expect(b.predicted[name].value / a.predicted[name].value).toBeCloseTo(1, 9);
          expect(b.predicted[name].ci95![1] / a.predicted[name].ci95![1]).toBeCloseTo(1, 6);
        }
      }
      const [a, b] = [six, own].map((fit) => expectOk(predictSurface(fit, { loss: 2.2 })).predicted);
      expect(b!.C.value / C(a!.C.value)).toBeCloseTo(1, 9);
      expect(b!.N.value / a!.N.value).toBeCloseTo(1, 9);
      const model = expectOk(predictSurface(own, { N: 1e9, D: 1e10 }));
      expect(model.given.C / (k * 1e19)).toBeCloseTo(1, 12);
      const { N, loss } = own.allocation!;
      expect(
        (N.coefficient.value * C(1e20) ** N.exponent.value) / expectOk(optimalAllocation(six, 1e20)).N,
      ).toBeCloseTo(1, 8);
      expect(loss.floor).toBe(own.parameters.E!.value);
      const plans = [
        planNext(six, { target: { C: 1e23, quantity: "N" }, allowance: 1e21 }),
        planNext(own, { target: { C: C(1e23), quantity: "N" }, allowance: C(1e21) }),
      ];
      const [plan, ours] = plans.map(expectOk);
      expect(ours!.cost / C(plan!.cost)).toBeCloseTo(1, 9);
      expect(ours!.standardError.planned / plan!.standardError.planned).toBeCloseTo(1, 6);
      for (const run of ours!.runs) expect((k * run.N * run.D) / run.C).toBeCloseTo(1, 12);
    }
  });

  it("may say its k, or take any other rule", () => {
    const given = expectOk(surface(runsOf(8), { objective, flopsPerToken: 6 }));
    expect(given.allocation!.N.exponent).toEqual(expectOk(surface(runsOf(8), { objective })).allocation!.N.exponent);
    const best = expectOk(optimalAllocation(given, 1e20));
    expect(6 * best.N * best.D).toBeCloseTo(1e20, -10);
    const own = expectOk(surface(runsOf(8), { objective }));
    const ruled = expectOk(optimalAllocation(own, 1e20, { flops: (N, D) => 6 * N * D }));
    expect(ruled.N / best.N).toBeCloseTo(1, 4);
    expect(expectOk(computeForLoss(own, best.loss, { flops: (N, D) => 6 * N * D })).C / 1e20).toBeCloseTo(1, 5);
  });
});

describe("the frontier", () => {
  const fit = expectOk(surface(runsOf(6), { objective: "log-squares" }));

  it("is the optimum with the band of its own logarithm, of the loss too (envelope theorem)", () => {
    const computes = [1e18, 1e20, 1e23];
    frontier(fit, computes).forEach((point, i) => {
      const best = expectOk(optimalAllocation(fit, computes[i]!));
      for (const name of ["N", "D", "loss"] as const) {
        expect(point[name].value / best[name]).toBeCloseTo(1, 12);
        const log = deltaMethod(fit, (s) => Math.log(expectOk(optimalAllocation(s, computes[i]!))[name]));
        expect(Math.log(point[name].ci95![0])).toBeCloseTo(log.ci95[0], 6);
      }
    });
  });

  it("is empty where the surface has no optimum", () => {
    const flat = { ...fit, theta: fit.theta.with(0, Number.NEGATIVE_INFINITY) };
    expect(frontier(flat, [1e20])).toEqual([]);
  });
});

describe("the curve of a budget", () => {
  it.each([
    ["parabolas", {}],
    ["parabolas of ln L", { scale: "log" }],
    ["parabolas in D", { axis: "D" }],
    ["Huber's", { optimum: "huber" }],
    ["splines", { optimum: "akima" }],
    ["splines of ln L in D", { optimum: "akima", scale: "log", axis: "D" }],
    ["parabolas of FID", { quantity: "fid" }],
  ] as const)("%s: has its minimum at the optimum", (_, options) => {
    const fit = isoFlop(dit("noisy"), options);
    const { axis, optimum } = fit.choices;
    for (const budget of fit.budgets.filter(isInterior)) {
      const curve = profileCurve(budget, fit.choices)!;
      const best = budget.optimum[axis].value;
      expect(curve(best) / budget.optimum.loss.value).toBeCloseTo(1, 10);
      for (const factor of [0.99, 1.01]) expect(curve(best * factor)).toBeGreaterThanOrEqual(curve(best) * (1 - 1e-6));
      if (optimum !== "akima") continue;
      for (const run of budget.runs) {
        const same = budget.runs.filter((other) => other[axis] === run[axis]);
        if (same.length === 1) expect(curve(run[axis])).toBeCloseTo(quantityOf(run, fit.choices.quantity)!, 10);
      }
    }
  });

  it("is drawn where the minimum was refused, and not where nothing was fitted", () => {
    const [first] = isoFlop(llama3()).budgets;
    const side = (sizes: number) => isoFlop(first!.runs.slice(0, sizes));
    expect(side(3).budgets.map((budget) => profileCurve(budget, side(3).choices))).toEqual([undefined]);
    const [edge] = side(4).budgets;
    expect(edge!.status).not.toBe("interior");
    expect(profileCurve(edge!, side(4).choices)!(edge!.runs[0]!.N)).toBeGreaterThan(0);
  });
});

describe("points of a law", () => {
  it("are those that its law went through", () => {
    for (const axis of ["N", "D"] as const) {
      const fit = isoFlop(llama3(), { axis });
      for (const of of ["N", "D", "loss"] as const) {
        const { x, y } = optima(fit, of);
        expect(powerLaw(x, y)).toEqual(fit[of]);
      }
    }
  });

  it("scatter about it by the residual spread", () => {
    const x = [1, 2, 4, 8, 16, 32];
    const y = x.map((v, i) => 2 * v ** -0.3 * Math.exp(0.01 * (i % 2)));
    const fit = expectOk(fitLaw("power", x, y));
    expect(residualSpread(fit)).toBeCloseTo(Math.sqrt(fit.objective.value / 4), 12);
  });

  it("and the x along which it is drawn are even in the logarithm, with both ends", () => {
    const decade = fc.double({ min: -300, max: 300, noNaN: true });
    fc.assert(
      fc.property(
        decade,
        fc.double({ min: 0.01, max: 5, noNaN: true }),
        fc.integer({ min: 2, max: 50 }),
        (from, span, points) => {
          const [low, high] = [10 ** from, 10 ** (from + span)];
          const xs = spaced(low, high, points);
          expect([xs[0], xs.at(-1)]).toEqual([low, high]);
          xs.forEach((x, i) => {
            expect(Math.log10(x)).toBeCloseTo(from + (span * i) / (points - 1), 8);
          });
        },
      ),
    );
    expect(spaced(1, Number.POSITIVE_INFINITY, 3).at(-1)).toBe(Number.MAX_VALUE);
  });
});
