import { expect, it } from "vitest";
import { KernelEngine } from "../../src/engine/kernels.js";
import { concat, Device } from "../../src/index.js";
import { fuzz } from "../../src/testing/index.js";
import { describeKernels } from "./device.js";

/** Programs per set of kernels: pipelines take most of the time. */
const PROGRAMS = 40;

describeKernels("random programs on webgpu", (backend) => {
  it("agree with the float64 reference, forward and backward", async () => {
    const device = new Device(new KernelEngine(backend), "under test");
    const first = backend.info.software ? 3000 : 4000;
    for (let seed = first; seed < first + PROGRAMS; seed++) {
      const failure = await fuzz(seed, device);
      if (failure) expect.unreachable(`seed ${failure.seed}: ${failure.what}\n${failure.code}`);
    }
  });

  it("a kernel reads and writes parts of one value", async () => {
    const device = new Device(new KernelEngine(backend), "under test");
    const x = device.tensor([3, -1, 2, 5, 4, -6], [2, 3]);
    const y = x.mul(2);
    // Both are joined, so both could live in the result; a reduction cannot read and write one buffer.
    const joined = concat([y, y.max([0], { keepDims: true })]);
    expect([...(await joined.data())]).toEqual([6, -2, 4, 10, 8, -12, 10, 8, 4]);
  });
});
