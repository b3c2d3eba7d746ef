import { createDevice } from "@isoflop/tensor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Coefficients,
  convert,
  cosinePath,
  DiffusionError,
  eulerMaruyama,
  instantAt,
  interpolate,
  linearPath,
  type Path,
  type Prediction,
  type PredictionName,
  predictions,
  vpPath,
} from "../src/index.js";
import { type FixtureArray, readFixture, relativeError } from "./fixture.js";

const fixture = readFixture("sit_paths");
const row = (name: string): FixtureArray => fixture.get(name)!;
const device = await createDevice("wasm");

/** SiT's clock runs from noise to data: its t is our 1 - t, its derivatives and its velocity have the other sign. */
const times = Array.from(row("t").data, (t) => 1 - t);

const paths: readonly (readonly [name: string, path: Path])[] = [
  ["Linear", linearPath()],
  ["GVP", cosinePath()],
  ["VP", vpPath()],
];

const everywhere = fc.double({ min: 0.02, max: 0.98, noNaN: true });
const anyPath = fc.constantFrom(...paths.map(([, path]) => path));
const anyPrediction = fc.constantFrom(...predictions);
const number = fc.double({ min: -3, max: 3, noNaN: true });

describe.each(paths)("%s", (name, path) => {
  const coefficients = times.map((t) => path.at(t));
  const column = (of: (c: Coefficients<number>) => number | number[]) => coefficients.flatMap(of);
  const numberOf = (x: number) => x;

  test("has SiT's coefficients in float64", () => {
    expect(
      relativeError(
        column((c) => numberOf(c.alpha)),
        row(`${name}.alpha`).data,
      ),
    ).toBeLessThan(1e-13);
    expect(
      relativeError(
        column((c) => numberOf(c.sigma)),
        row(`${name}.sigma`).data,
      ),
    ).toBeLessThan(1e-13);
    expect(
      relativeError(
        column((c) => -c.alphaDot),
        row(`${name}.d_alpha`).data,
      ),
    ).toBeLessThan(1e-13);
    expect(
      relativeError(
        column((c) => -c.sigmaDot),
        row(`${name}.d_sigma`).data,
      ),
    ).toBeLessThan(1e-13);
  });

  test("has the same in f32 on a device", async () => {
    const { alpha, sigma, alphaDot, sigmaDot } = path.at(device.tensor(times));
    for (const [tensor, of] of [
      [alpha, (c: Coefficients<number>) => c.alpha],
      [sigma, (c: Coefficients<number>) => c.sigma],
      [alphaDot, (c: Coefficients<number>) => c.alphaDot],
      [sigmaDot, (c: Coefficients<number>) => c.sigmaDot],
    ] as const) {
      if (typeof tensor === "number") expect(new Set(column(of))).toEqual(new Set([tensor]));
      else expect(relativeError(await tensor.data(), column(of))).toBeLessThan(2e-6);
    }
  });

  test("converts as SiT does", () => {
    const { data: x } = row("x");
    const at = (from: Prediction, to: Prediction, values: ArrayLike<number>, sign = 1) =>
      Array.from(values, (value, i) => convert(path, { from, to }, sign * value, x[i]!, times[Math.floor(i / 4)]!));
    const velocity = row("velocity").data;
    expect(relativeError(at("velocity", "score", velocity, -1), row(`${name}.score_from_velocity`).data)).toBeLessThan(
      1e-12,
    );
    expect(relativeError(at("velocity", "noise", velocity, -1), row(`${name}.noise_from_velocity`).data)).toBeLessThan(
      1e-12,
    );
    const back = at("score", "velocity", row("score").data).map((value) => -value);
    expect(relativeError(back, row(`${name}.velocity_from_score`).data)).toBeLessThan(1e-12);
  });

  test("splits the velocity into SiT's drift of x and a share of the score", () => {
    const { data: x } = row("x");
    const timeOf = (i: number) => times[Math.floor(i / 4)]!;
    const [drift, share] = [
      Array.from(x, (value, i) => convert(path, { from: "score", to: "velocity" }, 0, value, timeOf(i))),
      times.map((t) => -convert(path, { from: "score", to: "velocity" }, 1, 0, t)),
    ];
    expect(relativeError(drift, row(`${name}.drift`).data)).toBeLessThan(1e-12);
    expect(relativeError(share, row(`${name}.drift_score_weight`).data)).toBeLessThan(1e-12);
  });

  test.each([
    ["constant", "constant"],
    ["SBDM", "sbdm"],
    ["sigma", "sigma"],
    ["linear", "linear"],
    ["decreasing", "decreasing"],
  ] as const)("is walked with SiT's noise of the form %s", (theirs, diffusion) => {
    const solver = eulerMaruyama({ diffusion, lastStep: "none" });
    const at = (t: number) => instantAt(path, t);
    const strengths = times.map((t) => {
      const place = { path, from: at(t), to: at(t - 0.01), before: [], left: 1, learnsVariance: false, at };
      // A step of length h draws √(2 w h).
      return solver.step(place).numbers(place).spread! ** 2 / (2 * (place.from.t - place.to.t));
    });
    expect(relativeError(strengths, row(`${name}.diffusion.${theirs}`).data)).toBeLessThan(1e-12);
  });

  test("derivatives are those of the coefficients", () => {
    fc.assert(
      fc.property(everywhere, (t) => {
        const [h, c] = [1e-5, path.at(t)];
        const [before, after] = [path.at(t - h), path.at(t + h)];
        expect((after.alpha - before.alpha) / (2 * h)).toBeCloseTo(c.alphaDot, 6);
        expect((after.sigma - before.sigma) / (2 * h)).toBeCloseTo(c.sigmaDot, 6);
      }),
    );
  });
});

describe("conversions", () => {
  test("go from and to every prediction of the same data and noise", () => {
    fc.assert(
      fc.property(anyPath, everywhere, number, number, anyPrediction, anyPrediction, (path, t, x, noise, from, to) => {
        const { alpha, sigma, alphaDot, sigmaDot } = path.at(t);
        const deviation = Math.hypot(alpha / 2, sigma);
        const meaning: Readonly<Record<PredictionName, number>> = {
          ...{ velocity: alphaDot * x + sigmaDot * noise, noise, data: x },
          ...{ v: alpha * noise - sigma * x, score: -noise / sigma },
          F: (2 * sigma * x - (alpha / 2) * noise) / deviation,
        };
        const converted = convert(path, { from, to }, meaning[from], alpha * x + sigma * noise, t);
        const worst = 1 + Math.abs(x) + Math.abs(noise) + Math.abs(meaning[to]) + Math.abs(meaning[from]);
        expect(Math.abs(converted - meaning[to]) / worst).toBeLessThan(1e-8);
      }),
      { numRuns: 1000 },
    );
  });

  test("are the same on tensors", async () => {
    const t = 0.37;
    for (const [, path] of paths)
      for (const from of predictions)
        for (const to of predictions) {
          const tensor = convert(path, { from, to }, device.tensor([0.8]), device.tensor([-0.4]), device.tensor([t]));
          expect(await tensor.item()).toBeCloseTo(convert(path, { from, to }, 0.8, -0.4, t), 4);
        }
  });

  test("are refused where a prediction says nothing new", () => {
    const [from, to] = ["noise", "velocity"] as const;
    expect(() => convert(linearPath(), { from, to }, 1, 1, 1)).toThrow(/noise at t = 1 on the linear path/);
    expect(() => convert(linearPath(), { from: "data", to }, 1, 1, 0)).toThrow(DiffusionError);
    expect(convert(linearPath(), { from: "velocity", to: "data" }, 1, 1, 1)).toBe(0);
  });

  test("are what they tend to at the ends, and refused where that is infinite", () => {
    for (const path of [linearPath(), cosinePath(), vpPath()]) {
      for (const from of predictions)
        for (const to of predictions)
          for (const end of [0, 1]) {
            const at = (far: number) => {
              const t = end === 0 ? far : 1 - far;
              return [convert(path, { from, to }, 1, 0, t), convert(path, { from, to }, 0, 1, t)];
            };
            const [near, nearer] = [at(2 ** -20), at(2 ** -24)];
            const grows = nearer.some((x, i) => Math.abs(x) > 1e-3 && Math.abs(x / near[i]!) > 1.5);
            // On the vp path sigma is like the root of t: 1e-3 of its limit away.
            const label = `${path.name}, ${from} to ${to} at ${end}`;
            if (grows) expect(() => at(0), label).toThrow(DiffusionError);
            else at(0).forEach((x, i) => void expect(Math.abs(x - nearer[i]!), label).toBeLessThan(5e-3));
          }
    }
    // A finite score at t = 0 means no noise in x_t, which is then the data.
    expect(convert(linearPath(), { from: "score", to: "data" }, 7, 2, 0)).toBe(2);
    expect(convert(linearPath(), { from: "score", to: "velocity" }, 7, 2, 0)).toBe(-2);
    // velocity = -β / 2 (x + score) where alpha is 1.
    expect(convert(vpPath(), { from: "score", to: "velocity" }, 7, 2, 0)).toBeCloseTo(-0.05 * 9, 14);
    expect(convert(vpPath(), { from: "velocity", to: "score" }, 7, 2, 0)).toBeCloseTo(-142, 10);
    expect(() => convert(linearPath(), { from: "velocity", to: "score" }, 1, 1, 0)).toThrow(
      /score at t = 0.*is infinite/,
    );
    expect(() => convert(vpPath(), { from: "noise", to: "velocity" }, 1, 1, 0)).toThrow(
      /velocity at t = 0.*is infinite/,
    );
  });
});

describe("interpolate", () => {
  test("is data at 0 and noise at 1, each sample at its own time", async () => {
    const [x, noise] = [device.tensor([1, 2, 3, 4, 5, 6], [3, 2]), device.tensor([7, 8, 9, 10, 11, 12], [3, 2])];
    const t = device.tensor([0, 1, 0.5]);
    expect(Array.from(await interpolate(linearPath(), x, noise, t).data())).toEqual([1, 2, 9, 10, 8, 9]);
  });

  test("names times that do not fit", () => {
    const x = device.tensor([1, 2, 3, 4], [2, 2]);
    expect(() => interpolate(linearPath(), x, x, device.tensor([0.5]))).toThrow(/t is \[1\]; x \[2, 2\].*\[2\]/);
  });

  test("names betas that do not fit", () => {
    expect(() => vpPath({ betaMin: 2, betaMax: 1 })).toThrow(/betas are 2 and 1/);
  });
});

test("no array of the fixture is left unread", () => {
  expect(fixture.unread()).toEqual([]);
});
