import {
  basins,
  compareSides,
  expectOk,
  fitLaw,
  formOfLaw,
  type Law,
  type LawForm,
  lawCard,
  lawForms,
  lawsOf,
  planNext,
  predictLaw,
  saturating,
  sideOfCard,
} from "@isoflop/scaling";
import { number } from "@isoflop/spec";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import {
  allocationFigure,
  comparisonFigure,
  computeRatioFigure,
  type Figure,
  intervalsFigure,
  lawFigure,
  lawResidualsFigure,
  nextRunsFigure,
  PlotInputError,
  partsFigure,
  residualsFigure,
} from "../src/index.js";
import { document, renderPng } from "../src/node.js";
import { comparison, lawOf, plan, runs, surfaceFit, x, y } from "./support/fits.js";
import { all, centres, drawing, drawn, logPlace, numbersOf, tickValue } from "./support/svg.js";

const law = lawOf("saturating");
const broken = lawOf("broken");
const asked = [predictLaw(law, 1e22)];

const work = [
  { name: "attention", forward: 30, backward: 60 },
  { name: "mlp", forward: 70, backward: 140 },
  { name: "<head>", forward: 0.01, backward: 0.02 },
];

const estimates = [
  { name: "parabolas & <others>", value: 0.51, interval: [0.48, 0.55] },
  { name: "surface", value: 0.53, interval: [0.5, 0.56] },
  { name: "published", value: 0.49 },
] as const;
const exponent = { label: "exponent of N*" };
const truth = { at: 0.52, label: "truth" };

const figures: Record<string, Figure> = {
  intervals: intervalsFigure(exponent, estimates, { reference: truth }),
  residuals: residualsFigure(surfaceFit, runs),
  "residuals of a law": lawResidualsFigure(law, { x: "C", y: "loss" }),
  law: lawFigure(law.law, law.data, { asked }),
  allocation: allocationFigure(surfaceFit, runs),
  comparison: comparisonFigure(comparison),
  "compute ratio": computeRatioFigure(comparison),
  plan: nextRunsFigure(plan, { runs }),
  parts: partsFigure(work, "FLOPs per sample"),
};

describe.each(Object.entries(figures))("%s", (_, { draw, caption }) => {
  test.each([390, 1088])("at %d px is well-formed, finite, as wide as asked, and the same every time", (width) => {
    const svg = draw({ document, width });
    expect(svg).not.toMatch(/NaN|Infinity|undefined|<style|<script/);
    const root = drawn(svg);
    expect(root.getAttribute("aria-label")).toMatch(/\w+ .*\.$/);
    expect(Number(root.getAttribute("width"))).toBeLessThanOrEqual(width);
    expect(draw({ document, width })).toBe(svg);
    // A rasteriser reads XML strictly, where this test's parser does not.
    expect(() => renderPng(svg, { scale: 0.5 })).not.toThrow();
    expect(caption).not.toMatch(/NaN|undefined/);
  });
});

describe("residuals", () => {
  // A run that is far off.
  const off = runs.map((run, i) => (i === 7 ? { ...run, loss: run.loss * 1.05, label: "row 8 <script>" } : run));
  const root = drawing(residualsFigure(surfaceFit, off), { width: 1088 });
  const spread = surfaceFit.residualStandardDeviation;

  test("are ln(measured / predicted), in both panels, about a zero line and a band of one standard deviation", () => {
    expect(all(root, "g.residual circle")).toHaveLength(2 * runs.length);
    expect(all(root, "g.zero line")).toHaveLength(2);
    const [panel] = all(root, "svg > svg, svg svg svg");
    const ticks = all(panel!, ".y-axis-tick-label text").map((text) => ({
      value: tickValue(text.textContent!) / 100,
      y: numbersOf(text.getAttribute("transform")!)[1]!,
    }));
    const [a, b] = [ticks[0]!, ticks.at(-1)!];
    const place = (value: number) => a.y + ((value - a.value) / (b.value - a.value)) * (b.y - a.y);
    const dots = centres(panel!, "g.residual circle");
    const { E, A, B, alpha, beta } = surfaceFit.parameters;
    off.forEach(({ N, D, loss }, i) => {
      const predicted = E!.value + A!.value * N ** -alpha!.value + B!.value * D ** -beta!.value;
      expect(Math.abs(dots[i]!.y - place(Math.log(loss / predicted)))).toBeLessThan(1);
    });
    const band = all(panel!, ".spread rect, rect.spread")[0]!;
    expect(Math.abs(Number(band.getAttribute("height")) - Math.abs(place(spread) - place(-spread)))).toBeLessThan(1);
  });

  test("the run that is far off is named, and no other", () => {
    const names = all(root, "text.label").map((label) => label.textContent);
    expect(names).toEqual(["row 8 <script>", "row 8 <script>"]);
  });

  test("colours follow the size, and the key says which", () => {
    const fills = all(root, "g.residual circle").map((dot) => dot.getAttribute("fill"));
    expect(new Set(fills).size).toBeGreaterThan(8);
    expect(root.textContent).toContain("model size N");
    expect(all(root, "text.key-tick").map((tick) => tick.textContent)).toContain("15M");
  });

  test("of exact data are at zero, without names", () => {
    const exact = expectOk(
      fitLaw(
        "power",
        x,
        x.map((at) => 20 * at ** -0.06),
      ),
    );
    const root = drawing(lawResidualsFigure(exact, { x: "C", y: "loss" }));
    expect(all(root, "text.label")).toHaveLength(0);
    expect(new Set(centres(root, "g.residual circle").map((dot) => Math.round(dot.y))).size).toBe(1);
  });

  test("a fit without scatter has no band", () => {
    const two = expectOk(fitLaw("power", x.slice(0, 2), y.slice(0, 2)));
    const root = drawing(lawResidualsFigure(two, { x: "C", y: "loss", rows: [4, 9] }));
    expect(all(root, "g.residual circle")).toHaveLength(4);
    expect(all(root, ".spread")).toHaveLength(0);
    expect(root.textContent).toContain("row 9");
  });

  test("hundreds of dots are drawn smaller, thousands are sampled", () => {
    const many = Array.from({ length: 20 }, () => runs).flat();
    const radius = (root: Element) => Number(all(root, "g.residual circle")[0]!.getAttribute("r"));
    expect(radius(drawing(residualsFigure(surfaceFit, many)))).toBeLessThan(radius(root));
    const crowd = residualsFigure(surfaceFit, Array.from({ length: 10 }, () => many).flat());
    expect(all(drawing(crowd), "g.residual circle").length).toBeLessThan(4100);
    expect(crowd.caption).toMatch(/Of 3000 runs an even sample of \d+ is drawn\.$/);
  });
});

describe("a law", () => {
  const root = drawing(figures.law!, { width: 760 });
  const [placeX, placeY] = [logPlace(root, "x"), logPlace(root, "y")];
  const { value, floor } = { value: (at: number) => formOfLaw(law.law).value(law.law, at), floor: saturating.floor };

  test("has its points where the axes say, a band, its floor in place, and an extrapolation", () => {
    const dots = centres(root, "g.point circle");
    x.forEach((at, i) => {
      expect(Math.abs(dots[i]!.x - placeX(at))).toBeLessThan(1);
      expect(Math.abs(dots[i]!.y - placeY(y[i]!))).toBeLessThan(1);
    });
    expect(all(root, "g.band path")).toHaveLength(1);
    const line = all(root, ".floor line, line.floor")[0]!;
    const at = floor!(law.law as never).value;
    expect(Math.abs(Number(line.getAttribute("y1")) - placeY(at))).toBeLessThan(1);
    const start = numbersOf(all(root, "g.extrapolation path")[0]!.getAttribute("d")!);
    expect(Math.abs(start[0]! - placeX(1e20))).toBeLessThan(1);
    expect(Math.abs(start[1]! - placeY(value(1e20)))).toBeLessThan(1);
    expect(all(root, "text.label").map((label) => label.textContent)).toContain(`floor ${at.toPrecision(4)}`);
  });

  test("its band is the one that is printed", () => {
    const path = numbersOf(all(root, "g.band path")[0]!.getAttribute("d")!);
    const [low, high] = formOfLaw(law.law).band(law.law, x[0]!)!;
    const heights = path.flatMap((at, i) => (i % 2 === 1 && Math.abs(path[i - 1]! - placeX(x[0]!)) < 0.5 ? [at] : []));
    expect(Math.min(...heights)).toBeCloseTo(placeY(high), -0.5);
    expect(Math.max(...heights)).toBeCloseTo(placeY(low), -0.5);
  });

  test("a prediction has both intervals", () => {
    const { ci95, interval95 } = predictLaw(lawOf("power"), 1e21).predicted.y;
    const question = drawing(lawFigure(lawOf("power").law, law.data, { asked: [predictLaw(lawOf("power"), 1e21)] }));
    const at = logPlace(question, "y");
    const length = (name: string) => {
      const bar = all(question, `.${name} line, line.${name}`)[0]!;
      return Math.abs(Number(bar.getAttribute("y1")) - Number(bar.getAttribute("y2")));
    };
    expect(Math.abs(length("interval") - Math.abs(at(interval95![0]) - at(interval95![1])))).toBeLessThan(1);
    expect(Math.abs(length("law-interval") - Math.abs(at(ci95![0]) - at(ci95![1])))).toBeLessThan(1);
    expect(all(question, "g.asked path")).toHaveLength(1);
  });

  test("breaks are upright where they are, and none is drawn that the points do not tell", () => {
    const [split] = formOfLaw(broken.law).breaks!(broken.law);
    const steep = { ...broken.law, status: "converged" } as const;
    const root = drawing(lawFigure(steep, law.data));
    const line = all(root, ".break line, line.break")[0]!;
    expect(Math.abs(Number(line.getAttribute("x1")) - logPlace(root, "x")(split!.value))).toBeLessThan(1);
    expect(lawFigure(steep, law.data).caption).toContain("the breaks");
    const unknown = lawFigure({ ...steep, status: "unidentified" } as Law, law.data);
    expect(all(drawing(unknown), ".break")).toHaveLength(0);
    expect(unknown.caption).not.toContain("the breaks");
  });

  test("without points is drawn where it is asked about, and not at all without a question", () => {
    const none = { x: [], y: [] };
    expect(all(drawing(lawFigure(law.law, none, { asked })), "g.asked path")).toHaveLength(1);
    expect(() => lawFigure(law.law, none)).toThrow(/^points: expected at least one/);
  });

  test("published without its points is drawn over the range that it has, dashed beyond, without a band", () => {
    const { loss } = lawsOf(lawCard("dit"));
    const figure = lawFigure(loss!.law, loss!.data, { asked: [predictLaw(loss!, 1e21)] });
    const root = drawing(figure);
    const start = numbersOf(all(root, "g.extrapolation path")[0]!.getAttribute("d")!)[0]!;
    expect(Math.abs(start - logPlace(root, "x")(6e18))).toBeLessThan(1);
    expect(all(root, "g.law-band path")).toHaveLength(0);
    expect(figure.caption).toBe("A law without its points, dashed beyond where it was fitted. Orange: what was asked.");
    const { range: _, ...anywhere } = loss!.law;
    expect(() => lawFigure(anywhere, loss!.data)).toThrow(/^points: expected at least one/);
  });

  test("points that a log axis has no place for are named", () => {
    expect(() => lawFigure(law.law, { x: [1, -1], y: [1, 1] })).toThrow(
      /^points\[1\]\.x: expected a finite number above 0, got -1$/,
    );
  });
});

/** y = a + b ln x, in no file of any package. */
interface LogLaw extends Law {
  readonly kind: "log-line";
  readonly a: number;
  readonly b: number;
}

const estimate = (value: number) => ({ value, standardError: 0.1, ci95: [value * 0.9, value * 1.1] as const });

const logLine: LawForm<LogLaw> = {
  name: "log-line",
  formula: "y = a + b · ln x",
  options: {},
  schema: v.object({
    ...{ kind: v.literal("log-line"), status: v.literal("converged"), points: number(), degreesOfFreedom: number() },
    ...{ a: number(), b: number() },
  }),
  fit: (xs) => ({
    ok: true,
    kind: "log-line",
    status: "converged",
    points: xs.length,
    degreesOfFreedom: 3,
    a: 10,
    b: -0.1,
  }),
  value: ({ a, b }, at) => a + b * Math.log(at),
  band: ({ a, b }, at) => [0.9 * (a + b * Math.log(at)), 1.1 * (a + b * Math.log(at))],
  predict: ({ a, b }, at) => ({ value: a + b * Math.log(at) }),
  objective: () => ({ name: "squares", value: 1 }),
  estimates: ({ a, b }) => ({ a: estimate(a), b: estimate(b) }),
  floor: () => estimate(4),
  breaks: () => [estimate(1e19)],
  remark: () => "",
  equation: ({ a, b }, names, num) => `${names.y} = ${num(a, 3)} + ${num(b, 3)} ln ${names.x}`,
};

test("a form of law from outside is drawn: curve, band, floor, break, equation, prediction and residuals", () => {
  lawForms.add(logLine);
  const fit = expectOk(fitLaw("log-line", x, y));
  const question = [predictLaw(fit, 1e21)];
  const root = drawing(lawFigure(fit.law, fit.data, { names: { x: "C", y: "L" }, asked: question }));
  const place = { x: logPlace(root, "x"), y: logPlace(root, "y") };
  const path = numbersOf(all(root, "g.law path")[0]!.getAttribute("d")!);
  expect(Math.abs(path[1]! - place.y(10 - 0.1 * Math.log(1e17)))).toBeLessThan(1);
  for (const mark of ["g.band path", ".floor line, line.floor", ".break line, line.break", "g.asked path"])
    expect(all(root, mark)).toHaveLength(1);
  expect(root.textContent).toContain("L = 10.0 + −0.100 ln C");
  const dots = all(drawing(lawResidualsFigure(fit, { x: "C", y: "L" })), "g.residual circle");
  expect(dots).toHaveLength(2 * x.length);
});

test("a law that falls to zero beyond its points is drawn to where it does, which no log axis has", () => {
  const last = x.at(-1)!;
  const fit = fitLaw("log-line", x, y);
  const law: LogLaw = { ...(expectOk(fit).law as LogLaw), a: 0.1 * Math.log(1.5 * last) };
  const root = drawing(lawFigure(law, { x, y }));
  const curve = numbersOf(all(root, "g.extrapolation path")[0]!.getAttribute("d")!);
  const end = curve.at(-2)!;
  const place = logPlace(root, "x");
  expect(end).toBeGreaterThan(place(last));
  expect(end).toBeLessThan(place(1.5 * last));
});

describe("a comparison", () => {
  const root = drawing(figures.comparison!, { width: 1088 });
  const place = logPlace(root, "x");

  test("has both laws with bands and names, and the crossing with its interval", () => {
    for (const name of ["a", "b"]) {
      expect(all(root, `g.law-${name} path`)).toHaveLength(1);
      expect(all(root, `g.band-${name} path`)).toHaveLength(1);
    }
    expect(all(root, "g.extrapolation path")).toHaveLength(2);
    expect(all(root, "text.legend-label").map((label) => label.textContent)).toEqual(["A & <old>", "B"]);
    const crossing = all(root, ".crossing line, line.crossing")[0]!;
    expect(Math.abs(Number(crossing.getAttribute("x1")) - place(1e21))).toBeLessThan(1);
    expect(all(root, ".crossing-interval")).toHaveLength(1);
  });

  test("the step at a compute is as long as its ratio; a loss that B never reaches is said in words", () => {
    const step = all(root, ".step line, line.step")[0]!;
    const ends = ["x1", "x2"].map((end) => Number(step.getAttribute(end)));
    expect(Math.abs(ends[0]! - place(1e19))).toBeLessThan(1);
    expect(Math.abs(ends[1]! - place(3e19))).toBeLessThan(1);
    expect(all(root, "g.reached circle")).toHaveLength(1);
    const labels = all(root, "text.label").map((label) => label.textContent);
    expect(labels).toContain("×\u20093.00 [2.00, 4.50]");
    expect(labels).toContain("B never reaches this");
  });

  test("two published laws are two lines without bands", () => {
    const [a, b] = ["chinchilla", "besiroglu"].map((name) => expectOk(sideOfCard(name, lawCard(name))));
    const root = drawing(comparisonFigure(compareSides(a!, b!, { at: [1e21, 1e23] })));
    expect(all(root, "g.law-a path, g.law-b path").length).toBeGreaterThanOrEqual(2);
    expect(all(root, "g.band-a path, g.band-b path, .crossing-interval")).toHaveLength(0);
    const labels = all(root, "text.label").map((label) => label.textContent);
    expect(labels.join()).not.toContain("NaN");
  });

  test("is drawn without crossing and without a question", () => {
    const crossing = { ok: false, reason: "unreachable", message: "they do not meet" } as const;
    const bare = drawing(comparisonFigure({ ...comparison, crossing, at: [] }));
    expect(all(bare, ".crossing")).toHaveLength(0);
    expect(all(bare, ".step line")).toHaveLength(0);
  });

  test("many runs are small dots, and a loss that is not positive ends a curve", () => {
    const points = { x: Array.from({ length: 40 }, (_, i) => 1e18 * (1 + i)), y: new Array<number>(40).fill(2) };
    const curve = comparison.a.curve.map((point, i) => (i > 20 ? { ...point, loss: -1 } : point));
    const many = drawing(comparisonFigure({ ...comparison, a: { ...comparison.a, points, curve } }), { width: 1088 });
    expect(all(many, "g.point-a circle").map((dot) => dot.getAttribute("r"))).toEqual(new Array(40).fill("2.5"));
    expect(all(many, "g.law-a path")).toHaveLength(1);
  });
});

describe("a compute ratio", () => {
  const root = drawing(figures["compute ratio"]!, { width: 1088 });

  test("is solid where both were fitted, dashed to either side, with its band, the line of equality and the crossing", () => {
    expect(all(root, "g.ratio path")).toHaveLength(1);
    expect(all(root, "g.extrapolation path")).toHaveLength(2);
    expect(all(root, "g.ratio-band path")).toHaveLength(1);
    expect(all(root, ".equal line, line.equal")).toHaveLength(1);
    expect(all(root, ".crossing line, line.crossing")).toHaveLength(1);
    const place = logPlace(root, "x");
    const fitted = all(root, ".fitted rect, rect.fitted")[0]!;
    expect(Math.abs(Number(fitted.getAttribute("x")) - place(1e17))).toBeLessThan(1);
    expect(Math.abs(Number(fitted.getAttribute("width")) - (place(1e20) - place(1e17)))).toBeLessThan(1);
  });

  test("falls as it does", () => {
    const place = logPlace(root, "y");
    const [, first] = /^M[\d.]+,([\d.]+)/.exec(all(root, "g.ratio path")[0]!.getAttribute("d")!)!;
    expect(Math.abs(Number(first) - place(30))).toBeLessThan(1);
  });

  test("is drawn where nothing is known of the range, without what is infinite", () => {
    const trend = { ok: false, reason: "unreachable", message: "no range" } as const;
    const ratios = comparison.ratios.map((ratio, i) =>
      i > 10 ? { ...ratio, value: Number.POSITIVE_INFINITY } : ratio,
    );
    const bare = drawing(computeRatioFigure({ ...comparison, trend, ratios }));
    expect(all(bare, ".fitted")).toHaveLength(0);
    expect(all(bare, "g.ratio path")).toHaveLength(1);
  });
});

describe("the next runs", () => {
  const seeded = {
    ...plan,
    runs: [
      { C: 1e20, N: 3e8, D: 1, count: 1 },
      { C: 3e20, N: 3e9, D: 1, count: 4 },
    ],
  };
  const figure = nextRunsFigure(seeded, { runs });
  const root = drawing(figure, { width: 760 });

  test("planned ones by count, the even grid hollow, runs so far and the target are in place", () => {
    const [px, py] = [logPlace(root, "x"), logPlace(root, "y")];
    const radii = all(root, "g.planned circle").map((dot) => Number(dot.getAttribute("r")));
    expect(radii.sort((a, b) => a - b)[1]! / radii[0]!).toBeCloseTo(2, 6);
    const even = all(root, "g.even circle").map((dot) => dot.getAttribute("fill") ?? "none");
    expect(even).toEqual(plan.evenGrid.map(() => "none"));
    const dots = centres(root, "g.run circle");
    expect(dots).toHaveLength(runs.length);
    expect(Math.abs(dots[0]!.x - px(runs[0]!.C))).toBeLessThan(1);
    expect(Math.abs(dots[0]!.y - py(runs[0]!.N))).toBeLessThan(1);
    const target = all(root, ".target line, line.target")[0]!;
    expect(Math.abs(Number(target.getAttribute("x1")) - px(1e22))).toBeLessThan(1);
    const diamond = numbersOf(all(root, "g.asked path")[0]!.getAttribute("transform")!);
    expect(Math.abs(diamond[1]! - py(plan.optimum.N.value))).toBeLessThan(1);
    expect(all(root, ".times text").map((text) => text.textContent)).toEqual(["4"]);
    expect(all(drawing(figure, { width: 390 }), ".times text")).toHaveLength(0);
  });

  test("beside the frontier of each other surface that was planned against", () => {
    expect(all(root, ".other-frontier path, path.other-frontier")).toHaveLength(0);
    const found = expectOk(basins(runs, { forms: ["chinchilla", "tied", "no-floor"], within: 1e6 })).basins;
    expect(found.length).toBeGreaterThan(1);
    const several = expectOk(planNext(found, { target: { C: 1e22, quantity: "loss" }, allowance: 3e20 }));
    const figure = nextRunsFigure(several, { runs });
    expect(figure.caption).toContain("Thin lines: the optimal size by the other surfaces");
    const others = all(drawing(figure, { width: 760 }), ".other-frontier path, path.other-frontier");
    expect(others).toHaveLength(found.length - 1);
  });

  test("are drawn alone, of a plan that no surface made", () => {
    const { target } = plan;
    const optimum = [1e17, 1e22].map((at) => ({ x: at, y: 0.1 * at ** 0.5 }));
    const bare = drawing(nextRunsFigure({ target, runs: seeded.runs, evenGrid: [] }, { optimum }));
    expect(all(bare, "g.planned circle")).toHaveLength(2);
    expect(all(bare, "g.asked path")).toHaveLength(0);
    expect(() => nextRunsFigure({ ...plan, runs: [] })).toThrow(/^plan\.runs: expected at least one run/);
  });
});

test("bars of work are as long as the work, forward then backward", () => {
  const root = drawing(figures.parts!, { width: 760 });
  const bars = (name: string) => all(root, `rect.${name}`).map((bar) => Number(bar.getAttribute("width")));
  expect(bars("backward")[1]! / bars("forward")[1]!).toBeCloseTo(2, 2);
  expect(bars("forward")[1]! / bars("forward")[0]!).toBeCloseTo(70 / 30, 2);
  expect(all(root, "text.amount").map((text) => text.textContent)).toEqual([
    "90, 30.0\u00A0%",
    "210, 70.0\u00A0%",
    "0.03, <\u20090.1\u00A0%",
  ]);
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
    ["linear", false, { label: "exponent" }, (at: number) => at],
    ["log", true, { label: "N*, parameters", format: "count" } as const, Math.log],
  ])("stand where the %s axis says", (_, log, quantity, transform) => {
    const rows = [
      { name: "a", value: 3e9, interval: [1e9, 8e9] as const },
      { name: "b", value: 5e9 },
    ];
    const data = log ? rows : estimates;
    const root = drawing(intervalsFigure(quantity, data, { log }));
    const place = placeOf(root, transform);
    data.forEach(({ value }, i) => {
      expect(Math.abs(centres(root, "circle.estimate")[i]!.x - place(value))).toBeLessThan(0.1);
    });
    const bars = data.flatMap((row) => ("interval" in row && row.interval ? [row.interval] : []));
    expect(ends(root)).toHaveLength(bars.length);
    bars.forEach((interval, i) => {
      for (const j of [0, 1] as const) expect(Math.abs(ends(root)[i]![j]! - place(interval[j]))).toBeLessThan(0.1);
    });
    expect(all(root, "line.reference")).toHaveLength(0);
  });

  test("say their names and numbers, and where the reference is", () => {
    const root = drawing(figures.intervals!, { width: 1088 });
    expect(all(root, "text.name").map((name) => name.textContent)).toEqual(estimates.map(({ name }) => name));
    expect(all(root, "text.numbers").map((words) => words.textContent)).toEqual([
      "0.5100 [0.4800, 0.5500]",
      "0.5300 [0.5000, 0.5600]",
      "0.4900",
    ]);
    expect(all(root, "text.reference-label")[0]!.textContent).toBe("truth 0.5200");
    const line = Number(all(root, "line.reference")[0]!.getAttribute("x1"));
    expect(Math.abs(line - placeOf(root, (at) => at)(0.52))).toBeLessThan(0.1);
  });

  test("may be negative, one alone, or a reference off to the side", () => {
    const one = [{ name: "a", value: -1 }];
    const difference = { label: "difference" };
    expect(all(drawing(intervalsFigure(difference, one)), "circle.estimate")).toHaveLength(1);
    const label = "a reference with many words in its name";
    const root = drawing(intervalsFigure(difference, one, { reference: { at: 5, label } }), { width: 390 });
    const words = all(root, "text.reference-label")[0]!;
    expect(Number(words.getAttribute("x")) + words.textContent!.length * 3.5).toBeLessThanOrEqual(390);
  });
});

describe("what cannot be drawn is refused with the name of the field", () => {
  const row = { name: "a", value: 1 };
  const spoilt = (change: object) => runs.map((run, i) => (i === 1 ? { ...run, ...change } : run));
  test.each<[string, () => Figure]>([
    ["runs", () => residualsFigure(surfaceFit, [])],
    ["runs[1].measured", () => residualsFigure(surfaceFit, spoilt({ loss: Number.NaN }))],
    ["runs[1].C", () => allocationFigure(surfaceFit, spoilt({ N: 0 }))],
    ["a.curve", () => comparisonFigure({ ...comparison, a: { ...comparison.a, curve: [] } })],
    ["ratios", () => computeRatioFigure({ ...comparison, ratios: [] })],
    ["runs[1].N", () => nextRunsFigure(plan, { runs: spoilt({ N: -1, D: -1 }) })],
    ["rows", () => intervalsFigure(exponent, [])],
    ["rows[0].value", () => intervalsFigure(exponent, [{ name: "a", value: Number.NaN }])],
    ["rows[0].interval[0]", () => intervalsFigure(exponent, [{ ...row, interval: [0, 1] }], { log: true })],
    [
      "reference.at",
      () => intervalsFigure(exponent, estimates, { reference: { at: Number.POSITIVE_INFINITY, label: "truth" } }),
    ],
    ["parts[0].forward", () => partsFigure([{ name: "a", forward: -1, backward: 0 }], "FLOPs")],
    ["parts", () => partsFigure([{ name: "a", forward: 0, backward: 0 }], "FLOPs")],
  ])("%s", (field, make) => {
    expect(make).toThrow(PlotInputError);
    expect(make).toThrow(`${field}: expected`);
  });
});
