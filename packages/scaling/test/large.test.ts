import { describe, expect, it } from "vitest";
import { brokenLaw, envelope, expectOk, fitLink, hyperparameterOptimum, predictiveLoss } from "../src/index.js";

/** Above the number of arguments that a call takes. */
const MANY = 130_000;

const series = (value: (i: number) => number, n = MANY): number[] => Array.from({ length: n }, (_, i) => value(i));

describe("long tables", () => {
  const steps = series((i) => i + 1);

  it("a broken law of exact points comes back whole", () => {
    const truth = (x: number) => 0.5 + 30 * x ** -0.05 * (1 + (x / 2e3) ** 2) ** (-0.1 * 0.5);
    const law = expectOk(brokenLaw(steps, steps.map(truth)));
    expect(law.points).toBe(MANY);
    expect(law.breaks[0]!.at.value / 2e3).toBeCloseTo(1, 3);
    expect(law.sumOfSquares).toBeLessThan(1e-12);
  });

  it("a link of a metric to the loss", () => {
    const losses = series((i) => 2 + i / MANY);
    const metric = losses.map((loss) => 0.1 + 0.8 / (1 + Math.exp(6 * (loss - 2.5))));
    expect(expectOk(fitLink(losses, metric, { form: "logistic" })).residualStandardDeviation).toBeLessThan(1e-9);
  });

  it("a sweep of a hyperparameter, an envelope and a predicted loss", () => {
    const rates = series((i) => Math.exp(-9 + (4 * i) / MANY));
    const optimum = expectOk(
      hyperparameterOptimum(
        rates,
        rates.map((r) => 1 + (Math.log(r) + 7) ** 2),
      ),
    );
    expect(Math.log(optimum.optimum.value)).toBeCloseTo(-7, 6);

    const curves = series((i) => 1e6 * (1 + i), MANY).map((N) => ({
      N,
      points: [1e9, 1e10].map((D) => ({ D, loss: 1 + 400 / N ** 0.34 + 410 / D ** 0.28 })),
    }));
    expect(envelope(curves, { bins: 2 }).ok).toBe(false);

    const C = series((i) => 1e18 * (1 + i));
    const ones = series(() => 1);
    const loss = C.map((c) => 2.4 * c ** -0.03);
    const predicted = predictiveLoss({ C, loss, leverage: ones, noiseVariance: 1e-8, noiseDegreesOfFreedom: 10 }, 1e24);
    expect(predicted!.value / (2.4 * 1e24 ** -0.03)).toBeCloseTo(1, 3);
  });
});
