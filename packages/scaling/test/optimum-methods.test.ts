import { describe, expect, it } from "vitest";
import {
  expectOk,
  isInterior,
  isoFlop,
  isoFlopProfile,
  optimalAllocation,
  optimumMethods,
  profileCurve,
  type Run,
  readIsoFlop,
  surfaceFrom,
  surfaceLoss,
  writeRecord,
} from "../src/index.js";
import { cubic } from "../src/isoflop/methods/cubic.js";
import type { Curve } from "../src/isoflop/methods/method.js";
import { slice } from "../src/isoflop/methods/slice.js";
import { parabolaAndResponse } from "../src/isoflop/parabola.js";
import { fitSlices } from "../src/isoflop/slice.js";
import { csv } from "./data.js";

const unequal = surfaceFrom("chinchilla", { E: 1.69, A: 406.4, B: 410.7, alpha: 0.465, beta: 0.155 });

/** Sizes a factor of two apart about the optimum, with a deterministic disturbance. */
const study = (budgets: number, sizes: number, disturb: (i: number) => number): Run[] => {
  let i = 0;
  return Array.from({ length: budgets }, (_, b) => 1e18 * 10 ** (b / 2)).flatMap((C) => {
    const best = expectOk(optimalAllocation(unequal, C)).N;
    return Array.from({ length: sizes }, (_, j): Run => {
      const N = best * 2 ** (j - (sizes - 1) / 2);
      const D = C / (6 * N);
      return { C, N, D, loss: surfaceLoss(unequal, { N, D }) * (1 + disturb(i++)) };
    });
  });
};
const shaken = study(4, 6, (i) => 0.0005 * Math.sin(i * i * 3.3));

const options = { scale: "raw", axis: "N" } as const;
const sizes = [1e5, 2e5, 3.5e5, 7e5, 1.2e6, 2.5e6].map(Math.log);

describe("references by numpy and scipy", () => {
  it("a parabola weighted by 1/σ²: vertex, both errors, unit variance", () => {
    const y = [2.585872, 2.522632, 2.504653, 2.502545, 2.521635, 2.576415];
    const sigma = [0.004, 0.001, 0.002, 0.0015, 0.003, 0.006];
    const raw = sigma.map((s) => s ** -2);
    const weights = raw.map((w) => (w * raw.length) / raw.reduce((s, v) => s + v, 0));
    const { parabola } = parabolaAndResponse(sizes, y, { sigma, weights })!;
    expect(parabola.x.value).toBeCloseTo(13.1142469834502, 9);
    expect(parabola.x.standardError).toBeCloseTo(0.029835833953140413, 9);
    expect(parabola.fromKnownNoise!.x).toBeCloseTo(0.018576312165765954, 9);
    expect(parabola.y.value).toBeCloseTo(2.498178734954388, 10);
    expect(parabola.residualVariance).toBeCloseTo(8.164102662790097e-6, 14);
  });

  it("a cubic: its minimum and the value there, with delta-method errors", () => {
    const y = [2.592364, 2.528033, 2.503133, 2.506567, 2.520535, 2.56068];
    const found = cubic.find({ x: sizes, y }, options);
    expect(found.problem).toBeUndefined();
    expect(found.x!.value).toBeCloseTo(13.096916181231682, 9);
    expect(found.x!.standardError).toBeCloseTo(0.03223884634798669, 9);
    expect(found.y!.value).toBeCloseTo(2.5010720619628835, 10);
    expect(found.y!.standardError).toBeCloseTo(0.0011426935196967934, 10);
  });

  it("slices with α and β in common: the least squares of scipy, its α, β and optima", () => {
    const fit = isoFlop(shaken, { optimum: "slice" });
    const curves = fit.budgets.map(
      ({ runs }): Curve => ({
        x: runs.map(({ N }) => Math.log(N)),
        y: runs.map(({ loss }) => loss),
      }),
    );
    const slices = fitSlices(curves)!;
    expect(slices.sumOfSquares / 8.151737806981822e-5).toBeLessThan(1 + 1e-8);
    expect(slices.alpha).toBeCloseTo(0.4645587, 5);
    expect(slices.beta).toBeCloseTo(0.1454384, 5);
    const reference = [11.663133002237982, 11.951308696214872, 12.24006803219146, 12.530624907938334];
    fit.budgets.filter(isInterior).forEach(({ optimum }, b) => {
      expect(Math.log(optimum.N.value)).toBeCloseTo(reference[b]!, 6);
    });
  });
});

describe("what a method says of its errors is what moving a run does", () => {
  const curves = isoFlop(shaken).budgets.map(
    ({ runs }): Curve => ({
      x: runs.map(({ N }) => Math.log(N)),
      y: runs.map(({ loss }) => loss),
    }),
  );
  const moved = (c: number, i: number, by: number) =>
    curves.map((curve, k) => (k === c ? { ...curve, y: curve.y.with(i, curve.y[i]! + by) } : curve));

  it.each(["parabola", "cubic"])("%s: of its own budget", (name) => {
    const method = optimumMethods.get(name);
    const response = method.find(curves[1]!, options).response!();
    for (const i of [0, 3, 5]) {
      const at = (by: number) => method.find(moved(1, i, by)[1]!, options);
      expect((at(1e-5).x!.value - at(-1e-5).x!.value) / 2e-5 / response.x[i]!).toBeCloseTo(1, 4);
      expect((at(1e-5).y!.value - at(-1e-5).y!.value) / 2e-5 / response.y[i]!).toBeCloseTo(1, 4);
    }
  });

  it.each(["raw", "log"] as const)("slice: of its own and, through α and β, of the others, scale %s", (scale) => {
    const scaled = (all: readonly Curve[]) =>
      scale === "log" ? all.map((curve) => ({ ...curve, y: curve.y.map(Math.log) })) : all;
    const of = { ...options, scale };
    const shared = slice.share!(scaled(curves), of)!;
    const found = slice.find(scaled(curves)[1]!, of, shared);
    const response = found.response!();
    for (const c of [0, 1, 3]) {
      for (const i of [0, 2, 5]) {
        const y = (by: number) => (scale === "log" ? Math.exp(Math.log(curves[c]!.y[i]!) + by) - curves[c]!.y[i]! : by);
        const at = (by: number) => {
          const all = scaled(moved(c, i, y(by)));
          return slice.find(all[1]!, of, slice.share!(all, of)!);
        };
        for (const pick of ["x", "y"] as const) {
          const common = found.ofShared![pick].reduce((s, v, j) => s + v * shared.response[j]![c]![i]!, 0);
          const expected = common + (c === 1 ? response[pick][i]! : 0);
          const numeric = (at(1e-4)[pick]!.value - at(-1e-4)[pick]!.value) / 2e-4;
          // Gauss–Newton's Jacobian leaves out the curvature of the residuals, which are small.
          expect(Math.abs(numeric - expected)).toBeLessThan(0.02 * Math.abs(expected) + (pick === "x" ? 0.02 : 0.002));
        }
      }
    }
  });
});

describe("methods on slices of a surface with α three times β", () => {
  const exact = csv("wide_grid_exact");

  it("the slice finds every optimum, the cubic a quarter of what the parabola misses, in ln L too", () => {
    const off = (optimum: string, scale: "raw" | "log" = "raw") =>
      isoFlop(exact, { optimum, scale })
        .budgets.filter(isInterior)
        .map(({ C, optimum }) => Math.abs(Math.log(optimum.N.value / expectOk(optimalAllocation(unequal, C)).N)));
    for (const scale of ["raw", "log"] as const) {
      expect(Math.max(...off("slice", scale))).toBeLessThan(1e-9);
      expect(Math.min(...off("parabola", scale))).toBeGreaterThan(0.16);
      expect(Math.max(...off("cubic", scale))).toBeLessThan(0.04);
    }
  });

  it("is drawn where it was fitted, also after it was saved", () => {
    for (const optimum of ["slice", "cubic", "akima"]) {
      for (const scale of ["raw", "log"] as const) {
        const fit = isoFlop(exact, { optimum, scale });
        const again = readIsoFlop(writeRecord(fit));
        expect(again).toEqual(fit);
        for (const budget of again.budgets) {
          const curve = profileCurve(budget, again.choices)!;
          for (const { N, loss } of budget.runs) expect(curve(N) / loss).toBeCloseTo(1, optimum === "cubic" ? 1 : 8);
          if (isInterior(budget)) {
            const { N, loss } = budget.optimum;
            expect(curve(N.value)).toBeCloseTo(loss.value, 8);
          }
        }
      }
    }
  });
});

describe("refusals", () => {
  it("a cubic with four sizes, a falling one, and one whose minimum is outside", () => {
    const runs = (loss: (x: number) => number, count = 6) =>
      Array.from({ length: count }, (_, i): Run => {
        const x = i / (count - 1) - 0.5;
        const N = 1e6 * Math.exp(x);
        return { C: 1e18, N, D: 1e18 / (6 * N), loss: loss(x) };
      });
    const status = (loss: (x: number) => number, count?: number) =>
      isoFlopProfile(1e18, runs(loss, count), { optimum: "cubic" }).status;
    expect(status((x) => 2 + x * x, 4)).toBe("too-few-sizes");
    expect(status((x) => 2 - x - x ** 3)).toBe("not-convex");
    expect(status((x) => 2 + (x - 0.8) ** 2)).toBe("edge-minimum");
    expect(status((x) => 2 + (x - 0.2) ** 2 + 0.1 * x ** 3)).toBe("interior");
  });

  it("a slice of too few runs for a shape, and of a curve that only falls", () => {
    const four = study(1, 4, (i) => 0.001 * Math.sin(i));
    expect(isoFlopProfile(1e18, four, { optimum: "slice" })).toMatchObject({
      status: "too-few-sizes",
      message: expect.stringContaining("do not show the shape"),
    });
    const falling = shaken.map((run) => ({ ...run, loss: 1 + 1e2 * run.N ** -0.4 }));
    for (const budget of isoFlop(falling, { optimum: "slice" }).budgets) expect(isInterior(budget)).toBe(false);
  });
});

describe("a method from outside", () => {
  const smallest = {
    name: "smallest",
    noun: "smallest run",
    words: "the smallest runs",
    minimumSizes: 3,
    find: ({ x, y }: Curve) => {
      const i = y.indexOf(Math.min(...y));
      const bare = (value: number) => ({ value, standardError: Number.NaN, ci95: [Number.NaN, Number.NaN] as const });
      return { x: bare(x[i]!), y: bare(y[i]!), fitted: [y[i]!] };
    },
    value: ([least]: readonly number[]) => least!,
  };
  optimumMethods.add(smallest);

  it("is fitted, saved, read and drawn by its name", () => {
    const fit = isoFlop(shaken, { optimum: "smallest" });
    const again = readIsoFlop(writeRecord(fit));
    expect(again.choices.optimum).toBe("smallest");
    const [budget] = again.budgets;
    if (!budget || !isInterior(budget)) throw new Error("no optimum");
    expect(budget.optimum.loss.value).toBe(Math.min(...budget.runs.map(({ loss }) => loss)));
    expect(profileCurve(budget, again.choices)!(1e6)).toBeCloseTo(budget.optimum.loss.value, 12);
  });

  it("is misspelt with its neighbour named", () => {
    expect(() => isoFlop(shaken, { optimum: "parabole" })).toThrow(/there is no optimum method "parabole".*"parabola"/);
  });
});
