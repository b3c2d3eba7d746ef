import { createDevice, random, type Tensor } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import {
  ancestral,
  cosinePath,
  ddim,
  dopri5,
  dpmSolver,
  dpmSolverMultistep,
  dpmSolverPP,
  dpmSolverPPSingle,
  edmPath,
  edmStochastic,
  eulerMaruyama,
  heun,
  heunSde,
  instantAt,
  linearPath,
  lms,
  type Path,
  type Prediction,
  predictions,
  type Solver,
  type StepPlace,
  sample,
  solvers,
  uniformTimes,
  uniPC,
  vePath,
  vpPath,
} from "../src/index.js";
import { deterministic } from "./deterministic.js";
import { best, exact } from "./gaussian.js";

/** Float64, rounded to f32 between steps. */
const device = await createDevice("reference");
const start = [-1.5, -0.5, 0.25, 1, 2];
const normals = device.tensor(start, [5, 1]);

const run = async (
  path: Path,
  solver: Solver,
  times: readonly number[],
  prediction: Prediction = "velocity",
  from: readonly number[] = start,
): Promise<number[]> => {
  const x = device.tensor(from, [from.length, 1]);
  const objective = { path, prediction };
  return Array.from(
    await (await sample(best(path, prediction), { start: x, times, solver, objective, device })).data(),
  );
};

const inside = (t: number): number => 0.1 + 0.8 * t;

const every: readonly (readonly [name: string, solver: Solver, order: number])[] = [
  ...deterministic.map(([name, solver, order]) => [name, solver, order] as const),
  ["heun, Euler last", heun(), 2],
  ["dpmSolverPP, lower order last", dpmSolverPP({ order: 3 }), 2],
  ["dopri5", dopri5({ rtol: 1e-5 }), 5],
];

describe("deterministic solvers", () => {
  test.each(every)("%s goes from noise to data and back", async (_, solver, order) => {
    const [path, times] = [linearPath(), uniformTimes(64).map(inside)];
    const there = await run(path, solver, times);
    const back = await run(path, solver, [...times].reverse(), "velocity", there);
    for (const [i, x] of back.entries()) expect(Math.abs(x - start[i]!)).toBeLessThan(order === 1 ? 0.06 : 0.02);
  });

  test.each(every)("%s goes from one end of a path to the other", async (_, solver, order) => {
    const paths = [linearPath(), edmPath({ sigmaMax: 5 }), vePath({ sigmaMin: 0.05, sigmaMax: 20 })];
    for (const path of paths)
      for (const times of [uniformTimes(48), uniformTimes(48).reverse()]) {
        const out = await run(path, solver, times);
        for (const [i, x] of out.entries()) {
          const wanted = exact(path, start[i]!, times[0]!, times.at(-1)!);
          expect(Math.abs(x / wanted - 1), `${path.name} from ${times[0]}`).toBeLessThan(order === 1 ? 0.25 : 0.07);
        }
      }
  });

  test.each(every)("%s gives one sample whatever is predicted", async (_, solver) => {
    const times = uniformTimes(5).map(inside);
    for (const path of [cosinePath(), linearPath(), vpPath(), edmPath({ sigmaMax: 5 }), vePath({ sigmaMax: 5 })]) {
      const wanted = await run(path, solver, times);
      for (const prediction of predictions)
        for (const [i, x] of (await run(path, solver, times, prediction)).entries())
          expect(Math.abs(x - wanted[i]!), `${prediction} on the ${path.name} path`).toBeLessThan(3e-5);
    }
  });

  test.each(
    [linearPath(), cosinePath(), vpPath(), edmPath({ sigmaMax: 5 }), vePath({ sigmaMax: 5 })].map(
      (path) => [path.name, path] as const,
    ),
  )("of first order are DDIM, and DDIM is Euler's method in sigma / alpha, on the %s path", async (_, path) => {
    const times = uniformTimes(7).map(inside);
    const out = await run(path, ddim(), times);
    const same = [
      dpmSolver({ order: 1 }),
      dpmSolverMultistep({ order: 1 }),
      dpmSolverPPSingle({ order: 1 }),
      dpmSolverPP({ order: 1 }),
      lms({ order: 1 }),
    ];
    for (const solver of same)
      for (const [i, x] of (await run(path, solver, times)).entries()) expect(Math.abs(x - out[i]!)).toBeLessThan(1e-6);
    for (const [i, x] of start.entries()) {
      let at = x;
      for (const [k, t] of times.slice(0, -1).entries()) {
        const [from, to] = [path.at(t), path.at(times[k + 1]!)].map((c) => ({
          alpha: Number(c.alpha),
          sigma: Number(c.sigma),
        }));
        const surprise = (at - from!.alpha * 1.5) / ((from!.alpha * 0.5) ** 2 + from!.sigma ** 2);
        const slope = surprise * from!.sigma;
        const scaled = at / from!.alpha + (to!.sigma / to!.alpha - from!.sigma / from!.alpha) * slope;
        at = scaled * to!.alpha;
      }
      expect(Math.abs(out[i]! - at)).toBeLessThan(1e-6);
    }
  });
});

test("DPM-Solver of several steps has the published formulas", () => {
  const path = vpPath();
  const at = (t: number) => instantAt(path, t);
  const place: StepPlace = {
    ...{ path, from: at(0.5), to: at(0.3), before: [at(0.7), at(0.9)], left: 5, learnsVariance: false, at },
  };
  const { from, to, before } = place;
  const h = to.lambda - from.lambda;
  const [r0, r1] = [(from.lambda - before[0]!.lambda) / h, (before[0]!.lambda - before[1]!.lambda) / h];
  const [near, far] = [(m: number[]) => (m[0]! - m[1]!) / r0, (m: number[]) => (m[1]! - m[2]!) / r1];
  const bent = (m: number[]) => (near(m) - far(m)) / (r0 + r1);
  const [first, second] = [Math.expm1(h), Math.expm1(h) / h - 1];
  const third = (Math.expm1(h) - h) / h ** 2 - 0.5;
  const formulas: [solver: Solver, share: (m: number[]) => number][] = [
    [dpmSolverMultistep(), (m) => first * (m[0]! + near(m) / 2)],
    [dpmSolverMultistep({ correction: "heun" }), (m) => first * m[0]! + second * near(m)],
    [
      dpmSolverMultistep({ order: 3, curvature: "half" }),
      (m) => first * m[0]! + second * (near(m) + r0 * bent(m)) + third * bent(m),
    ],
  ];
  for (const [solver, share] of formulas) {
    const numbers = solver.step(place).numbers(place);
    expect(numbers.carry! / (to.alpha / from.alpha)).toBeCloseTo(1, 12);
    for (const j of [0, 1, 2]) {
      const unit = [0, 1, 2].map((k) => Number(k === j));
      expect(numbers[`share${j}`] ?? 0).toBeCloseTo(-to.sigma * share(unit), 12);
    }
  }
});

describe("the step to data is what is taken for data", () => {
  const sure = (x: Tensor): Tensor => x.mul(0).add(3);
  const reading = { path: cosinePath(), prediction: "data" } as const;
  const made: readonly Solver[] = [
    ...[ddim(), ddim({ eta: 1 }), ancestral(), ancestral({ variance: "fixedLarge" })],
    ...[
      dpmSolver(),
      dpmSolverMultistep({ order: 3 }),
      uniPC(),
      dpmSolverPPSingle({ order: 3 }),
      dpmSolverPP({ order: 3 }),
      dpmSolverPP({ eta: 1 }),
    ],
    ...[lms(), edmStochastic({ churn: 4 }), eulerMaruyama({ lastStep: "tweedie" }), heunSde({ lastStep: "tweedie" })],
  ];
  test.each(made.map((solver, i) => [`${solver.name} (${i})`, solver] as const))("%s", async (_, solver) => {
    for (const times of [
      [0.9, 0],
      [0.9, 0.6, 0.3, 0],
      [1, 0.5, 0],
    ]) {
      const out = await sample(sure, {
        start: normals,
        times,
        solver,
        objective: reading,
        key: random.key(1),
        clip: [-1, 1],
        device,
      });
      for (const x of await out.data()) expect(Math.abs(x - 1)).toBeLessThan(3e-6);
    }
  });

  test("one step is one evaluation, and from noise alone gives data", async () => {
    for (const solver of [
      ddim(),
      ddim({ eta: 0.5 }),
      dpmSolverPP({ order: 3 }),
      dpmSolverPP({ order: 3, eta: 1 }),
      dpmSolverMultistep({ order: 3 }),
      lms(),
      dpmSolver(),
    ]) {
      let asked = 0;
      const onStep = ({ evaluations }: { evaluations: number }) => {
        asked = evaluations;
      };
      const out = await sample(sure, {
        start: normals,
        steps: 1,
        solver,
        objective: reading,
        key: random.key(1),
        onStep,
        device,
      });
      expect(asked).toBe(1);
      for (const x of await out.data()) expect(Math.abs(x - 3)).toBeLessThan(1e-6);
    }
  });
});

describe("what does not fit is refused by name", () => {
  test.each<[string, () => unknown, string]>([
    ["eta", () => ddim({ eta: 1.5 }), "ddim.eta is 1.5; it must be a finite number of at least 0 and of at most 1"],
    ["eta", () => dpmSolverPP({ eta: -0.1 }), "dpmSolverPP.eta is -0.1"],
    [
      "order",
      () => dpmSolver({ order: 4 }),
      "dpmSolver.order is 4; it must be a whole number of at least 1 and of at most 3",
    ],
    ["order", () => dpmSolverMultistep({ order: 0 }), "dpmSolverMultistep.order is 0"],
    ["correction", () => dpmSolverMultistep({ correction: "bh2" as "heun" }), 'dpmSolverMultistep.correction is "bh2"'],
    ["order", () => dpmSolverPPSingle({ order: 0 }), "dpmSolverPPSingle.order is 0"],
    ["order", () => dpmSolverPP({ order: 2.5 }), "dpmSolverPP.order is 2.5"],
    ["order", () => lms({ order: 5 }), "lms.order is 5"],
    ["order", () => uniPC({ order: 4 }), "uniPC.order is 4"],
    [
      "churn",
      () => edmStochastic({ churn: -1 }),
      "edmStochastic.churn is -1; it must be a finite number of at least 0",
    ],
    ["max", () => edmStochastic({ max: 0 }), "edmStochastic.max is 0"],
    ["norm", () => eulerMaruyama({ norm: -1 }), "eulerMaruyama.norm is -1"],
    ["diffusion", () => heunSde({ diffusion: "SBDM" as "sbdm" }), 'did you mean "sbdm"?'],
    ["last step", () => eulerMaruyama({ lastStep: "Mean" as "mean" }), 'did you mean "mean"?'],
    ["tolerance", () => dopri5({ rtol: 0 }), "dopri5.rtol is 0; it must be a finite number above 0"],
    ["variance", () => ancestral({ variance: "learned" as "fixedSmall" }), 'ancestral.variance is "learned"'],
    ["record", () => solvers.build("unipc"), 'there is no solver "unipc", did you mean "uniPC"'],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(message);
  });

  const still = (x: Tensor): Tensor => x.mul(0);
  const noisy = [
    ancestral(),
    ddim({ eta: 1 }),
    dpmSolverPP({ eta: 1 }),
    edmStochastic({ churn: 1 }),
    eulerMaruyama(),
    heunSde(),
  ];
  test.each(noisy.map((solver) => [solver.name, solver] as const))(
    "%s takes a key, and falling times",
    async (_, solver) => {
      const how = { start: normals, solver, device };
      const draw = sample(still, { ...how, times: [0.9, 0.5, 0.1] });
      await expect(draw).rejects.toThrow("draws noise; give a run its key, such as random.key(seed).");
      const rising = sample(still, { ...how, times: [0.1, 0.5, 0.9], key: random.key(0) });
      await expect(rising).rejects.toThrow(/draws noise on the way to data; times rise from 0.1 to 0.5/);
      const none = sample(still, { ...how, times: [0.9, 0.5, 0.1], key: () => [] });
      await expect(none).rejects.toThrow("takes 1 draws a step; it was given 0");
      const wrong = sample(still, { ...how, times: [0.9, 0.5, 0.1], key: () => [device.tensor([1, 2])] });
      await expect(wrong).rejects.toThrow("a draw of a step is f32 [2]; it takes an f32 tensor of x's shape, [5, 1]");
    },
  );

  const refused = (path: Path, prediction: Prediction, solver: Solver, times: readonly number[]) =>
    sample(still, { start: normals, times, solver, objective: { path, prediction }, key: random.key(0), device });
  test("times at which nothing follows from what is predicted, or it is infinite", async () => {
    await expect(refused(linearPath(), "noise", dpmSolverPP(), [1, 0.5, 0])).rejects.toThrow(
      "noise at t = 1 on the linear path says no more than x_t itself; stay away from t = 1",
    );
    await expect(refused(linearPath(), "data", dpmSolverPP(), [0, 0.5])).rejects.toThrow(
      "data at t = 0 on the linear path",
    );
    await expect(refused(linearPath(), "velocity", eulerMaruyama({ diffusion: "sbdm" }), [1, 0.5, 0])).rejects.toThrow(
      'diffusion "sbdm" at t = 1 is Infinity; stay away from this time or take another diffusion',
    );
    await expect(refused(linearPath(), "velocity", eulerMaruyama({ lastStep: "tweedie" }), [0.9, 0.1])).rejects.toThrow(
      'lastStep "tweedie" gives data; the times end at 0.1, not at 0',
    );
    await expect(
      refused(linearPath(), "velocity", ancestral({ variance: "learnedRange" }), [0.9, 0.5]),
    ).rejects.toThrow('ancestral reads a learned variance; the objective\'s variance is not "learnedRange"');
  });
});
