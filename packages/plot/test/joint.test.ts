import { expectOk, jointFit, predictJoint, type Run } from "@isoflop/scaling";
import { describe, expect, test } from "vitest";
import { jointFigure } from "../src/index.js";
import { random } from "./support/study.js";
import { all, drawing } from "./support/svg.js";

const noisy = random(5);
const runs: Run[] = [1e10, 2e10, 4e10, 8e10, 1.6e11, 3.2e11].flatMap((C, b) =>
  [-1, -0.5, 0, 0.5, 1].map((x) => {
    const N = 1e4 * 1.4 ** b * Math.exp(x);
    const loss = (0.1 + 0.2 * 0.8 ** b * Math.exp(0.3 * x * x)) * (1 + 0.02 * (noisy() - 0.5));
    return { C, N, D: C / (6 * N), loss };
  }),
);
const fit = expectOk(jointFit(runs, { rehearse: false }));

describe("the optimum by all isoFLOP curves in one fit", () => {
  const C = 3.2e12;
  const figure = jointFigure(fit, runs, { asked: [expectOk(predictJoint(fit, { C }))] });

  test("has three panels, each with the wider fit, its band, and a line for either", () => {
    const root = drawing(figure);
    expect(all(root, "g.law path").length).toBeGreaterThanOrEqual(3);
    expect(all(root, "g.band path")).toHaveLength(3);
    for (const name of ["all", "larger"]) expect(all(root, `g.other-${name} path`)).toHaveLength(3);
    const names = all(root, "text.legend-label").map((text) => text.textContent);
    expect(names).toEqual(Array(3).fill(["all budgets", "without the smallest"]).flat());
    expect(figure.caption).toContain("the wider of two fits");
  });

  test("of one fit alone has no other lines, and is drawn without runs", () => {
    const root = drawing(jointFigure({ ...fit, parts: fit.parts.slice(0, 1) }, []));
    expect(all(root, "g.other-all path")).toHaveLength(0);
    expect(all(root, "g.law path").length).toBeGreaterThanOrEqual(3);
  });

  test("refuses runs that no log axis holds", () => {
    expect(() => jointFigure(fit, [{ ...runs[0]!, C: 0 }])).toThrow(/runs\[0\]\.C|C is 0|runs/);
  });
});
