import { expectOk, fitLink, isoFlop, predictIsoFlop, writeRecord } from "@isoflop/scaling";
import { describe, expect, it } from "vitest";
import {
  agreementSection,
  allFigures,
  asQuantity,
  type DrawnStudy,
  type HeldOutCheck,
  linkWords,
  type MetricResults,
  readStudy,
  renderReport,
  type StudySummary,
  type TimedRun,
} from "../src/index.js";
import { document } from "../src/node.js";
import { exampleStudy } from "./support/study.js";

const held = 6.4e12;

/** The example with a metric that is a function of the loss, or of it and the size. */
const withMetric = (
  metric: (run: TimedRun) => number,
  { title = "vlb", offset }: { readonly title?: string; readonly offset?: number } = {},
): DrawnStudy => {
  const study = exampleStudy();
  const name = "vlb(images=64)";
  const runs = study.runs.map((run) => ({
    ...run,
    metrics: { [name]: metric(run) },
    standardErrors: { [name]: 0.001 },
  }));
  const { curves: _, samples: _____, ...summary } = { ...study, runs };
  const results: MetricResults = { name, title, ...(offset !== undefined && { offset }) };
  const own = asQuantity(summary, results).runs.map(({ id, flops: __, seconds: ___, ...run }) => ({
    ...run,
    label: id,
  }));
  const fit = isoFlop(
    own.filter(({ C }) => C < held),
    { quantity: title },
  );
  const { ok: ____, ...prediction } = expectOk(predictIsoFlop(fit, held));
  const measured = own.find(({ C }) => C === held)!;
  const link = fitLink(
    runs.map(({ loss }) => loss),
    own.map(({ loss }) => loss),
    { scale: "log", testBreak: { draws: 99 }, names: { x: "loss", y: title } },
  );
  const heldOut = { prediction, measured: { loss: measured.loss, sigma: measured.sigma! }, run: measured.label };
  return { ...summary, quantities: [{ ...results, fit, heldOut, link }] };
};

const vlb = withMetric(({ loss }) => 3 + 2 * loss);

describe("a study with a metric", () => {
  it("survives JSON, and one without is read as before", () => {
    const read = readStudy(JSON.parse(writeRecord(vlb satisfies StudySummary)));
    expect(read.quantities?.[0]).toMatchObject({ title: "vlb", name: "vlb(images=64)" });
    expect(JSON.parse(writeRecord(read))).toEqual(JSON.parse(writeRecord(vlb)));
  });

  it("is drawn with the metric in the place of the loss, with its errors", () => {
    const own = asQuantity(vlb, vlb.quantities![0]!);
    expect(own.runs.map(({ loss }) => loss)).toEqual(vlb.runs.map(({ loss }) => 3 + 2 * loss));
    expect(own.runs.every(({ sigma }) => sigma === 0.001)).toBe(true);
    const figures = Object.keys(allFigures(vlb, { document }));
    for (const name of ["isoflop", "laws", "predicted-measured"]) expect(figures).toContain(`${name}-vlb`);
    expect(figures).toContain("link-vlb");
    expect(figures).toContain("isoflop");
  });

  it("has a section of each part, and every word of it is of the metric", () => {
    const page = renderReport(vlb, { document });
    for (const title of [
      "vlb: at equal compute",
      "vlb: the laws",
      "vlb: predicted against measured",
      "vlb: from the loss",
    ])
      expect(page.includes(`>${title}</a></h2>`), title).toBe(true);
    expect(page.includes("they predict a vlb of")).toBe(true);
    expect(/The prediction (held|missed): the measured vlb lies/.test(page)).toBe(true);
    expect(page.includes("Do the quantities agree?")).toBe(true);
  });

  it("has the optima of the loss where it is a line of the loss, and others where it is not", () => {
    const same = agreementSection(vlb)!;
    expect(same.table?.rows.map(([name]) => name)).toEqual(["loss", "vlb"]);
    expect(same.notes?.at(-1)).toContain("the quantities agree on the best size within their intervals");
    expect(same.notes?.at(-1)).toContain("is vlb 1.00 (");
    // A minimum at four times the size.
    const other = withMetric(({ loss, N }) => loss - 0.055 * Math.log(4) * Math.log(N) + 1);
    expect(agreementSection(other)!.notes?.[0]).toMatch(/1 of 1 metric asks for another size.* vlb 4\.0\d*/);
    expect(agreementSection(exampleStudy())).toBeUndefined();
  });

  it("says where runs do not tell an optimum, in the place of an agreement that means nothing", () => {
    const [results] = vlb.quantities!;
    const wide = { value: 0.5, standardError: 9, ci95: [-20, 21] as const };
    const { fit } = results!;
    if (!fit?.N.ok) throw new Error("no law");
    const N = { ...fit.N, exponent: wide, covariance: fit.N.covariance.map((row) => row.map((v) => v * 1e6)) };
    const open = { ...vlb, quantities: [{ ...results!, fit: { ...fit, N } }] } as unknown as DrawnStudy;
    expect(agreementSection(open)!.notes?.at(-1)).toContain("do not tell the best size by vlb within a factor of ten");
  });

  it("says of an addition that it is one, and no exponent of it", () => {
    const shifted = withMetric(({ loss }) => 2 * loss - 1.2, { title: "nll + 1.5", offset: 1.5 });
    const page = renderReport(shifted, { document });
    expect(page.includes("1.5 is added to all of them")).toBe(true);
    const rows = page.slice(
      page.indexOf("nll + 1.5: the laws</a></h2>"),
      page.indexOf("nll + 1.5: predicted against measured</a></h2>"),
    );
    expect(rows.includes("N, parameters")).toBe(true);
    expect(/<td[^>]*>nll \+ 1\.5<\/td>/.test(rows)).toBe(false);
  });

  it("tells why nothing is predicted, and draws what there is", () => {
    const { fit: _, heldOut: __, link: ___, ...results } = vlb.quantities![0]!;
    const page = renderReport(
      { ...vlb, quantities: [{ ...results, refused: "no budget has a minimum" }] },
      { document },
    );
    expect(page.includes("Nothing is predicted of it: no budget has a minimum")).toBe(true);
    expect(page.includes("vlb: at equal compute")).toBe(true);
  });

  it("says whether a link breaks", () => {
    const losses = Array.from({ length: 30 }, (_, i) => 0.9 * 0.98 ** i);
    const link = (metric: (l: number) => number) =>
      linkWords(
        fitLink(
          losses,
          losses.map((l, i) => metric(l) * (1 + 0.002 * (i % 3))),
          { scale: "log", testBreak: true, names: { x: "loss", y: "kid" } },
        ),
      ).join(" ");
    expect(link((l) => l ** 2)).toContain("No break is seen at a level of 5.0");
    expect(link((l) => (l > 0.7 ? (l / 0.7) ** 3 : l / 0.7))).toContain(
      "The link breaks, or bends, about a loss of 0.6",
    );
    expect(linkWords({ ok: false, reason: "too-few-points", message: "2 distinct losses" })).toEqual([
      "No link is fitted: 2 distinct losses.",
    ]);
  });
});

it("a held-out metric that came to nothing or less is told and drawn where there is a place for it", () => {
  const [results] = vlb.quantities!;
  const heldOut = { ...(results!.heldOut as HeldOutCheck), measured: { loss: -0.01, sigma: 0.02 } };
  const page = renderReport({ ...vlb, quantities: [{ ...results!, heldOut }] }, { document });
  expect(page.includes("the measured vlb lies outside")).toBe(true);
});
