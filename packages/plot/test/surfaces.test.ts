import {
  expectOk,
  lawCard,
  optimalAllocation,
  predictSurface,
  type SurfaceFit,
  surface,
  surfaceForms,
  surfaceOf,
} from "@isoflop/scaling";
import { describe, expect, test } from "vitest";
import { allocationFigure, darkTheme, PlotInputError, pageTheme, surfaceFigure, themeVariables } from "../src/index.js";
import { document, renderPng } from "../src/node.js";
import { runs, surfaceFit } from "./support/fits.js";
import { all, centres, drawing, drawn, logPlace, numbersOf } from "./support/svg.js";

const best = (C: number) => expectOk(optimalAllocation(surfaceFit, C));
const answer = (question: Parameters<typeof predictSurface>[1]) => expectOk(predictSurface(surfaceFit, question));

describe("surface figure", () => {
  const figure = surfaceFigure(surfaceFit, runs);
  const root = drawing(figure);
  const [x, y] = [logPlace(root, "x"), logPlace(root, "y")];

  test("has a dot per run where the axes say, contours with names, and the frontier with its band", () => {
    const dots = centres(root, "g.run circle");
    expect(dots).toHaveLength(runs.length);
    runs.forEach((run, i) => {
      expect(Math.abs(dots[i]!.x - x(run.C))).toBeLessThan(1);
      expect(Math.abs(dots[i]!.y - y(run.N))).toBeLessThan(1);
    });
    expect(all(root, "g.contour path").length).toBeGreaterThanOrEqual(9);
    expect(all(root, "text.annotation").length).toBeGreaterThanOrEqual(6);
    expect(all(root, "g.frontier-band path")).toHaveLength(1);
    expect(figure.caption).toContain("C = 6ND");
  });

  test("contours turn on the frontier", () => {
    const ticks = all(root, ".x-axis-tick-label text").map((text) => numbersOf(text.getAttribute("transform")!));
    expect(ticks.length).toBeGreaterThan(2);
    const perPixel = (Math.log(1e20) - Math.log(1e18)) / (x(1e20) - x(1e18));
    let turned = 0;
    for (const path of all(root, "g.contour path")) {
      const numbers = numbersOf(path.getAttribute("d")!);
      const points = numbers.flatMap((value, i) => (i % 2 === 0 ? [{ x: value, y: numbers[i + 1]! }] : []));
      const turn = points.reduce((a, b) => (b.x < a.x ? b : a));
      if (turn === points[0] || turn === points.at(-1)) continue;
      const C = Math.exp(Math.log(1e18) + (turn.x - x(1e18)) * perPixel);
      expect(Math.abs(turn.y - y(best(C).N))).toBeLessThan(14);
      turned += 1;
    }
    expect(turned).toBeGreaterThan(5);
  });

  test("the frontier is dashed beyond the largest run", () => {
    const start = numbersOf(all(root, "g.extrapolation path")[0]!.getAttribute("d")!)[0]!;
    expect(Math.abs(start - x(1e20))).toBeLessThan(1);
  });

  test("a published surface is drawn about what is asked of it, without a band of its frontier", () => {
    const surface = expectOk(surfaceOf(lawCard("besiroglu")));
    const other = drawing(surfaceFigure(surface, [], { asked: [expectOk(predictSurface(surface, { C: 1e21 }))] }));
    expect(all(other, "g.contour path").length).toBeGreaterThan(3);
    expect(all(other, "g.frontier-band path")).toHaveLength(0);
    expect(() => surfaceFigure(surface, [])).toThrow(/^runs: expected at least one/);
  });

  test("compute is that of the surface's own rule", () => {
    const doubled: SurfaceFit = { ...surfaceFit, flopsPerToken: 12 };
    const other = surfaceFigure(doubled, runs);
    const dots = centres(drawing(other), "g.run circle");
    expect(Math.abs(dots[0]!.x - logPlace(drawing(other), "x")(2 * runs[0]!.C))).toBeLessThan(1);
    expect(other.caption).toContain("C = 12·N·D");
  });

  test("a dot has the colour of the loss that was measured, not of the one that is fitted", () => {
    const [first, ...others] = runs;
    const fills = (loss: number) =>
      all(drawing(surfaceFigure(surfaceFit, [{ ...first!, loss }, ...others])), "g.run circle").map((dot) =>
        dot.getAttribute("fill"),
      );
    const [high, low] = [fills(3.6), fills(3.2)];
    expect(high[0]).not.toBe(low[0]);
    expect(high.slice(1)).toEqual(low.slice(1));
  });

  test("a metric takes the place of the loss; runs that lack it are not there", () => {
    const measured = runs.map((run, i) => ({ ...run, ...(i > 0 && { metrics: { FID: run.loss } }) }));
    const ofFid = surfaceFigure({ ...surfaceFit, quantity: "FID" }, measured);
    expect(all(drawing(ofFid), "g.run circle")).toHaveLength(runs.length - 1);
    expect(drawing(ofFid).textContent).toContain("fitted FID");
  });

  test("names of contours hide no run and stay in the frame, on a desk and on a phone", () => {
    for (const width of [390, 1088]) {
      const picture = drawing(figure, { width });
      const dots = centres(picture, "g.run circle");
      const inner = [...picture.children].find((child) => child.tagName.toLowerCase() === "svg")!;
      const right = Number(inner.getAttribute("width"));
      const names = all(picture, "text.annotation").map((name) => ({
        x: Number(name.getAttribute("x")),
        y: Number(name.getAttribute("y")) - 4,
        half: name.textContent!.length * 3.4,
      }));
      expect(names.length).toBeGreaterThan(2);
      names.forEach((name, i) => {
        expect(name.x - name.half).toBeGreaterThan(0);
        expect(name.x + name.half).toBeLessThan(right);
        for (const dot of dots) {
          expect(Math.abs(dot.x - name.x) > name.half || Math.abs(dot.y - name.y) > 5).toBe(true);
        }
        for (const other of names.slice(i + 1)) {
          expect(Math.abs(other.x - name.x) > name.half + other.half || Math.abs(other.y - name.y) > 8).toBe(true);
        }
      });
    }
  });

  test("without an optimum has no frontier, and no laws of one", () => {
    const { allocation: _, ...fit } = surfaceFit;
    const rising: SurfaceFit = { ...fit, theta: fit.theta.map((value, j) => (j === 3 ? -0.1 : value)) };
    const bare = surfaceFigure(rising, runs);
    expect(all(drawing(bare), "g.frontier path")).toHaveLength(0);
    expect(bare.caption).toContain("no optimum");
    expect(() => allocationFigure(rising, runs)).toThrow(/^fit\.allocation: expected a surface that has an optimum/);
  });

  test("without errors has a frontier and no band", () => {
    const { covariance: _, ...fit } = surfaceFit;
    const line = drawing(surfaceFigure(fit, runs));
    expect(all(line, "g.frontier path")).toHaveLength(1);
    expect(all(line, "g.frontier-band path")).toHaveLength(0);
  });

  test("models that were asked about have their intervals, cut to the frame, with runs and without", () => {
    const asked = [answer({ C: 1e21 }), answer({ loss: 2.6 }), answer({ N: 1e9, D: 1e10 })];
    for (const known of [runs, []]) {
      const root = drawing(surfaceFigure(surfaceFit, known, { asked }));
      expect(all(root, "g.asked path")).toHaveLength(3);
      expect(all(root, "g.asked-interval line").length).toBeGreaterThanOrEqual(3);
      for (const bar of all(root, "g.asked-interval line")) {
        for (const end of ["x1", "x2", "y1", "y2"])
          expect(Number(bar.getAttribute(end) ?? 0)).toBeGreaterThanOrEqual(0);
      }
      expect(root.textContent).toContain("2.600");
    }
  });

  test("is the same text for the same data, and PNG can be made of it", () => {
    const svg = figure.draw({ document });
    surfaceFigure(surfaceFit, runs.slice(0, 3)).draw({ document });
    expect(surfaceFigure(surfaceFit, runs).draw({ document })).toBe(svg);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(renderPng(svg).length).toBeGreaterThan(10_000);
  });

  test("leaves its colours to a page, which declares every one of them", () => {
    const svg = figure.draw({ document, theme: pageTheme });
    expect(svg).not.toMatch(/#[0-9a-f]{6}/);
    const declared = themeVariables(darkTheme, 0);
    for (const [, name] of svg.matchAll(/var\((--[\w-]+)\)/g)) expect(declared).toContain(`${name}:`);
  });

  test.each([
    ["runs[4].loss", { loss: Number.POSITIVE_INFINITY }],
    ["runs[4].C", { N: -1 }],
    ["runs[4].N", { N: -1, D: -1 }],
  ])("bad data: %s is named", (field, change) => {
    const spoilt = runs.map((run, i) => (i === 4 ? { ...run, ...change } : run));
    expect(() => surfaceFigure(surfaceFit, spoilt)).toThrow(PlotInputError);
    expect(() => surfaceFigure(surfaceFit, spoilt)).toThrow(`${field}: expected a finite number above 0`);
    expect(() => surfaceFigure(surfaceFit, [])).toThrow(/^runs: expected at least one run/);
  });
});

describe("the laws of a surface", () => {
  test.each(["chinchilla", "tied", "no-floor", "kaplan"])("%s: three laws go through its optima", (form) => {
    const fit = expectOk(surface(runs, { form }));
    const root = drawing(allocationFigure(fit, runs), { width: 1088 });
    expect(all(root, "g.band path")).toHaveLength(3);
    expect(all(root, "g.point circle")).toHaveLength(runs.length);
    const panels = all(root, "svg > svg > svg");
    const start = numbersOf(all(panels[0]!, "g.law path")[0]!.getAttribute("d")!);
    const { N } = expectOk(optimalAllocation(fit, runs[0]!.C));
    const place = logPlace(panels[0]!, "y");
    expect(Math.abs(start[1]! - place(N))).toBeLessThan(1);
    expect(all(root, ".floor").length > 0).toBe((fit.allocation?.loss.floor ?? 0) > 0);
  });

  test("what is asked stands on all three, with runs and without", () => {
    const asked = [predictSurface(surfaceFit, { C: 1e21 }) as never];
    for (const known of [runs, []]) {
      const figure = allocationFigure(surfaceFit, known, { asked });
      expect(all(drawn(figure.draw({ document })), "g.asked path")).toHaveLength(3);
      expect(figure.caption).toContain("what was asked");
    }
  });

  test("a form from outside is drawn as it is", () => {
    surfaceForms.add({ ...surfaceForms.get("chinchilla"), name: "outside" });
    const fit = expectOk(surface(runs, { form: "outside" }));
    expect(fit.form).toBe("outside");
    for (const figure of [surfaceFigure, allocationFigure])
      expect(figure(fit, runs).draw({ document })).toBe(figure(surfaceFit, runs).draw({ document }));
  });
});
