import { createDevice, random, type Tensor } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import {
  cosinePath,
  edmPath,
  heun,
  linearPath,
  type Path,
  type PredictionName,
  predictions,
  sample,
  tensors,
  translated,
  vePath,
  vpPath,
} from "../src/index.js";
import { convert } from "../src/prediction.js";

const device = await createDevice("wasm");

/** The best denoiser of a Gaussian number of mean 0.7 and deviation 0.4. */
const best = (path: Path, prediction: PredictionName) => (x: Tensor, t: Tensor) => {
  const c = path.at(t.reshape([t.size, 1]));
  const { add, sub, mul, div } = tensors;
  const variance = add(mul(mul(c.alpha, c.alpha), 0.16), mul(c.sigma, c.sigma));
  const data = add(mul(div(mul(sub(x, mul(c.alpha, 0.7)), c.alpha), variance), 0.16), 0.7);
  return convert(path, { from: "data", to: prediction }, data, x, t.reshape([t.size, 1]));
};

const paths = [linearPath(), cosinePath(), vpPath(), vePath(), edmPath()];

describe.each(paths.map((path) => [path.name, path] as const))("a denoiser of the %s path", (_, from) => {
  test("says on every other path, in every prediction, what one of that path says", async () => {
    const t = device.tensor([0.15, 0.4, 0.6]);
    const x = device.tensor([0.3, -0.8, 1.4], [3, 1]);
    for (const to of paths)
      for (const prediction of predictions) {
        const own = predictions[(predictions.indexOf(prediction) + 1) % predictions.length]!;
        const spoken = translated(best(from, own), { path: from, prediction: own }, { path: to, prediction });
        const [found, right] = [await spoken(x, t).data(), await best(to, prediction)(x, t).data()];
        for (const [i, value] of right.entries())
          expect(
            Math.abs(found[i]! - value) / (1 + Math.abs(value)),
            `${own} to ${prediction} on ${to.name}`,
          ).toBeLessThan(2e-3);
      }
  });
});

test("networks of unlike paths draw one sample from one noise", async () => {
  const noise = random.normal(random.key(1), [6, 1]);
  const objective = { path: edmPath(), prediction: "data" } as const;
  const times = Array.from({ length: 40 }, (_, i) => (1 - i / 40) ** 4);
  const drawn = async (from: Path) => {
    const model = translated(best(from, "noise"), { path: from, prediction: "noise" }, objective);
    const out = await sample(model, {
      noise,
      times: [...times.filter((t) => t > 1e-4), 0.002 / 80],
      solver: heun(),
      objective,
      device,
    });
    return out.data();
  };
  // VP ends with as much noise as EDM's path has; its network is asked for no more.
  const [own, vp] = [await drawn(edmPath()), await drawn(vpPath())];
  for (const [i, x] of own.entries()) expect(vp[i]).toBeCloseTo(x, 2);
});

test("an answer that is no prediction is refused", () => {
  const spoken = { path: linearPath(), prediction: "data" } as const;
  const wrong = translated((x: Tensor) => x.slice([0]) as Tensor, spoken, spoken);
  expect(() => wrong(device.tensor([1, 2], [2, 1]), device.tensor([0.1, 0.2]))).toThrow(/the model gives f32 \[1, 1\]/);
});
