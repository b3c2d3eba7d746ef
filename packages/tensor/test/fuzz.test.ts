import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { walk } from "../src/compile/graph.js";
import { ReferenceEngine } from "../src/engine/reference.js";
import { argument } from "../src/graph/input.js";
import type { Node } from "../src/graph/tensor.js";
import { coreOps, createDevice, Device, type DType, type Tensor } from "../src/index.js";
import { anyTrial, generate } from "../src/testing/fuzz/generate.js";
import { Choices } from "../src/testing/fuzz/random.js";
import { resultsOf } from "../src/testing/fuzz/trial.js";
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

/** What the trial of a seed asks for, as graph. */
const recorded = (seed: number): readonly Tensor[] => {
  const choices = new Choices(seed);
  const program = generate(choices);
  const leaves = program.inputs.map(({ shape, dtype }) => argument({ shape, dtype }));
  return resultsOf(program, anyTrial(choices, program), leaves).tensors;
};

/** Ops that no function of the package records, or that vanish before there is anything to compare. */
const UNREACHED = ["barrier", "copy"];

describe("the fuzzer", () => {
  it("reaches every op, in programs and in their gradients", () => {
    const reached = new Set<string>();
    const note = ({ op, inputs, attrs }: Node): void => {
      reached.add(op.name);
      if (op.decompose) walk(op.decompose(inputs, attrs), (x) => inputs.some((y) => y.node === x.node), note);
    };
    for (let seed = 0; seed < 600; seed++) walk(recorded(seed), () => false, note);
    expect(coreOps.map((op) => op.name).filter((name) => !reached.has(name) && !UNREACHED.includes(name))).toEqual([]);
  });

  it("takes rounding to f32 for no error", () => clean(new Device(new Spoiled(() => {}), "under test"), 0, 100));

  it("finds one wrong element, and shows the smallest program that has it", async () => {
    const wrong = new Spoiled((data) => {
      if (data.length % 3 === 0) data[0]! += 0.5 + Math.abs(data[0]!);
    });
    const device = new Device(wrong, "under test");
    const failures = [];
    for (let seed = 5; failures.length < 3 && seed < 100; seed++) {
      const failure = await fuzz(seed, device);
      if (failure) failures.push(failure);
    }
    expect(failures).toHaveLength(3);
    for (const { code, what } of failures) {
      expect(what).toMatch(/\[0\] is .*, expected/);
      expect(code).toMatch(/^import .*\n\/\/ values, eager\n/);
      // One call at most.
      expect(code.split("\n").length).toBeLessThanOrEqual(9);
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
