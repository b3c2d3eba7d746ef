import { expectOk, type NoiseLevels, noiseLevels, type Run } from "@isoflop/scaling";
import { describe, expect, test } from "vitest";
import { type Figure, levelSumsFigure, levelsFigure, PlotInputError } from "../src/index.js";
import { document, renderPng } from "../src/node.js";
import { all, centres, drawing, drawn, logPlace } from "./support/svg.js";

const t = [0.1, 0.5, 0.9];
const runs: Run[] = [1e17, 1e18, 1e19].flatMap((C) =>
  [0.3, 0.7, 1.5, 3].map((f) => ({ C, N: f * Math.sqrt(C / 120), D: C / (6 * f * Math.sqrt(C / 120)), loss: 1 })),
);
const losses = runs.map(({ N, D }, i) =>
  t.map((at) => (0.3 + at + (900 * (1 - at) + 90) / N ** 0.34 + 400 / D ** 0.28) * (1 + 0.002 * (-1) ** i)),
);
const levels: NoiseLevels = expectOk(
  noiseLevels({ t, runs, losses }, { sums: { even: [1, 1, 1], "near <data>": [3, 0.5, 0.1] }, resamples: 20 }),
);
const laws: NoiseLevels = expectOk(noiseLevels({ t, runs, losses }, { law: "power", resamples: 20 }));

const figures: Record<string, Figure> = {
  levels: levelsFigure(levels),
  sums: levelSumsFigure(levels),
  "sums of laws of compute": levelSumsFigure(laws),
};

describe.each(Object.entries(figures))("%s", (_, { draw, caption }) => {
  test.each([390, 1088])("at %d px is well-formed, finite, and as wide as asked", (width) => {
    const svg = draw({ document, width });
    expect(svg).not.toMatch(/NaN|Infinity|undefined|<style|<script/);
    const root = drawn(svg);
    expect(root.getAttribute("aria-label")).toMatch(/\w+ .*\.$/);
    expect(Number(root.getAttribute("width"))).toBeLessThanOrEqual(width);
    expect(() => renderPng(svg, { scale: 0.5 })).not.toThrow();
    expect(caption).not.toMatch(/NaN|undefined/);
  });
});

describe("noise levels", () => {
  test("a dot for each time, in both panels", () => {
    const root = drawing(figures.levels!, { width: 1088 });
    expect(all(root, "g.level circle")).toHaveLength(2 * t.length);
    const [first, second, third] = centres(root, "g.level circle");
    expect((third!.x - second!.x) / (second!.x - first!.x)).toBeCloseTo(1, 1);
  });

  test("laws of the sums stand where the record says, named in their colours", () => {
    const root = drawing(figures.sums!, { width: 1088 });
    const [panel] = all(root, "svg svg svg");
    expect(all(panel!, "text.legend-label").map((text) => text.textContent)).toEqual(["even", "near <data>"]);
    const first = expectOk(levels.sums).sums[0]!.at[0]!;
    const line = all(panel!, "g.law path")[0]!.getAttribute("d")!;
    const [x, y] = (line.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);
    expect(Math.abs(x! - logPlace(panel!, "x")(first.C))).toBeLessThan(1.5);
    expect(Math.abs(y! - logPlace(panel!, "y")(first.N!.value))).toBeLessThan(1.5);
  });

  test("laws of compute have no size to draw, and refused sums nothing", () => {
    expect(all(drawing(figures["sums of laws of compute"]!, { width: 1088 }), "svg svg svg")).toHaveLength(1);
    const refused = { ...levels, sums: { ok: false, reason: "unidentified", message: "" } } as const;
    expect(() => levelSumsFigure(refused)).toThrow(PlotInputError);
  });
});
