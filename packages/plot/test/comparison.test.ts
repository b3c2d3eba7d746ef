import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Comparison } from "@isoflop/scaling";
import { writeRecord } from "@isoflop/scaling";
import { DOMParser } from "linkedom";
import { describe, expect, test } from "vitest";
import { type ComparisonSummary, PlotInputError, ratiosTable, readComparison, renderComparison } from "../src/index.js";
import { document, writeComparison } from "../src/node.js";
import { comparedStudies } from "./support/compared.js";

const study = comparedStudies();
const page = (of: ComparisonSummary) => {
  const root = new DOMParser().parseFromString(renderComparison(of, { document }), "text/html") as unknown as Document;
  const headings = [...root.querySelectorAll("h2")].map((heading) => heading.textContent!);
  const words = [...root.querySelectorAll("header p")].map((p) => p.textContent!).join(" ");
  return { root, headings, words, headline: root.querySelector("h1")!.textContent! };
};
/** The same, with another outcome of the comparison of the second arm. */
const changed = (change: (comparison: Comparison) => Partial<Comparison>): ComparisonSummary => {
  const [first, second] = study.arms as [(typeof study.arms)[0], (typeof study.arms)[0]];
  const comparison = { ...second.comparison!, ...change(second.comparison!) };
  return { ...study, arms: [first, { ...second, comparison }] };
};
const trend = (ratio: Partial<{ value: number; ci95: readonly [number, number] }>, slope = {}) =>
  changed(({ trend }) => {
    if (!trend.ok) throw new Error(trend.message);
    return {
      trend: { ...trend, ratio: { ...trend.ratio, ...ratio }, slope: { ...trend.slope, ...slope } },
      crossing: { ok: false, reason: "unreachable", message: "the laws do not cross" },
    };
  });

describe("arms that are compared by their metrics", () => {
  const unlike = comparedStudies({ lossesDiffer: "they are of other data", factors: [1, 1.25, 1.5] });
  /** What the losses would have said, of another quantity. */
  const laws = comparedStudies({ factors: [1, 1.25, 1.5] }).arms.map(({ name, law, comparison }) => ({
    ...{ name, law: law! },
    ...(comparison && { comparison: { ...comparison, quantity: "kid" } }),
  }));
  const other = { title: "vlb", differs: "metric.strata is 4 of the one and 16 of the other", laws: [] };
  const study: ComparisonSummary = { ...unlike, metrics: [{ title: "kid", laws }, other] };
  const { headings, root, words } = page(study);

  test("have effective compute by each that compares, and why another does not", () => {
    expect(headings.slice(0, 4)).toEqual([
      "Effective compute",
      "By kid: arm-b",
      "By kid: arm-c",
      "Why losses are not compared",
    ]);
    const figures = [...root.querySelectorAll("section > figure")].map(({ id }) => id);
    expect(figures.slice(0, 4)).toEqual([
      "figure-optimal-kid-2",
      "figure-effective-compute-kid-2",
      "figure-optimal-kid-3",
      "figure-effective-compute-kid-3",
    ]);
    expect(words).toMatch(/arm-b needs [\d.]+ times the compute of arm-a for the same kid, 95/);
    expect(words).toContain("vlb is not compared: metric.strata is 4 of the one and 16 of the other.");
  });

  test("in one table, an arm to a row", () => {
    const { rows } = ratiosTable(study);
    expect(rows.map(([by, arm]) => [by, arm])).toEqual([
      ["kid", "arm-b"],
      ["kid", "arm-c"],
    ]);
    const [b, c] = rows.map(([, , ratio]) => Number(ratio)) as [number, number];
    expect(c).toBeGreaterThan(b);
    expect(b).toBeGreaterThan(1);
    expect(ratiosTable(unlike).rows).toEqual([]);
    expect(page(unlike).headings).not.toContain("Effective compute");
  });

  test("survive JSON, and a mistyped metric is named", () => {
    const saved = JSON.parse(writeRecord(study));
    expect(JSON.parse(writeRecord(readComparison(saved)))).toEqual(saved);
    expect(() => readComparison({ ...saved, metrics: [{ title: "kid" }] })).toThrow(/^metrics\[0\]\.laws is missing/);
  });
});

describe("a comparison of two arms", () => {
  const { headings, root, words, headline } = page(study);

  test("has both curves, effective compute, optima, exponents and checks", () => {
    expect(headings).toEqual([
      "Optimal loss",
      "Optima",
      "Exponents",
      "Held-out checks",
      "The same samples",
      "Arms",
      "What differs",
      "Study file",
      "Reproduce",
      "Cite",
    ]);
    const figures = [...root.querySelectorAll("section > figure")].map(({ id }) => id);
    expect(figures).toEqual([
      "figure-optimal-loss",
      "figure-effective-compute",
      "figure-optima",
      "figure-exponent-n",
      "figure-exponent-d",
      "figure-exponent-loss",
      "figure-checks",
    ]);
  });

  test("says what the arms need in numbers with intervals, and finds the better one of the fixture", () => {
    expect(headline).toBe("Where both were fitted, arm-a needs less compute than arm-b for the same loss.");
    expect(words).toMatch(
      /arm-b needs [\d.]+ times the compute of arm-a for the same loss, 95\u00A0% interval [\d.]+ to [\d.]+\./,
    );
    expect(words).not.toMatch(/NaN|undefined|Infinity/);
  });

  test("has the losses of the same samples, with the error of the pair beside that of two losses", () => {
    const section = [...root.querySelectorAll("section")].find((one) => one.textContent!.includes("The same samples"))!;
    const cells = [...section.querySelectorAll("tbody tr")].map((row) =>
      [...row.querySelectorAll("th, td")].map((cell) => cell.textContent!),
    );
    expect(cells).toEqual([
      ["arm-b", "10¹¹", "0.00750", "6×10⁻⁴", "0.0030", "5", "0.00600", "0.0020"],
      ["arm-b", "1.5×10¹², held out", "0.00370", "5×10⁻⁴", "0.0030", "–", "–", "–"],
    ]);
    const broken = structuredClone(study) as unknown as { arms: { paired?: { unpaired: number }[] }[] };
    broken.arms[1]!.paired![0]!.unpaired = -1;
    expect(() => readComparison(broken)).toThrow(
      "arms[1].paired[0].unpaired is -1; it must be a finite number of at least 0",
    );
  });

  test("names each arm's own report, and the choices that differ", () => {
    expect([...root.querySelectorAll('a[href$="report.html"]')].map((a) => a.getAttribute("href"))).toEqual([
      "./../arm-a/report.html",
      "./../arm-b/report.html",
    ]);
    const differs = root.querySelector("#what-differs")!.parentElement!.textContent!;
    expect(differs).toContain("arm-a: recipe 1");
    expect(differs).not.toContain("mean squared error of the velocity");
  });

  test("survives JSON, and is refused by name where it is not whole", () => {
    const saved = JSON.parse(writeRecord(study));
    expect(JSON.parse(writeRecord(readComparison(saved)))).toEqual(saved);
    const wrong = (value: unknown, message: RegExp) => {
      expect(() => readComparison(value)).toThrow(PlotInputError);
      expect(() => readComparison(value)).toThrow(message);
    };
    wrong({ ...saved, arms: saved.arms.slice(0, 1) }, /^arms is a list of 1; it must be a list of two arms or more/);
    wrong({ ...saved, arms: [saved.arms[0], saved.arms[0]] }, /every name is another/);
    wrong({ ...saved, record: "study" }, /^record is "study"; it must be "studies"/);
    wrong({ ...saved, arms: [saved.arms[0], { ...saved.arms[1], summary: {} }] }, /^arms\[1\]\.summary\./);
  });
});

describe("the words never say more than the intervals", () => {
  test("a ratio whose interval holds 1 is no difference", () => {
    const { headline, words } = page(trend({ value: 1.2, ci95: [0.9, 1.6] }));
    expect(headline).toBe("No difference between arm-a and arm-b is resolved.");
    expect(words).toContain("the interval holds 1, so neither is shown to be better there");
  });

  test("below 1 the second is better", () => {
    const { headline } = page(trend({ value: 0.7, ci95: [0.6, 0.8] }));
    expect(headline).toBe("Where both were fitted, arm-b needs less compute than arm-a for the same loss.");
  });

  test("a change with compute is stated only where its interval leaves 0 out", () => {
    expect(page(trend({}, { value: 0.2, ci95: [0.1, 0.3] })).words).toContain("The ratio changes with compute");
    expect(page(trend({}, { value: 0.2, ci95: [-0.1, 0.3] })).words).toContain(
      "No change of the ratio with compute is resolved",
    );
  });

  test("intervals that are not known tell nothing apart", () => {
    const { headline } = page(trend({ value: 2, ci95: [Number.NaN, Number.NaN] }));
    expect(headline).toContain("No difference");
  });

  test("where curves cross, each is better on its side", () => {
    const crossing = { ok: true, C: 8e11, ci95: [5e11, 1e12], below: "b" } as const;
    const { headline, words } = page(changed(() => ({ crossing, crossingShare: 0.97 })));
    expect(headline).toBe("arm-b is better below 8×10¹¹\u00A0FLOPs, arm-a above it.");
    expect(words).toContain("in 97\u00A0% of the draws: arm-b is better below, arm-a above");
  });

  test("exponents are called different only where the interval of the difference leaves 0 out", () => {
    const [first, second] = study.arms;
    const apart = (ci95: readonly [number, number]): ComparisonSummary => {
      const { N } = second!.apart!;
      return {
        ...study,
        arms: [first!, { ...second!, apart: { N: { ...N!, difference: { value: 0.05, ci95, pValue: 0.5 } } } }],
      };
    };
    expect(page(apart([0.01, 0.09])).words).toContain("The exponent of N* of arm-b is 0.050 above that of arm-a");
    expect(page(apart([-0.01, 0.09])).words).toContain("The exponents of N* of arm-b and arm-a are not told apart");
  });
});

describe("arms whose losses do not measure the same", () => {
  const { headline, headings, words, root } = page(comparedStudies({ lossesDiffer: "they are of other data: a, b" }));

  test("are not compared in loss, and the page says why", () => {
    expect(headline).toMatch(/^The losses are not compared: they do not measure the same\./);
    expect(words).toContain("Why the losses are not compared: they are of other data: a, b.");
    expect(headings).not.toContain("Optimal loss");
    expect(headings).toContain("Why losses are not compared");
    expect(root.querySelector("#figure-effective-compute")).toBeNull();
    expect(words).not.toMatch(/times the compute/);
  });

  test("are compared in exponents and optima", () => {
    expect(headings).toEqual(expect.arrayContaining(["Optima", "Exponents", "Held-out checks"]));
  });
});

test("of three arms each is held against the first, under a title of its own", () => {
  const three = comparedStudies({ factors: [1, 1.25, 1.1] });
  const { headings, words, root } = page(three);
  expect(headings.slice(0, 2)).toEqual(["Optimal loss: arm-b", "Optimal loss: arm-c"]);
  expect(words).toContain("Every interval holds by itself");
  expect(root.querySelector("#figure-optimal-loss-3")).not.toBeNull();
});

test("an arm without a curve is named with the reason, and the others stand", () => {
  const [first, second] = study.arms;
  const { comparison: _, apart: __, exponents: ___, law: ____, ...bare } = second!;
  const { headline, words } = page({ ...study, arms: [first!, { ...bare, refused: "its runs are too few" }] });
  expect(headline).toBe("The arms cannot be compared yet.");
  expect(words).toContain("arm-b has no curve to compare: its runs are too few.");
});

test("writeComparison leaves the report and every figure as SVG, PNG and CSV", async () => {
  const folder = await mkdtemp(join(tmpdir(), "isoflop-plot-"));
  try {
    const paths = await writeComparison(study, folder);
    expect(paths).toHaveLength(1 + 3 * 7);
    expect((await readdir(folder)).sort()).toEqual(["figures", "report.html"]);
    expect((await readdir(join(folder, "figures"))).filter((file) => file.endsWith(".csv"))).toHaveLength(7);
  } finally {
    await rm(folder, { recursive: true });
  }
});
