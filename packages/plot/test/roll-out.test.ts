import { expectOk, optimalAllocation, predictRollOut, type RollOut, type Run, rollOut } from "@isoflop/scaling";
import { describe, expect, test } from "vitest";
import { darkTheme, pageTheme, rollOutErrorsFigure, rollOutFigure, themeVariables } from "../src/index.js";
import { document, renderPng } from "../src/node.js";
import { random } from "./support/study.js";
import { all, centres, drawing, logPlace, numbersOf, tickValue } from "./support/svg.js";

const noisy = random(11);
const runs: Run[] = [1e7, 3e7, 1e8, 3e8, 1e9, 3e9].flatMap((N) =>
  [5e8, 2e9, 8e9, 3.2e10, 1.3e11, 5e11].map((D) => ({
    ...{ N, D, C: 6 * N * D },
    loss: (1.7 + 400 * N ** -0.34 + 500 * D ** -0.3) * (1 + 0.008 * (noisy() - 0.5)),
  })),
);
const fit = expectOk(rollOut(runs, { forms: ["chinchilla", "no-floor"] }));
/** Two forms that share the weight. */
const shared: RollOut = {
  ...fit,
  forms: fit.forms.map((one, i) => ({ ...one, weight: i === 0 ? 0.75 : 0.25 })),
};

/** The charts of a figure, each with its own legend. */
const panelsOf = (root: Element): Element[] =>
  all(root, "svg").filter((svg) => [...svg.children].some((child) => child.getAttribute("class") === "legend-label"));

describe("what forms say of the optimum", () => {
  const C = 1e23;
  const asked = [expectOk(predictRollOut(shared, { C }))];
  const figure = rollOutFigure(shared, runs, { asked });
  const root = drawing(figure, { width: 360 });

  test("has three panels, each with the mixture, its band, a line for each form and its weight", () => {
    const wide = drawing(figure);
    expect(all(wide, "g.law path").length).toBeGreaterThanOrEqual(3);
    expect(all(wide, "g.band path")).toHaveLength(3);
    for (const name of ["chinchilla", "no-floor"]) expect(all(wide, `g.other-${name} path`)).toHaveLength(3);
    const names = all(wide, "text.legend-label").map((text) => text.textContent);
    expect(names).toEqual(Array(3).fill(["chinchilla, 75\u00A0%", "no-floor, 25\u00A0%"]).flat());
    expect(figure.caption).toContain("The optimum over 2 forms");
  });

  test("names a form where it has weight only, and the runs stand on the loss", () => {
    const alone = drawing(
      rollOutFigure({ ...fit, forms: fit.forms.map((one, i) => ({ ...one, weight: 1 - i })) }, runs),
    );
    expect(all(alone, "g.other-no-floor path")).toHaveLength(0);
    expect(all(alone, "g.point circle")).toHaveLength(runs.length);
    expect(rollOutFigure({ ...fit, forms: fit.forms.slice(0, 1) }, []).caption).toContain(
      "the one form that takes part",
    );
  });

  test("what is asked stands where the prediction is", () => {
    const [first] = panelsOf(root);
    const x = logPlace(first!, "x");
    const y = logPlace(first!, "y");
    const ends = numbersOf(
      all(first!, "g.asked path")[0]!.getAttribute("transform") ?? all(first!, "g.asked path")[0]!.getAttribute("d")!,
    );
    expect(Math.abs(ends[0]! - x(C))).toBeLessThan(16);
    expect(Math.abs(ends[1]! - y(asked[0]!.predicted.N.value))).toBeLessThan(16);
    expect(root.textContent).not.toMatch(/NaN|undefined/);
  });

  test("a form's line is its own optimum", () => {
    const [first] = panelsOf(root);
    const [x, y] = [logPlace(first!, "x"), logPlace(first!, "y")];
    const numbers = numbersOf(all(first!, "g.other-no-floor path")[0]!.getAttribute("d")!);
    const surface = shared.forms.find((one) => one.fit.form === "no-floor")!.fit;
    const low = Math.min(...runs.map((run) => run.C));
    expect(Math.abs(numbers[0]! - x(low))).toBeLessThan(1.5);
    expect(Math.abs(numbers[1]! - y(expectOk(optimalAllocation(surface, low)).N))).toBeLessThan(1.5);
  });

  test("runs that cannot stand on log axes are refused by name", () => {
    expect(() => rollOutFigure(fit, [{ ...runs[0]!, loss: -1 }])).toThrow(/^runs\[0\]\.loss/);
  });
});

describe("errors on what was held out", () => {
  const figure = rollOutErrorsFigure(fit);
  const root = drawing(figure);

  test("has a panel for each axis, with a place for each division and its name", () => {
    const axes = ["C", "N", "D"].filter((axis) => fit.cuts.some(({ along }) => along === axis));
    expect(panelsOf(root)).toHaveLength(axes.length);
    panelsOf(root).forEach((panel, i) => {
      const cuts = fit.cuts.filter(({ along }) => along === axes[i]).sort((a, b) => a.above - b.above);
      const ticks = all(panel, ".x-axis-tick-label text").map((text) => text.textContent!);
      expect(ticks).toHaveLength(cuts.length);
      ticks.forEach((tick, k) => {
        expect(tick.startsWith("> ")).toBe(true);
        expect(tickValue(tick.slice(2)) / cuts[k]!.above).toBeCloseTo(1, 2);
      });
      expect(all(panel, "text.legend-label").map((text) => text.textContent)).toEqual(["chinchilla", "no-floor"]);
    });
  });

  test("the dot of a form is its mean error, its bar what it promised, and the bars stand beside each other", () => {
    const panel = panelsOf(root)[0]!;
    const zero = Number(
      all(panel, "g.zero line")[0]!.getAttribute("y1") ??
        numbersOf(all(panel, "g.zero line")[0]!.getAttribute("transform")!)[1],
    );
    const cuts = fit.cuts.filter(({ along }) => along === "C").sort((a, b) => a.above - b.above);
    const dots = ["chinchilla", "no-floor"].map((name) => centres(panel, `g.error-${name} circle`));
    dots.forEach((places, k) => {
      const name = ["chinchilla", "no-floor"][k]!;
      expect(places).toHaveLength(cuts.length);
      const side = places.map(({ y }) => Math.sign(zero - y));
      expect(side).toEqual(cuts.map(({ forms }) => Math.sign(forms[name]!.bias)));
      expect(all(panel, `g.promised-${name} line`)).toHaveLength(cuts.length);
    });
    for (const i of cuts.keys()) expect(dots[1]![i]!.x - dots[0]![i]!.x).toBeGreaterThan(8);
  });

  test("a bar much longer than any error runs out of the frame, and squeezes nobody", () => {
    const loose: RollOut = {
      ...fit,
      cuts: fit.cuts.map((cut) => ({
        ...cut,
        forms: { ...cut.forms, "no-floor": { ...cut.forms["no-floor"]!, bias: 1e-3, t: 1e-4 } },
      })),
    };
    const panel = panelsOf(drawing(rollOutErrorsFigure(loose)))[0]!;
    const height = Number(panel.getAttribute("height"));
    const ends = all(panel, "g.promised-no-floor line").flatMap((bar) =>
      [bar.getAttribute("y1"), bar.getAttribute("y2")].map(Number),
    );
    for (const end of ends) {
      expect(end).toBeGreaterThan(0);
      expect(end).toBeLessThan(height);
    }
    const dots = centres(panel, "g.error-chinchilla circle").map(({ y }) => y);
    expect(Math.max(...dots) - Math.min(...dots)).toBeGreaterThan(4);
  });

  test("is refused where nothing was held out", () => {
    expect(() => rollOutErrorsFigure({ ...fit, cuts: [] })).toThrow(/^cuts/);
  });
});

test.each([
  ["optima", rollOutFigure(shared, runs)],
  ["errors", rollOutErrorsFigure(fit)],
])(
  "the figure of %s is the same text for the same data, leaves its colours to a page, and PNG can be made of it",
  (_, figure) => {
    for (const width of [390, 1088]) {
      const svg = figure.draw({ document, width });
      expect(figure.draw({ document, width })).toBe(svg);
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      expect(renderPng(svg, { scale: 1 }).length).toBeGreaterThan(10_000);
    }
    const svg = figure.draw({ document, theme: pageTheme });
    expect(svg).not.toMatch(/#[0-9a-f]{6}/);
    const declared = themeVariables(darkTheme, fit.forms.length);
    for (const [, name] of svg.matchAll(/var\((--[\w-]+)\)/g)) expect(declared).toContain(`${name}:`);
  },
);
