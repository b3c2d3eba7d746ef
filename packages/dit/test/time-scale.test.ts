import { conditionings, type DitConfig, resolve } from "@isoflop/flops";
import { createDevice, neg, random, sub, type Tensor } from "@isoflop/tensor";
import { expect, test } from "vitest";
import { type DitParams, dit } from "../src/index.js";
import { predict } from "../src/network.js";
import { perturbed } from "./perturbed.js";

const device = await createDevice("wasm");

const setup = {
  ...{ image: { height: 8, width: 8, channels: 4 }, patch: 2, width: 32, depth: 2, heads: 2 },
  context: { kind: "classes", classes: 10 },
} as const;

const times = [0, 0.1, 0.5, 0.9, 1] as const;
const n = times.length;
const t = device.tensor([...times]);
const x = random.normal(random.key(99), [n, 4, 8, 8]);
const classes = device.tensor(Int32Array.of(3, 7, 10, 0, 1));

/** The official TimestepEmbedder's features of what it is fed, cosines first, in float64. */
const features = (fed: readonly number[]): Tensor => {
  const angles = fed.map((time) => Array.from({ length: 128 }, (_, i) => time * 10000 ** (-i / 128)));
  const values = angles.flatMap((row) => [...row.map(Math.cos), ...row.map(Math.sin)]);
  return device.tensor(Float32Array.from(values), [fed.length, 256]);
};

const network = (config: DitConfig, params: DitParams, fed: readonly number[]): Tensor =>
  predict(resolve(config), params, x, features(fed), classes);

/** Largest difference over the largest value. */
const difference = async (a: Tensor, b: Tensor): Promise<number> => {
  const [actual, expected] = [await a.data(), await b.data()];
  const most = (values: ArrayLike<number>) => Array.from(values).reduce((peak, v) => Math.max(peak, Math.abs(v)), 0);
  return most(Array.from(actual, (v, i) => v - expected[i]!)) / most(expected);
};

test.each(conditionings)(
  "%s at a scale of 1 feeds t itself to its sines, whatever the weights",
  async (conditioning) => {
    const config: DitConfig = { ...setup, conditioning, timeScale: 1 };
    const params = await perturbed(config, device);
    expect(await difference(dit(config).apply(params, x, t, classes), network(config, params, times))).toBeLessThan(
      1e-5,
    );
  },
);

test.each([1000, 999, 250, 0.5])("a scale of %d multiplies t", async (timeScale) => {
  const config: DitConfig = { ...setup, conditioning: "adaLNZero", timeScale };
  const params = await perturbed(config, device);
  const fed = times.map((time) => timeScale * Math.fround(time));
  expect(await difference(dit(config).apply(params, x, t, classes), network(config, params, fed))).toBeLessThan(2e-4);
});

/** SiT's clock runs from noise to data and its velocity points to the data (`willisma/SiT`: t of 0 .. 1, `models.py`). */
test("a network of SiT's weights under SiT's clock is SiT's", async () => {
  const config: DitConfig = { ...setup, conditioning: "adaLNZero", timeScale: 1 };
  const params = await perturbed(config, device);
  const ours = neg(dit(config).apply(params, x, sub(1, t), classes));
  const sit = neg(
    network(
      config,
      params,
      times.map((time) => 1 - time),
    ),
  );
  expect(await difference(ours, sit)).toBeLessThan(1e-5);
  // At the scale of DiT that is a thousandth of the time, which rounds twice more; the same time is far off.
  const { timeScale: _, ...plain } = config;
  const thousandth = neg(dit(plain).apply(params, x, sub(1, t).mul(1 / 1000), classes));
  expect(await difference(thousandth, sit)).toBeLessThan(1e-4);
  expect(await difference(neg(dit(plain).apply(params, x, sub(1, t), classes)), sit)).toBeGreaterThan(0.05);
});
