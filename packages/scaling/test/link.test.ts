import { number } from "@isoflop/spec";
import { describe, expect, it } from "vitest";
import {
  expectOk,
  fitLaw,
  fitLink,
  type Interval,
  type LinkForm,
  type LinkOptions,
  linkAt,
  linkBreak,
  linkForms,
  linkThrough,
  normals,
  predictLaw,
  predictLink,
  predictThroughLink,
  random,
  readLinkFit,
  readRecord,
  ScalingError,
  writeRecord,
} from "../src/index.js";

const losses = [0.62, 0.65, 0.68, 0.71, 0.74, 0.78, 0.82, 0.86];

describe("a metric from the loss", () => {
  it.each([
    ["power", {}, (l: number) => 2000 * l ** 8],
    ["linear", {}, (l: number) => 3 - 2 * l],
    ["logarithm", {}, (l: number) => 3 + 2 * Math.log(l)],
    ["exponential", {}, (l: number) => 0.9 - 4 * Math.exp(-3 * l)],
    ["exponential", { ceiling: 0.9 }, (l: number) => 0.9 - 4 * Math.exp(-3 * l)],
    ["logistic", {}, (l: number) => 0.2 + 0.6 / (1 + Math.exp(20 * (l - 0.72)))],
    ["logistic", { chance: 0.2 }, (l: number) => 0.2 + 0.6 / (1 + Math.exp(20 * (l - 0.72)))],
    ["logistic", { chance: 0, ceiling: 1, scale: "logit" }, (l: number) => 1 / (1 + Math.exp(9 * (l - 0.5)))],
    ["softplus", { chance: 0.1 }, (l: number) => 0.1 + 0.06 * Math.log1p(Math.exp((0.75 - l) / 0.03))],
  ] as const)("%s %j is recovered and extrapolates", (form, options, truth) => {
    const link = expectOk(fitLink(losses, losses.map(truth), { form, ...options }));
    expect(link.status).toBe("converged");
    for (const at of [0.6, 0.7, 0.95]) expect(linkAt(link, at).value).toBeCloseTo(truth(at), 5);
  });

  const accuracy = {
    x: [2.9, 2.75, 2.6, 2.5, 2.42, 2.35, 2.3, 2.26, 2.2, 2.15],
    y: [0.2744, 0.3103, 0.3985, 0.4837, 0.5646, 0.6243, 0.6653, 0.6977, 0.7555, 0.7945],
  };
  const sigma = accuracy.x.map((l) => 0.004 + 0.01 * Math.abs(l - 2.4));
  // scipy's curve_fit of the same: (gamma, centre, ceiling).
  it.each([
    [{ chance: 0.25 }, [6.10998796, 2.39779937, 0.90512391], [0.30506815, 0.01496364, 0.02439691]],
    [{ chance: 0, ceiling: 1, scale: "logit" }, [3.21481429, 2.52149366], [0.18535096, 0.01412992]],
    [{ chance: 0.25, sigma }, [6.00295431, 2.3986719, 0.90570799], [0.34639167, 0.01622186, 0.02771803]],
  ] as const)("logistic %j: parameters and errors are those of another optimiser", (options, values, errors) => {
    const link = expectOk(fitLink(accuracy.x, accuracy.y, { form: "logistic", ...options }));
    const found = Object.values(link.parameters);
    for (const [j, value] of values.entries()) {
      expect(found[j]!.value / value).toBeCloseTo(1, 5);
      expect(found[j]!.standardError / errors[j]!).toBeCloseTo(1, 3);
    }
  });

  it("on the logit scale no interval leaves (0, 1); on that of the metric it may", () => {
    const shape = { form: "logistic", chance: 0, ceiling: 1 } as const;
    const [raw, logit] = (["raw", "logit"] as const).map((scale) =>
      expectOk(fitLink(accuracy.x, accuracy.y, { ...shape, scale })),
    );
    for (const at of [0.5, 1.5, 5]) {
      const [low, high] = linkAt(logit!, at).interval95!;
      expect(low).toBeGreaterThan(0);
      expect(high).toBeLessThan(1);
    }
    expect(linkAt(raw!, 0.5).interval95![1]).toBeGreaterThan(1);
  });

  it("refuses too few points and names what cannot be", () => {
    const refuses = (x: readonly number[], y: readonly number[], options: LinkOptions, message: string) =>
      expect(() => fitLink(x, y, options)).toThrow(message);
    expect(fitLink([1, 2], [1, 2])).toMatchObject({ ok: false, reason: "too-few-points" });
    refuses([1, -2, 3], [1, 2, 3], {}, "row 2: loss is -2");
    refuses([1, 2, 3], [0.5, 1, 0.7], { scale: "logit" }, "row 2: the metric is 1; expected a number between 0 and 1");
    refuses([1, 2, 3], [0.5, 0, 0.7], { scale: "log" }, "row 2: the metric is 0; expected a finite number above 0");
    refuses([1, 2, 3], [1, 2, 3], { form: "logstic" }, 'form is "logstic"; expected one of power, linear');
    refuses([1, 2, 3], [1, 2, 3], { form: "power", ceiling: 1 }, 'options has an unknown key "ceiling"');
    refuses([1, 2, 3], [1, 2], {}, "3 losses for 2 metrics");
  });

  it("a record survives JSON, and an edited one is named", () => {
    const { ok: _, ...link } = expectOk(
      fitLink(accuracy.x, accuracy.y, { form: "logistic", chance: 0.25, names: { x: "nll", y: "acc" } }),
    );
    const text = writeRecord(link);
    expect(readRecord(text)).toEqual(link);
    expect(readLinkFit(text)).toEqual(link);
    const { chance: __, ...choices } = link.choices;
    expect(() => readLinkFit({ ...JSON.parse(text), choices }, "fit")).toThrow(
      "fit.theta is a list of 3; it must be a list of 4",
    );
    expect(() => readLinkFit({ ...JSON.parse(text), scale: "probit" }, "fit")).toThrow(ScalingError);
    expect(predictLink(link, 2)).toMatchObject({
      given: { nll: 2 },
      predicted: { acc: { value: expect.any(Number) } },
    });
  });

  it("a form from outside is fitted, asked and saved like the others", () => {
    const inverse: LinkForm = {
      name: "inverse",
      formula: "m = a + b / L^shift",
      options: { shift: number({ atLeast: 0 }) },
      parameters: () => ["a", "b"],
      value: ([a, b], loss, { shift = 1 }) => a! + b! / loss ** shift,
      starts: () => [[0, 1]],
    };
    linkForms.add(inverse);
    const link = expectOk(
      fitLink(
        losses,
        losses.map((l) => 2 + 3 / l ** 2),
        { form: "inverse", shift: 2 },
      ),
    );
    expect(readRecord(writeRecord(link))).toMatchObject({ form: "inverse", choices: { shift: 2 } });
    expect(linkAt(link, 0.5).value).toBeCloseTo(14, 8);
  });
});

describe("a metric through a predicted loss", () => {
  const link = expectOk(
    fitLink(
      losses,
      losses.map((l, i) => 3 - 2 * l + 0.001 * (-1) ** i),
      { form: "linear" },
    ),
  );

  it("of a loss that is known is the link itself; of an uncertain one, at least as wide", () => {
    const certain = linkThrough(link, { value: 0.7, ci95: [0.7, 0.7], interval95: [0.7, 0.7] });
    const direct = linkAt(link, 0.7);
    for (const end of [0, 1] as const) {
      expect(certain.ci95![end]).toBeCloseTo(direct.ci95![end], 8);
      expect(certain.interval95![end]).toBeCloseTo(direct.interval95![end], 8);
    }
    // A line with next to no error of its own passes an interval on, upside down.
    const { ci95 } = linkThrough(link, { value: 0.7, ci95: [0.6, 0.85] });
    expect(ci95![0]).toBeCloseTo(3 - 2 * 0.85, 1);
    expect(ci95![1]).toBeCloseTo(3 - 2 * 0.6, 1);
    expect(linkThrough(link, { value: 0.7 })).toEqual({ value: direct.value });
  });

  it("holds a new run's metric in 95 of 100 worlds, law and link both fitted", () => {
    const x = Array.from({ length: 9 }, (_, i) => 10 ** (17 + i / 2));
    const truth = {
      loss: (C: number) => 12 * C ** -0.04,
      metric: (l: number) => 0.1 + 0.9 / (1 + Math.exp(4 * (l - 2.2))),
    };
    let [covered, held] = [0, 0];
    const worlds = 200;
    const inside = ([low, high]: Interval, value: number) => +(low <= value && value <= high);
    for (let seed = 0; seed < worlds; seed++) {
      const normal = normals(random(seed));
      const run = (C: number) => {
        const loss = truth.loss(C) * Math.exp(0.01 * normal());
        return { loss, metric: truth.metric(loss) + 0.01 * normal() };
      };
      const runs = x.map(run);
      const law = expectOk(
        fitLaw(
          "power",
          x,
          runs.map(({ loss }) => loss),
        ),
      );
      const metrics = runs.map(({ metric }) => metric);
      const fit = expectOk(
        fitLink(
          runs.map(({ loss }) => loss),
          metrics,
          { form: "logistic", chance: 0.1, ceiling: 1, names: { x: "loss", y: "acc" } },
        ),
      );
      const { acc } = predictThroughLink(predictLaw(law, 1e22), fit)!.predicted;
      covered += inside(acc!.ci95!, truth.metric(truth.loss(1e22)));
      held += inside(acc!.interval95!, run(1e22).metric);
    }
    for (const share of [covered / worlds, held / worlds]) {
      expect(share).toBeGreaterThan(0.9);
      expect(share).toBeLessThanOrEqual(0.995);
    }
  });

  it("says how far the loss lies beyond the link, and is nothing where no loss is predicted", () => {
    const at = (value: number) =>
      predictThroughLink({ record: "prediction", given: { C: 1 }, predicted: { loss: { value } }, notes: {} }, link)!;
    expect(at(0.7).notes).toEqual({});
    expect(at(0.5).notes.beyondLink).toBeCloseTo(0.5, 10);
    expect(Object.keys(at(0.7).predicted)).toEqual(["loss", "metric"]);
    expect(
      predictThroughLink({ record: "prediction", given: { loss: 2 }, predicted: { C: { value: 1 } }, notes: {} }, link),
    ).toBeUndefined();
  });
});

describe("a break in a link", () => {
  const many = Array.from({ length: 40 }, (_, i) => 0.9 * 0.985 ** i);
  const noisy = (truth: (l: number) => number, seed: number, spread: (l: number) => number) => {
    const normal = normals(random(seed));
    return many.map((l) => truth(l) * Math.exp(spread(l) * normal()));
  };
  const broken = (l: number) => 5 * l ** (l < 0.65 ? 4 : 1.5) * (l < 0.65 ? 0.65 ** -2.5 : 1);

  it("two powers that meet are told from one, where they meet and with their exponents", () => {
    const { break: found } = expectOk(
      fitLink(
        many,
        noisy(broken, 1, () => 0.01),
        { scale: "log", testBreak: true },
      ),
    );
    const { pValue, at, slopes, aicc } = expectOk(found!);
    expect(pValue).toBeLessThan(0.01);
    expect(at).toBeCloseTo(0.65, 1);
    expect(slopes.below).toBeCloseTo(4, 0);
    expect(slopes.above).toBeCloseTo(1.5, 0);
    expect(aicc.two).toBeLessThan(aicc.one);
  });

  it("one power is taken for two about as often as the level says, where the noise of runs differs sixfold too", () => {
    const worlds = 200;
    let taken = 0;
    for (let seed = 0; seed < worlds; seed++) {
      const metric = noisy(
        (l) => 5 * l ** 2,
        seed,
        (l) => (l > 0.7 ? 0.03 : 0.005),
      );
      if (expectOk(linkBreak(many, metric, "power", { draws: 199, seed })).pValue <= 0.05) taken++;
    }
    expect(taken / worlds).toBeLessThan(0.09);
    expect(taken / worlds).toBeGreaterThan(0.01);
  });

  it("survives JSON, and says why it cannot be told", () => {
    const link = expectOk(
      fitLink(
        many,
        many.map((l) => 2 - 3 * l),
        { form: "linear", testBreak: { draws: 19 } },
      ),
    );
    expect(readLinkFit(writeRecord(link))).toEqual(JSON.parse(JSON.stringify(link)));
    const { break: few } = expectOk(fitLink(losses.slice(0, 6), losses.slice(0, 6), { testBreak: true }));
    expect(few).toMatchObject({ ok: false, reason: "too-few-points" });
    expect(() => fitLink(many, many, { form: "logistic", testBreak: true })).toThrow(
      'testBreak is for a link that is a straight line, power, logarithm or linear; form is "logistic"',
    );
    expect(() =>
      linkBreak(
        many,
        many.map((l) => l - 0.6),
        "power",
      ),
    ).toThrow("a power of the loss is above 0");
  });
});
