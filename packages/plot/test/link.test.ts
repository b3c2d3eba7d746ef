import { expectOk, fitLink, predictLink, predictThroughLink } from "@isoflop/scaling";
import { expect, test } from "vitest";
import { linkFigure } from "../src/index.js";
import { all, drawing } from "./support/svg.js";

const x = [2.9, 2.7, 2.6, 2.5, 2.4, 2.3, 2.2];
const names = { x: "loss", y: "accuracy" };
const y = x.map((loss, i) => 1 / (1 + Math.exp(4 * (loss - 2.4))) + 0.002 * (-1) ** i);
const link = expectOk(fitLink(x, y, { form: "logistic", chance: 0, ceiling: 1, names }));

test("a link has its points, its curve and its band", () => {
  const root = drawing(linkFigure(link));
  expect(all(root, ".point circle, circle.point")).toHaveLength(7);
  expect(all(root, "path.link, .link path").length).toBeGreaterThan(0);
  expect(all(root, "path.band, .band path").length).toBeGreaterThan(0);
  expect(root.textContent).toContain("accuracy");
});

test("what was asked is marked, whether the loss was given or predicted", () => {
  const predicted = predictThroughLink(
    { record: "prediction", given: { C: 1e20 }, predicted: { loss: { value: 2.1, ci95: [2, 2.2] } }, notes: {} },
    link,
  )!;
  for (const asked of [predictLink(link, 2.1), predicted]) {
    const root = drawing(linkFigure(link, { asked: [asked] }));
    expect(root.textContent).toContain("0.7");
    expect(all(root, ".law-interval line, line.law-interval")).toHaveLength(1);
  }
});
