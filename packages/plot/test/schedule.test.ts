import { expectOk, fitSchedule, type RateSchedule, scheduleOf } from "@isoflop/scaling";
import { expect, test } from "vitest";
import { PlotInputError, scheduleFigure } from "../src/index.js";
import { all, drawing } from "./support/svg.js";

const steps = Array.from({ length: 50 }, (_, i) => 40 * (i + 1));
const curveOf = (name: string, rate: (step: number) => number, gain: number) => {
  const rates = steps.map(rate);
  let sum = 0;
  const loss = rates.map((one, i) => {
    sum += 40 * one;
    return 2.5 + 0.6 * sum ** -0.4 - gain * (1e-3 - one) + 0.003 * (-1) ** i;
  });
  return { name, step: steps, rate: rates, loss };
};
const falling = curveOf("falling", (step) => 1e-3 * (1 - 0.9 * (step / 2000)), 300);
const steady = curveOf("steady", () => 1e-3, 300);
const wsd: RateSchedule = scheduleOf("wsd", { steps: 4000, peak: 1e-3 });

test("every curve has its points and its law, and other schedules their line and their end", () => {
  const fit = expectOk(fitSchedule([steady, falling]));
  const root = drawing(scheduleFigure(fit, { schedules: [wsd] }));
  expect(all(root, "circle.point, .point circle")).toHaveLength(fit.points);
  expect(all(root, "path.law, .law path")).toHaveLength(2);
  expect(all(root, "path.predicted, .predicted path")).toHaveLength(1);
  expect(all(root, ".law-interval line, line.law-interval")).toHaveLength(1);
  expect(root.textContent).toContain("falling");
});

test("what a fit of a constant rate does not know is refused, not drawn", () => {
  const fit = expectOk(fitSchedule([steady]));
  expect(all(drawing(scheduleFigure(fit)), "path.law, .law path")).toHaveLength(1);
  expect(() => drawing(scheduleFigure(fit, { schedules: [wsd] }))).toThrow(PlotInputError);
});
