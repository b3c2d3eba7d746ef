import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { coreOps, createDevice, type Device } from "../src/index.js";
import { checkAgreement } from "../src/testing/index.js";

describe.each([1, 2])("wasm with %i threads", (threads) => {
  let device: Device;
  beforeAll(async () => {
    device = await createDevice("wasm", { wasm: { threads } });
  });
  afterAll(() => device.destroy());

  for (const op of coreOps)
    it(`${op.name}: forward and backward agree with float64`, async () => {
      expect(await checkAgreement(op, device)).toBeLessThan(3e-6);
    });

  it("a result that is wrong is found, of integers in the last bit", async () => {
    const wrong = (name: string, change: (x: number) => number) => {
      const op = coreOps.find((candidate) => candidate.name === name)!;
      const reference: NonNullable<typeof op.reference> = (...args) =>
        op.reference!(...args).map((data) => data.map(change));
      return { ...op, reference };
    };
    expect(
      await checkAgreement(
        wrong("exp", (x) => x * 1.001),
        device,
      ),
    ).toBeGreaterThan(1e-4);
    expect(
      await checkAgreement(
        wrong("bitAnd", (x) => x ^ 1),
        device,
      ),
    ).toBe(Number.POSITIVE_INFINITY);
  });
});
