import {
  approach1,
  expectOk,
  isoFlop,
  optimalAllocation,
  predictApproach1,
  predictIsoFlop,
  type Run,
  surfaceFrom,
  surfaceLoss,
  trainingCurves,
} from "@isoflop/scaling";
import { describe, expect, test } from "vitest";
import { approach1Figure, approach1LawsFigure, isoFlopFigure, lawsFigure } from "../src/index.js";
import { document } from "../src/node.js";

const truth = surfaceFrom("chinchilla", { E: 1.69, A: 406.4, B: 410.7, alpha: 0.465, beta: 0.155 });
const groups = (svg: string, name: string): string[] =>
  [...svg.matchAll(new RegExp(`<g [^>]*class="${name}"[^>]*>([\\s\\S]*?)</g>`, "g"))].map(([, inner]) => inner!);

describe("an envelope", () => {
  const chinchilla = surfaceFrom("chinchilla", { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 });
  const checkpoints = Array.from({ length: 14 }, (_, i) => 1e7 * 1.6 ** i).flatMap((N) =>
    Array.from({ length: 25 }, (_, k): Run => {
      const D = N * 0.5 * 1.25 ** k;
      return { C: 6 * N * D, N, D, loss: surfaceLoss(chinchilla, { N, D }) };
    }),
  );
  const fit = expectOk(approach1(trainingCurves(checkpoints).curves, { resamples: 40 }));

  test("has a line for every curve and one for the least of them", () => {
    const figure = approach1Figure(fit);
    const svg = figure.draw({ document });
    expect(groups(svg, "curve")).toHaveLength(14);
    expect(groups(svg, "envelope")).toHaveLength(1);
    expect(figure.caption).toContain(`14 training curves against the compute they had spent, ${fit.leaders} of them`);
    expect(svg).not.toMatch(/NaN|Infinity/);
  });

  test("has three laws with their bands, and what was asked", () => {
    expect(approach1LawsFigure(fit).caption).toContain("95 % over resampled curves");
    const asked = [expectOk(predictApproach1(fit, 1e24))];
    const figure = approach1LawsFigure(fit, { asked });
    const svg = figure.draw({ document });
    expect(groups(svg, "law").length).toBeGreaterThanOrEqual(3);
    expect(groups(svg, "band").length).toBeGreaterThanOrEqual(3);
    expect(figure.caption).toContain("Orange: what was asked");
    const bare = { ...fit, bootstrap: { ok: false, reason: "too-many-failed-resamples", message: "few" } as const };
    const plain = approach1LawsFigure(bare);
    expect(groups(plain.draw({ document }), "band")).toHaveLength(0);
    expect(plain.caption).not.toContain("Grey");
  });
});

describe("optima without the bias of their method", () => {
  const runs = [1e18, 1e19, 1e20, 1e21].flatMap((C) => {
    const best = expectOk(optimalAllocation(truth, C)).N;
    return [-3, -2, -1, 0, 1, 2, 3].map((j): Run => {
      const N = best * 2 ** j;
      const D = C / (6 * N);
      return { C, N, D, loss: surfaceLoss(truth, { N, D }) };
    });
  });
  const fit = isoFlop(runs);

  test("are rings beside the vertices, and absent where the method has none", () => {
    const { caption, draw } = isoFlopFigure(fit);
    expect(groups(draw({ document }), "corrected")[0]!.match(/<circle/g)).toHaveLength(4);
    expect(caption).toContain("Orange rings: the optima without the bias");
    const slices = isoFlopFigure(isoFlop(runs, { optimum: "slice" }));
    expect(groups(slices.draw({ document }), "corrected")).toHaveLength(0);
    expect(slices.caption).toContain("curves the slices of a loss surface in ln N, of which all budgets share α and β");
    expect(isoFlopFigure(isoFlop(runs, { optimum: "cubic" })).caption).toContain("the fitted cubics in ln N");
  });

  test("have the laws that were asked", () => {
    const asked = [expectOk(predictIsoFlop(fit, 1e23))];
    expect(lawsFigure(fit, { asked }).caption).toContain("without the bias of Approach 2");
    const plain = [expectOk(predictIsoFlop(fit, 1e23, { laws: "fitted" }))];
    expect(lawsFigure(fit, { asked: plain }).caption).not.toContain("bias");
    expect(lawsFigure(fit, { asked }).draw({ document })).not.toBe(
      lawsFigure(fit, { asked: plain }).draw({ document }),
    );
  });
});
