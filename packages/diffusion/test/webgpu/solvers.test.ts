import { createDevice, random } from "@isoflop/tensor";
import { expect, test } from "vitest";
import { dopri5, dpmSolverPP, edmPath, karrasGrid, sample } from "../../src/index.js";
import { best } from "../gaussian.js";

/** Samples of a Gaussian on a device. */
const drawn = async (kind: "webgpu" | "wasm") => {
  using device = await createDevice(kind);
  const path = edmPath({ sigmaMax: 20 });
  const noise = device.tensor([-1.5, -0.5, 0.25, 1, 2], [5, 1]);
  const how = { noise, steps: 6, grid: karrasGrid(), objective: { path, prediction: "F" }, device } as const;
  const noisy = await sample(best(path, "F"), {
    ...how,
    solver: dpmSolverPP({ order: 3, eta: 1 }),
    key: random.key(1),
  });
  const chosen = await sample(best(path, "F"), { ...how, steps: 1, solver: dopri5({ rtol: 1e-2 }) });
  return [...(await noisy.data()), ...(await chosen.data())];
};

test("a stochastic solver with memory, and one that chooses its steps, give on WebGPU what they give on wasm", async () => {
  const [ours, wanted] = [await drawn("webgpu"), await drawn("wasm")];
  for (const [i, x] of ours.entries()) expect(Math.abs(x - wanted[i]!)).toBeLessThan(2e-4);
});
