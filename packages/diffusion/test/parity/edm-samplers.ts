import { createDevice, type Device, slice, type Tensor } from "@isoflop/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  definePath,
  denoiser,
  edmInputs,
  edmPath,
  edmStochastic,
  euler,
  exponentialGrid,
  heun,
  iddpmGrid,
  karrasGrid,
  midpoint,
  type Path,
  type SamplerOptions,
  type Solver,
  sampler,
  type TimeGrid,
  uniformGrid,
  vpPath,
} from "../../src/index.js";
import { exactSample, type ToyNumbers } from "../edm-exact.js";
import { errorOverFair, readFixture } from "../fixture.js";
import { type Toy, toyNetwork } from "../toy.js";

export const fixture = readFixture("edm_samplers");
const steps = 8;

/** sigma = 100 √t: EDM's "ve" schedule. */
const rootPath = definePath("√t", (m, t) => {
  const sigma = m.mul(m.sqrt(t), 100);
  return { alpha: 1, sigma, alphaDot: 0, sigmaDot: m.div(5000, sigma) };
});
const vp = uniformGrid({ last: 0.001 });

const weights = Object.fromEntries(
  ["w1", "b1", "u", "w2", "b2"].map((name) => [name, fixture.get(`toy.${name}`)!.data]),
) as unknown as ToyNumbers;

/**
 * EDM's samplers draw what its code draws.
 * @param slack what is fair beside four times PyTorch's own float32 error, over the peak
 */
export const describeEdmSamplers = (kind: "wasm" | "webgpu", slack: number) =>
  describe(`samplers on ${kind}`, () => {
    let device: Device;
    beforeAll(async () => {
      device = await createDevice(kind);
    });
    afterAll(() => device.destroy());
    const tensor = (name: string): Tensor => {
      const { shape, data } = fixture.get(name)!;
      return device.tensor(data as Float32Array, shape);
    };
    const toy = () => Object.fromEntries(["w1", "b1", "u", "w2", "b2"].map((name) => [name, tensor(`toy.${name}`)]));

    /** EDM's network, read on any path. */
    const drawn = async (path: Path, solver: Solver, grid: TimeGrid, noise?: Tensor) => {
      const asked: number[] = [];
      const network = (x: Tensor, t: Tensor, weights: Toy) => toyNetwork(weights, x, t);
      const options: SamplerOptions = { objective: { path, prediction: "F" }, solver, device };
      using made = sampler(denoiser({ path, inputs: edmInputs() }, network), options);
      const out = await made.run(toy() as unknown as Toy, {
        noise: tensor("start"),
        ...{ steps, grid },
        ...(noise && { key: (step) => [slice(noise, [{ start: step, stop: step + 1 }]).reshape([2, 4, 8, 8])] }),
        onStep: ({ evaluations }) => void asked.push(evaluations),
      });
      return { sample: await out.data(), asked };
    };

    describe("EDM's own samplers", () => {
      test("Heun on Karras's times", async () => {
        for (const solver of [heun(), edmStochastic()]) {
          const { sample, asked } = await drawn(edmPath(), solver, karrasGrid());
          expect(errorOverFair(sample, fixture.get("edm.deterministic.sample")!, slack), solver.name).toBeLessThan(1);
          expect(asked).toEqual([2, 4, 6, 8, 10, 12, 14, 15]);
        }
      });

      test("with churn", async () => {
        const solver = edmStochastic({ churn: 6, min: 0.05, max: 50, noise: 1.003 });
        const { sample } = await drawn(edmPath(), solver, karrasGrid(), tensor("noise"));
        expect(errorOverFair(sample, fixture.get("edm.churn.sample")!, slack)).toBeLessThan(1);
      });
    });

    describe("EDM's ablation: path × grid × solver", () => {
      test.each<[string, Path, TimeGrid]>([
        ["vp.vp.vp", vpPath({ betaMin: 0.1, betaMax: 20 }), vp],
        ["ve.ve.none", rootPath, exponentialGrid({ sigmaMin: 0.02, sigmaMax: 100 })],
        ["iddpm.linear.none", edmPath({ sigmaMax: 100 }), iddpmGrid()],
        ["edm.linear.none", edmPath(), karrasGrid()],
      ])("%s", async (name, path, grid) => {
        for (const [i, solver] of [euler(), heun()].entries()) {
          const { sample } = await drawn(path, solver, grid);
          const label = `ablation.${solver.name}.${name}`;
          const upstream = fixture.get(label)!;
          const times = grid.times(path, steps);
          const exact = exactSample(weights, fixture.get("start")!.data, 64, path, times, i === 0 ? 1 : 2);
          // Upstream's network ran in f32, and its steps over the widest ranges of noise lose digits: what is fair is told by float64 throughout.
          const strays = Math.max(...exact.map((value, j) => Math.abs(value - upstream.data[j]!)));
          const peak = Math.max(...exact.map(Math.abs));
          expect(strays / peak, `upstream's ${label}`).toBeLessThan(5e-6);
          expect(
            errorOverFair(sample, { ...upstream, data: Float64Array.from(exact), strays }, slack),
            label,
          ).toBeLessThan(1);
        }
      });

      test("their second order of parameter 1/2 is the midpoint rule", async () => {
        const { sample } = await drawn(edmPath(), midpoint({ lastEuler: true }), karrasGrid());
        expect(errorOverFair(sample, fixture.get("ablation.heun.edm.alpha_0.5")!, slack)).toBeLessThan(1);
      });
    });
  });
