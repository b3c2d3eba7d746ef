import { createDevice, random, type Tensor } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import {
  ancestral,
  cosinePath,
  ddim,
  dpmSolverPP,
  edmPath,
  edmStochastic,
  eulerMaruyama,
  heunSde,
  linearPath,
  type Path,
  type Solver,
  sample,
  sampler,
  uniformGrid,
  uniformTimes,
  vpPath,
} from "../src/index.js";
import { best, centre, spread } from "./gaussian.js";

const device = await createDevice("wasm");
const count = 10_000;

/** Mean and deviation of a path's x_t, for data of one Gaussian number. */
const marginal = (path: Path, t: number) => {
  const { alpha, sigma } = path.at(t) as { alpha: number; sigma: number };
  return { mean: alpha * centre, deviation: Math.hypot(alpha * spread, sigma) };
};

const forms = ["constant", "sbdm", "sigma", "linear", "decreasing", "increasingDecreasing"] as const;
const straight = linearPath();
const both = [straight, edmPath({ sigmaMax: 10 }), vpPath()];
const smooth = [straight, cosinePath()];
const stochastic: readonly (readonly [name: string, solver: Solver, paths: readonly Path[]])[] = [
  ["ancestral", ancestral(), both],
  ["ancestral of the large variance", ancestral({ variance: "fixedLarge" }), both],
  ["ddim of eta 1/2", ddim({ eta: 0.5 }), both],
  ["dpmSolverPP 2M SDE", dpmSolverPP({ eta: 1 }), both],
  ["dpmSolverPP 2M SDE, Heun's", dpmSolverPP({ eta: 1, correction: "heun" }), both],
  ["dpmSolverPP 3M SDE", dpmSolverPP({ eta: 1, order: 3 }), both],
  ["edmStochastic", edmStochastic({ churn: 40 }), both],
  ...forms.flatMap((diffusion) => [
    [`eulerMaruyama, ${diffusion}`, eulerMaruyama({ diffusion, lastStep: "none" }), smooth] as const,
    [`heunSde, ${diffusion}`, heunSde({ diffusion, lastStep: "none" }), smooth] as const,
  ]),
];

/** Four standard errors of 10,000 draws, and what so many steps leave of the bias of first order. */
const meanWithin = 4 / Math.sqrt(count) + 0.02;
const varianceWithin = 4 * Math.sqrt(2 / count) + 0.08;

describe("samples keep the mean and the variance of Gaussian data", () => {
  const times = uniformTimes(96).map((t) => 0.05 + 0.9 * t);
  test.each(stochastic)("%s", async (_, solver, paths) => {
    for (const path of paths) {
      const [first, last] = [marginal(path, times[0]!), marginal(path, times.at(-1)!)];
      const start = random.normal(random.key(7), [count, 1]).mul(first.deviation).add(first.mean) as Tensor;
      await device.evaluate(start);
      const objective = { path, prediction: "velocity" } as const;
      const how = { start, times, solver, objective, key: random.key(11), device };
      const out = Array.from(await (await sample(best(path, "velocity"), how)).data());
      const mean = out.reduce((sum, x) => sum + x, 0) / count;
      const variance = out.reduce((sum, x) => sum + (x - mean) ** 2, 0) / count;
      expect(Math.abs(mean - last.mean) / last.deviation, path.name).toBeLessThan(meanWithin);
      expect(Math.abs(variance / last.deviation ** 2 - 1), path.name).toBeLessThan(varianceWithin);
    }
  });
});

describe("noise by key", () => {
  const path = linearPath();
  const reading = { path, prediction: "velocity" } as const;
  const noise = device.tensor([-1.5, -0.5, 0.25, 1, 2], [5, 1]);
  const grid = uniformGrid({ first: 0.95, last: 0.04 });
  const model = best(path, "velocity");

  test("is of the key alone, and DDIM of eta 1 is ancestral sampling of the small variance", async () => {
    const at = async (solver: Solver, seed: number) => {
      const how = { noise, steps: 9, grid, solver, objective: reading, key: random.key(seed), device };
      return Array.from(await (await sample(model, how)).data());
    };
    const [once, again, other] = [await at(ancestral(), 1), await at(ancestral(), 1), await at(ancestral(), 2)];
    expect(again).toEqual(once);
    for (const [i, x] of other.entries()) expect(x).not.toBe(once[i]);
    for (const [i, x] of (await at(ddim({ eta: 1 }), 1)).entries()) expect(Math.abs(x - once[i]!)).toBeLessThan(1e-6);
  });

  test("is new in every part of a run in parts, and given draws are those of all samples", async () => {
    const drawn = sampler((x: Tensor, t: Tensor, _: null) => model(x, t), {
      solver: ancestral(),
      objective: reading,
      device,
    });
    const alike = device.tensor([1, 1, 1, 1], [4, 1]);
    const { buffers } = device.memory;
    const parts = await drawn.run(null, { noise: alike, steps: 4, grid, key: random.key(3), batch: 2 });
    expect(new Set(await parts.data()).size).toBe(4);
    parts.dispose();
    const given = [0, 1, 2, 3].map((k) => device.tensor([k, -1, 0.5, 2], [4, 1]));
    const key = (step: number) => [given[step]!];
    const [whole, halves] = [
      await drawn.run(null, { noise: alike, steps: 4, grid, key }),
      await drawn.run(null, { noise: alike, steps: 4, grid, key, batch: 2 }),
    ];
    expect(await halves.data()).toEqual(await whole.data());
    for (const tensor of [whole, halves, ...given]) tensor.dispose();
    expect(device.memory.buffers).toBe(buffers);
    drawn.dispose();
  });

  test("depends on a sample's number alone, wherever a run begins", async () => {
    const how = { solver: ancestral(), objective: reading, device, steps: 4, grid, key: random.key(3) };
    const alike = (n: number) => device.tensor(Array(n).fill(1), [n, 1]);
    const whole = await (await sample(model, { ...how, noise: alike(4) })).data();
    const last = await (await sample(model, { ...how, noise: alike(3), first: 1, batch: 2 })).data();
    expect(last).toEqual(whole.slice(1));
    await expect(sample(model, { ...how, noise: alike(1), first: -1 })).rejects.toThrow(/sample: first is -1/);
  });

  test("EDM's churn stays within the path, and outside its range of noise it draws none", async () => {
    const edm = { path: edmPath(), prediction: "velocity" } as const;
    const how = { noise, times: [1, 0.5, 0.1], objective: edm, device };
    const still = (x: Tensor): Tensor => x.mul(0);
    const start = (await noise.data()).map((x) => 80 * x);
    const quiet = await sample(still, { ...how, solver: edmStochastic({ churn: 1, max: 1 }) });
    expect(await quiet.data()).toEqual(start);
    const loud = edmStochastic({ churn: 1, min: 1 });
    const seen: number[] = [];
    const key = (step: number) => {
      seen.push(step);
      return [noise];
    };
    await sample(still, { ...how, solver: loud, key });
    // At t = 1 there is no noise beyond.
    expect(seen).toEqual([1]);
  });

  test("SiT's last step of size 0.04 draws nothing, whatever it is", async () => {
    for (const lastStep of ["mean", "tweedie", "euler", "none"] as const) {
      const seen: number[] = [];
      const key = (step: number) => {
        seen.push(step);
        return [noise];
      };
      const solver = eulerMaruyama({ lastStep });
      await sample(model, {
        noise,
        steps: 3,
        grid: uniformGrid({ last: 0.04 }),
        solver,
        objective: reading,
        key,
        device,
      });
      expect(seen).toEqual(lastStep === "none" ? [0, 1, 2] : [0, 1]);
    }
  });
});
