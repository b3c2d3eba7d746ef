import { describe, expect, it } from "vitest";
import {
  computeForLoss,
  expectOk,
  type JointFit,
  jointExponents,
  jointFit,
  jointFitAsync,
  noiseAt,
  normals,
  optimalAllocation,
  predictJoint,
  type Run,
  random,
  readJointFit,
  readRecord,
  rehearsalScore,
  replicateNoise,
  surfaceFrom,
  surfaceLoss,
  writeRecord,
} from "../src/index.js";
import { basin } from "../src/surface/forms/basin.js";

/** Designs of the size of a quick study: budget, how many sizes, how many seeds of each. */
const DESIGN: readonly (readonly [C: number, sizes: number, seeds: number])[] = [
  [1e10, 3, 4],
  [2e10, 4, 4],
  [4e10, 5, 3],
  [8e10, 5, 3],
  [1.6e11, 5, 2],
  [3.2e11, 5, 2],
];

const truth = surfaceFrom("joint", {
  ...{ E: 0.1, A: 0.17 * 4e10 ** 0.3, alpha: 0.3, sag: 0, G: 2e4 * (4e10 / 6) ** -0.35, a: 0.35, bend: 0 },
  ...{ kappa: 0.35, skew: -0.6 },
});

const study = (seed: number, noise = 0.01, of = truth): Run[] => {
  const normal = normals(random(seed));
  return DESIGN.flatMap(([C, sizes, seeds]) =>
    Array.from({ length: sizes }, (_, i) => 2e4 * (C / 4e10) ** 0.35 * 1.5 ** (i - 1.5)).flatMap((N) =>
      Array.from({ length: seeds }, (_, s) => {
        const D = C / (6 * N);
        return { C, N, D, seed: s, loss: surfaceLoss(of, { N, D }) * Math.exp(noise * normal()) };
      }),
    ),
  );
};

const floor = { value: 0.02, standardError: 0.001 };

describe("the exponent that is quoted", () => {
  it("reaches over both fits, from that of all runs", () => {
    const fit = expectOk(jointFit(study(3), { floor, rehearse: false }));
    const { N, D } = jointExponents(fit);
    expect(fit.parts).toHaveLength(2);
    const ends = fit.parts.flatMap(({ exponents }) => exponents.N.ci95);
    expect(N.ci95).toEqual([Math.min(...ends), Math.max(...ends)]);
    expect(N.value).toBe(fit.parts[0]?.exponents.N.value);
    expect(N.value + D.value).toBeCloseTo(1, 9);
    for (const { exponents } of fit.parts) expect(N.standardError).toBeGreaterThanOrEqual(exponents.N.standardError);
  });
});

describe("the basin", () => {
  it.each([
    [0.7, 0.4, -1.2],
    [-1.3, 0.1, 0.6],
    [0.3, 0.2, 1e-4],
    [0.9, 0.3, 0],
  ])("has the slopes of its differences at d = %f, κ = %f, skew = %f", (d, kappa, skew) => {
    const h = 1e-5;
    const { height, slope, tilt } = basin(d, kappa, skew);
    const at = (e: number, s: number) => basin(d + e, kappa, skew + s).height;
    expect(slope).toBeCloseTo((at(h, 0) - at(-h, 0)) / (2 * h), 8);
    expect(tilt).toBeCloseTo((at(0, h) - at(0, -h)) / (2 * h), 8);
    expect(height).toBeGreaterThan(0);
  });

  it("is the cubic κ d² + (κ skew / 3) d³ near its one minimum, and convex where the cubic falls", () => {
    const cubic = (d: number) => 0.4 * d * d + ((0.4 * -1.5) / 3) * d ** 3;
    expect(basin(0.01, 0.4, -1.5).height).toBeCloseTo(cubic(0.01), 8);
    expect(cubic(2.5)).toBeLessThan(0);
    expect(basin(2.5, 0.4, -1.5).slope).toBeGreaterThan(basin(1, 0.4, -1.5).slope);
  });
});

describe("the noise of repeated runs", () => {
  it("is the pooled deviation of their cells, of few no number", () => {
    const pair = (N: number, a: number, b: number): Run[] =>
      [a, b].map((loss, seed) => ({ C: 6e9 * N, N, D: 1e9, loss, seed }));
    const runs = [pair(1, 1, 1.02), pair(2, 1, 1.04), pair(3, 1, 1), pair(4, 1, 1.02)].flat();
    const squares = [1.02, 1.04, 1, 1.02].reduce((s, v) => s + Math.log(v) ** 2 / 2, 0);
    expect(replicateNoise(runs)).toMatchObject({ degreesOfFreedom: 4, cells: 4 });
    expect(replicateNoise(runs)!.standardDeviation).toBeCloseTo(Math.sqrt(squares / 4), 12);
    expect(replicateNoise(runs.slice(0, 6))).toBeUndefined();
  });

  it("falls with compute where it does, and stays what it is beyond the largest repeated", () => {
    const normal = normals(random(3));
    const runs = DESIGN.flatMap(([C]) =>
      Array.from({ length: 60 }, (_, i) => ({
        ...{ C, N: 1e4, D: C / 6e4, seed: i },
        loss: Math.exp(0.02 * (C / 1e10) ** -0.25 * normal()),
      })),
    );
    const noise = replicateNoise(runs)!;
    expect(noise.slope).toBeCloseTo(-0.5, 0);
    expect(Math.sqrt(noiseAt(noise, 3.2e11)) / (0.02 * 32 ** -0.25)).toBeCloseTo(1, 0);
    expect(noiseAt(noise, 1e13)).toBe(noiseAt(noise, 3.2e11));
  });
});

describe("the joint fit of a study of its own form", () => {
  const runs = study(1);
  const fit = expectOk(jointFit(runs, { floor }));

  it("fits all budgets, and all but the smallest third", () => {
    expect(fit).toMatchObject({ status: "converged", points: runs.length, floor, quantity: "loss" });
    expect(fit.parts.map(({ over, computes }) => [over, ...computes])).toEqual([
      ["all", 1e10, 3.2e11],
      ["larger", 4e10, 3.2e11],
    ]);
    for (const { nodes } of fit.parts) {
      expect(nodes.reduce((s, { weight }) => s + weight, 0)).toBeCloseTo(1, 12);
      for (const node of nodes) {
        expect(Math.exp(node.theta[0]!)).toBeCloseTo(node.floor, 12);
        expect(node.floor).toBeGreaterThan(0.015);
      }
    }
  });

  it("holds what is true: exponents, no drift, the floor, the noise", () => {
    const [all] = fit.parts;
    const holds = ([low, high]: readonly [number, number], value: number) => low <= value && value <= high;
    expect(holds(all!.exponents.N.ci95, 0.35)).toBe(true);
    expect(holds(all!.exponents.D.ci95, 0.65)).toBe(true);
    expect(holds(all!.exponents.loss.ci95, -0.3)).toBe(true);
    expect(holds(all!.exponents.drift.ci95, 0)).toBe(true);
    expect(holds(all!.floor.ci95, 0.1)).toBe(true);
    expect(all!.noise!.standardDeviation).toBeCloseTo(0.01, 2);
    expect(all!.lackOfFit).toMatchObject({ ok: true, from: "replicates" });
    expect(all!.lackOfFit.ok && all!.lackOfFit.pValue).toBeGreaterThan(0.01);
  });

  it("predicts ten times the compute: what is true lies within its intervals, which are the wider of the two", () => {
    const C = 3.2e12;
    const { predicted, notes, given } = expectOk(predictJoint(fit, { C }));
    const best = expectOk(optimalAllocation(truth, C));
    const { N, D, loss } = predicted;
    expect(given).toEqual({ C });
    expect(N.value * D.value * fit.flopsPerToken).toBeCloseTo(C, -3);
    expect(best.N).toBeGreaterThan(N.ci95![0]);
    expect(best.N).toBeLessThan(N.ci95![1]);
    expect(best.loss).toBeGreaterThan(loss.ci95![0]);
    expect(best.loss).toBeLessThan(loss.ci95![1]);
    expect(loss.interval95![0]).toBeLessThan(loss.ci95![0]);
    expect(notes.extrapolation).toBeCloseTo(10, 6);
    const width = ([low, high]: readonly [number, number]) => Math.log(high / low);
    const widths = Object.values(notes.parts!).map(({ interval95 }) => width(interval95));
    expect(Object.keys(notes.parts!)).toEqual(["all", "larger"]);
    expect(width(loss.interval95!)).toBe(Math.max(...widths));
    const alone = expectOk(predictJoint({ ...fit, parts: fit.parts.slice(0, 1) }, { N: N.value, D: D.value }));
    expect(alone.predicted.loss.interval95).toEqual(notes.parts!.all!.interval95);
  });

  it("reaches a loss with the compute whose optimum has it, and none below every floor", () => {
    const { loss } = expectOk(predictJoint(fit, { C: 6.4e11 })).predicted;
    const { C } = expectOk(predictJoint(fit, { loss: loss.value })).predicted;
    expect(C.ci95![0]).toBeLessThan(6.4e11);
    expect(C.ci95![1]).toBeGreaterThan(6.4e11);
    // A law that sags rises again far out, or falls again far below: neither is where a loss is reached.
    for (const sag of [-0.004, 0.004]) {
      const c = Math.log(6.4e11 / 6);
      const sagging = { ...truth, centre: { N: 2e4, D: 4e10 / 1.2e5 }, theta: [...truth.theta] };
      sagging.theta[1]! += sag * c * c;
      sagging.theta[2]! += 2 * sag * c;
      sagging.theta[3] = sag;
      const at = expectOk(optimalAllocation(sagging, 1e12));
      expect(expectOk(computeForLoss(sagging, at.loss)).C / 1e12).toBeCloseTo(1, 6);
    }
    expect(predictJoint(fit, { loss: 0.03 })).toMatchObject({ ok: false, reason: "unreachable" });
  });

  it("rehearses: from each inner budget each larger one, up to ten times", () => {
    expect(fit.rehearsals.map(({ upTo, C }) => [upTo, C])).toEqual([
      [4e10, 8e10],
      [4e10, 1.6e11],
      [4e10, 3.2e11],
      [8e10, 1.6e11],
      [8e10, 3.2e11],
      [1.6e11, 3.2e11],
    ]);
    const first = fit.rehearsals[0]!;
    expect(first).toMatchObject({ points: 43, distance: 2 });
    // The same as the fit of those runs alone has it.
    const before = expectOk(jointFit(runs.slice(0, 43), { floor, rehearse: false, flopsPerToken: fit.flopsPerToken }));
    const { N, D, loss: measured } = runs[43]!;
    const { value, interval95 } = expectOk(predictJoint(before, { N, D })).predicted.loss;
    const error = Math.log(measured / value);
    expect(first.runs[0]!.error).toBeCloseTo(error, 10);
    const end = Math.log(error > 0 ? interval95![1] / value : value / interval95![0]);
    expect(first.runs[0]!.z).toBeCloseTo((1.959963984540054 * error) / end, 10);
    const { runs: count, inside, rms } = rehearsalScore(fit.rehearsals);
    expect(count).toBe(65);
    expect(inside).toBeGreaterThan(0.9);
    expect(rms).toBeLessThan(1.3);
  });

  it("survives JSON, and what is damaged is refused by the name of its field", () => {
    const text = writeRecord(fit);
    const again = readJointFit(text);
    expect(again).toEqual(JSON.parse(JSON.stringify(fit)));
    expect(readRecord(text)).toEqual(again);
    const told = JSON.parse(text);
    told.floor = { ...told.floor, prior: "words", bins: [] };
    expect(readRecord(JSON.stringify(told)), "an earlier version said more of the floor").toEqual(again);
    expect(predictJoint(again, { C: 1e12 })).toEqual(predictJoint(fit, { C: 1e12 }));
    const damaged = (path: readonly (string | number)[], value: unknown) => () => {
      const record = JSON.parse(text);
      path.slice(0, -1).reduce((node, key) => node[key], record)[path.at(-1)!] = value;
      return readJointFit(record);
    };
    expect(damaged(["parts"], [])).toThrow(/parts is .*; .*a list of at least 1/);
    expect(damaged(["parts", 0, "nodes", 0, "weight"], -1)).toThrow(/parts\[0\]\.nodes\[0\]\.weight is -1; /);
    expect(damaged(["parts", 0, "over"], "some")).toThrow(/parts\[0\]\.over is "some"; /);
    expect(damaged(["rehearsals", 0, "distance"], 0)).toThrow(/rehearsals\[0\]\.distance is 0; /);
    expect(damaged(["floor", "value"], -1)).toThrow(/floor\.value is -1; /);
  });
});

describe("how the joint fit is asked", () => {
  const runs = study(2);

  it("is the same in pieces, with progress to its end, and stops when it is told to", async () => {
    const seen: [number, number][] = [];
    const onProgress = (done: number, all: number) => seen.push([done, all]);
    expect(await jointFitAsync(runs, { floor, onProgress })).toEqual(jointFit(runs, { floor }));
    expect(seen).toEqual(Array.from({ length: 5 }, (_, i) => [i + 1, 5]));
    const stopper = new AbortController();
    const stopped = jointFitAsync(runs, { onProgress: () => stopper.abort(), signal: stopper.signal });
    await expect(stopped).rejects.toThrow(/joint fit was aborted/);
  });

  it.each([
    [{ floor: { value: -1, standardError: 0 } }, /floor\.value is -1; expected a loss of at least 0/],
    [
      { floor: { value: 0.9, standardError: 0 } },
      /floor\.value is 0\.9; expected a loss below 0\.25\d+, which was reached/,
    ],
    [{ floor: { value: 0.1, standardError: Number.NaN } }, /floor\.standardError is NaN; expected/],
    [{ flopsPerToken: 0 }, /flopsPerToken is 0; expected a positive number/],
  ])("refuses %j", (options, message) => {
    expect(() => jointFit(runs, options)).toThrow(message);
  });

  it.each([{ C: 0 }, { N: -1, D: 1e9 }, { loss: Number.NaN }])("has no answer to %j", (question) => {
    const fit = expectOk(jointFit(runs, { rehearse: false }));
    expect(() => predictJoint(fit, question)).toThrow(/expected a positive number/);
  });

  it("of too few runs is refused; of too few budgets says that nothing was left out", () => {
    expect(jointFit(runs.slice(0, 9))).toMatchObject({ ok: false, reason: "too-few-points" });
    expect(jointFit([])).toMatchObject({ ok: false, reason: "too-few-points" });
    const few = expectOk(jointFit(runs.slice(0, 43)));
    expect(few).toMatchObject({ status: "unidentified", rehearsals: [] });
    expect(few.message).toContain("3 budgets: too few to be fitted without the smallest");
    expect(few.parts).toHaveLength(1);
  });

  it("seeks no floor below the measured one, and says the noise from the scatter where no run is repeated", () => {
    const single = runs.filter(({ seed }) => seed === 0);
    const low = expectOk(jointFit(single, { rehearse: false }));
    const high = expectOk(jointFit(single, { rehearse: false, floor: { value: 0.12, standardError: 1e-4 } }));
    const least = ({ parts }: JointFit) => Math.min(...parts[0]!.nodes.map(({ floor: E }) => E));
    expect(least(low)).toBeLessThan(0.09);
    expect(least(high)).toBeGreaterThan(0.119);
    expect(high.parts[0]!.noise).toBeUndefined();
    expect(high.parts[0]!.lackOfFit.ok).toBe(false);
  });
});
