import { describe, expect, test } from "vitest";
import {
  type ComparisonFigureData,
  comparisonFigure,
  type FittedLaw,
  fitResidualsFigure,
  fittedLawFigure,
  fittedLawsFigure,
  type IntervalsFigureData,
  intervalsFigure,
  isoFlopFigure,
  lawsFigure,
  type NextRunsFigureData,
  nextRunsFigure,
  PlotInputError,
  partsFigure,
  type ResidualsFigureData,
} from "../src/index.js";
import { document, renderPng } from "../src/node.js";
import { exampleStudy } from "./support/study.js";
import { all, centres, drawn, logPlace, numbersOf, tickValue } from "./support/svg.js";

const xs = Array.from({ length: 41 }, (_, i) => 1e17 * 1e6 ** (i / 40));

const residuals: ResidualsFigureData = {
  points: Array.from({ length: 30 }, (_, i) => ({
    measured: (3 - i / 30) * (i === 7 ? 1.08 : 1 + 0.01 * Math.sin(3 * i)),
    predicted: 3 - i / 30,
    at: 1e17 * 1.4 ** i,
    size: 1e6 * 1.3 ** i,
    label: `row ${i + 1} <script>`,
  })),
  at: { label: "compute C, FLOPs", format: "scientific" },
  size: { label: "model size N, parameters", format: "count" },
  standardDeviation: 0.012,
};

const law: FittedLaw = {
  title: "loss = 1.5 + 20·C^−0.06",
  x: { label: "compute C, FLOPs", format: "scientific" },
  y: { label: "loss" },
  points: [1e17, 1e18, 1e19, 1e20].map((x) => ({ x, y: 1.5 + 20 * x ** -0.06 })),
  curve: xs.map((x) => {
    const y = 1.5 + 20 * x ** -0.06;
    return { x, y, low: y * 0.99, high: y * 1.01 };
  }),
  floor: { at: 1.5, ci95: [1.3, 1.6] },
  breaks: [{ at: 3e18, ci95: [2e18, 5e18] }],
  asked: [{ x: 1e22, y: 2.46, ci95: [2.4, 2.5], interval95: [2.35, 2.55] }],
};

const power = (coefficient: number, exponent: number) =>
  xs.map((x) => {
    const y = coefficient * x ** exponent;
    return { x, y, low: y * 0.995, high: y * 1.005 };
  });

const comparison: ComparisonFigureData = {
  a: { name: "A & <old>", curve: power(10, -0.04), points: [{ x: 1e18, y: 10 * 1e18 ** -0.04 }], fittedTo: 1e20 },
  b: { name: "B", curve: power(14, -0.047), fittedTo: 1e19 },
  at: [
    { compute: 1e19, loss: 10 * 1e19 ** -0.04, ratio: 3, ratioCi95: [2, 4.5] },
    { compute: 1e20, loss: 10 * 1e20 ** -0.04, ratio: null },
  ],
  crossing: { at: 1e21, ci95: [5e20, 4e21] },
};

const plan: NextRunsFigureData = {
  planned: [
    { compute: 1e20, params: 3e8, count: 1 },
    { compute: 3e20, params: 3e9, count: 4 },
  ],
  evenGrid: [1e8, 1e9, 1e10].map((params) => ({ compute: 1e20, params, count: 1 })),
  runs: [1e18, 1e19].flatMap((compute) => [1e8, 1e9].map((params) => ({ compute, params }))),
  frontier: xs.map((x) => ({ compute: x, params: 0.1 * x ** 0.5, low: 0.08 * x ** 0.5, high: 0.12 * x ** 0.5 })),
  target: { compute: 1e22, params: 1e10, paramsInterval: [8e9, 1.2e10] },
};

const work = {
  unit: "FLOPs per sample",
  parts: [
    { name: "attention", forward: 30, backward: 60 },
    { name: "mlp", forward: 70, backward: 140 },
    { name: "<head>", forward: 0.01, backward: 0.02 },
  ],
};

const estimates: IntervalsFigureData = {
  quantity: { label: "exponent of N*" },
  rows: [
    { name: "parabolas & <others>", value: 0.51, interval: [0.48, 0.55] },
    { name: "surface", value: 0.53, interval: [0.5, 0.56] },
    { name: "published", value: 0.49 },
  ],
  reference: { at: 0.52, label: "truth" },
};

const figures = {
  intervals: (width: number) => intervalsFigure(estimates, { document, width }),
  residuals: (width: number) => fitResidualsFigure(residuals, { document, width }),
  law: (width: number) => fittedLawFigure(law, { document, width }),
  laws: (width: number) => fittedLawsFigure([law, law], { document, width }),
  comparison: (width: number) => comparisonFigure(comparison, { document, width }),
  plan: (width: number) => nextRunsFigure(plan, { document, width }),
  parts: (width: number) => partsFigure(work, { document, width }),
};

describe.each(Object.entries(figures))("%s", (_, draw) => {
  test.each([390, 1088])("at %d px is well-formed, finite, as wide as asked, and the same every time", (width) => {
    const svg = draw(width);
    expect(svg).not.toMatch(/NaN|Infinity|undefined|<style|<script/);
    const root = drawn(svg);
    expect(root.getAttribute("aria-label")).toMatch(/\w+ .*\.$/);
    expect(Number(root.getAttribute("width"))).toBeLessThanOrEqual(width);
    expect(draw(width)).toBe(svg);
    // A rasteriser reads XML strictly, where this test's parser does not.
    expect(() => renderPng(svg, { scale: 0.5 })).not.toThrow();
  });
});

describe("residuals", () => {
  const root = drawn(figures.residuals(1088));

  test("are ln(measured / predicted), in both panels, about a zero line and a band of one standard deviation", () => {
    expect(all(root, "g.residual circle")).toHaveLength(60);
    expect(all(root, "g.zero line")).toHaveLength(2);
    const [panel] = all(root, "svg > svg, svg svg svg");
    const ticks = all(panel!, "[aria-label='y-axis tick label'] text").map((text) => ({
      value: tickValue(text.textContent!) / 100,
      y: numbersOf(text.getAttribute("transform")!)[1]!,
    }));
    const [a, b] = [ticks[0]!, ticks.at(-1)!];
    const place = (value: number) => a.y + ((value - a.value) / (b.value - a.value)) * (b.y - a.y);
    const dots = centres(panel!, "g.residual circle").slice(0, 30);
    residuals.points.forEach(({ measured, predicted }, i) => {
      expect(Math.abs(dots[i]!.y - place(Math.log(measured / predicted)))).toBeLessThan(1);
    });
    const spread = all(panel!, ".spread rect")[0] ?? all(panel!, "rect.spread")[0]!;
    expect(Number(spread.getAttribute("height"))).toBeCloseTo(Math.abs(place(0.012) - place(-0.012)), 0);
  });

  test("the run that is far off is named, and no other", () => {
    const names = all(root, "text.label").map((label) => label.textContent);
    expect(names).toEqual(["row 8 <script>", "row 8 <script>"]);
  });

  test("colours follow the size, and the key says which", () => {
    const fills = all(root, "g.residual circle").map((dot) => dot.getAttribute("fill"));
    expect(new Set(fills).size).toBeGreaterThan(10);
    expect(root.textContent).toContain("model size N");
    expect(all(root, "text.key-tick").map((tick) => tick.textContent)).toContain("1M");
  });

  test("of exact data are at zero, without names", () => {
    const points = residuals.points.map((point) => ({ ...point, measured: point.predicted * (1 + 1e-12) }));
    const exact = drawn(fitResidualsFigure({ ...residuals, points, standardDeviation: 1e-13 }, { document }));
    expect(all(exact, "text.label")).toHaveLength(0);
    expect(new Set(centres(exact, "g.residual circle").map(({ y }) => Math.round(y))).size).toBe(1);
  });

  test("one run, and a fit without scatter, are drawn", () => {
    const { standardDeviation: _, ...unknown } = residuals;
    const one = drawn(fitResidualsFigure({ ...unknown, points: residuals.points.slice(0, 1) }, { document }));
    expect(all(one, "g.residual circle")).toHaveLength(2);
    expect(all(one, ".spread")).toHaveLength(0);
  });

  test("hundreds of dots are drawn smaller", () => {
    const points = Array.from({ length: 20 }, () => residuals.points).flat();
    const many = drawn(fitResidualsFigure({ ...residuals, points }, { document }));
    const radius = (root: Element) => Number(all(root, "g.residual circle")[0]!.getAttribute("r"));
    expect(all(many, "g.residual circle")).toHaveLength(1200);
    expect(radius(many)).toBeLessThan(radius(root));
  });
});

describe("a fitted law", () => {
  const root = drawn(figures.law(760));
  const [x, y] = [logPlace(root, "x"), logPlace(root, "y")];

  test("has its points where the axes say, a band, floor and break in place, and an extrapolation", () => {
    const dots = centres(root, "g.point circle");
    law.points.forEach((point, i) => {
      expect(Math.abs(dots[i]!.x - x(point.x))).toBeLessThan(1);
      expect(Math.abs(dots[i]!.y - y(point.y))).toBeLessThan(1);
    });
    expect(all(root, "g.band path")).toHaveLength(1);
    const floor = all(root, ".floor line")[0] ?? all(root, "line.floor")[0]!;
    expect(Math.abs(Number(floor.getAttribute("y1")) - y(1.5))).toBeLessThan(1);
    const split = all(root, ".break line")[0] ?? all(root, "line.break")[0]!;
    expect(Math.abs(Number(split.getAttribute("x1")) - x(3e18))).toBeLessThan(1);
    const start = numbersOf(all(root, "g.extrapolation path")[0]!.getAttribute("d")!);
    expect(Math.abs(start[0]! - x(1e20))).toBeLessThan(1);
    expect(all(root, "text.label").map((label) => label.textContent)).toEqual(
      expect.arrayContaining(["floor 1.500", "break 3×10¹⁸", "2.460"]),
    );
  });

  test("a prediction has both intervals", () => {
    const bar = (name: string) => all(root, `.${name} line, line.${name}`)[0]!;
    const length = (name: string) =>
      Math.abs(Number(bar(name).getAttribute("y1")) - Number(bar(name).getAttribute("y2")));
    expect(length("interval")).toBeCloseTo(Math.abs(y(2.35) - y(2.55)), 0);
    expect(length("law-interval")).toBeCloseTo(Math.abs(y(2.4) - y(2.5)), 0);
    expect(all(root, ".asked path")).toHaveLength(1);
  });

  test("a floor of zero, or far below, is not on a log axis", () => {
    for (const at of [0, 1e-3]) {
      expect(all(drawn(fittedLawFigure({ ...law, floor: { at } }, { document })), ".floor")).toHaveLength(0);
    }
  });

  test("a band far wider than the law is cut, so that the data can be seen", () => {
    const curve = law.curve.map((point) => ({ ...point, low: 1e-9, high: 1e9 }));
    const wide = drawn(fittedLawFigure({ ...law, curve }, { document }));
    const span = (place: (value: number) => number) => Math.abs(place(law.points[0]!.y) - place(law.points[3]!.y));
    expect(span(logPlace(wide, "y"))).toBeGreaterThan(0.3 * span(y));
  });

  test("laws stand side by side on a desk, below each other on a phone", () => {
    const columns = (width: number) =>
      new Set(
        [...drawn(figures.laws(width)).querySelectorAll("svg > svg > svg")].map((panel) => panel.getAttribute("x")),
      ).size;
    expect([columns(1088), columns(390)]).toEqual([2, 1]);
  });
});

describe("a comparison", () => {
  const root = drawn(figures.comparison(1088));
  const x = logPlace(root, "x");

  test("has both laws with bands and names, and the crossing with its interval", () => {
    for (const name of ["a", "b"]) {
      expect(all(root, `g.law-${name} path`)).toHaveLength(1);
      expect(all(root, `g.band-${name} path`)).toHaveLength(1);
    }
    expect(all(root, "g.extrapolation path")).toHaveLength(2);
    expect(all(root, "text.legend-label").map((label) => label.textContent)).toEqual(["A & <old>", "B"]);
    const crossing = all(root, ".crossing line, line.crossing")[0]!;
    expect(Math.abs(Number(crossing.getAttribute("x1")) - x(1e21))).toBeLessThan(1);
    expect(all(root, ".crossing-interval")).toHaveLength(1);
  });

  test("the step at a compute is as long as its ratio; a loss that B never reaches is said in words", () => {
    const step = all(root, ".step line, line.step")[0]!;
    const ends = ["x1", "x2"].map((end) => Number(step.getAttribute(end)));
    expect(Math.abs(ends[0]! - x(1e19))).toBeLessThan(1);
    expect(Math.abs(ends[1]! - x(3e19))).toBeLessThan(1);
    expect(all(root, "g.reached circle")).toHaveLength(1);
    const labels = all(root, "text.label").map((label) => label.textContent);
    expect(labels).toContain("×\u20093.00 [2.00, 4.50]");
    expect(labels).toContain("B never reaches this");
  });

  test("is drawn without crossing and without a question", () => {
    const bare = drawn(comparisonFigure({ a: comparison.a, b: comparison.b }, { document }));
    expect(all(bare, ".crossing")).toHaveLength(0);
    expect(all(bare, ".step line")).toHaveLength(0);
  });
});

describe("the next runs", () => {
  const root = drawn(figures.plan(760));

  test("planned ones by count, the even grid hollow, runs so far and the target are in place", () => {
    const [x, y] = [logPlace(root, "x"), logPlace(root, "y")];
    const radii = all(root, "g.planned circle").map((dot) => Number(dot.getAttribute("r")));
    expect(radii.sort((a, b) => a - b)[1]! / radii[0]!).toBeCloseTo(2, 6);
    expect(all(root, "g.even circle").map((dot) => dot.getAttribute("fill") ?? "none")).toEqual([
      "none",
      "none",
      "none",
    ]);
    const dots = centres(root, "g.run circle");
    expect(dots).toHaveLength(4);
    expect(Math.abs(dots[0]!.x - x(1e18))).toBeLessThan(1);
    expect(Math.abs(dots[0]!.y - y(1e8))).toBeLessThan(1);
    const target = all(root, ".target line, line.target")[0]!;
    expect(Math.abs(Number(target.getAttribute("x1")) - x(1e22))).toBeLessThan(1);
    expect(all(root, ".times text").map((text) => text.textContent)).toEqual(["4"]);
    expect(all(drawn(figures.plan(390)), ".times text")).toHaveLength(0);
  });

  test("are drawn alone", () => {
    const bare = drawn(nextRunsFigure({ planned: plan.planned, target: { compute: 1e22 } }, { document }));
    expect(all(bare, "g.planned circle")).toHaveLength(2);
    expect(all(bare, ".asked path")).toHaveLength(0);
  });
});

test("bars of work are as long as the work, forward then backward", () => {
  const root = drawn(figures.parts(760));
  const bars = (name: string) => all(root, `rect.${name}`).map((bar) => Number(bar.getAttribute("width")));
  expect(bars("backward")[1]! / bars("forward")[1]!).toBeCloseTo(2, 2);
  expect(bars("forward")[1]! / bars("forward")[0]!).toBeCloseTo(70 / 30, 2);
  expect(all(root, "text.amount").map((text) => text.textContent)).toEqual([
    "90, 30.0\u00A0%",
    "210, 70.0\u00A0%",
    "0.03, <\u20090.1\u00A0%",
  ]);
});

describe("isoFLOP curves that are no parabola of the loss in N", () => {
  const study = exampleStudy();
  const curved = study.isoflop.map((optimum) => {
    const tokens = study.runs.filter((run) => run.budget === optimum.budget).map((run) => run.tokens);
    const curve = [...tokens].sort((a, b) => a - b).map((size) => ({ size, loss: 0.25 }));
    return { ...optimum, curve };
  });

  test("against tokens, runs stand at their tokens and the stated curve is drawn", () => {
    const root = drawn(isoFlopFigure({ ...study, isoflop: curved }, { document, size: "tokens", quantity: "FID" }));
    const x = logPlace(root, "x");
    expect(root.querySelector(".x-label")!.textContent).toContain("data D, tokens");
    expect(root.querySelector(".y-label")!.textContent).toContain("FID");
    const smallest = study.runs.filter((run) => run.budget === 2e11).map((run) => run.tokens);
    const dots = centres(root, "g.run circle").slice(0, 5);
    [...smallest]
      .sort((a, b) => a - b)
      .forEach((tokens, i) => {
        expect(Math.abs(dots[i]!.x - x(tokens))).toBeLessThan(1);
      });
    const levels = numbersOf(all(root, "g.parabola path")[0]!.getAttribute("d")!).filter((_, i) => i % 2 === 1);
    expect(new Set(levels).size).toBe(1);
  });

  test("a metric names the third law", () => {
    const root = drawn(lawsFigure(study, { document, quantity: "FID" }));
    expect(all(root, ".y-label").map((label) => label.textContent)).toContain("↑ optimal FID (log)");
  });

  test("a curve that goes back or has no loss is refused", () => {
    const [first, ...rest] = curved;
    const bad = (curve: { size: number; loss: number }[]) => () =>
      isoFlopFigure({ ...study, isoflop: [{ ...first!, curve }, ...rest] }, { document });
    expect(
      bad([
        { size: 2, loss: 1 },
        { size: 1, loss: 1 },
      ]),
    ).toThrow(/^isoflop\[0\]\.curve\[1\]\.size: expected more than 2/);
    expect(bad([{ size: 2, loss: Number.NaN }])).toThrow(/^isoflop\[0\]\.curve\[0\]\.loss/);
  });
});

describe("intervals", () => {
  /** Where a value stands, as the outermost ticks say. */
  const placeOf = (root: Element, transform: (value: number) => number) => {
    const ticks = all(root, "text.tick").map((text) => ({
      value: transform(tickValue(text.textContent!)),
      at: Number(text.getAttribute("x")),
    }));
    const [a, b] = [ticks[0]!, ticks.at(-1)!];
    return (value: number) => a.at + ((transform(value) - a.value) / (b.value - a.value)) * (b.at - a.at);
  };
  const ends = (root: Element) =>
    all(root, "line.interval").map((bar) => ["x1", "x2"].map((end) => Number(bar.getAttribute(end))));

  test.each([
    ["linear", false, { label: "exponent" }, (v: number) => v],
    ["log", true, { label: "N*, parameters", format: "count" } as const, Math.log],
  ])("stand where the %s axis says", (_, log, quantity, transform) => {
    const rows = [
      { name: "a", value: 3e9, interval: [1e9, 8e9] as const },
      { name: "b", value: 5e9 },
    ];
    const data = log ? rows : estimates.rows;
    const root = drawn(intervalsFigure({ quantity, rows: data, log }, { document }));
    const place = placeOf(root, transform);
    data.forEach(({ value }, i) => {
      expect(Math.abs(centres(root, "circle.estimate")[i]!.x - place(value))).toBeLessThan(0.1);
    });
    const bars = data.flatMap(({ interval }) => (interval ? [interval] : []));
    expect(ends(root)).toHaveLength(bars.length);
    bars.forEach((interval, i) => {
      for (const j of [0, 1]) expect(Math.abs(ends(root)[i]![j]! - place(interval[j]!))).toBeLessThan(0.1);
    });
    expect(all(root, "line.reference")).toHaveLength(0);
  });

  test("say their names and numbers, and where the reference is", () => {
    const root = drawn(figures.intervals(1088));
    expect(all(root, "text.name").map((name) => name.textContent)).toEqual(estimates.rows.map(({ name }) => name));
    expect(all(root, "text.numbers").map((words) => words.textContent)).toEqual([
      "0.5100 [0.4800, 0.5500]",
      "0.5300 [0.5000, 0.5600]",
      "0.4900",
    ]);
    expect(all(root, "text.reference-label")[0]!.textContent).toBe("truth 0.5200");
    const line = Number(all(root, "line.reference")[0]!.getAttribute("x1"));
    expect(Math.abs(line - placeOf(root, (v) => v)(0.52))).toBeLessThan(0.1);
  });

  test("may be negative, one alone, or a reference off to the side", () => {
    const one = { quantity: { label: "difference" }, rows: [{ name: "a", value: -1 }] };
    expect(all(drawn(intervalsFigure(one, { document })), "circle.estimate")).toHaveLength(1);
    const label = "a reference with many words in its name";
    const svg = drawn(intervalsFigure({ ...one, reference: { at: 5, label } }, { document, width: 390 }));
    const words = all(svg, "text.reference-label")[0]!;
    expect(Number(words.getAttribute("x")) + words.textContent!.length * 3.5).toBeLessThanOrEqual(390);
  });
});

describe("bad data is refused with the name of the field", () => {
  const { points } = residuals;
  test.each<[string, () => string]>([
    ["points", () => fitResidualsFigure({ ...residuals, points: [] })],
    [
      "points[1].measured",
      () => fitResidualsFigure({ ...residuals, points: [points[0]!, { ...points[1]!, measured: Number.NaN }] }),
    ],
    ["points[0].at", () => fitResidualsFigure({ ...residuals, points: [{ ...points[0]!, at: 0 }] })],
    ["points[0].size", () => fitResidualsFigure({ ...residuals, points: [{ measured: 1, predicted: 1, at: 1 }] })],
    ["standardDeviation", () => fitResidualsFigure({ ...residuals, standardDeviation: Number.POSITIVE_INFINITY })],
    ["law.curve", () => fittedLawFigure({ ...law, curve: [] })],
    [
      "law.curve[1].x",
      () =>
        fittedLawFigure({
          ...law,
          curve: [
            { x: 2, y: 1 },
            { x: 1, y: 1 },
          ],
        }),
    ],
    ["law.curve[0].y", () => fittedLawFigure({ ...law, curve: [{ x: 1, y: Number.NaN }] })],
    ["law.curve[0].high", () => fittedLawFigure({ ...law, curve: [{ x: 1, y: 1, low: 0.5 }] })],
    ["law.points[0].x", () => fittedLawFigure({ ...law, points: [{ x: -1, y: 1 }] })],
    ["law.floor.at", () => fittedLawFigure({ ...law, floor: { at: -1 } })],
    ["law.asked[0].interval95", () => fittedLawFigure({ ...law, asked: [{ x: 1, y: 1, interval95: [0, 1] }] })],
    ["laws", () => fittedLawsFigure([])],
    ["laws[1].curve", () => fittedLawsFigure([law, { ...law, curve: [] }])],
    [
      "b.curve[0].low",
      () => comparisonFigure({ ...comparison, b: { name: "B", curve: [{ x: 1, y: 1, low: -1, high: 2 }] } }),
    ],
    ["at[0].ratio", () => comparisonFigure({ ...comparison, at: [{ compute: 1, loss: 1, ratio: Number.NaN }] })],
    ["crossing.at", () => comparisonFigure({ ...comparison, crossing: { at: Number.NaN } })],
    ["planned", () => nextRunsFigure({ ...plan, planned: [] })],
    ["planned[0].count", () => nextRunsFigure({ ...plan, planned: [{ compute: 1, params: 1, count: 0 }] })],
    ["target.compute", () => nextRunsFigure({ ...plan, target: { compute: Number.POSITIVE_INFINITY } })],
    ["rows", () => intervalsFigure({ ...estimates, rows: [] })],
    ["rows[0].value", () => intervalsFigure({ ...estimates, rows: [{ name: "a", value: Number.NaN }] })],
    ["rows[0].interval[1]", () => intervalsFigure({ ...estimates, rows: [{ name: "a", value: 1, interval: [2, 1] }] })],
    [
      "rows[0].interval[0]",
      () => intervalsFigure({ ...estimates, log: true, rows: [{ name: "a", value: 1, interval: [0, 1] }] }),
    ],
    [
      "reference.at",
      () => intervalsFigure({ ...estimates, reference: { at: Number.POSITIVE_INFINITY, label: "truth" } }),
    ],
    ["parts[0].forward", () => partsFigure({ unit: "FLOPs", parts: [{ name: "a", forward: -1, backward: 0 }] })],
    ["parts", () => partsFigure({ unit: "FLOPs", parts: [{ name: "a", forward: 0, backward: 0 }] })],
  ])("%s", (field, draw) => {
    expect(draw).toThrow(PlotInputError);
    expect(draw).toThrow(field);
  });
});
