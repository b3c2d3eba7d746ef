import { isInterior } from "@isoflop/scaling";
import { beforeAll, describe, expect, it } from "vitest";
import { type Analysis, analyse } from "../src/analysis.js";
import { comparedEstimates } from "../src/estimates.js";
import { readOptions } from "../src/options.js";
import { reportHtml } from "../src/report.js";
import { loadRuns } from "../src/runs.js";
import { truth } from "../src/synthetic.js";

let analysis: Analysis;
beforeAll(async () => {
  const options = readOptions(["--resamples", "200"]);
  analysis = await analyse(await loadRuns(options), options);
});

describe("four methods on the synthetic runs", () => {
  it("hold the truth inside every interval", () => {
    const compared = comparedEstimates(analysis);
    expect(compared.map(({ name }) => name)).toEqual(["a", "N*", "D*", "E", "A", "B", "alpha", "beta"]);
    expect(compared.map(({ estimates }) => estimates.length)).toEqual([4, 4, 4, 3, 3, 3, 3, 3]);
    for (const { name, estimates, reference } of compared) {
      for (const { method, estimate } of estimates) {
        const [low, high] = estimate.ci95;
        expect(low, `${name} by ${method}`).toBeLessThan(reference!);
        expect(high, `${name} by ${method}`).toBeGreaterThan(reference!);
      }
    }
    expect(compared[0]!.reference).toBeCloseTo(truth.beta / (truth.alpha + truth.beta), 12);
  });

  it("the surfaces converge, and the form they have is the one that was put in", () => {
    for (const { fit } of [analysis.huber, analysis.squares, analysis.logSquares]) expect(fit.status).toBe("converged");
    expect(analysis.forms.find(({ deltaAicc }) => deltaAicc === 0)?.form).toBe("chinchilla");
    expect(analysis.forms.find(({ form }) => form === "no-floor")!.deltaAicc).toBeGreaterThan(100);
  });

  it("every run has a budget and every budget a minimum; the runs that went wrong are left out and told", () => {
    const { fit } = analysis.isoFlop;
    expect(fit.budgets.filter(isInterior)).toHaveLength(8);
    expect(fit.unassigned).toHaveLength(0);
    expect(analysis.loaded.all).toHaveLength(120);
    expect(analysis.loaded.leftOut.map(({ row }) => row)).toEqual([1, 14, 15, 29, 30]);
    expect(analysis.unfiltered.a).not.toBeCloseTo(analysis.huber.answer.a.value, 3);
  });
});

describe("the report", () => {
  it("is one file with every figure twice, for a desk and a phone, and the tables", () => {
    const html = reportHtml(analysis);
    expect(html).not.toMatch(/NaN|Infinity|undefined/);
    expect(html).not.toMatch(/<link|<img|src=|@import|url\(/);
    const figures = html.split("<figure").slice(1);
    expect(figures.map((figure) => /aria-label="([^"]{12})/.exec(figure)?.[1])).toEqual([
      "IsoFLOP curv",
      "Contours of ",
      "Residuals of",
      ...["exponent a o", "optimal size", "exponent alp", "exponent bet"],
    ]);
    for (const figure of figures) expect(figure.match(/<div class="(wide|narrow)"><svg/g)).toHaveLength(2);
    expect(html.match(/<table/g)).toHaveLength(4);
    // The runs, and the optimum of each budget without the bias of its parabola.
    expect(figures[0]!.split('class="narrow"')[0]!.match(/<circle/g)).toHaveLength(115 + 8);
    expect(figures[3]).toContain("truth 0.5126");
  });
});
