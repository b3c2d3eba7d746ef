import { describe, expect, test } from "vitest";
import { fitResidualsFigure, fittedLawFigure, isoFlopFigure, sectionsText, surfaceFigure } from "../src/index.js";
import { document } from "../src/node.js";

const x = [1e18, 2e18, 3e18, 4e18];
const quantity = { label: "x" };

/** Numbers of every size reach a figure: one loss of 1e200 in a log, a question at 1e300. */
describe("figures of huge and tiny numbers", () => {
  test.each([
    ["a y of 1e200", [3e7, 1e200, 9e7, 1e8]],
    ["the whole range of numbers", [5e-324, 1, 1e300, 1.7e308]],
    ["subnormal numbers", [5e-324, 1e-323, 1.5e-323, 2e-323]],
  ])("%s", (_, y) => {
    const points = x.map((at, i) => ({ x: at, y: y[i]! }));
    const law = fittedLawFigure({ x: quantity, y: quantity, points, curve: points }, { document });
    const residuals = points.map(({ x: at, y: measured }) => ({ measured, predicted: 1, at }));
    const figure = fitResidualsFigure({ points: residuals, at: quantity }, { document });
    for (const svg of [law, figure]) {
      expect(svg).not.toMatch(/NaN|Infinity/);
      expect(svg.length).toBeLessThan(40_000);
    }
  });

  test("a surface over six hundred decades", () => {
    const grid = { compute: [1e-300, 1, 1e300], params: [1e-300, 1, 1e300] };
    const loss = grid.compute.map((c) => grid.params.map((n) => 1 + 1 / (1 + Math.abs(Math.log(c / n)))));
    const svg = surfaceFigure({ grid: { ...grid, loss } }, { document });
    expect(svg).not.toMatch(/NaN|Infinity/);
  });

  test("losses near the largest number", () => {
    const runs = [1e6, 2e6, 4e6, 8e6].map((params, i) => ({
      ...{ id: `r${i}`, budget: 1e18, params, tokens: 1e18 / params, flops: 1e18, lossStdErr: 0, seconds: 1 },
      loss: 1e307 * (1 + i),
    }));
    const svg = isoFlopFigure({ runs, isoflop: [] }, { document });
    expect(svg).not.toMatch(/NaN|Infinity/);
  });
});

test("a table of two hundred thousand rows is set in a terminal", () => {
  const rows = Array.from({ length: 200_000 }, (_, i) => [String(i)]);
  expect(sectionsText([{ title: "T", table: { head: ["n"], rows, names: 0 } }]).split("\n")).toHaveLength(200_004);
});
