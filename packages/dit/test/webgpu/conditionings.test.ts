import type { DitConfig } from "@isoflop/flops";
import { createDevice, type Device, meanSquaredError, random, valueAndGrad } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import {
  type ApplyOptions,
  type Condition,
  type DitOptions,
  type DitParams,
  dit,
  namedParams,
} from "../../src/index.js";
import { perturbed } from "../perturbed.js";

const found = await createDevice("webgpu").catch((error: unknown) => error as Error);

if (found instanceof Error) {
  const message = `NO WEBGPU ADAPTER: conditionings on WebGPU are skipped. ${found.message}`;
  if (process.env.CI === "true") throw new Error(message);
  console.warn(message);
}

/** Every gradient of a loss on a device, by name. */
const gradients = async (
  config: DitConfig,
  device: Device,
  condition: Condition = device.tensor(Int32Array.of(1, 2, 4, 0), [2, 2]),
  how: DitOptions & Pick<ApplyOptions, "key"> = {},
): Promise<Readonly<Record<string, Float32Array>>> => {
  const [x, target] = [7, 8].map((seed) => random.normal(random.key(seed), [2, 2, 4, 4]));
  const t = device.tensor([0.2, 0.7]);
  const { key, ...running } = how;
  const options = { ...(config.guidance && { guidance: device.tensor([3.5, 1]) }), ...(key && { key }) };
  const model = dit(config, running);
  const loss = (params: DitParams) => meanSquaredError(model.apply(params, x!, t, condition, options), target!);
  const { gradient } = valueAndGrad(loss)(await perturbed(config, device));
  device.evaluate(gradient);
  const entries = Object.entries(namedParams(gradient)).map(
    async ([name, leaf]) => [name, (await leaf.data()) as Float32Array] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
};

const expectClose = (
  actual: Readonly<Record<string, Float32Array>>,
  expected: Readonly<Record<string, Float32Array>>,
): void => {
  for (const [name, values] of Object.entries(expected)) {
    const peak = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    const error = values.reduce((most, v, i) => Math.max(most, Math.abs(v - actual[name]![i]!)), 0);
    // Weights this large amplify: float32 on wasm strays by 1.2e-5 of the peak.
    expect(error, name).toBeLessThanOrEqual(5e-5 * peak);
  }
};

describe.skipIf(found instanceof Error)("WebGPU in Node", () => {
  if (found instanceof Error) return;

  // The others are held to PyTorch; these two have no official code.
  test.each(["crossAttention", "adaLN"] as const)("gradients of %s are those of float64", async (conditioning) => {
    const config: DitConfig = {
      ...{ image: { height: 4, width: 4, channels: 2 }, patch: 2, width: 16, depth: 1, heads: 2, conditioning },
      context: { kind: "words", tokens: 2, vocabulary: 5 },
    };
    const [expected, actual] = [
      await gradients(config, await createDevice("reference")),
      await gradients(config, found),
    ];
    expectClose(actual, expected);
  });

  test.each(["inContext", "crossAttention", "mmDit"] as const)(
    "gradients of %s with every part are those of float64",
    async (conditioning) => {
      const config: DitConfig = {
        ...{ image: { height: 4, width: 4, channels: 2 }, patch: 2, width: 16, depth: 1, heads: 2, conditioning },
        ...{ context: { kind: "words", tokens: 2, vocabulary: 5 }, norm: "rms", mlp: "swiglu", registers: 1 },
        ...{ positions: "sincos+rope", guidance: true, timeFeatures: 8 },
        qkNorm: conditioning === "crossAttention" ? "rms+cross" : "rms",
      };
      expectClose(await gradients(config, found), await gradients(config, await createDevice("reference")));
    },
  );

  test("gradients through experts, dropped branches and blocks that are computed again are those of float64", async () => {
    const config: DitConfig = {
      ...{ image: { height: 4, width: 4, channels: 2 }, patch: 1, width: 16, depth: 2, heads: 2 },
      ...{ conditioning: "inContext", experts: { count: 3, active: 2, capacity: 0.8 } },
      context: { kind: "words", tokens: 2, vocabulary: 5 },
    };
    const how = { checkpointing: "blocks", dropPath: 0.4, key: random.key(4) } as const;
    const on = async (device: Device) => gradients(config, device, undefined, how);
    expectClose(await on(found), await on(await createDevice("reference")));
  });

  test.each(["inContext", "mmDit", "adaLN"] as const)(
    "gradients of %s with masked captions are those of float64",
    async (conditioning) => {
      const config: DitConfig = {
        ...{ image: { height: 4, width: 4, channels: 2 }, patch: 2, width: 16, depth: 1, heads: 2, conditioning },
        context: { kind: "features", tokens: 3, dim: 5, masked: true },
      };
      const told = (device: Device, junk: number): Condition => {
        const tokens = Float32Array.from({ length: 30 }, (_, i) => (i >= 5 && i < 15 ? junk : Math.sin(i)));
        return { tokens: device.tensor(tokens, [2, 3, 5]), lengths: device.tensor(Int32Array.of(1, 3), [2]) };
      };
      const reference = await createDevice("reference");
      const expected = await gradients(config, reference, told(reference, 0));
      expectClose(await gradients(config, found, told(found, Number.NaN)), expected);
    },
  );
});
