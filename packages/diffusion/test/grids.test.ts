import { createDevice, type Tensor } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import {
  cosinePath,
  discretePath,
  dopri5,
  edmPath,
  exponentialGrid,
  grids,
  iddpmGrid,
  karrasGrid,
  linearPath,
  logSnrGrid,
  type Path,
  quadraticGrid,
  sample,
  shiftedGrid,
  shiftTime,
  type TimeGrid,
  uniformGrid,
  uniformTimes,
  vePath,
  vpPath,
} from "../src/index.js";

const ratio = (path: Path, t: number): number => Number(path.at(t).sigma) / Number(path.at(t).alpha);
const ratios = (path: Path, times: readonly number[]) => times.map((t) => ratio(path, t));
const paths = [linearPath(), cosinePath(), vpPath(), edmPath(), vePath(), discretePath()];
const all: readonly TimeGrid[] = [
  ...[
    uniformGrid(),
    uniformGrid({ last: 0.04 }),
    quadraticGrid(),
    quadraticGrid({ first: 0.8, last: 0.01 }),
    logSnrGrid(),
  ],
  ...[karrasGrid(), exponentialGrid(), iddpmGrid(), shiftedGrid(karrasGrid(), 3)],
];

test.each(all.map((grid, i) => [`${grid.name} (${i})`, grid] as const))(
  "%s: falling times of so many steps, to data",
  (_, grid) => {
    for (const path of paths)
      for (const steps of [1, 2, 3, 18, 40]) {
        const times = grid.times(path, steps);
        expect(times.length, path.name).toBe(steps + 1);
        expect(times.at(-1), path.name).toBe(0);
        expect(times[0]!).toBeLessThanOrEqual(1);
        expect(
          times.slice(1).every((t, i) => t < times[i]!),
          `${path.name} ${times.join(" ")}`,
        ).toBe(true);
      }
  },
);

describe("each is its formula", () => {
  test("uniform and quadratic times", () => {
    expect(uniformGrid().times(linearPath(), 4)).toEqual(uniformTimes(4));
    expect(uniformGrid({ last: 0.04 }).times(linearPath(), 3)).toEqual([1, 0.52, 0.04, 0]);
    expect(uniformGrid({ last: 0.04 }).times(linearPath(), 1)).toEqual([1, 0]);
    const squares = quadraticGrid().times(linearPath(), 4);
    for (const [i, t] of squares.entries()) expect(t).toBeCloseTo(((4 - i) / 4) ** 2, 15);
  });

  test("Karras's sigmas, whatever the path", () => {
    const wanted = Array.from(
      { length: 18 },
      (_, i) => (80 ** (1 / 7) + (i / 17) * (0.002 ** (1 / 7) - 80 ** (1 / 7))) ** 7,
    );
    for (const path of [linearPath(), cosinePath(), vpPath(), edmPath()]) {
      const found = ratios(path, karrasGrid().times(path, 18));
      for (const [i, sigma] of wanted.entries()) expect(found[i]! / sigma, path.name).toBeCloseTo(1, 6);
      expect(found[18]).toBe(0);
    }
    // A path that ends with noise ends there, in as many steps.
    const ends = ratios(vePath(), karrasGrid().times(vePath(), 18));
    expect(ends[17]!).toBeGreaterThan(ends[18]!);
    expect(ends[18]).toBeCloseTo(0.02, 12);
  });

  test("exponential sigmas and equal log signal-to-noise ratios fall by one factor", () => {
    for (const times of [
      exponentialGrid({ sigmaMin: 0.02, sigmaMax: 50 }).times(vpPath(), 9),
      logSnrGrid().times(vpPath(), 9),
    ]) {
      const found = ratios(vpPath(), times.slice(0, -1));
      const factors = found.slice(1).map((sigma, i) => sigma / found[i]!);
      for (const factor of factors) expect(factor / factors[0]!).toBeCloseTo(1, 9);
    }
    const ends = logSnrGrid({ first: 0.9, last: 0.1, toData: false }).times(linearPath(), 2);
    expect(ends[0]).toBe(0.9);
    expect(ends[1]).toBeCloseTo(0.5, 12);
    expect(ends[2]).toBe(0.1);
  });

  test("a shift is SD3's, of each time", () => {
    const shifted = shiftedGrid(uniformGrid(), 3).times(linearPath(), 5);
    expect(shifted).toEqual(uniformTimes(5).map((t) => shiftTime(t, 3)));
    expect(
      grids.build({ kind: "shifted", by: 3, grid: { kind: "uniform", first: 1, last: 0 } }).times(linearPath(), 5),
    ).toEqual(shifted);
  });
});

test("names what does not fit", () => {
  expect(() => uniformGrid({ first: 0.1, last: 0.2 })).toThrow(
    "uniform: times go from 0.1 to 0.2; they take last < first",
  );
  expect(() => quadraticGrid({ first: 2 })).toThrow("quadratic.first is 2");
  expect(() => karrasGrid({ rho: 0.5 })).toThrow("karras.rho is 0.5; it must be a finite number of at least 1");
  expect(() => karrasGrid({ sigmaMin: 3, sigmaMax: 2 }).times(edmPath(), 4)).toThrow(
    "karras: sigmas are 3 and 2, on the EDM 80 path",
  );
  expect(() => exponentialGrid({ sigmaMin: 0 })).toThrow("exponential.sigmaMin is 0");
  expect(() => logSnrGrid({ first: 1 }).times(linearPath(), 4)).toThrow(
    "logSnr: the log signal-to-noise ratio at t = 1 of the linear path is infinite",
  );
  expect(() => iddpmGrid({ count: 4 }).times(edmPath(), 40)).toThrow(/iddpm: steps are 40; there are \d noise levels/);
  expect(() => shiftedGrid(uniformGrid(), 0)).toThrow("shiftedGrid: by is 0");
});

describe("in a run", async () => {
  const device = await createDevice("reference");
  const noise = device.tensor([1, -1], [2, 1]);
  const still = (x: Tensor): Tensor => x.mul(0);
  const edm = { path: edmPath(), prediction: "velocity" } as const;

  test("it places the steps, and noise is as large as at its first time", async () => {
    const seen: number[] = [];
    const grid = karrasGrid({ sigmaMax: 40 });
    const out = await sample(still, {
      noise,
      steps: 5,
      grid,
      objective: edm,
      device,
      onStep: ({ t }) => void seen.push(t),
    });
    expect(seen).toEqual(grid.times(edm.path, 5).slice(1));
    expect(Array.from(await out.data())).toEqual([40, -40]);
    const chosen: number[] = [];
    await sample(still, {
      noise,
      grid,
      solver: dopri5(),
      steps: 3,
      objective: edm,
      device,
      onStep: ({ t }) => void chosen.push(t),
    });
    for (const t of grid.times(edm.path, 3).slice(1)) expect(chosen).toContain(t);
  });

  test("it is one of times or steps, and a grid", async () => {
    await expect(sample(still, { noise, times: [1, 0], grid: karrasGrid(), device })).rejects.toThrow(
      "sample: times are given beside steps or a grid; it takes one of them",
    );
    await expect(sample(still, { noise, times: [1, 0], steps: 2, device })).rejects.toThrow("beside steps or a grid");
    await expect(sample(still, { noise, grid: karrasGrid as unknown as TimeGrid, device })).rejects.toThrow(
      "it takes one such as karrasGrid().",
    );
    const stuck: TimeGrid = { name: "stuck", times: () => [0.5, 0.5] };
    await expect(sample(still, { noise, grid: stuck, device })).rejects.toThrow("the stuck grid: times are [0.5, 0.5]");
    await expect(sample(still, { noise, steps: 0, grid: karrasGrid(), device })).rejects.toThrow("steps is 0");
  });
});
