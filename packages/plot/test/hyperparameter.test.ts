import { readFileSync } from "node:fs";
import { expectOk, fitHyperparameter, parseColumns, predictHyperparameters } from "@isoflop/scaling";
import { expect, test } from "vitest";
import { basinFigure, hyperparameterFigure, PlotInputError } from "../src/index.js";
import { document } from "../src/node/document.js";

const text = readFileSync(new URL("./fixtures/emoji_lr_sweep.csv", import.meta.url), "utf8");
const { columns } = parseColumns(text, {
  fields: { width: "positive", D: "positive", lr: "positive", loss: "finite" },
});
const rows = columns.lr.map((lr, i) => ({ lr, width: columns.width[i]!, D: columns.D[i]! }));
const fitted = (method: "cells" | "joint") =>
  expectOk(fitHyperparameter(rows, { laws: { lr: ["width", "D"] }, losses: columns.loss, scale: "log", method }));

const count = (svg: string, name: string) => {
  const [, inside = ""] = svg.match(new RegExp(`<g[^>]*class="[^"]*\\b${name}\\b[^"]*"[^>]*>(.*?)</g>`, "s")) ?? [];
  return inside.match(/<(circle|path|line)/g)?.length ?? 0;
};

test("a law has a panel for each predictor, with the optima, and what was asked", () => {
  const fit = fitted("cells");
  const asked = [predictHyperparameters(fit, { width: 64, D: 1e7 })];
  const svg = hyperparameterFigure(fit, "lr", { asked }).draw({ document });
  expect(svg.match(/class="drawings"|best lr \(log\)/g)!.length).toBeGreaterThanOrEqual(2);
  expect(count(svg, "point")).toBe(10);
  expect(svg).toContain("exponent −0.993");
  expect(svg).toContain('class="law-interval"');
});

test("a joint law has no optima, and is drawn", () => {
  const svg = hyperparameterFigure(fitted("joint"), "lr").draw({ document });
  expect(count(svg, "point")).toBe(0);
  expect(svg).toContain('class="band"');
});

test("a basin has every run that has a cell with a minimum, and the price of a factor of two", () => {
  const svg = basinFigure(fitted("cells")).draw({ document });
  expect(count(svg, "run")).toBe(40);
  expect(svg).toContain("a factor of two costs 1.89");
  expect(count(basinFigure(fitted("joint")).draw({ document }), "run")).toBe(40);
});

test("a law that is not there, and a fit without sweeps, are refused by name", () => {
  const optima = expectOk(fitHyperparameter(rows, { laws: { lr: ["width", "D"] } }));
  expect(() => hyperparameterFigure(optima, "batch")).toThrow("fit.laws: expected one of lr");
  expect(() => basinFigure(optima)).toThrow(PlotInputError);
});
