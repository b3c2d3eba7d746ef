import { readFileSync } from "node:fs";
import { createDevice, random, type Tensor } from "@isoflop/tensor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  DiffusionError,
  type DiscretePath,
  ddpmInputs,
  denoiser,
  densityOn,
  discretePath,
  discreteUniform,
  draws,
  edmWeighting,
  interpolate,
  linearPath,
  logNormalSigma,
  networkInputs,
  objective,
  objectiveOn,
  paths,
  posterior,
  quantiles,
  respaced,
  spacedIndices,
  uniform,
  unweightedIn,
} from "../src/index.js";
import { readFixture, relativeError } from "./fixture.js";

const fixture = readFixture("ddpm_schedules");
const { space_timesteps: spacings } = JSON.parse(
  readFileSync(new URL("./fixtures/ddpm_schedules.json", import.meta.url), "utf8"),
) as { readonly space_timesteps: Readonly<Record<string, readonly number[]>> };
const device = await createDevice("wasm");
const loose = (value: unknown): never => value as never;

const named: readonly (readonly [name: string, path: DiscretePath])[] = [
  ["linear.1000", discretePath()],
  ["squaredcos_cap_v2.1000", discretePath({ schedule: "cosine" })],
  ["linear.40", discretePath({ steps: 40 })],
];
const closed: readonly (readonly [name: string, path: DiscretePath])[] = [
  ...named,
  ["zero terminal SNR", discretePath({ zeroTerminalSnr: true })],
  ["cosine of zero terminal SNR", discretePath({ schedule: "cosine", steps: 60, zeroTerminalSnr: true })],
  ["respaced", respaced(discretePath(), "10,15,20")],
  ["of one's own betas", discretePath([0.1, 0.3, 0.2, 0.9])],
];

describe.each(named)("%s is DDPM's in float64", (name, path) => {
  const indices = Array.from({ length: path.steps }, (_, i) => i);
  const held = (key: string, values: readonly number[]): void =>
    void expect(relativeError(values, fixture.get(`${name}.${key}`)!.data), key).toBeLessThan(1e-12);

  test("betas, alphas and posteriors", () => {
    held("betas", path.betas);
    const at = indices.map((i) => path.at((i + 1) / path.steps));
    held(
      "alphas_cumprod",
      at.map(({ alpha }) => (alpha as number) ** 2),
    );
    held(
      "alphas_cumprod",
      at.map(({ sigma }) => 1 - (sigma as number) ** 2),
    );
    const each = indices.map((i) => posterior(path, i));
    held(
      "posterior_variance",
      each.map(({ variance }) => variance),
    );
    held(
      "posterior_log_variance_clipped",
      each.map(({ logVariance }) => logVariance),
    );
    held(
      "posterior_mean_coef1",
      each.map(({ ofData }) => ofData),
    );
    held(
      "posterior_mean_coef2",
      each.map(({ ofXt }) => ofXt),
    );
  });
});

describe("respacing", () => {
  test.each(Object.entries(spacings))("%s keeps DDPM's steps", (asked, kept) => {
    const [steps, ...rest] = asked.split("/");
    expect(spacedIndices(Number(steps), rest.join("/"))).toEqual(kept);
  });

  test("gives DDPM's betas, and networks the original indices", () => {
    const path = respaced(discretePath(), "10");
    expect(relativeError(path.betas, fixture.get("linear.1000.respaced_10.betas")!.data)).toBeLessThan(1e-12);
    expect(path.indices).toEqual(Array.from(fixture.get("linear.1000.respaced_10.timestep_map")!.data));
    expect([path.steps, path.originalSteps]).toEqual([10, 1000]);
  });

  test("keeps alphas, twice too", () => {
    const path = discretePath({ schedule: "cosine" });
    const few = respaced(respaced(path, "100"), [0, 30, 99]);
    for (const [i, index] of few.indices.entries()) {
      expect(few.logAlphaAt(i) / path.logAlphaAt(index)).toBeCloseTo(1, 12);
      expect(few.at((i + 1) / 3).index).toBe(index);
    }
  });

  test.each([
    ["", 'spacing is ""'],
    ["ddim", 'spacing is "ddim"'],
    ["ddim600", "no whole stride over 1000 steps has so many"],
    ["250.5", "250.5"],
    ["10,,20", "10,,20"],
    ["-3", "-3"],
    ["0", '"0"'],
    ["600,400,1", "part 1 of 1000 steps has 334"],
    ["1001", "part 1 of 1000 steps has 1000"],
    ["1", "keeps one step; it takes two or more"],
    [[0, 1000], "of a process of 1000 steps"],
    [[5, 5], "of a process of 1000 steps"],
    [[0.5, 2], "of a process of 1000 steps"],
    [[], "of a process of 1000 steps"],
    [[7], "keeps one step"],
    [50, "spacing is 50"],
    [undefined, "spacing is undefined"],
  ])("refuses %j", (spacing, message) => {
    expect(() => respaced(discretePath(), loose(spacing))).toThrow(DiffusionError);
    expect(() => respaced(discretePath(), loose(spacing))).toThrow(message);
  });
});

describe.each(closed)("the path %s", (_, path) => {
  const { steps } = path;
  const ratio = (t: number): number => (path.at(t).sigma as number) / (path.at(t).alpha as number);

  test("has its alphas at indices, in straight lines between, and data at t = 0", () => {
    expect([path.at(0).alpha, path.at(0).sigma, path.at(0).index]).toEqual([1, 0, -1]);
    let product = 1;
    path.betas.forEach((beta, i) => {
      product *= 1 - beta;
      const { alpha, sigma, index } = path.at((i + 1) / steps);
      expect(Math.abs((alpha as number) - Math.sqrt(product))).toBeLessThan(1e-13);
      expect(Math.abs((sigma as number) ** 2 + (alpha as number) ** 2 - 1)).toBeLessThan(1e-13);
      expect(index).toBe(path.indices[i]);
      const half = path.at((i + 0.5) / steps);
      expect(half.alpha).toBeCloseTo((path.alphaAt(i) + path.alphaAt(i - 1)) / 2, 13);
      expect((half.sigma as number) ** 2 + (half.alpha as number) ** 2).toBeCloseTo(1, 13);
    });
  });

  test("has the derivatives of its coefficients within steps", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 0.9, noNaN: true }), fc.integer({ min: 0, max: steps - 1 }), (part, i) => {
        const [t, h] = [(i + part) / steps, 1e-3 / steps];
        const [before, c, after] = [path.at(t - h), path.at(t), path.at(t + h)];
        const slope = (of: "alpha" | "sigma") => ((after[of] as number) - (before[of] as number)) / (2 * h);
        expect(Math.abs(slope("alpha") - (c.alphaDot as number))).toBeLessThan(1e-5);
        expect(Math.abs(slope("sigma") / (c.sigmaDot as number) - 1)).toBeLessThan(1e-4);
        expect(c.sigmaSigmaDot).toBeCloseTo((c.sigma as number) * (c.sigmaDot as number), 9);
      }),
    );
  });

  test("is the same in f32 on a device, at f32 times of indices to the last bit or two", async () => {
    const times = path.betas.map((_, i) => (i + 1) / steps);
    const between = times.map((t, i) => t - (0.3 + 0.4 * Math.sin(i) ** 2) / steps);
    for (const [at, least] of [
      [times, 3e-7],
      [between, 2e-4],
    ] as const) {
      const found = path.on(device).at(device.tensor(at));
      for (const name of ["alpha", "sigma", "alphaDot", "sigmaDot", "index"] as const) {
        const values = await (found[name] as Tensor).data();
        at.forEach((t, i) => {
          const right = path.at(t)[name] as number;
          const size = name === "index" ? steps : Math.abs(right);
          expect(Math.abs(values[i]! - right), `${name} at ${t}`).toBeLessThanOrEqual(least * size + 1e-30);
        });
      }
    }
  });

  test("finds the time of a ratio, on the host and on a device", async () => {
    const times = Array.from({ length: 50 }, (_, i) => (i + 0.4) / 50);
    for (const t of times) expect(Math.abs(path.timeAt(ratio(t)) / t - 1)).toBeLessThan(1e-9);
    expect([path.timeAt(0), path.timeAt(Number.POSITIVE_INFINITY)]).toEqual([0, 1]);
    const found = await path
      .on(device)
      .timeAt(device.tensor(times.map(ratio)))
      .data();
    times.forEach((t, i) => void expect(Math.abs(found[i]! / t - 1)).toBeLessThan(1e-4));
  });
});

test("zero terminal SNR keeps the first alpha and leaves none at the end", () => {
  const [plain, none] = [discretePath(), discretePath({ zeroTerminalSnr: true })];
  expect(none.alphaAt(0)).toBe(plain.alphaAt(0));
  expect([none.alphaAt(999), none.at(1).alpha, none.at(1).sigma, none.betas[999]]).toEqual([0, 0, 1, 1]);
  // Algorithm 1 of arXiv 2305.08891, as it is written.
  const [first, last] = [plain.alphaAt(0), plain.alphaAt(999)];
  for (const i of [1, 10, 500, 998]) {
    const right = (plain.alphaAt(i) - last) * (first / (first - last));
    expect(none.alphaAt(i) / right).toBeCloseTo(1, 11);
  }
  expect(posterior(none, 999)).toMatchObject({ ofXt: 0, ofData: none.alphaAt(998) });
});

test("a posterior is that of two normals", () => {
  const path = discretePath({ schedule: "cosine", steps: 30 });
  for (const i of [1, 7, 29]) {
    const [alpha, beta] = [path.alphaAt(i - 1), path.betas[i]!];
    // x_{t-1} is normal about alpha · data with variance 1 - alpha²; x_t about √(1 - β) x_{t-1} with variance β.
    const precision = 1 / (1 - alpha ** 2) + (1 - beta) / beta;
    const told = posterior(path, i);
    expect(told.variance * precision).toBeCloseTo(1, 10);
    expect(told.ofXt * precision).toBeCloseTo(Math.sqrt(1 - beta) / beta, 8);
    expect((told.ofData * precision) / (alpha / (1 - alpha ** 2))).toBeCloseTo(1, 10);
    expect([told.beta, told.logBeta, told.logVarianceLarge]).toEqual([beta, Math.log(beta), Math.log(beta)]);
  }
  const [zeroth, first] = [posterior(path, 0), posterior(path, 1)];
  expect([zeroth.variance, zeroth.ofXt, zeroth.logVariance]).toEqual([0, 0, Math.log(first.variance)]);
  expect(zeroth.ofData).toBeCloseTo(1, 14);
  expect(zeroth.logVarianceLarge).toBe(first.logVariance);
});

describe("the discrete uniform density", () => {
  const path = discretePath({ steps: 40 });
  const density = densityOn(discreteUniform(), path);

  test("draws every step alike and nothing else", async () => {
    const times = await draws(density, 4000, random.key(3)).data(device);
    const counts = new Map<number, number>();
    for (const t of times) {
      const step = Math.round(t * 40);
      expect(Math.abs(t - step / 40)).toBeLessThan(1e-7);
      counts.set(step, (counts.get(step) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    for (const count of counts.values()) expect(Math.abs(count - 100)).toBeLessThan(60);
    quantiles(density, 40).forEach((t, i) => void expect(t).toBeCloseTo((i + 1) / 40, 6));
    expect([density.quantile(0), density.quantile(1)]).toEqual([1 / 40, 1]);
    expect([density.pdf(0), density.pdf(0.5), density.pdf(1), density.pdf(1.1)]).toEqual([0, 1, 1, 0]);
  });

  test("takes a path of steps", () => {
    expect(() => objective({ path: linearPath(), prediction: "noise", density: discreteUniform() })).toThrow(
      "takes a path of steps, such as discretePath(); the linear path has none",
    );
  });
});

describe("on a device", () => {
  test("a path of tables refuses tensors until it is there, and is made once", async () => {
    const path = discretePath({ steps: 40 });
    const t = device.tensor([0.5]);
    expect(() => path.at(t).alpha).toThrow("the discrete linear 40 path reads tables");
    expect(() => interpolate(path, device.tensor([1]), device.tensor([1]), t)).toThrow("reads tables");
    // The index is known anywhere, but of a process whose steps are some of another's.
    expect(await (path.at(t).index as Tensor).item()).toBe(19);
    expect(() => respaced(path, "5").at(t).index).toThrow("reads tables");
    expect(() => path.timeAt(t)).toThrow("take objectiveOn(objective, device)");
    expect(path.on(device)).toBe(path.on(device));
    const aim = objective({ path, prediction: "noise", density: logNormalSigma() });
    const there = objectiveOn(aim, device);
    const times = await draws(there.density, 100, random.key(1)).data(device);
    expect(Math.min(...times)).toBeGreaterThan(0);
    const median = Array.from(times).sort((a, b) => a - b)[50]!;
    expect(Math.abs(median - aim.density.quantile(0.5))).toBeLessThan(0.1);
    expect(there.density.quantile(0.3)).toBe(aim.density.quantile(0.3));
  });

  test("DDPM's inputs are the index of the original process over its steps", async () => {
    const told = async (path: DiscretePath, times: readonly number[]): Promise<number[]> => {
      let time: Tensor | undefined;
      const network = denoiser({ path: path.on(device), inputs: ddpmInputs() }, (x, t) => {
        time = t;
        return x;
      });
      network(device.tensor([...times], [times.length, 1]), device.tensor([...times]));
      return Array.from(await time!.data(), (t) => 1000 * t);
    };
    const close = (values: readonly number[], right: readonly number[]) =>
      right.forEach((index, i) => void expect(Math.abs(values[i]! - index)).toBeLessThan(1e-4));
    close(await told(discretePath(), [0.001, 0.5, 0.5005, 1, 0]), [0, 499, 499.5, 999, -1]);
    close(await told(respaced(discretePath(), "10"), [0.1, 0.2, 1]), [0, 111, 999]);
    const inputs = networkInputs.build("ddpm");
    let time: Tensor | undefined;
    denoiser({ path: linearPath(), inputs }, (x, t) => {
      time = t;
      return x;
    })(device.tensor([1], [1, 1]), device.tensor([0.25]));
    expect((await time!.data())[0]).toBeCloseTo(0.249, 6);
  });
});

describe("an objective that draws a time at which nothing can be learnt is refused", () => {
  const path = discretePath({ zeroTerminalSnr: true });
  const density = discreteUniform();

  test.each(["noise", "score"] as const)("%s without signal", (prediction) => {
    expect(() => objective({ path, prediction, density })).toThrow(
      `objective: the discrete uniform(1000) density draws t = 1, where ${prediction} on the discrete linear 1000, zero terminal SNR path says no more than x_t itself; predict velocity, data, v or F, or take another path.`,
    );
    expect(objective({ path: discretePath(), prediction, density }).prediction).toBe(prediction);
  });

  test("a weight that is infinite there", () => {
    expect(objective({ path, prediction: "v", density }).prediction).toBe("v");
    const weighting = unweightedIn("velocity");
    const steps = [0, 0.5, 1];
    const data = { name: "mine", times: steps, quantile: uniform().quantile, pdf: () => 1 };
    expect(() => objective({ path: linearPath(), prediction: "data", density: data })).toThrow("draws t = 0");
    expect(() => objective({ path: linearPath(), prediction: "noise", weighting, density: data })).toThrow(
      "draws t = 1",
    );
    const last = { ...data, times: [1] };
    expect(() => objective({ path: linearPath(), prediction: "v", errorIn: "noise", density: last })).not.toThrow();
    const first = { ...data, times: [0] };
    expect(() => objective({ path: linearPath(), prediction: "v", errorIn: "noise", density: first })).not.toThrow();
    expect(() =>
      objective({ path: linearPath(), prediction: "v", weighting: edmWeighting(), density: first }),
    ).not.toThrow();
    expect(() => objective({ path: linearPath(), prediction: "v", errorIn: "score", density: first })).toThrow(
      "draws t = 0, where the weight of the error in v is Infinity",
    );
  });
});

test("records make what the function makes", () => {
  expect(paths.build("discrete").at(0.3)).toEqual(discretePath().at(0.3));
  expect(paths.build({ kind: "discrete", schedule: "cosine", steps: 50, zeroTerminalSnr: true }).name).toBe(
    "discrete cosine 50, zero terminal SNR",
  );
  expect(discretePath({ betas: [0.1, 0.2], zeroTerminalSnr: false }).betas).toEqual([0.1, 0.2]);
  expect(discretePath(loose(Float64Array.of(0.1, 0.2))).betas).toEqual([0.1, 0.2]);
});

test("processes that are none are refused by what is wrong", () => {
  const refusals: [make: () => unknown, message: string][] = [
    [() => discretePath({ steps: 0 }), "discrete.steps is 0; it must be a whole number of at least 2"],
    [() => discretePath({ steps: 1 }), "discrete.steps is 1; it must be a whole number of at least 2"],
    [() => discretePath({ steps: 20 }), "discrete.steps is 20; linear betas of fewer than 21 steps reach 1"],
    [() => discretePath({ schedule: loose("cosin") }), '(did you mean "cosine"?)'],
    [() => discretePath([]), "discrete.betas has 0; it takes two or more"],
    [() => discretePath([0.5]), "discrete.betas has 1; it takes two or more"],
    [() => discretePath([0.1, 0]), "discrete.betas[1] is 0; it must be above 0 and below 1"],
    [() => discretePath([0.1, 1, 0.2]), "discrete.betas[1] is 1; it must be above 0 and below 1"],
    [() => discretePath([0.1, -0.2]), "discrete.betas[1] is -0.2"],
    [() => discretePath([0.1, Number.NaN]), "discrete.betas"],
    [() => discretePath({ betas: [0.1, 0.2], steps: 2 }), "it takes one of them"],
    [() => discretePath(loose({ beta: [0.1] })), 'did you mean "betas"?'],
    [() => posterior(discretePath(), 1000), "posterior: index is 1000"],
    [() => ddpmInputs({ steps: 1 }), "ddpm.steps is 1"],
    [() => discretePath().timeAt(-1), "noise to signal is -1; it must be at least 0"],
    [() => discretePath().at(1.5), "t is 1.5"],
  ];
  for (const [make, message] of refusals) expect(make, message).toThrow(message);
});

test("no array of the fixture is left unread", () => {
  expect(fixture.unread()).toEqual([]);
});
