import { describe, expect, test } from "vitest";
import {
  darkTheme,
  PlotInputError,
  pageTheme,
  type SurfaceFigureData,
  surfaceFigure,
  themeVariables,
} from "../src/index.js";
import { document, renderPng } from "../src/node.js";
import { all, centres, drawn, logPlace, numbersOf } from "./support/svg.js";

const spaced = (low: number, high: number, n = 41) =>
  Array.from({ length: n }, (_, i) => low * (high / low) ** (i / (n - 1)));

const best = (C: number) => 0.1 * C ** 0.5;
const loss = (C: number, N: number) => 1.7 + 40 * C ** -0.08 + 0.04 * Math.log(N / best(C)) ** 2;
const compute = spaced(1e17, 1e22);
const params = spaced(1e6, 1e11);

const surfaceData: SurfaceFigureData = {
  grid: { compute, params, loss: compute.map((C) => params.map((N) => loss(C, N))) },
  runs: [1e18, 1e19, 1e20].flatMap((C) =>
    [0.3, 1, 3].map((f, i) => ({ compute: C, params: f * best(C), loss: loss(C, f * best(C)), label: `row ${i}` })),
  ),
  frontier: compute.map((C) => ({ compute: C, params: best(C), low: best(C) / 1.5, high: best(C) * 1.5 })),
};

const figure = (data: SurfaceFigureData, width?: number) =>
  drawn(surfaceFigure(data, { document, ...(width !== undefined && { width }) }));

describe("surface figure", () => {
  const root = figure(surfaceData);

  test("has a dot per run where the axes say, contours with names, and the frontier with its band", () => {
    const [x, y] = [logPlace(root, "x"), logPlace(root, "y")];
    const dots = centres(root, "g.run circle");
    expect(dots).toHaveLength(9);
    surfaceData.runs!.forEach((run, i) => {
      expect(Math.abs(dots[i]!.x - x(run.compute))).toBeLessThan(1);
      expect(Math.abs(dots[i]!.y - y(run.params))).toBeLessThan(1);
    });
    expect(all(root, "g.contour path").length).toBeGreaterThanOrEqual(9);
    expect(all(root, "text.annotation").length).toBeGreaterThanOrEqual(6);
    expect(all(root, "g.frontier-band path")).toHaveLength(1);
  });

  test("contours turn on the frontier", () => {
    const [x, y] = [logPlace(root, "x"), logPlace(root, "y")];
    for (const path of all(root, "g.contour path")) {
      const numbers = numbersOf(path.getAttribute("d")!);
      const points = numbers.flatMap((value, i) => (i % 2 === 0 ? [{ x: value, y: numbers[i + 1]! }] : []));
      const turn = points.reduce((a, b) => (b.x < a.x ? b : a));
      const [left, right] = [x(compute[0]!), x(compute.at(-1)!)];
      if (turn.x < left + 2) continue;
      const C = Math.exp(Math.log(1e17) + ((turn.x - left) / (right - left)) * Math.log(1e5));
      expect(Math.abs(turn.y - y(best(C)))).toBeLessThan(14);
    }
  });

  test("the frontier is dashed beyond the largest run, or where it is said to be fitted", () => {
    const start = (data: SurfaceFigureData) => {
      const drawing = figure(data);
      return numbersOf(all(drawing, "g.extrapolation path")[0]!.getAttribute("d")!)[0]! - logPlace(drawing, "x")(1e20);
    };
    expect(Math.abs(start(surfaceData))).toBeLessThan(1);
    expect(start({ ...surfaceData, fittedTo: 1e21 })).toBeGreaterThan(20);
  });

  test("a dot has the colour of the loss that was measured, not of the one that is fitted", () => {
    const [first, ...others] = surfaceData.runs!;
    const fills = (loss: number) =>
      all(figure({ ...surfaceData, runs: [{ ...first!, loss }, ...others] }), "g.run circle").map((dot) =>
        dot.getAttribute("fill"),
      );
    const [high, low] = [fills(3.2), fills(2.5)];
    expect(high[0]).not.toBe(low[0]);
    expect(high.slice(1)).toEqual(low.slice(1));
  });

  test("names of contours hide no run and stay in the frame, on a desk and on a phone", () => {
    for (const width of [390, 1088]) {
      const drawing = figure(surfaceData, width);
      const dots = centres(drawing, "g.run circle");
      const inner = [...drawing.children].find((child) => child.tagName.toLowerCase() === "svg")!;
      const right = Number(inner.getAttribute("width"));
      const names = all(drawing, "text.annotation").map((name) => ({
        x: Number(name.getAttribute("x")),
        y: Number(name.getAttribute("y")) - 4,
        half: name.textContent!.length * 3.4,
      }));
      expect(names.length).toBeGreaterThan(2);
      names.forEach(({ x, y, half }, i) => {
        expect(x - half).toBeGreaterThan(0);
        expect(x + half).toBeLessThan(right);
        for (const dot of dots) {
          expect(Math.abs(dot.x - x) > half || Math.abs(dot.y - y) > 5).toBe(true);
        }
        for (const other of names.slice(i + 1)) {
          expect(Math.abs(other.x - x) > half + other.half || Math.abs(other.y - y) > 8).toBe(true);
        }
      });
    }
  });

  test("is drawn without runs, without a frontier, and without a band", () => {
    const { grid } = surfaceData;
    const bare = figure({ grid });
    expect(all(bare, "g.run circle")).toHaveLength(0);
    expect(all(bare, "g.frontier path")).toHaveLength(0);
    expect(all(figure({ grid, frontier: [] }), "g.frontier path")).toHaveLength(0);
    const line = figure({ grid, frontier: surfaceData.frontier!.map(({ compute, params }) => ({ compute, params })) });
    expect(all(line, "g.frontier path")).toHaveLength(1);
    expect(all(line, "g.extrapolation path")).toHaveLength(0);
    expect(all(line, "g.frontier-band path")).toHaveLength(0);
  });

  test("models that were asked about have their intervals, cut to the frame", () => {
    const asked = [
      { compute: 1e21, params: 1e9, paramsInterval: [1e8, 1e20], computeInterval: [5e20, 2e21], label: "<b>2.1</b>" },
    ] as const;
    const svg = surfaceFigure({ ...surfaceData, asked }, { document });
    const root = drawn(svg);
    expect(all(root, "g.asked path")).toHaveLength(1);
    expect(all(root, "g.asked-interval line")).toHaveLength(2);
    expect(root.querySelector("b")).toBeNull();
    expect(root.textContent).toContain("<b>2.1</b>");
    for (const bar of all(root, "g.asked-interval line")) {
      for (const end of ["x1", "x2", "y1", "y2"]) expect(Number(bar.getAttribute(end) ?? 0)).toBeGreaterThanOrEqual(0);
    }
  });

  test("is the same text for the same data, and PNG can be made of it", () => {
    const svg = surfaceFigure(surfaceData, { document });
    surfaceFigure({ grid: surfaceData.grid }, { document });
    expect(surfaceFigure(surfaceData, { document })).toBe(svg);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(renderPng(svg).length).toBeGreaterThan(10_000);
  });

  test("leaves its colours to a page, which declares every one of them", () => {
    const svg = surfaceFigure(surfaceData, { document, theme: pageTheme });
    expect(svg).not.toMatch(/#[0-9a-f]{6}/);
    const declared = themeVariables(darkTheme, 0);
    for (const [, name] of svg.matchAll(/var\((--[\w-]+)\)/g)) expect(declared).toContain(`${name}:`);
  });

  test.each([
    [
      "grid.loss[2][3]",
      (d: Draft) => {
        d.grid.loss[2]![3] = Number.NaN;
      },
    ],
    [
      "grid.loss[1]",
      (d: Draft) => {
        d.grid.loss[1] = [1];
      },
    ],
    [
      "grid.compute[1]",
      (d: Draft) => {
        d.grid.compute[1] = 1;
      },
    ],
    [
      "grid.params",
      (d: Draft) => {
        d.grid.params = [];
      },
    ],
    [
      "runs[4].loss",
      (d: Draft) => {
        d.runs[4]!.loss = Number.POSITIVE_INFINITY;
      },
    ],
    [
      "runs[0].params",
      (d: Draft) => {
        d.runs[0]!.params = -1;
      },
    ],
    [
      "frontier[1].compute",
      (d: Draft) => {
        d.frontier[1]!.compute = 1;
      },
    ],
    [
      "frontier[0].high",
      (d: Draft) => {
        d.frontier[0]!.high = 1;
      },
    ],
  ])("bad data: %s is named", (field, spoil) => {
    const data = structuredClone(surfaceData) as unknown as Draft;
    spoil(data);
    const draw = () => surfaceFigure(data as unknown as SurfaceFigureData, { document });
    expect(draw).toThrow(PlotInputError);
    expect(draw).toThrow(field);
  });
});

/** The data, to be spoilt. */
interface Draft {
  grid: { compute: number[]; params: number[]; loss: number[][] };
  runs: { compute: number; params: number; loss: number }[];
  frontier: { compute: number; params: number; low: number; high: number }[];
}
