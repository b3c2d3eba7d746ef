import { createDevice, random } from "@isoflop/tensor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  carried,
  cosinePath,
  cosmap,
  DiffusionError,
  densityOn,
  draws,
  edmPath,
  linearPath,
  logitNormal,
  logNormalSigma,
  mode,
  numbers,
  quantiles,
  shifted,
  shiftForTokens,
  shiftTime,
  stratified,
  type TimestepDensity,
  uniform,
} from "../src/index.js";
import { normalQuantile } from "../src/normal-quantile.js";
import { type FixtureArray, readFixture, relativeError } from "./fixture.js";

const fixture = readFixture("timestep_densities");
const row = (name: string): FixtureArray => fixture.get(name)!;
const [u, t] = [Array.from(row("u").data), Array.from(row("t").data)];
const device = await createDevice("wasm");

const logitNormals = [
  [0, 1],
  [0.5, 1],
  [-0.8, 0.8],
] as const;
const modeScales = [-0.6, 0.8, 1.29, 1.75] as const;

const all: readonly TimestepDensity[] = [
  uniform(),
  ...logitNormals.map(([mean, std]) => logitNormal({ mean, std })),
  ...modeScales.slice(0, 3).map((scale) => mode({ scale })),
  cosmap(),
  shifted(logitNormal(), 3),
  shifted(uniform(), 0.5),
  densityOn(carried({ path: linearPath(), density: uniform() }), cosinePath()),
  densityOn(carried({ path: cosinePath(), density: logitNormal() }), linearPath()),
];

describe("reference numbers", () => {
  test("the normal quantile", () => {
    const z = u.map((p) => normalQuantile(numbers, p));
    expect(relativeError(z, row("normal_quantile_of_u").data)).toBeLessThan(1e-14);
    // Φ⁻¹(1e-20), beyond the second branch.
    expect(normalQuantile(numbers, 1e-20)).toBeCloseTo(-9.262340089798409, 12);
  });

  test.each(logitNormals)("logit-normal(%d, %d)", (mean, std) => {
    const [density, name] = [logitNormal({ mean, std }), `logit_normal_${mean.toFixed(1)}_${std.toFixed(1)}`];
    expect(relativeError(u.map(density.quantile), row(`${name}.sample`).data)).toBeLessThan(1e-14);
    expect(relativeError(t.map(density.pdf), row(`${name}.pdf`).data)).toBeLessThan(1e-13);
  });

  test.each(modeScales)("mode(%d), whose map in SD3 falls where a quantile rises", (scale) => {
    const { quantile } = mode({ scale });
    expect(
      relativeError(
        u.map((p) => quantile(1 - p)),
        row(`mode_${scale}.sample`).data,
      ),
    ).toBeLessThan(1e-14);
  });

  test("cosmap", () => {
    expect(relativeError(u.map(cosmap().quantile), row("cosmap.sample").data)).toBeLessThan(1e-14);
    expect(relativeError(t.map(cosmap().pdf), row("cosmap.pdf").data)).toBeLessThan(1e-14);
  });

  test("EDM's log-normal sigma", () => {
    const { quantile } = densityOn(logNormalSigma(), linearPath());
    const sigmas = u.map((p) => quantile(p) / (1 - quantile(p)));
    expect(relativeError(sigmas, row("edm_lognormal_sigma_-1.2_1.2").data)).toBeLessThan(1e-14);
  });

  test("shifts", () => {
    for (const by of [1, 3, 6])
      expect(
        relativeError(
          t.map((x) => shiftTime(x, by)),
          row(`shift_${by.toFixed(1)}`).data,
        ),
      ).toBeLessThan(1e-14);
    for (const [tokens, mu] of [
      [256, 0.5],
      [4096, 1.15],
    ] as const) {
      const moved = t.map((x) => shiftTime(x, shiftForTokens(tokens)));
      expect(relativeError(moved, row(`exp_shift_mu_${mu}`).data)).toBeLessThan(1e-14);
    }
  });
});

describe.each(all.map((density) => [density.name, density] as const))("%s", (_, density) => {
  test("integrates to the quantile: the pdf is its density", () => {
    const probability = fc.double({ min: 0.01, max: 0.98, noNaN: true });
    fc.assert(
      fc.property(probability, (p) => {
        const h = 1e-4;
        const [low, high] = [density.quantile(p), density.quantile(p + h)];
        expect(high).toBeGreaterThan(low);
        // Simpson's rule over the stretch that holds a share h.
        const share = ((high - low) / 6) * (density.pdf(low) + 4 * density.pdf((low + high) / 2) + density.pdf(high));
        expect(share / h).toBeCloseTo(1, 5);
      }),
    );
  });

  test("runs over 0..1, and has no density outside", () => {
    expect([density.quantile(0), density.quantile(1)]).toEqual([0, 1]);
    expect([-0.1, 0, 1, 1.1, 1.5, 2].map(density.pdf)).toEqual([0, 0, 0, 0, 0, 0]);
    for (const p of [-0.1, 1.1, Number.NaN]) expect(() => density.quantile(p)).toThrow(DiffusionError);
  });

  test("is the same on a device in f32", async () => {
    const probabilities = Array.from({ length: 99 }, (_, i) => Math.fround((i + 1) / 100));
    const onDevice = await density.quantile(device.tensor(probabilities)).data();
    expect(relativeError(onDevice, probabilities.map(density.quantile))).toBeLessThan(1e-6);
  });

  test("draws one time from each part, rising, for any key", async () => {
    const n = 64;
    const times = await stratified(density, n, random.key(3)).data(device);
    for (const [i, time] of times.entries()) {
      expect(time).toBeGreaterThanOrEqual(density.quantile(i / n) - 1e-6);
      expect(time).toBeLessThanOrEqual(density.quantile((i + 1) / n) + 1e-6);
    }
    expect(await stratified(density, n, random.key(3)).data(device)).toEqual(times);
    expect(await stratified(density, n, random.key(4)).data(device)).not.toEqual(times);
  });

  test("independent draws have its distribution", async () => {
    const n = 4000;
    const sorted = Array.from(await draws(density, n, random.key(5)).data(device)).sort((a, b) => a - b);
    // Kolmogorov-Smirnov at a risk below 1e-4, on the quantile side.
    const gap = Math.max(
      ...Array.from({ length: 9 }, (_, i) => {
        const p = (i + 1) / 10;
        return Math.abs(sorted.filter((x) => x <= density.quantile(p)).length / n - p);
      }),
    );
    expect(gap).toBeLessThan(2.3 / Math.sqrt(n));
  });
});

test("fixed quantiles sit in the middle of their parts unless told", () => {
  expect(quantiles(uniform(), 4)).toEqual([0.125, 0.375, 0.625, 0.875]);
  expect(quantiles(uniform(), 2, 0)).toEqual([0, 0.5]);
  expect(quantiles(logitNormal(), 3)[1]).toBeCloseTo(0.5, 14);
  // In f32 as well, in which they reach a device.
  const wide = Float32Array.from(quantiles(logitNormal({ std: 40 }), 64));
  expect(wide.every((t) => t > 0 && t < 1)).toBe(true);
});

test("options that do not fit are named", () => {
  expect(() => logitNormal({ std: 0 })).toThrow(/logitNormal.std is 0; it must be a finite number above 0/);
  expect(() => mode({ scale: 1.8 })).toThrow(
    /scale is 1.8; it must be a finite number of at least -1 and of at most 1.7519/,
  );
  expect(() => shifted(uniform(), 0)).toThrow(/shifted: by is 0/);
  expect(() => shiftTime(0.5, -1)).toThrow(/shiftTime: by is -1/);
  expect(() => quantiles(uniform(), 2, 1.5)).toThrow(/offset is 1.5/);
  for (const n of [0, 1.5]) {
    expect(() => quantiles(uniform(), n)).toThrow(/n is/);
    expect(() => stratified(uniform(), n, random.key(0))).toThrow(/n is/);
  }
});

test("cosmap is the uniform times of the cosine path, carried to the linear one", () => {
  const made = densityOn(carried({ path: cosinePath(), density: uniform() }), linearPath());
  for (const share of [0.001, 0.3, 0.5, 0.99]) {
    expect(made.quantile(share)).toBeCloseTo(cosmap().quantile(share), 14);
    expect(made.pdf(share)).toBeCloseTo(cosmap().pdf(share), 12);
  }
});

test("uniform times of a range stay in it", () => {
  const density = uniform({ from: 0.2, to: 0.7 });
  expect(density.quantile(1e-12)).toBeCloseTo(0.2, 10);
  expect(density.quantile(0.5)).toBeCloseTo(0.45, 12);
  expect(density.quantile(1 - 1e-12)).toBeCloseTo(0.7, 10);
  expect([density.pdf(0.1), density.pdf(0.8)]).toEqual([0, 0]);
  expect(density.pdf(0.3)).toBeCloseTo(2, 12);
  for (const [from, to] of [
    [0.5, 0.5],
    [-1, 1],
    [0, 2],
  ] as const)
    expect(() => uniform({ from, to })).toThrow(DiffusionError);
});

test("carried times that the other path has not are cut", () => {
  const [from, to] = [linearPath(), edmPath({ sigmaMax: 4 })];
  const density = densityOn(carried({ path: from, density: uniform() }), to);
  // Noise of 4 is at t = 0.8.
  expect(density.quantile(0.5)).toBeCloseTo(0.4 / 0.6 / 4, 12);
  expect(density.quantile(1)).toBeCloseTo(1, 9);
  const none = () => densityOn(carried({ path: from, density: uniform({ from: 0.9 }) }), to);
  expect(none).toThrow("draws none of the noise that the EDM 4 path has");
});

test("no array of the fixture is left unread but those of weights", () => {
  expect(fixture.unread().filter((name) => !/^log_snr$|\.on_(eps|x0|v)$/.test(name))).toEqual([]);
});
