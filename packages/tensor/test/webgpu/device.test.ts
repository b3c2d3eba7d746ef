import { expect, test } from "vitest";
import { requestDevice } from "../../src/backends/webgpu/adapter.js";
import { backendOn } from "../../src/backends/webgpu/backend.js";
import { createWebgpuBackend } from "../../src/backends/webgpu/index.js";
import { nodeGpu } from "../../src/backends/webgpu/node.js";
import type { PointwiseKernel } from "../../src/compile/kernel.js";
import type { TensorError } from "../../src/errors.js";
import { describeWebgpu } from "./device.js";
import { view } from "./run.js";

const increment = (slot: number, n: number): PointwiseKernel => ({
  kind: "pointwise",
  name: "increment",
  program: {
    shape: [n],
    loads: [view(slot, [n])],
    body: [
      { op: "constant", value: 1, dtype: "f32" },
      { op: "add", args: [0, 1], dtype: "f32" },
    ],
    results: [2],
  },
  outputs: [view(slot, [n])],
});

const opened = async () => createWebgpuBackend({ gpu: await nodeGpu() });
const code = (expected: TensorError["code"]) => expect.objectContaining({ name: "TensorError", code: expected });

describeWebgpu("the device", (shared) => {
  test("says what it is", () => {
    const { info, description, capabilities } = shared;
    expect(description).toContain(info.software ? "software" : "hardware");
    expect(capabilities.maxBuffersPerKernel).toBeGreaterThanOrEqual(8);
    expect(capabilities.maxBufferBytes).toBeLessThanOrEqual(info.limits.maxBufferSize!);
    expect(capabilities.memory).toBe("buffers");
    for (const op of [
      "matmul",
      "softmax",
      "normalize",
      "take",
      "scatterAdd",
      "gather",
      "cumsum",
      "randomBits",
      "permutation",
    ])
      expect(capabilities.calls.has(op), op).toBe(true);
  });

  test("no WebGPU, no adapter, only software: typed errors that say what to do", async () => {
    const none = { requestAdapter: async () => null } as unknown as GPU;
    await expect(createWebgpuBackend({ gpu: none })).rejects.toEqual(code("adapter"));
    await expect(createWebgpuBackend({ gpu: none })).rejects.toThrow(/driver/);
    if (shared.info.software)
      await expect(createWebgpuBackend({ gpu: await nodeGpu(), requireHardware: true })).rejects.toThrow(
        /hardware adapter was asked for/,
      );
  });

  test("writes, runs and reads happen in the order they were asked for, without waiting", async () => {
    const backend = await opened();
    const buffer = backend.allocate(64);
    const executable = backend.compile([increment(0, 16), increment(0, 16)], 1);
    backend.write(buffer, new Float32Array(16).fill(1));
    executable.run([buffer]);
    const first = backend.read(buffer, "f32", 16);
    backend.write(buffer, new Float32Array([10]), 8);
    executable.run([buffer]);
    const second = backend.read(buffer, "f32", 3, 4);
    expect([...(await first)]).toEqual(new Array(16).fill(3));
    expect([...(await second)]).toEqual([5, 12, 5]);
    expect(executable.stats).toEqual({ dispatches: 2, submits: 1 });
    await executable.ready;
    backend.destroy();
  });

  test("a program finds its bind groups again when buffers alternate, and follows new ones", async () => {
    const backend = await opened();
    const buffers = [1, 2, 3].map(() => backend.allocate(16));
    for (const buffer of buffers) backend.write(buffer, new Float32Array(4));
    const executable = backend.compile([increment(0, 4)], 1);
    for (const which of [0, 1, 0, 2, 1, 0]) executable.run([buffers[which]!]);
    const values = await Promise.all(buffers.map(async (buffer) => (await backend.read(buffer, "f32", 1))[0]));
    expect(values).toEqual([3, 2, 1]);
    backend.destroy();
  });

  test("a kernel that is not WGSL is named, and nothing silently goes on", async () => {
    const backend = await opened();
    const broken: PointwiseKernel = {
      ...increment(0, 4),
      name: "the broken kernel",
      program: { ...increment(0, 4).program, body: [{ op: "shl", args: [0, 0], dtype: "f32" }], results: [1] },
    };
    const buffer = backend.allocate(16);
    const executable = backend.compile([broken], 1);
    await expect(executable.ready).rejects.toEqual(code("kernel"));
    await expect(backend.read(buffer, "f32", 1)).rejects.toThrow(/the broken kernel/);
    expect(() => executable.run([buffer])).toThrow(/the broken kernel/);
    backend.destroy();
  });

  test("two slots of one kernel bound to one buffer: the error names the kernel", async () => {
    const backend = await opened();
    const kernel: PointwiseKernel = { ...increment(0, 4), name: "aliasing", outputs: [view(1, [4])] };
    const buffer = backend.allocate(16);
    expect(() => backend.compile([kernel], 2).run([buffer, buffer])).toThrow(/aliasing.*another of its slots/);
    backend.destroy();
  });

  test("limits, foreign and freed buffers, unbound slots, ranges", async () => {
    const backend = await opened();
    const most = backend.capabilities.maxBufferBytes;
    expect(() => backend.allocate(most + 4)).toThrow(code("limit"));
    expect(() => backend.allocate(most + 4)).toThrow(new RegExp(`${most + 4}.*${most}`));
    const buffer = backend.allocate(16);
    const executable = backend.compile([increment(0, 4)], 1);
    expect(() => executable.run([])).toThrow(/increment.*slot 0/);
    expect(() => executable.run([{ bytes: 16 }])).toThrow(code("device"));
    expect(() => backend.write(buffer, new Float32Array(4), 4)).toThrow(code("argument"));
    await expect(backend.read(buffer, "f32", 5)).rejects.toEqual(code("argument"));
    expect((await backend.read(buffer, "f32", 0)).length).toBe(0);
    backend.free(buffer);
    expect(() => executable.run([buffer])).toThrow(code("disposed"));
    expect(() => backend.free(buffer)).toThrow(code("disposed"));
    executable.destroy();
    expect(() => executable.run([backend.allocate(16)])).toThrow(code("disposed"));
    expect(() =>
      backend.compile([{ kind: "call", op: "nonsense", name: "x", inputs: [], outputs: [], attrs: {} }], 0),
    ).toThrow(/nonsense/);
    backend.destroy();
  });

  test("a long program is cut into few submits and runs in order", async () => {
    const backend = await opened();
    const buffer = backend.allocate(16);
    backend.write(buffer, new Float32Array(4));
    const executable = backend.compile(new Array(300).fill(increment(0, 4)), 1);
    executable.run([buffer]);
    expect((await backend.read(buffer, "f32", 1))[0]).toBe(300);
    expect(executable.stats).toEqual({ dispatches: 300, submits: 3 });
    backend.destroy();
  });

  test("memory is counted", async () => {
    const backend = await opened();
    const buffer = backend.allocate(400);
    expect(backend.memory).toEqual({ bytes: 400, peakBytes: 400, buffers: 1 });
    backend.free(backend.allocate(100));
    expect(backend.memory).toEqual({ bytes: 400, peakBytes: 500, buffers: 1 });
    const executable = backend.compile([increment(0, 100)], 1);
    executable.run([buffer]);
    executable.destroy();
    expect(backend.memory.bytes).toBe(400);
    backend.destroy();
    expect(backend.memory.bytes).toBe(0);
  });

  test("2,000 runs and reads make no buffer, bind group or pipeline after the first", async () => {
    const { device, info } = await requestDevice(await nodeGpu(), {});
    const made = { createBuffer: 0, createBindGroup: 0, createComputePipeline: 0, createComputePipelineAsync: 0 };
    const counting = new Proxy(device, {
      get(target, key) {
        const member: unknown = Reflect.get(target, key, target);
        if (typeof member !== "function") return member;
        return (...args: unknown[]): unknown => {
          if (key in made) made[key as keyof typeof made]++;
          return Reflect.apply(member, target, args);
        };
      },
    });
    const backend = backendOn(counting, info);
    const buffer = backend.allocate(400);
    backend.write(buffer, new Float32Array(100));
    const executable = backend.compile([increment(0, 100)], 1);
    executable.run([buffer]);
    await backend.read(buffer, "f32", 1);
    const first = { ...made };
    for (let i = 0; i < 2000; i++) {
      executable.run([buffer]);
      if (i % 10 === 0) await backend.read(buffer, "f32", 1);
    }
    expect((await backend.read(buffer, "f32", 1))[0]).toBe(2001);
    expect(first.createBuffer).toBeGreaterThan(0);
    expect(made).toEqual(first);
    backend.destroy();
  });

  test("equal kernels of different shapes share a pipeline", async () => {
    const backend = await opened();
    for (const n of [4, 8, 4000]) backend.compile([increment(0, n)], 1);
    expect(backend.pipelines).toBe(1);
    backend.destroy();
  });
});
