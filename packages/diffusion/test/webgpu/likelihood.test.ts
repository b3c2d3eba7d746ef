import { add, createDevice, mul, random, type Tensor, tanh } from "@isoflop/tensor";
import { expect, test } from "vitest";
import { likelihood, uniformDequantization, variationalBound } from "../../src/index.js";

const bent = (x: Tensor, t: Tensor): Tensor => add(tanh(mul(x, 1.5)), mul(x, t.reshape([t.shape[0]!, 1])));
const levels = { levels: 9, range: [-1, 1] } as const;
const values = Array.from({ length: 5 * 8 }, (_, i) => ((7 * i) % 9) / 4 - 1);

test("likelihoods and bounds draw and come to the same on WebGPU as on wasm", async () => {
  const run = async (kind: "wasm" | "webgpu") => {
    using device = await createDevice(kind);
    const x = device.tensor(values, [5, 8]);
    const key = random.key(4);
    using flow = likelihood(bent, {
      ...{ steps: 4, dequantization: uniformDequantization(levels), device },
      probes: { kind: "gaussian", count: 2, fresh: "evaluation" },
    });
    using bound = variationalBound(bent, { strata: 4, decoder: levels, device });
    const [a, b] = [await flow.run(null, { x, key }), await bound.run(null, { x, key, batch: 3 })];
    return [...a.nats, ...a.standardError!, ...b.nats];
  };
  const [wanted, found] = [await run("wasm"), await run("webgpu")];
  for (const [i, value] of wanted.entries())
    expect(Math.abs(found[i]! - value)).toBeLessThan(2e-3 * (1 + Math.abs(value)));
});
