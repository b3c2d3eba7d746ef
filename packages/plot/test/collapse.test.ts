import { type Collapse, collapse, expectOk, type ProgressCurve } from "@isoflop/scaling";
import { describe, expect, test } from "vitest";
import { collapseFigure, PlotInputError } from "../src/index.js";
import { document, renderPng } from "../src/node.js";
import { random } from "./support/study.js";
import { all, drawing, drawn } from "./support/svg.js";

const noise = random(9);
const curves: ProgressCurve[] = Array.from({ length: 8 }, (_, r) => ({
  label: r === 3 ? "hot <run>" : `run ${r}`,
  N: 1e6 * 2 ** Math.floor(r / 2),
  points: Array.from({ length: 50 }, (_, i) => {
    const x = (i + 1) / 50;
    const above = x ** -0.4 * (r === 3 ? 1 + 0.3 * (1 - x) : 1) * (1 + 0.01 * (noise() - 0.5));
    return { D: 1e8 * 4 ** Math.floor(r / 2) * x, loss: 1 + 0.5 * 2 ** (-0.1 * r) * above };
  }),
}));
const found: Collapse = expectOk(collapse(curves, { draws: 99 }));
const figure = collapseFigure(found);

describe("a collapse", () => {
  test.each([390, 1088])("at %d px is well-formed, finite, and as wide as asked", (width) => {
    const svg = figure.draw({ document, width });
    expect(svg).not.toMatch(/NaN|Infinity|undefined|<style|<script/);
    const root = drawn(svg);
    expect(root.getAttribute("aria-label")).toMatch(/^Normalised training curves of 8 runs.*\.$/);
    expect(Number(root.getAttribute("width"))).toBeLessThanOrEqual(width);
    expect(() => renderPng(svg, { scale: 0.5 })).not.toThrow();
  });

  test("the spoiler is drawn in both panels, and named", () => {
    expect(found.runs.filter(({ spoils }) => spoils)).toHaveLength(1);
    const root = drawing(figure, { width: 1088 });
    expect(all(root, "g.spoiler path, path.spoiler")).toHaveLength(2);
    expect(all(root, "g.curve path, path.curve")).toHaveLength(7);
    expect(all(root, "text.label").map((text) => text.textContent)).toEqual(["hot <run>"]);
    expect(figure.caption).toContain("In colour: the run that spoils the collapse.");
  });

  test("noise of repeated runs has its edges where it is known", () => {
    expect(found.noise).toBeDefined();
    expect(all(drawing(figure, { width: 1088 }), "g.noise path, path.noise")).toHaveLength(2);
    const { noise: _, ...without } = found;
    expect(all(drawing(collapseFigure(without), { width: 1088 }), "g.noise path, path.noise")).toHaveLength(0);
  });

  test("a curve that a log axis has no place for is refused by name", () => {
    const [first, ...others] = found.runs;
    const broken = { ...found, runs: [{ ...first!, curve: first!.curve.with(0, -1) }, ...others] };
    expect(() => collapseFigure(broken)).toThrow(PlotInputError);
    expect(() => collapseFigure({ ...found, runs: [] })).toThrow(PlotInputError);
  });
});
