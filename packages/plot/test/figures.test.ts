import { describe, expect, test } from "vitest";
import {
  allFigures,
  darkTheme,
  envelopeFigure,
  isoFlopFigure,
  lawFigure,
  lawsFigure,
  lossCurvesFigure,
  pageTheme,
  predictedMeasuredFigure,
  residualFigure,
  sampleGridFigure,
} from "../src/index.js";
import { document } from "../src/node.js";
import { budgets, exampleSamples, exampleStudy } from "./support/study.js";
import { all, drawn, numbersOf } from "./support/svg.js";

const study = exampleStudy();
const { curves: _, ...uncurved } = study;
const withoutHeldOut = { ...uncurved, runs: study.runs.filter((run) => run.budget < 6e12), heldOut: null };

describe("every figure", () => {
  const figures = allFigures(study, { document });

  test("is there", () => {
    expect(Object.keys(figures).sort()).toEqual([
      "envelope",
      "isoflop",
      "law-loss",
      "law-params",
      "law-tokens",
      "laws",
      "loss-curves",
      "predicted-measured",
      "residuals",
      "samples",
    ]);
  });

  test.each(Object.entries(figures))("%s is well-formed, finite, and says what it shows", (_, svg) => {
    const root = drawn(svg);
    expect(root.getAttribute("xmlns")).toBe("http://www.w3.org/2000/svg");
    expect(root.getAttribute("aria-label")).toMatch(/\w+ .*\.$/);
    expect(svg).not.toMatch(/NaN|Infinity|undefined|<style|<script/);
    const [, , width, height] = root.getAttribute("viewBox")!.split(" ").map(Number);
    expect([width, height]).toEqual([Number(root.getAttribute("width")), Number(root.getAttribute("height"))]);
  });

  test.each(Object.entries(figures).filter(([name]) => name !== "samples"))(
    "%s names a quantity and its scale on both axes",
    (_, svg) => {
      const root = drawn(svg);
      for (const axis of [".x-label", ".y-label"]) {
        for (const label of all(root, axis))
          expect(label.textContent).toMatch(/loss|parameters|tokens|FLOPs|% of predicted/);
        expect(all(root, axis).length).toBeGreaterThan(0);
      }
      expect(root.querySelectorAll("[aria-label='x-axis tick label'] text").length).toBeGreaterThanOrEqual(3);
      expect(root.querySelectorAll("[aria-label='y-axis tick label'] text").length).toBeGreaterThanOrEqual(3);
    },
  );

  test("is the same text for the same study, whatever was drawn before", () => {
    expect(allFigures(exampleStudy(), { document })).toEqual(figures);
  });
});

describe("isoFLOP figure", () => {
  const root = drawn(isoFlopFigure(study, { document }));

  test("has one point and one bar per run, one parabola and one vertex per budget", () => {
    expect(all(root, "g.run circle")).toHaveLength(20);
    expect(all(root, "g.run-bar line")).toHaveLength(20);
    expect(all(root, "g.held-out circle")).toHaveLength(1);
    expect(all(root, "g.parabola path")).toHaveLength(budgets.length);
    expect(all(root, "g.vertex path")).toHaveLength(budgets.length);
  });

  test("bars are 95 % intervals", () => {
    const tall = study.runs.map((run) => ({ ...run, lossStdErr: 0.01 }));
    const svg = drawn(isoFlopFigure({ ...study, runs: tall }, { document }));
    const bar = all(svg, "g.run-bar line")[0]!;
    const ticks = all(svg, "[aria-label='y-axis tick label'] text").map((text) => ({
      value: Number(text.textContent),
      y: Number(/,([\d.]+)\)/.exec(text.getAttribute("transform")!)![1]),
    }));
    const [a, b] = [ticks[0]!, ticks.at(-1)!];
    const perPixel = Math.abs((a.value - b.value) / (a.y - b.y));
    const length = Math.abs(Number(bar.getAttribute("y1")) - Number(bar.getAttribute("y2")));
    expect(length * perPixel).toBeCloseTo(2 * 1.959964 * 0.01, 3);
  });

  test("budgets follow the ramp from small to large", () => {
    const strokes = all(root, "g.parabola").map((group) => group.getAttribute("stroke"));
    expect(new Set(strokes).size).toBe(budgets.length);
    const labels = all(root, "text.label").map((label) => label.textContent);
    expect(labels).toEqual(expect.arrayContaining(["2×10¹¹", "4×10¹¹", "8×10¹¹", "1.6×10¹²", "6.4×10¹² held out"]));
  });

  test("a refused budget is hollow and dashed, without parabola or vertex, and says so", () => {
    const isoflop = study.isoflop.map((optimum, i) =>
      i === 0 ? { ...optimum, interior: false, optimalParams: null, optimalTokens: null, optimalLoss: null } : optimum,
    );
    const refused = drawn(isoFlopFigure({ ...study, isoflop }, { document }));
    expect(all(refused, "g.refused path")).toHaveLength(1);
    expect(all(refused, "g.parabola path")).toHaveLength(budgets.length - 1);
    expect(all(refused, "g.vertex path")).toHaveLength(budgets.length - 1);
    expect(all(refused, "text.label").map((label) => label.textContent)).toContain("2×10¹¹ refused");
  });

  test("can be drawn before anything is fitted", () => {
    const early = drawn(isoFlopFigure({ runs: study.runs.slice(0, 3), isoflop: [] }, { document }));
    expect(all(early, "g.run circle")).toHaveLength(3);
    expect(all(early, "g.parabola path")).toHaveLength(0);
  });

  test("labels do not touch each other, on a desk or on a phone", () => {
    for (const width of [360, 760]) {
      const labels = all(drawn(isoFlopFigure(study, { document, width })), "text.label").map((label) => {
        const x = Number(label.getAttribute("x"));
        const length = label.textContent!.length * 6.5;
        const from = label.getAttribute("text-anchor") === "end" ? x - length : x;
        return { from, to: from + length, y: Number(label.getAttribute("y")) };
      });
      labels.forEach((a, i) => {
        for (const b of labels.slice(i + 1)) {
          expect(a.to < b.from || b.to < a.from || Math.abs(a.y - b.y) >= 12).toBe(true);
        }
      });
    }
  });
});

describe("law figure", () => {
  test("has a band only where one is given, the optima, and an extrapolation beyond them", () => {
    const root = drawn(lawFigure(study, "params", { document }));
    expect(all(root, "g.band path")).toHaveLength(1);
    expect(all(root, "g.optimum path")).toHaveLength(budgets.length);
    expect(all(root, "g.extrapolation path")).toHaveLength(1);
    expect(all(root, "g.trained circle")).toHaveLength(1);
    const { band: _, ...bare } = study.laws!.params;
    const without = drawn(lawFigure({ ...study, laws: { ...study.laws!, params: bare } }, "params", { document }));
    expect(all(without, "g.band path")).toHaveLength(0);
  });

  test("of the loss shows interval, prediction and measurement; the latter only once it exists", () => {
    const root = drawn(lawFigure(study, "loss", { document }));
    for (const mark of ["interval", "predicted", "measured"]) expect(all(root, `.${mark}`)).toHaveLength(1);
    const { measuredLoss: _, measuredStdErr: __, relativeError: ___, ...predicted } = study.heldOut!;
    const before = drawn(lawFigure({ ...study, heldOut: predicted }, "loss", { document }));
    expect(all(before, ".interval")).toHaveLength(1);
    expect(all(before, ".measured")).toHaveLength(0);
  });

  test("the line passes through coefficient · C^exponent + floor", () => {
    const law = { coefficient: 2, exponent: -0.1, floor: 0.15, ci95: [-0.11, -0.09] as const };
    const root = drawn(lawFigure({ ...withoutHeldOut, laws: { ...study.laws!, loss: law } }, "loss", { document }));
    const path = numbersOf(all(root, "g.law path")[0]!.getAttribute("d")!);
    const ticks = all(root, "[aria-label='y-axis tick label'] text").map((text) => ({
      value: Math.log(Number(text.textContent)),
      y: Number(/,([\d.]+)\)/.exec(text.getAttribute("transform")!)![1]),
    }));
    const [a, b] = [ticks[0]!, ticks.at(-1)!];
    const lossAt = (y: number) => Math.exp(a.value + ((y - a.y) / (b.y - a.y)) * (b.value - a.value));
    const lowest = budgets[0] * Math.exp(-0.12 * Math.log(budgets[3] / budgets[0]));
    expect(lossAt(path[1]!)).toBeCloseTo(2 * lowest ** -0.1 + 0.15, 3);
  });
});

test("a law alone is drawn where its band is", () => {
  const root = drawn(lawFigure({ runs: [], isoflop: [], laws: study.laws! }, "params", { document }));
  expect(all(root, "g.law path")).toHaveLength(1);
  expect(all(root, "g.band path")).toHaveLength(1);
  expect(all(root, "g.extrapolation path")).toHaveLength(0);
});

test("a measurement whose bar would reach below zero is still drawn on a log axis", () => {
  const heldOut = { ...study.heldOut!, measuredStdErr: 0.5 };
  const svg = lawFigure({ ...study, heldOut }, "loss", { document });
  expect(svg).not.toContain("NaN");
  expect(all(drawn(svg), "g.spread line")).toHaveLength(1);
});

test("the three laws stand side by side on a desk, below each other on a phone", () => {
  const place = (width: number) =>
    [...drawn(lawsFigure(study, { document, width })).children]
      .filter((child) => child.tagName.toLowerCase() === "svg")
      .flatMap((child) => [...child.children].filter((inner) => inner.tagName.toLowerCase() === "svg"))
      .map((panel) => [Number(panel.getAttribute("x")), Number(panel.getAttribute("y"))]);
  expect(new Set(place(1140).map(([x]) => x)).size).toBe(3);
  expect(new Set(place(1140).map(([, y]) => y)).size).toBe(1);
  expect(new Set(place(360).map(([, y]) => y)).size).toBe(3);
});

test("predicted against measured has one point per optimum and the held-out one", () => {
  const root = drawn(predictedMeasuredFigure(study, { document }));
  expect(all(root, "g.optimum path")).toHaveLength(budgets.length);
  expect(all(root, "g.measured circle")).toHaveLength(1);
  expect(all(root, "g.diagonal path")).toHaveLength(1);
  expect(all(drawn(predictedMeasuredFigure(withoutHeldOut, { document })), "g.measured circle")).toHaveLength(0);
});

test("a measurement exactly on the prediction is drawn, not taken for missing", () => {
  const heldOut = { ...study.heldOut!, measuredLoss: study.heldOut!.predictedLoss, relativeError: 0 };
  const root = drawn(residualFigure({ ...study, heldOut }, { document }));
  expect(all(root, "g.measured circle")).toHaveLength(1);
  expect(all(root, "text.label").map((label) => label.textContent)).toEqual(["0.0\u00A0%"]);
});

test("loss curves have one panel per budget and one line per run, the best one bold", () => {
  const root = drawn(lossCurvesFigure(study, { document }));
  expect(all(root, ".y-label")).toHaveLength(budgets.length + 1);
  expect(all(root, "g.curve path")).toHaveLength(study.curves!.length);
  expect(all(root, "g.best path")).toHaveLength(budgets.length + 1);
});

test("the envelope figure has every curve, one envelope and the law", () => {
  const root = drawn(envelopeFigure(study, { document }));
  expect(all(root, "g.curve path")).toHaveLength(study.curves!.length);
  expect(all(root, "g.envelope path")).toHaveLength(1);
  expect(all(root, "g.law path")).toHaveLength(1);
});

describe("sample grid", () => {
  test("has a picture and a caption per sample, and names the groups", () => {
    const root = drawn(sampleGridFigure(exampleSamples(8), { document }));
    expect(all(root, "image")).toHaveLength(8);
    expect(root.textContent).toContain("one rocket");
    expect(root.textContent).toContain("Generated");
  });

  test("a hostile caption stays text", () => {
    const caption = `</text><script>alert(1)</script>"'&\u0000`;
    const root = drawn(sampleGridFigure([{ ...exampleSamples(1)[0]!, caption }], { document }));
    expect(root.querySelector("script")).toBeNull();
    expect(root.textContent).toContain("<script>");
  });
});

describe("refusals", () => {
  test("name what is missing", () => {
    const bare = { runs: study.runs, isoflop: study.isoflop };
    expect(() => isoFlopFigure({ runs: [], isoflop: [] }, { document })).toThrow(/^runs: expected at least one run/);
    expect(() => lawFigure(bare, "loss", { document })).toThrow(/^laws: expected fitted laws/);
    const refused = study.isoflop.map((optimum) => ({ ...optimum, interior: false }));
    expect(() => residualFigure({ ...study, isoflop: refused }, { document })).toThrow(
      /^isoflop: expected at least one interior/,
    );
    expect(() => lossCurvesFigure({ ...bare, curves: [] }, { document })).toThrow(/^curves: expected at least one/);
    expect(() => sampleGridFigure([], { document })).toThrow(/^samples: expected at least one/);
  });

  test("without a document, say where to get one", () => {
    expect(() => isoFlopFigure(study)).toThrow(/"@isoflop\/plot\/node"/);
  });
});

test("a theme without background leaves colours to the page", () => {
  const svg = isoFlopFigure(study, { document, theme: pageTheme });
  expect(svg).not.toContain('class="background"');
  expect(svg).toContain("var(--budget-0)");
  expect(svg).not.toMatch(/#[0-9a-f]{6}/);
  expect(isoFlopFigure(study, { document, theme: darkTheme })).toContain(darkTheme.background!);
});
