import { type Diagnosis, diagnose, expectOk } from "@isoflop/scaling";
import { describe, expect, test } from "vitest";
import { lossTermsFigure, PlotInputError } from "../src/index.js";
import { document, renderPng } from "../src/node.js";
import { surfaceFit } from "./support/fits.js";
import { all, drawing, drawn } from "./support/svg.js";

const diagnosis: Diagnosis = expectOk(diagnose(surfaceFit, { N: 1e9, D: 2e10 }));
const figure = lossTermsFigure(diagnosis);

describe("the terms of a loss", () => {
  test.each([390, 1088])("at %d px is well-formed, finite, and as wide as asked", (width) => {
    const svg = figure.draw({ document, width });
    expect(svg).not.toMatch(/NaN|Infinity|undefined|<style|<script/);
    const root = drawn(svg);
    expect(root.getAttribute("aria-label")).toMatch(/^Shares of loss .*\.$/);
    expect(Number(root.getAttribute("width"))).toBeLessThanOrEqual(width);
    expect(() => renderPng(svg, { scale: 0.5 })).not.toThrow();
  });

  test("the model's own bar is stacked as its shares say", () => {
    const root = drawing(figure, { width: 1088 });
    const heights = ["floor", "N", "D"].map((part) =>
      Number(all(root, `.own-${part} rect, rect.own-${part}`)[0]!.getAttribute("height")),
    );
    const total = heights.reduce((s, h) => s + h, 0);
    expectOk(diagnosis.parts).terms.forEach(({ of, share }) => {
      expect(heights[["floor", "N", "D"].indexOf(of)]! / total).toBeCloseTo(share.value, 2);
    });
  });

  test("a surface without an optimum has no frontier to draw", () => {
    expect(() => lossTermsFigure({ ...diagnosis, frontier: [] })).toThrow(PlotInputError);
  });
});
