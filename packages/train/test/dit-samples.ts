import { readFileSync } from "node:fs";
import {
  ancestral,
  classifierFreeGuidance,
  ddpmInputs,
  denoiser,
  discretePath,
  respaced,
  sampler,
  uniformTimes,
} from "@isoflop/diffusion";
import { dit, paramsFrom } from "@isoflop/dit";
import type { DitConfig } from "@isoflop/flops";
import { createDevice, type Tensor, take } from "@isoflop/tensor";
import { openSafetensors } from "@isoflop/tensor/safetensors";
import { expect } from "vitest";

/** The weights are read where they lie, as they are 1.3 MB. */
const open = (path: string) => openSafetensors(Uint8Array.from(readFileSync(new URL(path, import.meta.url))));

/** The official DiT of the parity fixture of `@isoflop/dit`, which learns its variance. */
const config: DitConfig = {
  ...{ image: { height: 8, width: 8, channels: 4 }, patch: 2, width: 48, depth: 3, heads: 4, outChannels: 8 },
  ...{ conditioning: "adaLNZero", context: { kind: "classes", classes: 10 } },
};

/** How far PyTorch's own float32 strays from its float64 over these steps. */
const torchError = 8.258920001935621e-4;

/** The official DiT draws what its own code draws: guided in three channels, six of a thousand steps, learned variance. */
export const expectDitSamples = async (kind: "wasm" | "webgpu"): Promise<void> => {
  using device = await createDevice(kind);
  const [weights, drawn] = [
    await open("../../dit/test/fixtures/dit_tiny_sigma.safetensors"),
    await open("./fixtures/dit_cfg.safetensors"),
  ];
  const names = weights.names.filter((name) => name.startsWith("param."));
  const named = await Promise.all(
    names.map(async (name) => {
      const array = { shape: weights.describe(name).shape, data: await weights.float32(name) };
      return [name.slice("param.".length), array] as const;
    }),
  );
  const model = dit(config);
  const params = paramsFrom(model, Object.fromEntries(named), device);
  const path = respaced(discretePath(), "6").on(device);
  // Upstream's own at the six steps: its float32 phases are up to 5e-5 off the formula, which makes 1.3 times what is fair.
  const features = device.tensor(await drawn.float32("time_features"), [6, 256]);
  const network = classifierFreeGuidance<Tensor>(
    denoiser({ path, inputs: ddpmInputs() }, (x: Tensor, t: Tensor, labels: Tensor) =>
      model.apply(params, x, t, labels, {
        timeFeatures: take(
          features,
          t
            .mul(1000 / 199.8)
            .add(0.5)
            .cast("i32"),
        ),
      }),
    ),
    { scale: 2.5, channels: 3 },
  );
  const objective = { path, prediction: "noise", variance: "learnedRange" } as const;
  using drawing = sampler(network, { objective, solver: ancestral({ variance: "learnedRange" }), device });
  const noise = await drawn.float32("dit_cfg.noise");
  const [labels, nothing] = [Int32Array.of(2, 6), Int32Array.of(10, 10)].map((values) => device.tensor(values));
  const seen: Float32Array[] = [];
  await drawing.run(
    { condition: labels!, unconditional: nothing! },
    {
      start: device.tensor(await drawn.float32("start"), [2, 4, 8, 8]),
      times: uniformTimes(6),
      // Upstream draws for a doubled batch, the guided half first.
      key: (step) => [device.tensor(noise.slice(step * 1024, step * 1024 + 512), [2, 4, 8, 8])],
      async onStep({ x }) {
        seen.push(Float32Array.from(await x.data()));
      },
    },
  );
  const samples = await drawn.float32("dit_cfg.samples");
  expect(seen).toHaveLength(6);
  const peak = samples.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  for (const [step, values] of seen.entries()) {
    // The guided half of the doubled batch; upstream throws the other away.
    const wanted = samples.slice(step * 1024, step * 1024 + 512);
    const error = wanted.reduce((most, x, i) => Math.max(most, Math.abs(x - values[i]!)), 0);
    expect(error / (4 * torchError + 1e-6 * peak), `step ${step}`).toBeLessThan(1);
  }
};
