import { predictRollOut, type Rehearsal, type RollOut } from "@isoflop/scaling";
import { DOMParser } from "linkedom";
import { describe, expect, test } from "vitest";
import { parabolaThrough } from "../src/figures/held-out-curve.js";
import {
  allFigureData,
  allFigures,
  type DrawnStudy,
  lawSection,
  rehearsalsFigure,
  renderReport,
  type StudySummary,
  sharpnessSection,
} from "../src/index.js";
import { document } from "../src/node.js";
import { partsOf } from "../src/study/parts.js";
import { byDistance, couldFail, optimaOf, sharpnessOf } from "../src/study/sharpness.js";
import { heldOutCompute, rolledStudy } from "./support/rolled.js";
import { exampleStudy } from "./support/study.js";
import { all, centres, drawing, logPlace } from "./support/svg.js";

const study = rolledStudy();
const parts = partsOf(study);
const said = (of: StudySummary): string => {
  const { lead, notes = [] } = sharpnessSection(of)!;
  return [lead, ...notes].join("\n");
};
/** The study with the losses of its three sizes replaced. */
const measuring = (losses: readonly number[], of: DrawnStudy = study): DrawnStudy => ({
  ...of,
  runs: of.runs.map((run) => (run.id.startsWith("test-") ? { ...run, loss: losses[Number(run.id.at(-1))]! } : run)),
  heldOut: study.heldOut.map((check, i) => ({ ...check, measured: { loss: losses[i]!, sigma: 0.002 } })),
});
const answer = (C: number) => {
  const found = predictRollOut(study.rollOut, { C });
  if (!found.ok) throw new Error(found.message);
  return found.predicted;
};

describe("the width of the interval beside the improvement", () => {
  test("is half of the widest interval, and the law's own fall from the largest fitted budget", () => {
    const [test] = sharpnessOf(parts);
    const widths = study.heldOut.map(({ prediction: { predicted } }) => {
      const { value, interval95 } = predicted.loss!;
      return (interval95![1] - interval95![0]) / 2 / value;
    });
    expect(test!.C).toBe(heldOutCompute);
    expect(test!.halfWidths[0]).toBeCloseTo(Math.min(...widths), 12);
    expect(test!.halfWidths[1]).toBeCloseTo(Math.max(...widths), 12);
    expect(test!.improvement).toBeCloseTo(1 - answer(heldOutCompute).loss.value / answer(1.6e11).loss.value, 12);
    expect(couldFail(test!)).toBe(true);
    const ratio = (test!.improvement / test!.halfWidths[1]).toPrecision(2);
    expect(said(study)).toContain(`${ratio} times narrower than the improvement`);
  });

  test("a test whose interval holds what was reached already could not fail, and says so", () => {
    const wide = study.heldOut.map((check) => {
      const { value } = check.prediction.predicted.loss!;
      const loss = { value, interval95: [0.6 * value, 1.4 * value] as const };
      return { ...check, prediction: { ...check.prediction, predicted: { loss } } };
    });
    expect(said({ ...study, heldOut: wide })).toMatch(
      /the test could not fail: a loss no better than that lies inside/,
    );
  });

  test("there is none without a mixture, nor before anything is predicted", () => {
    expect(sharpnessSection(exampleStudy())).toBeUndefined();
    expect(lawSection(exampleStudy())).toBeUndefined();
    const { heldOut: _, ...before } = study;
    expect(said(before)).toContain("Nothing is predicted beyond the fitted budgets yet.");
  });
});

const rehearsal = (upTo: number, distance: number, z: readonly number[]): Rehearsal => ({
  ...{ upTo, points: 20, C: upTo * distance, distance, halfWidth: 0.05 },
  runs: z.map((one, i) => ({ N: 1e4 * (i + 1), error: one / 100, z: one })),
});

describe("rehearsals", () => {
  const some = [rehearsal(1e10, 2, [1, -1]), rehearsal(2e10, 2.1, [3, 1]), rehearsal(1e10, 4, [0])];

  test("are counted by doublings of compute", () => {
    const [near, far] = byDistance(some);
    expect(near).toMatchObject({ distances: [2, 2.1], pairs: 2, runs: 4, inside: 3 });
    expect(near!.rms).toBeCloseTo(Math.sqrt(12 / 4), 12);
    expect(near!.bias).toBeCloseTo(0.01, 12);
    expect(near!.halfWidth).toBeCloseTo(0.05, 12);
    expect(far).toMatchObject({ distances: [4, 4], pairs: 1, runs: 1, inside: 1, rms: 0 });
  });

  test("stand in a table with all of them together, and are called no independent tests", () => {
    const rollOut: RollOut = { ...study.rollOut, rehearsals: some };
    const { table, notes } = sharpnessSection({ ...study, rollOut })!;
    expect(table!.rows.map(([at, pairs, runs, inside]) => [at, pairs, runs, inside])).toEqual([
      ["2.0 to 2.1\u00A0×", "2", "4", "3 (75\u00A0%)"].map((cell) => cell.replace("2.0 to", "2 to")),
      ["4\u00A0×", "1", "1", "1 (100\u00A0%)"],
      ["all", "3", "5", "4 (80\u00A0%)"],
    ]);
    expect(notes![0]).toMatch(/no independent tests/);
  });

  test("are dots at their distance and error, those of one fit beside each other, beyond the edge at the edge", () => {
    const figure = rehearsalsFigure([...some, rehearsal(2e10, 8, [40])]);
    const root = drawing(figure);
    expect(centres(root, "g.rehearsed circle")).toHaveLength(6);
    expect(all(root, "text.legend-label").map((label) => label.textContent)).toEqual(["up to 10¹⁰", "up to 2×10¹⁰"]);
    const { head, rows } = figure.data!();
    const z = head.findIndex((name) => name.startsWith("ln("));
    const dots = rows.filter(([series]) => series === "rehearsed").map((row) => row[z]);
    expect(dots).toEqual([1, -1, 0, 3, 1, 6]);
    expect(() => rehearsalsFigure([])).toThrow(/^rehearsals/);
  });
});

describe("the law that is drawn and printed is the one that predicts", () => {
  const data = allFigureData(study);
  const curve = (name: string) =>
    data[name]!.split("\n")
      .filter((row) => /^(?:extrapolation|law),/.test(row))
      .map((row) => row.split(",").slice(1).map(Number));

  test.each([
    ["law-params", "N"],
    ["law-tokens", "D"],
    ["law-loss", "loss"],
  ] as const)("%s ends at the held-out compute where the prediction is", (figure, name) => {
    const [C, y] = curve(figure).reduce((last, point) => (point[0]! > last[0]! ? point : last));
    expect(C! / heldOutCompute).toBeCloseTo(1, 6);
    expect(y! / answer(heldOutCompute)[name].value).toBeCloseTo(1, 6);
    const [first] = curve(figure)
      .map(([x]) => x!)
      .sort((a, b) => a - b);
    expect(first! / 1e10).toBeCloseTo(1, 6);
  });

  test("Approach 2 stands beside it, thin and named, and is seen up to there", () => {
    const { laws } = allFigures(study, { document });
    const root = new DOMParser().parseFromString(laws!, "image/svg+xml") as unknown as Element;
    const lines = all(root, "g.other-approach-2");
    expect(lines).toHaveLength(3);
    for (const group of lines) expect(group.getAttribute("stroke-dasharray")).toBe("2 3");
    expect(all(root, "text.legend-label").filter((label) => label.textContent!.startsWith("Approach 2"))).toHaveLength(
      3,
    );
    const beside = data["law-loss"]!.split("\n").filter((row) => row.startsWith("other-approach-2,"));
    expect(Number(beside.at(-1)!.split(",")[1]) / heldOutCompute).toBeCloseTo(1, 6);
  });

  test("its table has the prediction, the exponents of both cuts, and Approach 2's", () => {
    const { table, notes } = lawSection(study)!;
    const row = (begins: string) => table!.rows.find(([name]) => name!.startsWith(begins))!;
    const { N, loss } = answer(heldOutCompute);
    expect(row("at 1.6×10¹²\u00A0FLOPs, held out")[3]).toContain(`${loss.value.toFixed(4)} (`);
    expect(row("at 1.6×10¹²\u00A0FLOPs, held out")[1]).toContain(`${Number((N.value / 1e3).toPrecision(3))}k`);
    study.joint.parts.forEach(({ over, exponents }) => {
      const [, of] = row(over === "all" ? "Joint fit, all" : "Joint fit, without the smallest, from 2×10¹⁰");
      expect(of).toContain(exponents.N.value.toFixed(3));
    });
    if (!study.fit?.N.ok) expect.unreachable();
    else expect(row("Approach 2, exponent")[1]).toContain(study.fit.N.exponent.value.toFixed(3));
    expect(row("Published")[1]).toBe("0.568");
    expect(notes!.join()).toMatch(
      /Approach 2's power law 0\.\d{4} \([+−]\d+\.\d\u00A0%, (?:inside it|outside that interval)\)/,
    );
  });

  test("the deviation of an optimum is that from this law", () => {
    const rows = data.residuals!.split("\n").filter((row) => row.startsWith("optimum,"));
    const [C, percent] = rows.at(-1)!.split(",").slice(1).map(Number);
    const budget = study.fit!.budgets.find((one) => one.C === C)!;
    if (budget.status !== "interior") expect.unreachable();
    else expect(percent! / 100).toBeCloseTo(budget.optimum.loss.value / answer(C!).loss.value - 1, 9);
  });
});

describe("what the sizes at a held-out compute say of its optimum", () => {
  const runs = [1e4, 2e4, 4e4, 9e4].map((N) => {
    return { C: 1, N, D: 1, loss: Math.exp(-2 + 0.3 * Math.log(N / 3e4) ** 2) };
  });

  test("a parabola has the minimum and the curvature of its points, with the errors of least squares", () => {
    const found = parabolaThrough(runs)!;
    expect(Math.exp(found.vertex)).toBeCloseTo(3e4, 4);
    expect(found.curvature).toBeCloseTo(0.6, 9);
    for (const { N, loss } of runs) expect(found.at(N)).toBeCloseTo(loss, 12);
    const moved = (i: number) =>
      parabolaThrough(runs.map((run, j) => (i === j ? { ...run, loss: run.loss * Math.exp(1e-5) } : run)))!;
    const error = (of: "vertex" | "curvature") => Math.hypot(...runs.map((_, i) => (moved(i)[of] - found[of]) / 1e-5));
    expect(found.errors.vertex / error("vertex")).toBeCloseTo(1, 3);
    expect(found.errors.curvature / error("curvature")).toBeCloseTo(1, 6);
    expect(parabolaThrough(runs.slice(0, 2))).toBeUndefined();
  });

  test.each([
    [[0.16, 0.14, 0.16], /The parabola through them has its minimum at .* by the noise of seeds\), inside the law's/],
    [
      [0.1401, 0.14, 0.1402],
      /differ by 0\.1\u00A0%, no more than seeds alone can make .* do not say where the optimum is/,
    ],
    [[0.18, 0.16, 0.15], /the least is at the end: they do not bracket the optimum, which lies at a larger size/],
    [[0.15, 0.16, 0.18], /the least is at the end: they do not bracket the optimum, which lies at a smaller size/],
  ])("losses of %j", (losses, words) => {
    expect(said(measuring(losses))).toMatch(words);
  });

  test("two sizes bracket nothing, and one says nothing", () => {
    const fewer = (count: number): DrawnStudy => ({
      ...measuring([0.16, 0.14, 0.16]),
      heldOut: study.heldOut.slice(0, count),
    });
    expect(said(fewer(2))).toContain("two sizes do not bracket an optimum");
    expect(optimaOf(fewer(1), partsOf(fewer(1)))).toEqual([]);
  });
});

test("noise, floor, range and seal are told, each where it is known", () => {
  const words = said(study);
  expect(words).toContain(`from 40 runs of 20 sizes at their budgets)`);
  expect(words).toMatch(/standard error of its validation, \d\.\d\u00A0%, shifts all runs alike/);
  expect(words).toContain("No model that was not told what is held out can be expected");
  expect(words).toMatch(/below 0\.0194 ± 0\.0008 .* floor E that is fitted is .* times as much: it is apparent/);
  expect(words).toContain("Range of validity: 5 budgets from 10¹⁰\u00A0FLOPs to 1.6×10¹¹\u00A0FLOPs");
  expect(words).toContain("begins with 0123456789abcdef0123456789abcdef");
  const { floor: _, noise: __, seal: ___, joint: ____, ...less } = study;
  const without = said({ ...less, rollOut: { ...study.rollOut, rehearsals: [] } });
  expect(without).toContain("Nobody knows the least loss that these data allow");
  // The mixture knows the noise of replicates, too.
  expect(without).toMatch(/One run's loss scatters by \d\.\d\u00A0% with its seed at 1\.6×10¹²\u00A0FLOPs\./);
  expect(without).not.toMatch(/sealed|Rehearsals|NaN|undefined/);
  const low = { value: 0.5, standardError: 0.01, prior: "validation" };
  expect(said({ ...study, floor: low })).toContain("which is less: a law with it ends below what any model can have");
});

describe("a report with three sizes at one compute", () => {
  const html = renderReport(study, { document });
  const page = new DOMParser().parseFromString(html, "text/html") as unknown as Document;
  const section = (title: string) =>
    [...page.querySelectorAll("section")].find((one) => one.querySelector("h2")?.textContent === title)!;

  test("speaks of all in one line, and of the best in a sentence", () => {
    expect(page.querySelector("h1")!.textContent).toBe("Of 3 predictions 3 held.");
    const lead = page.querySelector(".lead")!.textContent!;
    expect(lead).toContain(
      "The law was fitted to 40 runs of 5 budgets, from 10¹⁰\u00A0FLOPs up to 1.6×10¹¹\u00A0FLOPs.",
    );
    const best = study.heldOut.reduce((a, b) => (b.measured!.loss < a.measured!.loss ? b : a));
    expect(lead).toContain(`The best of them, `);
    expect(lead).toContain(`reached ${best.measured!.loss.toFixed(4)} (standard error 0.0020)`);
    expect(html).not.toMatch(/NaN|undefined|\[object/);
    expect(Buffer.byteLength(html)).toBeLessThan(1_000_000);
  });

  test("says how sharp its test was right after the verdict, with a figure and a table", () => {
    const [first] = page.querySelectorAll("section h2");
    expect(first!.textContent).toBe("How sharp the test was");
    expect(section("How sharp the test was").querySelector("#figure-rehearsals")).not.toBeNull();
    expect(section("How sharp the test was").querySelectorAll("tbody tr").length).toBeGreaterThan(1);
  });

  test("one strip has a row for each, and the table a column with size and width", () => {
    const strips = [...page.querySelectorAll(".strip .wide")];
    expect(strips.length).toBe(1);
    expect(strips[0]!.querySelectorAll("rect.interval")).toHaveLength(3);
    expect(strips[0]!.querySelectorAll("circle.measured")).toHaveLength(3);
    const [table] = section("Predicted against measured").querySelectorAll("table");
    const rows = [...table!.querySelectorAll("tbody tr")].map((row) =>
      [...row.children].map((cell) => cell.textContent),
    );
    const tests = study.runs.filter(({ id }) => id.startsWith("test-"));
    expect(rows.find(([name]) => name === "Width")).toEqual(["Width", ...tests.map(({ width }) => String(width))]);
    expect(rows.find(([name]) => name === "Outcome")).toEqual(["Outcome", "inside", "inside", "inside"]);
    expect(section("By method").querySelectorAll("tbody tr")).toHaveLength(6);
  });

  test("every run is drawn once, with what was predicted of its size", () => {
    const root = new DOMParser().parseFromString(allFigures(study, { document }).isoflop!, "image/svg+xml");
    const svg = root as unknown as Element;
    expect(all(svg, "g.held-out circle")).toHaveLength(3);
    expect(all(svg, "g.foreseen path")).toHaveLength(1);
    expect(all(svg, "g.foreseen-band path")).toHaveLength(1);
    expect(all(svg, "text.label").filter((label) => label.textContent!.endsWith("held out"))).toHaveLength(1);
  });

  test("before they are trained the prediction of every size is drawn by itself", () => {
    const heldOut = study.heldOut.map(({ measured: _, run: __, ...check }) => check);
    const runs = study.runs.filter(({ id }) => !id.startsWith("test-"));
    const { isoflop } = allFigures({ ...study, runs, heldOut }, { document });
    const svg = new DOMParser().parseFromString(isoflop!, "image/svg+xml") as unknown as Element;
    expect(all(svg, "g.foreseen path")).toHaveLength(1);
    expect(all(svg, "g.held-out circle")).toHaveLength(0);
    expect(all(svg, "text.label").map((label) => label.textContent)).toContain("1.6×10¹² predicted");
  });

  test("bars of one compute stand beside each other about it", () => {
    const { "law-loss": law } = allFigures(study, { document });
    const svg = new DOMParser().parseFromString(law!, "image/svg+xml") as unknown as Element;
    const bars = all(svg, "g.interval, line.interval");
    expect(bars).toHaveLength(3);
    const x = bars.map((bar) => Number(/translate\(([-\d.]+)/.exec(bar.getAttribute("transform") ?? "")?.[1] ?? 0));
    expect(x[1]! - x[0]!).toBeCloseTo(15, 6);
    expect(x[2]! - x[1]!).toBeCloseTo(15, 6);
    expect(logPlace(svg, "x")(heldOutCompute)).toBeGreaterThan(0);
  });

  test("a run is known by its id, or without one by its size, and C by all but its last digits", () => {
    const C = heldOutCompute * (1 + 3e-16);
    const rounded = study.heldOut.map(({ run: _, prediction, ...check }) => {
      return { ...check, prediction: { ...prediction, given: { ...prediction.given, C } } };
    });
    for (const { runs, prediction } of partsOf({ ...study, heldOut: rounded }).heldOut) {
      expect(runs).toHaveLength(1);
      expect(prediction.given.C).toBe(heldOutCompute);
    }
    expect(parts.heldOut.map(({ runs }) => runs.map(({ N }) => N))).toEqual(parts.heldOut.map(({ N }) => [N]));
  });

  test("what is not measured yet is open, and a miss is told", () => {
    const [first, ...others] = study.heldOut;
    const { measured: _, ...open } = first!;
    const headline = (heldOut: DrawnStudy["heldOut"]) =>
      /<h1>([^<]*)/.exec(renderReport({ ...study, heldOut: heldOut! }, { document }))![1];
    expect(headline([open, ...others])).toBe("Of 3 predictions 2 held, 1 is not measured yet.");
    expect(headline([{ ...open, measured: { loss: 0.3, sigma: 0.002 } }, ...others])).toBe(
      "Of 3 predictions 2 held, 1 missed.",
    );
  });
});

test("where Approach 2 is refused the mixture is drawn and printed by itself", () => {
  const refused = { ok: false, reason: "too-few-budgets", message: "1 of 5" } as const;
  const edges = study.fit!.budgets.map(({ C, runs, points, sizes, warnings }) => {
    return { C, runs, points, sizes, warnings, status: "edge-minimum" as const, message: "at the edge" };
  });
  const without = { ...study, fit: { ...study.fit!, budgets: edges, N: refused, D: refused, loss: refused } };
  const html = renderReport(without, { document });
  expect(html).toContain("Of 3 predictions 3 held.");
  expect(html).toContain("5 budgets without an interior minimum: hollow, dashed, no part of Approach 2.");
  expect(html).not.toMatch(/NaN|undefined|Approach 2, exponent/);
  const { table } = lawSection(without)!;
  expect(table!.rows.map(([name]) => name).join()).not.toContain("Approach 2");
  expect(Object.keys(allFigures(without, { document }))).toEqual(expect.arrayContaining(["laws", "rehearsals"]));
});
