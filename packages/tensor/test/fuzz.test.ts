import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ReferenceEngine } from "../src/engine/reference.js";
import { createDevice, Device, type DType } from "../src/index.js";
import { fuzz } from "../src/testing/index.js";

/** Runs the programs of some seeds; a failure shows the smallest program. */
const clean = async (device: Device, first: number, count: number): Promise<void> => {
  for (let seed = first; seed < first + count; seed++) {
    const failure = await fuzz(seed, device);
    if (failure) expect.unreachable(`seed ${failure.seed}: ${failure.what}\n${failure.code}`);
  }
};

describe.each([1, 2])("random programs on wasm with %s threads", (threads) => {
  let device: Device;
  beforeAll(async () => {
    device = await createDevice("wasm", { wasm: { threads } });
  });
  afterAll(() => device.destroy());

  it("agree with the float64 reference, forward and backward", () => clean(device, 1000 * threads, 250));
});

/** The reference, with results that an f32 could hold, after `spoil` has changed them. */
class Spoiled extends ReferenceEngine {
  constructor(readonly spoil: (data: Float64Array) => void) {
    super();
  }

  override download(buffer: Float64Array, dtype: DType, length: number) {
    const copy = buffer.slice();
    this.spoil(copy);
    return super.download(copy, dtype, length);
  }
}

describe("the fuzzer", () => {
  it("takes rounding to f32 for no error", () => clean(new Device(new Spoiled(() => {}), "under test"), 0, 100));

  it("finds one wrong element, and shows the smallest program that has it", async () => {
    const wrong = new Spoiled((data) => {
      if (data.length % 3 === 0) data[0]! += 0.5 + Math.abs(data[0]!);
    });
    const device = new Device(wrong, "under test");
    const failures = [];
    for (let seed = 0; failures.length < 3 && seed < 100; seed++) {
      const failure = await fuzz(seed, device);
      if (failure) failures.push(failure);
    }
    expect(failures).toHaveLength(3);
    for (const { code, what } of failures) {
      expect(what).toMatch(/\[0\] is .*, expected/);
      expect(code).toMatch(/^import .*\n\/\/ values, eager\n/);
      expect(code.split("\n").length).toBeLessThanOrEqual(8);
    }
  });

  it("says which error a device threw", async () => {
    const failing = new Spoiled(() => {
      throw new RangeError("no such thing");
    });
    const failure = await fuzz(1, new Device(failing, "under test"));
    expect(failure?.what).toBe("RangeError: no such thing");
  });

  it("gives one program per seed", async () => {
    const wrong = new Spoiled((data) => data.fill(Number.NaN));
    const [a, b, c] = await Promise.all([1, 1, 2].map((seed) => fuzz(seed, new Device(wrong, "under test"))));
    expect(a).toEqual(b);
    expect(a!.code).not.toBe(c!.code);
  });
});
