import { createDevice, max, min, random } from "@isoflop/tensor";
import { expect, test } from "vitest";
import { draws, logitNormal, shifted, stratified, uniform } from "../../src/index.js";
import { within } from "../../src/stratified.js";
import { checkLosses, paths } from "../limits.js";

test.each(paths.map(([path, exact]) => [path.name, path, exact] as const))(
  "losses on the %s path are their limits at t = 0 and 1 and exact beside them on WebGPU",
  async (_, path, exact) => {
    using device = await createDevice("webgpu");
    await checkLosses(device, path, exact);
  },
);

test("times lie strictly inside 0..1 on WebGPU", async () => {
  using device = await createDevice("webgpu");
  for (const density of [uniform(), shifted(uniform(), 3), logitNormal({ std: 8 }), logitNormal({ std: 40 })]) {
    for (const times of [draws(density, 20_000, random.key(0)), stratified(density, 1024, random.key(1))]) {
      expect(await min(times).item(device)).toBeGreaterThan(0);
      expect(await max(times).item(device)).toBeLessThan(1);
    }
    const ends = await within(density, device.tensor([2 ** -40, 1 - 2 ** -24, 1])).data();
    expect(ends.every((t) => t > 0 && t < 1)).toBe(true);
  }
});
