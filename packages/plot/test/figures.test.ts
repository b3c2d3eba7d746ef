import { describe, expect, test } from "vitest";
import {
  allFigures,
  type DrawnStudy,
  darkTheme,
  deviationFigure,
  type HeldOut,
  isoFlopFigure,
  lawsFigure,
  PlotInputError,
  pageTheme,
  predictedMeasuredFigure,
  sampleGridFigure,
} from "../src/index.js";
import { document } from "../src/node.js";
import { figuresOf } from "../src/study/figures.js";
import { partsOf } from "../src/study/parts.js";
import { budgets, exampleSamples, exampleStudy, fitOf, predicted } from "./support/study.js";
import { all, drawing, drawn, logPlace, numbersOf } from "./support/svg.js";

const study = exampleStudy();
const { fit } = study;
const [heldOut] = partsOf(study).heldOut as [HeldOut];
const figuresOfStudy = (of: DrawnStudy) => figuresOf(of, partsOf(of));
/** The same runs, of which those of the first budget are all larger than its optimum. */
const withoutFirst = fitOf(study.runs.filter(({ C, N }) => C < 6e12 && (C > budgets[0] || N > 20_000)));

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
      expect(root.querySelectorAll(".x-axis-tick-label text").length).toBeGreaterThanOrEqual(3);
      expect(root.querySelectorAll(".y-axis-tick-label text").length).toBeGreaterThanOrEqual(3);
    },
  );

  test("is the same text for the same study, whatever was drawn before", () => {
    expect(allFigures(exampleStudy(), { document })).toEqual(figures);
  });
});

describe("isoFLOP figure", () => {
  const figure = isoFlopFigure(fit, { heldOut: heldOut.runs });
  const root = drawing(figure);

  test("has one point and one bar per run, one parabola and one vertex per budget", () => {
    expect(all(root, "g.run circle")).toHaveLength(20);
    expect(all(root, "g.run-bar line")).toHaveLength(20);
    expect(all(root, "g.held-out circle")).toHaveLength(1);
    expect(all(root, "g.parabola path")).toHaveLength(budgets.length);
    expect(all(root, "g.vertex path")).toHaveLength(budgets.length);
  });

  test("bars are 95 % intervals", () => {
    const tall = study.runs.filter(({ C }) => C < 6e12).map((run) => ({ ...run, sigma: 0.01 }));
    const svg = drawing(isoFlopFigure(fitOf(tall)));
    const bar = all(svg, "g.run-bar line")[0]!;
    const ticks = all(svg, ".y-axis-tick-label text").map((text) => ({
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
    const refusing = isoFlopFigure(withoutFirst);
    const refused = drawing(refusing);
    expect(all(refused, "g.refused path")).toHaveLength(1);
    expect(all(refused, "g.parabola path")).toHaveLength(budgets.length - 1);
    expect(all(refused, "g.vertex path")).toHaveLength(budgets.length - 1);
    expect(all(refused, "text.label").map((label) => label.textContent)).toContain("2×10¹¹ refused");
    expect(refusing.caption).toContain("1 budget without an interior minimum");
    expect(figure.caption).not.toContain("without");
  });

  test("can be drawn before anything is fitted", () => {
    const { fit: _, heldOut: __, curves: ___, ...begun } = study;
    const early = drawing(figuresOfStudy({ ...begun, runs: study.runs.slice(0, 3) }).isoflop!);
    expect(all(early, "g.run circle")).toHaveLength(3);
    expect(all(early, "g.unfitted path")).toHaveLength(1);
    expect(all(early, "g.parabola path")).toHaveLength(0);
  });

  test("labels do not touch each other, on a desk or on a phone", () => {
    for (const width of [360, 760]) {
      const labels = all(drawing(figure, { width }), "text.label").map((label) => {
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

  test("of thousands of runs an even sample is drawn, and the caption says so", () => {
    const many = Array.from({ length: 150 }, (_, i) =>
      study.runs.filter(({ C }) => C < 6e12).map((run) => ({ ...run, id: `${run.id}-${i}` })),
    ).flat();
    const crowded = isoFlopFigure(fitOf(many));
    const dots = all(drawing(crowded), "g.run circle").length;
    expect(dots).toBeLessThan(2100);
    expect(dots).toBeGreaterThan(1900);
    expect(crowded.caption).toContain(`Of 3000 runs an even sample of ${dots} is drawn.`);
  });
});

describe("the laws of an isoFLOP fit", () => {
  const root = drawing(lawsFigure(fit, { heldOut }));

  test("have bands, the optima, an extrapolation beyond them, and the model that was held out", () => {
    expect(all(root, "g.band path")).toHaveLength(3);
    expect(all(root, "g.optimum path")).toHaveLength(3 * budgets.length);
    expect(all(root, "g.extrapolation path")).toHaveLength(3);
    expect(all(root, "g.trained circle")).toHaveLength(2);
  });

  test("the loss has interval, prediction and measurement; the latter only once it exists", () => {
    for (const mark of ["interval", "asked", "measured"])
      expect(all(root, `.${mark} *, line.${mark}`).length).toBeGreaterThan(0);
    const { measured: _, ...before } = heldOut;
    const waiting = drawing(lawsFigure(fit, { heldOut: before }));
    expect(all(waiting, "g.asked path")).toHaveLength(1);
    expect(all(waiting, "g.measured circle")).toHaveLength(0);
  });

  test("predictions of the fit stand on all three, with where the law is and where a new point falls", () => {
    const asked = [predicted(fit, 1e13), predicted(fit, 1e14)];
    const questions = drawing(lawsFigure(fit, { asked }));
    expect(all(questions, "g.asked path")).toHaveLength(6);
    const bars = (name: string) => all(questions, `g.${name} line, line.${name}`).length;
    // The loss weighs laws, and has no interval of one of them.
    expect([bars("interval"), bars("law-interval")]).toEqual([6, 4]);
  });

  test("a metric names the third law", () => {
    const choices = { ...fit.choices, quantity: "FID" };
    expect(all(drawing(lawsFigure({ ...fit, choices })), ".y-label").map((label) => label.textContent)).toContain(
      "↑ optimal FID (log)",
    );
  });

  test("a law that was refused is left out, and without any there is nothing to draw", () => {
    const refused = { ok: false, reason: "too-few-budgets", message: "2 of 4" } as const;
    expect(all(drawing(lawsFigure({ ...fit, D: refused })), "g.band path")).toHaveLength(2);
    expect(() => lawsFigure({ ...fit, N: refused, D: refused, loss: refused })).toThrow(
      /^laws: expected at least one fitted law/,
    );
  });

  test("stand side by side on a desk, below each other on a phone", () => {
    const place = (width: number) =>
      [...drawing(lawsFigure(fit), { width }).children]
        .filter((child) => child.tagName.toLowerCase() === "svg")
        .flatMap((child) => [...child.children].filter((inner) => inner.tagName.toLowerCase() === "svg"))
        .map((panel) => [Number(panel.getAttribute("x")), Number(panel.getAttribute("y"))]);
    expect(new Set(place(1140).map(([x]) => x)).size).toBe(3);
    expect(new Set(place(1140).map(([, y]) => y)).size).toBe(1);
    expect(new Set(place(360).map(([, y]) => y)).size).toBe(3);
  });

  test("a measurement whose bar would reach below zero is still drawn on a log axis", () => {
    const wide = { ...heldOut, measured: { value: 0.19, standardError: 0.5 } };
    const svg = lawsFigure(fit, { heldOut: wide }).draw({ document });
    expect(svg).not.toContain("NaN");
    expect(all(drawn(svg), "g.spread line")).toHaveLength(1);
  });
});

describe("isoFLOP curves that are no parabola of the loss in N", () => {
  const runs = study.runs.filter(({ C }) => C < 6e12);

  test.each(["parabola", "akima"] as const)(
    "%s in D: runs stand at their tokens, and the curve goes through them",
    (optimum) => {
      const byTokens = fitOf(runs, { axis: "D", optimum, scale: "log" });
      const figure = isoFlopFigure(byTokens);
      const root = drawing(figure);
      const x = logPlace(root, "x");
      expect(root.querySelector(".x-label")!.textContent).toContain("data D, tokens");
      const tokens = runs.filter((run) => run.C === 2e11).map((run) => run.D);
      const dots = all(root, "g.run circle").slice(0, 5);
      [...tokens]
        .sort((a, b) => a - b)
        .forEach((at, i) => {
          expect(Math.abs(Number(dots[i]!.getAttribute("cx")) - x(at))).toBeLessThan(1);
        });
      const path = numbersOf(all(root, "g.parabola path")[0]!.getAttribute("d")!);
      expect(path[0]).toBeCloseTo(Number(dots[0]!.getAttribute("cx")), 0);
      expect(path.at(-2)).toBeCloseTo(Number(dots[4]!.getAttribute("cx")), 0);
      // The spline goes through every run, the parabola by all of them.
      const off = Math.abs(path[1]! - Number(dots[0]!.getAttribute("cy")));
      expect(off).toBeLessThan(optimum === "akima" ? 0.1 : 20);
      expect(figure.caption).toContain(optimum === "akima" ? "Akima splines" : "fitted parabolas of the logarithm");
    },
  );

  test("a metric stands in the place of the loss, without its errors; runs that lack it are not there", () => {
    const measured = runs.map((run, i) => ({ ...run, ...(i > 0 && { metrics: { FID: 100 * run.loss } }) }));
    const root = drawing(isoFlopFigure(fitOf(measured, { quantity: "FID" })));
    expect(root.querySelector(".y-label")!.textContent).toContain("FID");
    expect(all(root, "g.run circle")).toHaveLength(19);
    for (const bar of all(root, "g.run-bar line")) expect(bar.getAttribute("y1")).toBe(bar.getAttribute("y2"));
  });
});

test("predicted against measured has one point per optimum and the held-out one", () => {
  const root = drawing(predictedMeasuredFigure(fit, { heldOut }));
  expect(all(root, "g.optimum path")).toHaveLength(budgets.length);
  expect(all(root, "g.measured circle")).toHaveLength(1);
  expect(all(root, "g.diagonal path")).toHaveLength(1);
  expect(all(drawing(predictedMeasuredFigure(fit)), "g.measured circle")).toHaveLength(0);
});

test("a measurement exactly on the prediction is drawn, not taken for missing", () => {
  const { value } = heldOut.prediction.predicted.loss;
  const root = drawing(deviationFigure(fit, { heldOut: { ...heldOut, measured: { value, standardError: 0 } } }));
  expect(all(root, "g.measured circle")).toHaveLength(1);
  expect(all(root, "text.label").map((label) => label.textContent)).toEqual(["0.0\u00A0%"]);
});

test("loss curves have one panel per budget and one line per run, the best one bold", () => {
  const root = drawing(figuresOfStudy(study).lossCurves!);
  expect(all(root, ".y-label")).toHaveLength(budgets.length + 1);
  expect(all(root, "g.curve path")).toHaveLength(study.curves.length);
  expect(all(root, "g.best path")).toHaveLength(budgets.length + 1);
});

test("the envelope figure has every curve, one envelope and the law", () => {
  const root = drawing(figuresOfStudy(study).envelope!);
  expect(all(root, "g.curve path")).toHaveLength(study.curves.length);
  expect(all(root, "g.envelope path")).toHaveLength(1);
  expect(all(root, "g.law path")).toHaveLength(1);
});

describe("sample grid", () => {
  test("has a picture and a caption per sample, and names the groups", () => {
    const root = drawing(sampleGridFigure(exampleSamples(8)));
    expect(all(root, "image")).toHaveLength(8);
    expect(root.textContent).toContain("one rocket");
    expect(root.textContent).toContain("Generated");
  });

  test.each([
    [1, 1, 180],
    [2, 2, 374],
    [3, 3, 568],
    [4, 4, 760],
    [6, 6, 760],
    [7, 4, 760],
    [13, 5, 760],
    [24, 6, 760],
  ])("of %i pictures has %i columns on %i pixels, filled from edge to edge", (count, columns, width) => {
    const samples = Array.from({ length: count }, () => ({ ...exampleSamples(1)[0]!, group: "" }));
    const root = drawing(sampleGridFigure(samples));
    const pictures = all(root, "image").map((image) => ["x", "width"].map((name) => Number(image.getAttribute(name))));
    expect(new Set(pictures.map(([x]) => x)).size).toBe(columns);
    const right = Math.max(...pictures.map(([x, w]) => x! + w!));
    expect(right).toBeLessThanOrEqual(width);
    expect(right).toBeGreaterThan(width - columns);
  });

  test("a hostile caption stays text", () => {
    const caption = `</text><script>alert(1)</script>"'&\u0000`;
    const root = drawing(sampleGridFigure([{ ...exampleSamples(1)[0]!, caption }]));
    expect(root.querySelector("script")).toBeNull();
    expect(root.textContent).toContain("<script>");
  });

  test("a picture with pixels that are missing, or no numbers, is refused", () => {
    const [sample] = exampleSamples(1);
    const bad = (pixels: readonly number[]) => () => sampleGridFigure([{ ...sample!, pixels }]);
    expect(bad([0, 0])).toThrow(/^samples\[0\]\.pixels\.length: expected 3 · 16 · 16 = 768, got 2$/);
    const spoilt = [...sample!.pixels].map((value, i) => (i === 5 ? Number.NaN : value));
    expect(bad(spoilt)).toThrow(/^samples\[0\]\.pixels\[5\]: expected a finite number, got NaN$/);
    expect(() => sampleGridFigure([])).toThrow(/^samples: expected at least one/);
  });
});

describe("refusals", () => {
  test("name what is missing, or has no place on an axis", () => {
    expect(() => isoFlopFigure({ ...fit, budgets: [] })).toThrow(/^runs: expected at least one run/);
    const refused = { ok: false, reason: "too-few-budgets", message: "2 of 4" } as const;
    expect(() => deviationFigure({ ...fit, loss: refused })).toThrow(/^fit\.loss: expected a fitted law/);
    const [first, ...rest] = fit.budgets;
    const runs = first!.runs.map((run, i) => (i === 1 ? { ...run, N: -5 } : run));
    expect(() => isoFlopFigure({ ...fit, budgets: [{ ...first!, runs }, ...rest] })).toThrow(PlotInputError);
    expect(() => isoFlopFigure({ ...fit, budgets: [{ ...first!, runs }, ...rest] })).toThrow(
      /^runs\[0\]\.N: expected a finite number above 0, got -5$/,
    );
  });

  test.each([
    ["id", "nobody", /^curves\[0\]\.id: expected the id of a run, got "nobody"$/],
    ["loss", [1], /^curves\[0\]\.loss: expected as many values as tokens, 300/],
    ["tokens", Array.from({ length: 300 }, () => 0), /^curves\[0\]\[0\]\.tokens: expected a finite number above 0/],
  ])("a training curve whose %s cannot be drawn", (field, value, message) => {
    const curves = [{ ...study.curves[0]!, [field]: value }];
    expect(() => figuresOfStudy({ ...study, curves })).toThrow(message);
  });

  test("without a document, say where to get one", () => {
    expect(() => isoFlopFigure(fit).draw()).toThrow(/"@isoflop\/plot\/node"/);
  });
});

test("a theme without background leaves colours to the page", () => {
  const figure = isoFlopFigure(fit);
  const svg = figure.draw({ document, theme: pageTheme });
  expect(svg).not.toContain('class="background"');
  expect(svg).toContain("var(--budget-0)");
  expect(svg).not.toMatch(/#[0-9a-f]{6}/);
  expect(figure.draw({ document, theme: darkTheme })).toContain(darkTheme.background!);
});
