import { add, concat, createDevice, exp, matmul, mul, random, sqrt, type Tensor, tanh } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import {
  cosinePath,
  ddim,
  denoiser,
  discretePath,
  dopri5,
  edmInputs,
  edmPath,
  euler,
  heun,
  type LikelihoodOptions,
  likelihood,
  linearPath,
  objective,
  type Path,
  type Prediction,
  predictions,
  rk4,
  uniform,
  variationalBound,
  vePath,
  vpPath,
} from "../src/index.js";
import { best, centre, exact, normalNats, spread } from "./gaussian.js";

const device = await createDevice("wasm", { wasm: { threads: 1 } });
const rows = [
  [0.9, 1.7, 2.4],
  [1.5, 1.5, 1.5],
  [0.2, 1.4, 2],
];
const x = device.tensor(rows.flat(), [3, 3]);

const width = (path: Path, t: number): number => Math.hypot(path.at(t).alpha * spread, path.at(t).sigma);

/** -log of the density that the exact flow has from its prior, for data that come to the first time by alpha. */
const flowed = (path: Path, [first, last]: readonly [number, number], row: readonly number[]): number => {
  const scale = path.at(first).alpha;
  const ends = row.map((value) => exact(path, scale * value, first, last));
  const growth = (scale * width(path, last)) / width(path, first);
  return normalNats(ends, 0, path.at(last).sigma) - row.length * Math.log(growth);
};

const solved = async (path: Path, prediction: Prediction, options: LikelihoodOptions = {}) => {
  using compiled = likelihood(best(path, prediction), {
    ...{ objective: { path, prediction }, probes: "exact", device },
    ...options,
  });
  return await compiled.run(null, { x });
};

const errorOf = async (path: Path, prediction: Prediction, options: LikelihoodOptions): Promise<number> => {
  const { nats, card } = await solved(path, prediction, options);
  return Math.max(...rows.map((row, i) => Math.abs(nats[i]! - flowed(path, card.times, row))));
};

describe("the likelihood of Gaussian data is the closed form", () => {
  const paths = [
    linearPath(),
    cosinePath(),
    vpPath(),
    edmPath({ sigmaMax: 20 }),
    vePath({ sigmaMin: 0.1, sigmaMax: 20 }),
  ];
  test.each(paths.map((path) => [path.name, path] as const))(
    "on the %s path, whatever is predicted",
    async (_, path) => {
      for (const prediction of predictions)
        expect(await errorOf(path, prediction, { solver: rk4(), steps: 32 }), String(prediction)).toBeLessThan(2e-3);
    },
  );

  test.each(paths.map((path) => [path.name, path] as const))(
    "at its solver's order on the %s path",
    async (_, path) => {
      const error = (solver: LikelihoodOptions["solver"], steps: number) =>
        errorOf(path, "velocity", { solver: solver!, steps });
      const [coarse, fine] = [await error(euler(), 64), await error(euler(), 128)];
      expect(coarse / fine).toBeGreaterThan(1.7);
      expect(coarse / fine).toBeLessThan(2.4);
      const second = heun({ lastEuler: false });
      const [rough, better] = [await error(second, 32), await error(second, 64)];
      expect(rough / better).toBeGreaterThan(3);
    },
  );

  test("which is that of the data themselves where the path ends in noise alone", async () => {
    const { nats, of } = await solved(cosinePath(), "v", { solver: rk4(), steps: 32 });
    for (const [i, row] of rows.entries()) expect(nats[i]).toBeCloseTo(normalNats(row, centre, spread), 4);
    expect(of).toBe("density");
    // Where it does not, what is left of the data is neglected: at most a hundredth of them here.
    const kept = await solved(vpPath(), "noise", { solver: rk4(), steps: 64 });
    for (const [i, row] of rows.entries())
      expect(Math.abs(kept.nats[i]! - normalNats(row, centre, spread))).toBeLessThan(0.05);
    // A prediction that is singular at data starts near them, and says the same.
    const near = await solved(linearPath(), "data", { solver: rk4(), steps: 32 });
    expect(near.card.times[0]).toBeCloseTo(1e-3, 5);
    for (const [i, row] of rows.entries())
      expect(Math.abs(near.nats[i]! - normalNats(row, centre, spread))).toBeLessThan(1e-3);
  });

  test("of DDPM's process, by a network that learns its variance too", async () => {
    const path = discretePath();
    const objective = { path, prediction: "noise", variance: "learnedRange" } as const;
    const noise = best(path.on(device), "noise");
    const both = (at: Tensor, t: Tensor): Tensor => concat([noise(at, t), mul(at, 5)], 1) as Tensor;
    using compiled = likelihood(both, { objective, probes: "exact", solver: rk4(), steps: 48, device });
    const { nats } = await compiled.run(null, { x });
    for (const [i, row] of rows.entries())
      expect(Math.abs(nats[i]! - normalNats(row, centre, spread))).toBeLessThan(0.05);
  });

  test("of EDM's network, which cannot be told that there is no noise", async () => {
    const path = edmPath({ sigmaMax: 20 });
    const aim = objective({ path, prediction: "F", inputs: edmInputs({ sigmaData: 0.5 }), density: uniform() });
    // F of what the network is given: x_t / √(σ² + ¼), and log σ / 4.
    const network = (scaled: Tensor, told: Tensor): Tensor => {
      const sigma = exp(mul(told, 4));
      const scale = sqrt(add(mul(sigma, sigma), 0.25)).reshape([sigma.shape[0]!, 1]);
      return best(path, "F")(mul(scaled, scale), mul(sigma, 1 / 20));
    };
    using compiled = likelihood(denoiser(aim, network), { objective: aim, probes: "exact", solver: rk4(), device });
    const { nats, card } = await compiled.run(null, { x });
    expect(card.times).toEqual([1e-3 / 20, 1]);
    for (const [i, row] of rows.entries()) expect(nats[i]).toBeCloseTo(flowed(path, card.times, row), 2);
  });

  test("by a solver that chooses its own steps", async () => {
    const error = (rtol: number) => errorOf(linearPath(), "velocity", { solver: dopri5({ rtol, atol: rtol }) });
    expect(await error(1e-3)).toBeLessThan(2e-2);
    expect(await error(1e-5)).toBeLessThan(2e-4);
  });
});

describe("parts", () => {
  test("sum to the nats, and are the prior and the change of volume", async () => {
    const path = linearPath();
    const { nats, parts, dimensions, standardError } = await solved(path, "velocity", { solver: rk4(), steps: 32 });
    for (const [i, row] of rows.entries()) {
      expect(parts.prior[i]! + parts.divergence[i]! + parts.dequantization[i]!).toBeCloseTo(nats[i]!, 10);
      const ends = row.map((value) => exact(path, value, 0, 1));
      expect(parts.prior[i]).toBeCloseTo(normalNats(ends, 0, 1), 3);
      expect(parts.divergence[i]).toBeCloseTo(3 * Math.log(spread), 3);
      expect(parts.dequantization[i]).toBe(0);
      expect(standardError![i]).toBe(0);
    }
    expect(dimensions).toBe(3);
  });
});

/** A field that no sign and no basis makes simple: v = w2 tanh(w1 x + u t), each sample by itself. */
const size = 4;
const weights = {
  w1: device.tensor(
    Float32Array.from({ length: size * size }, (_, i) => Math.sin(3 * i + 1)),
    [size, size],
  ),
  w2: device.tensor(
    Float32Array.from({ length: size * size }, (_, i) => Math.cos(2 * i)),
    [size, size],
  ),
};
const bent = (at: Tensor, t: Tensor, { w1, w2 }: typeof weights): Tensor =>
  matmul(tanh(add(matmul(at, w1), t.reshape([t.shape[0]!, 1]))), w2);
const many = random.normal(random.key(5), [48, size]);

const estimate = async (options: LikelihoodOptions, data: Tensor = many, batch?: number) => {
  using compiled = likelihood(bent, { device, steps: 8, ...options });
  return await compiled.run(weights, { x: data, key: random.key(11), ...(batch && { batch }) });
};

describe("Hutchinson's estimate", () => {
  test.each([
    ["rademacher", "solve"],
    ["rademacher", "evaluation"],
    ["gaussian", "solve"],
    ["gaussian", "evaluation"],
  ] as const)("by %s probes, fresh for each %s, is the exact trace within its standard error", async (kind, fresh) => {
    const wanted = await estimate({ probes: "exact" });
    const { nats, standardError, parts } = await estimate({ probes: { kind, fresh, count: 16 } });
    const off = Array.from(nats, (value, i) => (value - wanted.nats[i]!) / standardError![i]!);
    // Student's t of 15 degrees of freedom has variance 15 / 13.
    const spreadOf = Math.sqrt(off.reduce((sum, z) => sum + z * z, 0) / off.length);
    expect(spreadOf).toBeGreaterThan(0.7);
    expect(spreadOf).toBeLessThan(1.5);
    expect(Math.abs(off.reduce((sum, z) => sum + z, 0) / Math.sqrt(off.length))).toBeLessThan(3.5);
    for (const [i, value] of parts.prior.entries()) expect(value).toBeCloseTo(wanted.parts.prior[i]!, 5);
  });

  test("signs leave nothing of a diagonal Jacobian to chance, normal probes do", async () => {
    const path = linearPath();
    const wanted = await solved(path, "velocity");
    const run = async (kind: "rademacher" | "gaussian") => {
      using compiled = likelihood(best(path, "velocity"), { probes: { kind, count: 4 }, device });
      return await compiled.run(null, { x, key: random.key(1) });
    };
    const [signs, normals] = [await run("rademacher"), await run("gaussian")];
    for (const [i, value] of wanted.nats.entries()) {
      expect(signs.nats[i]).toBeCloseTo(value, 4);
      expect(signs.standardError![i]).toBeLessThan(1e-5);
      expect(normals.standardError![i]).toBeGreaterThan(0.05);
    }
  });

  test("of one probe has no standard error, and fresh ones for each evaluation vary less", async () => {
    const one = await estimate({ probes: { kind: "rademacher" } });
    expect(one.standardError).toBeUndefined();
    const errors = async (fresh: "solve" | "evaluation") => {
      const { standardError } = await estimate({ probes: { kind: "gaussian", count: 8, fresh }, steps: 32 });
      return standardError!.reduce((sum, value) => sum + value, 0);
    };
    expect(await errors("evaluation")).toBeLessThan(0.7 * (await errors("solve")));
  });
});

describe("a run", () => {
  test("gives a sample the same number in any batch, and conditions to their samples", async () => {
    for (const fresh of ["solve", "evaluation"] as const) {
      const whole = await estimate({ probes: { kind: "gaussian", count: 2, fresh } });
      const parts = await estimate({ probes: { kind: "gaussian", count: 2, fresh } }, many, 13);
      for (const [i, value] of whole.nats.entries()) expect(parts.nats[i]).toBeCloseTo(value, 4);
      expect(parts.evaluations).toBe(4 * whole.evaluations);
    }
    using scaled = likelihood((y: Tensor, _: Tensor, scale: Tensor) => mul(y, scale), { probes: "exact", device });
    const scales = [0.1, 0.5, -0.3];
    const { parts } = await scaled.run(
      (start, count) => device.tensor(scales.slice(start, start + count), [count, 1]),
      { x, batch: 2 },
    );
    // x' = s x: the volume grows by exp(3 s).
    for (const [i, s] of scales.entries()) expect(parts.divergence[i]).toBeCloseTo(-3 * s, 4);
  });

  test("traces once for any parameters, and an abort leaves no buffers", async () => {
    let traced = 0;
    using compiled = likelihood(
      (y: Tensor, t: Tensor, inputs: typeof weights) => {
        traced++;
        return bent(y, t, inputs);
      },
      { steps: 8, device },
    );
    const key = random.key(2);
    await compiled.run(weights, { x: many, key });
    const before = traced;
    const { buffers } = device.memory;
    await compiled.run({ w1: weights.w2, w2: weights.w1 }, { x: many, key });
    expect(traced).toBe(before);
    expect(device.memory.buffers).toBe(buffers);
    const stop = new AbortController();
    const seen: string[] = [];
    const run = compiled.run(weights, {
      ...{ x: many, key, batch: 30, signal: stop.signal },
      onStep: ({ step, steps, samples, of, t }) => {
        seen.push(`${step}/${steps} ${samples}/${of} ${t > 0}`);
        if (samples > 0 && step === 3) stop.abort(new Error("enough"));
      },
    });
    await expect(run).rejects.toThrow("enough");
    expect(seen.at(-1)).toBe("3/8 30/48 true");
    expect(seen).toHaveLength(11);
    expect(device.memory.buffers).toBe(buffers);
  });
});

describe("what makes no likelihood is named", () => {
  const still = (y: Tensor): Tensor => mul(y, 0);
  const refused = async (options: object, run: object = {}, right: RegExp) => {
    const attempt = (async () => {
      using compiled = likelihood(still, { device, ...options } as never);
      await compiled.run(null, { x, key: random.key(0), ...run } as never);
    })();
    await expect(attempt).rejects.toThrow(right);
    await expect(attempt).rejects.toMatchObject({ name: "DiffusionError" });
  };
  test.each<[string, object, object, RegExp]>([
    [
      "no probe",
      { probes: { kind: "rademacher", count: 0 } },
      {},
      /probes.count is 0; it must be a whole number of at least 1/,
    ],
    [
      "a kind of probe",
      { probes: { kind: "normal" } },
      {},
      /kind is "normal"; it must be one of "rademacher", "gaussian"/,
    ],
    ["a word", { probes: "hutchinson" }, {}, /probes is "hutchinson"; it takes "exact" or/],
    ["no step", { steps: 0 }, {}, /steps is 0/],
    ["steps and times", { steps: 2, times: [0, 1] }, {}, /steps and times are given/],
    ["falling times", { times: [1, 0] }, {}, /they rise, from data to noise/],
    ["no key", {}, { key: undefined }, /give a run its key/],
    ["no draw", {}, { draws: 0 }, /draws is 0/],
    ["an empty batch", {}, { batch: 0 }, /batch is 0/],
    ["a number", {}, { x: device.tensor([1], []) }, /x is \[\]; it takes \[n, ...\]/],
    ["whole numbers", {}, { x: device.tensor(Int32Array.of(1, 2), [2, 1]) }, /x is i32/],
    ["an unknown option", { clip: [-1, 1] }, {}, /unknown key "clip"/],
    ["an unknown option of a run", {}, { noise: x }, /unknown key "noise"/],
    [
      "fresh probes beside chosen steps",
      { solver: dopri5(), probes: { kind: "gaussian", fresh: "evaluation" } },
      {},
      /takes fresh: "solve"/,
    ],
    [
      "a singular time",
      { objective: { path: linearPath(), prediction: "data" }, times: [0, 1] },
      {},
      /velocity at t = 0|data at t = 0/,
    ],
    ["a dequantization", { dequantization: "uniform" }, {}, /dequantization is "uniform"/],
  ])("%s", (_, options, run, right) => refused(options, run, right));

  test("a run without a device, which it asks for", async () => {
    const lazy = random.normal(random.key(0), [2, 3]);
    using compiled = likelihood(still, { probes: "exact", steps: 1 });
    await expect(compiled.run(null, { x: lazy })).rejects.toThrow("likelihood: name a device (its option `device`)");
    using elsewhere = variationalBound(still);
    const run = elsewhere.run(() => null, { x: lazy, key: random.key(1) });
    await expect(run).rejects.toThrow("variationalBound: name a device (its option `device`)");
  });

  test("an exact trace of many dimensions", async () => {
    await refused(
      { probes: "exact" },
      { x: random.normal(random.key(0), [1, 65]) },
      /65 numbers, and an exact trace takes at most 64/,
    );
  });

  test("a solver that reads something else or draws noise", async () => {
    const right = /takes one that reads the velocity and draws no noise/;
    await refused({ solver: ddim(), times: [0.1, 0.9] }, {}, right);
    const noisy = { ...euler(), step: () => ({ ...euler().step({} as never), draws: 1 }) };
    await refused({ solver: noisy }, {}, right);
  });

  test("a network whose output does not fit, or is not finite", async () => {
    using short = likelihood((y: Tensor) => y.slice([0]) as Tensor, { device });
    await expect(short.run(null, { x, key: random.key(0) })).rejects.toThrow(/the model gives/);
    using wild = likelihood((y: Tensor) => mul(y, Number.MAX_VALUE), { device, steps: 3 });
    const key = random.key(0);
    await key.data(device);
    const { buffers } = device.memory;
    await expect(wild.run(null, { x, key })).rejects.toThrow(/likelihood: x is not finite after step 1 of 3/);
    expect(device.memory.buffers).toBe(buffers);
  });
});
