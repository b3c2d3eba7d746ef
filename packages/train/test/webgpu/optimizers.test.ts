import { createDevice } from "@isoflop/tensor";
import { expect, it } from "vitest";
import { fixture, follow, trajectories } from "../trajectories.js";

it("follows PyTorch's trajectories on WebGPU as closely as on WebAssembly", async () => {
  using device = await createDevice("webgpu");
  for (const [name, trajectory] of Object.entries(trajectories)) {
    const expected = await fixture.float64(name);
    const got = await follow(device, ...trajectory, false);
    expect(Math.max(...got.map((x, i) => Math.abs(x - expected[i]!))), name).toBeLessThan(2e-6);
  }
});
