import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { KernelEngine } from "../../src/engine/kernels.js";
import { add, broadcastTo, createDevice, Device, jit, matmul, mul, type Tensor } from "../../src/index.js";
import { chains } from "../chains.js";
import { describeWebgpu } from "./device.js";

describeWebgpu("calls on webgpu", (backend) => {
  const device = new Device(new KernelEngine(backend), "under test");

  test("that fail leave no buffer", async () => {
    using elsewhere = await createDevice("wasm", { wasm: { threads: 1 } });
    const gone = device.tensor([1, 2]);
    gone.dispose();
    const most = backend.capabilities.maxBufferBytes / 4;
    const before = device.memory.buffers;
    const failing: [string, () => unknown][] = [
      ["device", () => jit((x: Tensor) => mul(x, 2), { device })(elsewhere.tensor([1]))],
      ["shape", () => jit((x: Tensor) => matmul(x, x), { device })(1)],
      ["limit", () => jit((x: Tensor) => broadcastTo(x, [2, most]), { device })(1)],
      ["disposed", () => jit((x: Tensor, y: Tensor) => mul(x, y), { device })(2, gone)],
      ["disposed", () => device.evaluate(add(gone, 1))],
    ];
    for (const [code, f] of failing) for (let i = 0; i < 20; i++) expect(f).toThrow(expect.objectContaining({ code }));
    expect(device.memory.buffers).toBe(before);
  });

  test("alternate with another device, one program each", async () => {
    using wasm = await createDevice("wasm", { wasm: { threads: 1 } });
    let traces = 0;
    const f = jit((x: Tensor) => {
      traces++;
      return mul(x, 2);
    });
    for (let i = 0; i < 3; i++) for (const each of [device, wasm]) expect(await f(each.tensor([i])).item()).toBe(2 * i);
    expect(traces).toBe(2);
    f.dispose();
  });

  test("take values from shared memory and from another realm", async () => {
    const shared = new Float32Array(new SharedArrayBuffer(12), 4, 2);
    shared.set([3, 4]);
    const x = device.tensor(shared);
    shared.fill(0);
    expect([...(await x.data())]).toEqual([3, 4]);
    const foreign = device.tensor(runInNewContext("new Int32Array([16777217])") as Int32Array);
    expect([foreign.dtype, ...(await foreign.data())]).toEqual(["i32", 16777217]);
  });

  // The rest of the chains is the graph's business, whatever the device.
  test.each(chains.slice(0, 4))("record long chains of %s", (_, run) => run(device));
});
