import { createDevice } from "@isoflop/tensor";
import { expect, it } from "vitest";
import { threadsOfEach } from "../../src/study/session.js";

it.each([
  [2, 1, 2],
  [2, 2, 1],
  [8, 3, 2],
  [1, 4, 1],
])("%d cores among %d devices are %d threads for each", (cores, devices, threads) => {
  expect(threadsOfEach(cores, devices)).toBe(threads);
});

it("a machine of more cores than a device takes threads is given one that can be had", async () => {
  const device = await createDevice("wasm", { wasm: { threads: threadsOfEach(256, 1) } });
  expect(device.description).toMatch(/^wasm: \d+ threads/);
  device.destroy();
});
