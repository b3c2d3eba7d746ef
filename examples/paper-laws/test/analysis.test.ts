import { paperHeldOutBudget, paperLaws } from "@isoflop/flops";
import { isInterior } from "@isoflop/scaling";
import { beforeAll, describe, expect, it } from "vitest";
import { type Analysis, analyse } from "../src/analysis.js";
import { quantities, trainedSize } from "../src/printed.js";
import { reportHtml } from "../src/report.js";

let analysis: Analysis;
beforeAll(() => {
  analysis = analyse({ seed: 1, utilisation: 0.4 });
});

describe("the printed laws", () => {
  it("come back from exact parabolas to nine digits; D is C / 6N", () => {
    const { N, D, loss, fid } = analysis.recovered;
    const pairs = [
      [N, paperLaws.parameters],
      [loss, paperLaws.loss],
      [fid, paperLaws.fid],
      [D, { coefficient: 1 / (6 * 0.0009), exponent: paperLaws.tokens.exponent }],
    ] as const;
    for (const [got, law] of pairs) {
      expect(Math.abs(got.coefficient / law.coefficient - 1)).toBeLessThan(1e-9);
      expect(Math.abs(got.exponent - law.exponent)).toBeLessThan(1e-9);
    }
  });

  it("are what the paper says at its held-out budget, to the digits that it prints", () => {
    const { N, D, loss, fid } = analysis.printed;
    expect(N / 1e6).toBeCloseTo(964.7, 1);
    expect(loss).toBeCloseTo(0.6325, 4);
    expect(fid).toBeCloseTo(25.02, 2);
    expect(D / (paperHeldOutBudget / (6 * N))).toBeCloseTo(1.009, 3);
    const { unprinted } = analysis;
    expect(unprinted.N.toFixed(4)).toBe("0.0009");
    expect((unprinted.N / 0.0009) * N).toBeCloseTo(trainedSize, 0);
    expect(unprinted.D.trained / paperLaws.tokens.coefficient).toBeCloseTo(1, 2);
  });
});

describe("the noisy study", () => {
  it("holds every printed law inside its intervals", () => {
    for (const name of quantities) {
      const { exponent, predicted } = analysis.extrapolation.laws[name];
      const law = { N: paperLaws.parameters, D: paperLaws.tokens, loss: paperLaws.loss, fid: paperLaws.fid }[name];
      for (const [[low, high], value] of [
        [exponent.ci95, law.exponent],
        [predicted.interval95, analysis.printed[name]],
      ] as const) {
        expect(low, name).toBeLessThan(value);
        expect(high, name).toBeGreaterThan(value);
      }
    }
    expect(analysis.noisy.fits.loss.budgets.filter(isInterior)).toHaveLength(6);
  });

  it("cannot exclude a floor, and the floor moves the prediction up", () => {
    const { fitted, rows } = analysis.irreducible;
    expect(fitted.floor.ci95[0]).toBe(0);
    expect(rows[0]).toMatchObject({ floor: 0, allowed: true });
    expect(rows.at(-1)!.allowed).toBe(false);
    for (const [i, { value }] of rows.slice(1).entries()) expect(value).toBeGreaterThan(rows[i]!.value);
  });

  it("is another one with another seed, and the same with the same", () => {
    const again = analyse({ seed: 1, utilisation: 0.4 });
    expect(again.extrapolation).toEqual(analysis.extrapolation);
    const other = analyse({ seed: 2, utilisation: 0.4 });
    expect(other.recovered).toEqual(analysis.recovered);
    expect(other.extrapolation).not.toEqual(analysis.extrapolation);
  });
});

describe("the plan", () => {
  it("has sizes on both sides of each optimum, whole steps, and its compute within 0.02 % of the budget", () => {
    const { runs, budgets } = analysis.plan;
    for (const { budget, optimum, runs: count } of budgets.slice(0, -1)) {
      const sizes = runs.filter((run) => run.budget === budget).map(({ params }) => params);
      expect(sizes).toHaveLength(count);
      for (const size of sizes) expect(Math.abs(Math.log(size / optimum))).toBeLessThanOrEqual(Math.log(4));
      for (const side of [-1, 1])
        expect(sizes.filter((size) => side * (size - optimum) > 0).length).toBeGreaterThanOrEqual(3);
    }
    for (const run of runs) {
      expect(Number.isInteger(run.steps)).toBe(true);
      expect(run.tokens).toBe(run.steps * 1024 * 256);
      expect(Math.abs(run.roundingError)).toBeLessThan(2e-4);
      expect(run.sixND).toBeCloseTo(6 * run.params * run.tokens, -3);
      expect(run.memory.state).toBeGreaterThan(16 * run.params);
    }
  });

  it("trains one size at the held-out budget, the nearest of the ladder", () => {
    const { runs, heldOut } = analysis.plan;
    const [last, ...more] = runs.filter(({ budget }) => budget === paperHeldOutBudget);
    expect(more).toHaveLength(0);
    expect(heldOut.runs).toBe(1);
    expect(last!.params / 964.7e6).toBeCloseTo(1, 1);
  });

  it("adds up, and takes half the hours at twice the utilisation", () => {
    const { runs, fitted, heldOut } = analysis.plan;
    const flops = runs.reduce((sum, run) => sum + run.flops, 0);
    expect((fitted.flops + heldOut.flops) / flops).toBeCloseTo(1, 12);
    const seconds = heldOut.deviceHours["H100-SXM"] * 3600;
    expect(heldOut.flops / seconds / 989.4e12).toBeCloseTo(0.4, 10);
    const faster = analyse({ seed: 1, utilisation: 0.8 }).plan.fitted;
    expect(fitted.deviceHours["RTX-4090"] / faster.deviceHours["RTX-4090"]).toBeCloseTo(2, 10);
  });
});

describe("the report", () => {
  it("is one file with every figure twice, for a desk and a phone, and the tables", () => {
    const html = reportHtml(analysis);
    expect(html).not.toMatch(/NaN|Infinity|undefined/);
    expect(html).not.toMatch(/<link|<img|src=|@import|url\(/);
    const figures = html.split("<figure").slice(1);
    expect(figures.map((figure) => /aria-label="([^"]{14})/.exec(figure)?.[1])).toEqual([
      ...["IsoFLOP curves", "IsoFLOP curves"],
      ...["optimal model ", "optimal loss a"],
      "predicted loss",
      "59 planned mod",
    ]);
    for (const figure of figures) expect(figure.match(/<div class="(wide|narrow)( panels\b[^"]*)?">/g)).toHaveLength(2);
    expect(figures[2]).toContain("optimal data");
    expect(figures[3]).toContain("optimal FID");
    expect(html.match(/<table/g)).toHaveLength(6);
    expect(figures[4]).toContain("printed law 0.6325");
  });
});
