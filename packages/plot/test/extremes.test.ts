import { isoFlop, type PowerLaw } from "@isoflop/scaling";
import { describe, expect, test } from "vitest";
import { contours } from "../src/figures/contours.js";
import { isoFlopFigure, lawFigure, lawResidualsFigure } from "../src/index.js";
import { document } from "../src/node.js";

const x = [1e18, 2e18, 3e18, 4e18];
const known = (value: number) => ({ value, standardError: 0, ci95: [value, value] as const });

/** y = level·x^0, with no errors. */
const flat = (level: number): PowerLaw => ({
  kind: "power",
  status: "converged",
  exponent: known(0),
  coefficient: known(level),
  logCoefficient: known(Math.log(level)),
  covariance: [
    [0, 0],
    [0, 0],
  ],
  sumOfSquares: 0,
  residualStandardDeviation: 0,
  degreesOfFreedom: 2,
  r2: 1,
  points: 4,
});

/** Numbers of every size reach a figure: one loss of 1e200 in a log, a question at 1e300. */
describe("figures of huge and tiny numbers", () => {
  test.each([
    ["a y of 1e200", [3e7, 1e200, 9e7, 1e8]],
    ["the whole range of numbers", [5e-324, 1, 1e300, 1.7e308]],
    ["subnormal numbers", [5e-324, 1e-323, 1.5e-323, 2e-323]],
  ])("%s", (_, y) => {
    const data = { x, y };
    const law = flat(y[1]!);
    const objective = { name: "log-squares", value: 0 };
    const fit = { record: "law", law, data, status: "converged", objective } as const;
    for (const figure of [lawFigure(law, data), lawResidualsFigure(fit, { x: "x", y: "y" })]) {
      const svg = figure.draw({ document });
      expect(svg).not.toMatch(/NaN|Infinity/);
      expect(svg.length).toBeLessThan(40_000);
    }
  });

  test("contours over six hundred decades", () => {
    const axis = [1e-300, 1, 1e300];
    const value = axis.map((c) => axis.map((n) => 1 + 1 / (1 + Math.abs(Math.log(c / n)))));
    const points = contours({ x: axis, y: axis, value }, 1.5).flat();
    expect(points.length).toBeGreaterThan(0);
    for (const point of points) expect(Number.isFinite(point.x) && point.x > 0 && point.y > 0).toBe(true);
  });

  test("losses near the largest number", () => {
    const runs = [1e6, 2e6, 4e6, 8e6].map((N, i) => ({ C: 1e18, N, D: 1e18 / N, loss: 1e307 * (1 + i) }));
    expect(isoFlopFigure(isoFlop(runs)).draw({ document })).not.toMatch(/NaN|Infinity/);
  });
});
