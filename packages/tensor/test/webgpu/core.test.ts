import { readFile } from "node:fs/promises";
import { beforeAll, expect, it } from "vitest";
import { KernelEngine } from "../../src/engine/kernels.js";
import { coreOps, createDevice, Device, random } from "../../src/index.js";
import { checkAgreement } from "../../src/testing/index.js";
import { curveDifference, lossCurve, mlp, transformerBlock } from "../curves.js";
import { leakTest } from "../leak.js";
import { parityTable, runParity } from "../parity.js";
import { replayTest } from "../replay.js";
import { describeWebgpu } from "./device.js";

describeWebgpu("the tensor core on webgpu", (backend) => {
  let device: Device;
  beforeAll(() => {
    device = new Device(new KernelEngine(backend), "under test");
  });

  for (const op of coreOps)
    it(`${op.name}: forward and backward agree with float64`, async () => {
      expect(await checkAgreement(op, device)).toBeLessThan(3e-6);
    });

  it("59 operations agree with PyTorch, forward and backward", async () => {
    const rows = await runParity(device, await readFile(new URL("../fixtures/ops.safetensors", import.meta.url)));
    console.log(`largest error relative to the peak, output and gradients\n${parityTable({ webgpu: rows })}`);
    expect(rows).toHaveLength(59);
    for (const row of rows) expect(row.error, row.name).toBeLessThan(3e-6);
  });

  it.each([
    ["a three-layer MLP", mlp],
    ["a transformer block", transformerBlock],
  ])("%s trained 100 steps has the loss curve of wasm within 1e-4", async (_, problem) => {
    using wasm = await createDevice("wasm");
    const [here, there] = [await lossCurve(device, problem), await lossCurve(wasm, problem)];
    expect(here.at(-1)!).toBeLessThan(0.9 * here[0]!);
    expect(curveDifference(here, there)).toBeLessThan(1e-4);
  });

  it("draws the bits wasm draws, and normals within 2 ulp", async () => {
    using wasm = await createDevice("wasm");
    const same = [
      () => random.randomBits(random.key(1), [5000]),
      () => random.uniform(random.key(2), [5000]),
      () => random.integers(random.key(3), [5000], -9, 1000),
      () => random.permutation(random.key(4), 1000),
      () => random.foldIn(random.key(5), 6),
    ] as const;
    for (const draw of same) expect(await device.read(draw())).toEqual(await wasm.read(draw()));
    const [a, b] = [device, wasm].map((d) => d.read(random.normal(random.key(7), [50_000])));
    const [x, y] = [new Int32Array((await a!).buffer), new Int32Array((await b!).slice().buffer)];
    let worst = 0;
    x.forEach((bits, i) => {
      worst = Math.max(worst, Math.abs(bits - y[i]!));
    });
    expect(worst).toBeLessThanOrEqual(2);
  });

  it("replays thirty steps bit-equal to thirty recorded anew", () => replayTest(device));

  it("memory stays level over 10,000 steps", () => leakTest(device, 10_000));
});
