import { createDevice } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import {
  cosinePath,
  dpmSolverPP,
  edmPath,
  linearPath,
  type Path,
  type Solver,
  sample,
  uniformTimes,
  vpPath,
} from "../src/index.js";
import { deterministic } from "./deterministic.js";
import { best, exact } from "./gaussian.js";

/** Float64, rounded to f32 between steps. */
const device = await createDevice("reference");
const start = [-1.5, 0.25, 2];
const normals = device.tensor(start, [3, 1]);

/** The largest error of any step: at the end alone, one error may hide another. */
const errorOf = async (path: Path, solver: Solver, times: readonly number[]): Promise<number> => {
  const errors: number[] = [];
  const objective = { path, prediction: "velocity" } as const;
  await sample(best(path, "velocity"), {
    ...{ start: normals, times, solver, objective, device },
    async onStep({ x, t }) {
      for (const [i, value] of (await x.data()).entries())
        errors.push(Math.abs(value - exact(path, start[i]!, times[0]!, t)));
    },
  });
  return Math.max(...errors);
};

const inside = (t: number): number => 0.1 + 0.8 * t;

/** Equal times whose first step is cut into ever shorter ones, so that the low order of a first step does not count. */
const ramped = (steps: number): readonly number[] => {
  const [first, second, ...rest] = uniformTimes(steps);
  const halves = Array.from(
    { length: Math.ceil(Math.log2(steps ** 1.5)) },
    (_, k) => first! - (first! - second!) / 2 ** (k + 1),
  );
  return [first!, ...halves.reverse(), second!, ...rest].map(inside);
};

const paths = [linearPath(), cosinePath(), vpPath(), edmPath({ sigmaMax: 5 })];

describe("the largest error of a walk falls with its steps by the order of the solver", () => {
  test.each(deterministic)("%s", async (_, solver, order, coarse) => {
    const slopes: number[] = [];
    for (const path of paths) {
      const rough = await errorOf(path, solver, ramped(coarse));
      slopes.push(Math.log(rough / (await errorOf(path, solver, ramped(4 * coarse)))) / Math.log(4));
    }
    const mean = slopes.reduce((sum, slope) => sum + slope) / slopes.length;
    expect(mean, slopes.map((slope) => slope.toFixed(2)).join(" ")).toBeGreaterThan(order - 0.6);
    expect(Math.min(...slopes)).toBeGreaterThan(order - 1.4);
  });

  test("dpmSolverPP's curvature: the whole of it makes the third order, the half that is published does not", async () => {
    const at = (curvature: "whole" | "half") =>
      errorOf(linearPath(), dpmSolverPP({ order: 3, curvature, lowerOrderFinal: false }), ramped(96));
    expect(await at("whole")).toBeLessThan((await at("half")) / 3);
  });
});
