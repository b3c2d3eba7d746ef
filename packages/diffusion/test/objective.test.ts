import { createDevice, full, random, type Tensor } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import {
  convert,
  cosinePath,
  definePath,
  edmWeighting,
  effectiveWeight,
  interpolate,
  linearPath,
  logitNormal,
  loss,
  minSnr,
  objective,
  type Path,
  type Prediction,
  predictions,
  rectifiedFlow,
  sigmoidWeighting,
  softMinSnr,
  uniform,
  unweighted,
  unweightedIn,
  vpPath,
  type Weighting,
} from "../src/index.js";
import { readFixture, relativeError } from "./fixture.js";

const fixture = readFixture("timestep_densities");
const device = await createDevice("wasm");
const linear = linearPath();

describe("weightings", () => {
  const logSnr = Array.from(fixture.get("log_snr")!.data);
  /** The time on the cosine path, where alpha² + sigma² = 1, at which the SNR is exp(l). */
  const timeAt = (l: number) => (2 / Math.PI) * Math.atan(Math.exp(-l / 2));
  const weights = (weighting: Weighting, space: Prediction) => {
    const aim = objective({ path: cosinePath(), prediction: "v", weighting, density: uniform() });
    return logSnr.map((l) => effectiveWeight(aim, timeAt(l), space));
  };
  const spaces: Readonly<Record<string, Prediction>> = { on_eps: "noise", on_x0: "data", on_v: "v" };

  test.each<[string, Weighting]>([
    ["min_snr_1.0", minSnr(1)],
    ["min_snr_5.0", minSnr(5)],
    ["sigmoid_-3.0", sigmoidWeighting(-3)],
    ["sigmoid_0.0", sigmoidWeighting(0)],
    ["edm_0.5", edmWeighting(0.5)],
    ["edm_1.0", edmWeighting(1)],
    ["soft_min_snr_0.5", softMinSnr(0.5)],
    ["soft_min_snr_1.0", softMinSnr(1)],
  ])("%s is the reference in every space that it gives", (name, weighting) => {
    const rows = [...fixture.keys()].filter((key) => key.startsWith(`${name}.`));
    expect(rows.length).toBeGreaterThan(0);
    for (const key of rows) {
      const space = spaces[key.slice(name.length + 1)]!;
      const wanted = Array.from(fixture.get(key)!.data);
      weights(weighting, space).forEach((value, i) => {
        expect(value / wanted[i]!, `${key} at ${logSnr[i]}`).toBeCloseTo(1, 11);
      });
    }
  });

  test("no array of weights is left unread", () => {
    expect(fixture.unread().filter((name) => /^log_snr$|\.on_(eps|x0|v)$/.test(name))).toEqual([]);
  });

  test("what one error weighs is the same wherever the objective measures it", () => {
    for (const errorIn of ["velocity", "noise", "data", "v", "score"] as const) {
      const aim = objective({
        path: vpPath(),
        prediction: "noise",
        errorIn,
        weighting: minSnr(5),
        density: logitNormal(),
      });
      const measured = objective({ ...aim, errorIn: "noise" });
      for (const t of [0.1, 0.5, 0.9])
        expect(effectiveWeight(aim, t, "data") / effectiveWeight(measured, t, "data")).toBeCloseTo(1, 10);
    }
  });

  test("density and weighting multiply", () => {
    const [density, path] = [logitNormal(), linear];
    const drawn = objective({ path, prediction: "velocity", density });
    for (const t of [0.2, 0.5, 0.7]) expect(effectiveWeight(drawn, t)).toBeCloseTo(density.pdf(t), 14);
    // Velocity error is noise error over 1 - t on the linear path.
    expect(effectiveWeight(drawn, 0.6, "noise")).toBeCloseTo(density.pdf(0.6) / 0.4 ** 2, 12);
  });

  test("options that do not fit are named", () => {
    expect(() => minSnr(0)).toThrow(/minSnr.gamma is 0/);
    expect(() => softMinSnr(Number.NaN)).toThrow(/sigmaData is NaN/);
    expect(() => edmWeighting(-1)).toThrow(/sigmaData is -1/);
  });
});

describe("loss", () => {
  const shape = [3, 2, 2, 2] as const;
  const batch = {
    x: random.normal(random.key(1), shape),
    noise: random.normal(random.key(2), shape),
    t: device.tensor([0.2, 0.5, 0.8]),
  };
  const paths: readonly Path[] = [linear, cosinePath(), vpPath()];

  test("is 0 for a network that knows the answer, in every prediction and error space", async () => {
    const answer = random.normal(random.key(1), shape);
    for (const path of paths)
      for (const prediction of predictions)
        for (const errorIn of predictions) {
          const aim = objective({ path, prediction, errorIn, density: uniform() });
          const knowing = (xt: Tensor, t: Tensor): Tensor =>
            convert(path, { from: "data", to: prediction }, answer, xt, t.reshape([3, 1, 1, 1]));
          const each = (await loss(aim, knowing, batch).data(device)) as Float32Array;
          expect(Math.max(...each), `${path.name}, ${prediction}, ${errorIn}`).toBeLessThan(1e-5);
        }
  });

  test("is one mean squared error per sample", async () => {
    const x = device.tensor([0, 0, 0, 0], [2, 2]);
    const noise = device.tensor([1, 2, 3, 5], [2, 2]);
    const each = loss(rectifiedFlow(), () => full([2, 2], 1), { x, noise, t: device.tensor([0.3, 0.6]) });
    // Velocity is noise - x: errors 0, 1 and 2, 4.
    expect(Array.from(await each.data())).toEqual([0.5, 10]);
  });

  test("weighs each sample at its own time", async () => {
    const aim = rectifiedFlow();
    const zero = (x: Tensor): Tensor => x.mul(0);
    const plain = await loss(aim, zero, batch).data(device);
    const weighted = await loss({ ...aim, weighting: unweightedIn("noise") }, zero, batch).data(device);
    for (const [i, t] of [0.2, 0.5, 0.8].entries()) expect(weighted[i]! / plain[i]!).toBeCloseTo((1 - t) ** 2, 5);
  });

  test("gives the network the noisy samples and their times", async () => {
    const seen: Tensor[] = [];
    const watch = (x: Tensor, t: Tensor): Tensor => {
      seen.push(x, t);
      return x;
    };
    loss(rectifiedFlow(), watch, batch);
    expect(await seen[0]!.data(device)).toEqual(await interpolate(linear, batch.x, batch.noise, batch.t).data(device));
    expect(seen[1]).toBe(batch.t);
  });

  test("takes a path of one's own", async () => {
    const quadratic = definePath("quadratic", (m, t) => ({
      ...{ alpha: m.sub(1, m.mul(t, t)), sigma: t, alphaDot: m.mul(t, -2), sigmaDot: 1 },
    }));
    const aim = objective({ path: quadratic, prediction: "velocity", density: uniform() });
    const x = device.tensor([2], [1, 1]);
    const each = loss(aim, () => full([1, 1], 0), { x, noise: device.tensor([3], [1, 1]), t: device.tensor([0.5]) });
    // -2 t x + noise = 1.
    expect(await each.item()).toBeCloseTo(1, 6);
  });

  test("names shapes that do not fit", () => {
    const { x, t } = batch;
    const short = random.normal(random.key(3), [2, 2, 2, 2]);
    expect(() => loss(rectifiedFlow(), (y) => y, { x, t, noise: short })).toThrow(
      "noise is f32 [2, 2, 2, 2]; it takes an f32 tensor of x's shape, [3, 2, 2, 2].",
    );
    expect(() => loss(rectifiedFlow(), () => short, { x, t, noise: x })).toThrow(
      /model gives f32 \[2, 2, 2, 2\].*x's shape, \[3, 2, 2, 2\]/,
    );
  });

  test("rectifiedFlow is linear, velocity, unweighted, logit-normal", () => {
    const { path, prediction, errorIn, weighting, density } = rectifiedFlow();
    expect([path.name, prediction, errorIn, weighting.name]).toEqual([
      "linear",
      "velocity",
      "velocity",
      unweighted().name,
    ]);
    expect(density.name).toBe(logitNormal().name);
    expect(relativeError([density.pdf(0.3)], [logitNormal({ mean: 0, std: 1 }).pdf(0.3)])).toBe(0);
  });
});
