import { afterAll, expect, test } from "vitest";
import type { Executable } from "../../src/backends/backend.js";
import { Allocator } from "../../src/backends/wasm/allocator.js";
import { WasmBackend } from "../../src/backends/wasm/backend.js";
import { createWasmBackend } from "../../src/backends/wasm/index.js";
import { selectModule } from "../../src/backends/wasm/module.js";
import { Control } from "../../src/backends/wasm/opcodes.js";
import type { Kernel, PointwiseKernel } from "../../src/compile/kernel.js";
import { KernelEngine } from "../../src/engine/kernels.js";
import { TensorError } from "../../src/errors.js";
import { broadcastTo, Device, jit, mul, softmax, sum, type Tensor } from "../../src/index.js";
import { randomFloats } from "./harness.js";
import { view } from "./reference.js";

const backend = await createWasmBackend();
afterAll(() => backend.destroy());

const copy = (from: number, to: number, n: number): PointwiseKernel => ({
  kind: "pointwise",
  name: "copy",
  program: { shape: [n], loads: [view(from, [n])], body: [], results: [0] },
  outputs: [view(to, [n])],
});

test("the description tells threads, memory and arithmetic", async () => {
  expect(backend.description).toMatch(/^wasm: \d+ threads? .*multiply-add/);
  const plain = await createWasmBackend({ threads: 1, relaxedSimd: false });
  expect(plain.description).toBe("wasm: 1 thread, no fused multiply-add");
  plain.destroy();
  await expect(createWasmBackend({ threads: 0 })).rejects.toThrow(
    /threads is 0; it must be a whole number from 1 to 64/,
  );
  await expect(createWasmBackend({ threads: 1.5 })).rejects.toThrow(TensorError);
});

test("memory counts what was asked for and remembers the peak", () => {
  const before = backend.memory;
  const a = backend.allocate(1000);
  const b = backend.allocate(24);
  expect(backend.memory.bytes).toBe(before.bytes + 1024);
  expect(backend.memory.buffers).toBe(before.buffers + 2);
  backend.free(a);
  backend.free(b);
  expect(backend.memory.bytes).toBe(before.bytes);
  expect(backend.memory.peakBytes).toBeGreaterThanOrEqual(before.bytes + 1024);
});

test("buffers keep what is written, at an offset too, and read gives a copy of its own", async () => {
  const buffer = backend.allocate(40);
  const data = randomFloats(10, 1);
  backend.write(buffer, data);
  backend.write(buffer, Int32Array.of(-7), 8);
  expect([...(await backend.read(buffer, "i32", 1, 8))]).toEqual([-7]);
  const out = await backend.read(buffer, "f32", 2);
  expect(out.buffer).toBeInstanceOf(ArrayBuffer);
  expect(out).toEqual(data.slice(0, 2));
  expect(() => backend.write(buffer, data, 4)).toThrow(/bytes 4 to 44 of a buffer of 40/);
  await expect(backend.read(buffer, "f32", 11)).rejects.toThrow(/bytes 0 to 44 of a buffer of 40/);
  backend.free(buffer);
});

test("misuse of buffers is named", async () => {
  const buffer = backend.allocate(64);
  const other = await createWasmBackend({ threads: 1 });
  const program = backend.compile([copy(0, 1, 16)], 2);
  expect(() => program.run([buffer])).toThrow(/slot 1: no buffer was given/);
  const small = backend.allocate(60);
  expect(() => program.run([buffer, small])).toThrow(/slot 1 needs a buffer of 64 bytes, not 60/);
  const foreign = other.allocate(64);
  expect(() => program.run([buffer, foreign])).toThrow(/belongs to another backend/);
  backend.free(buffer);
  expect(() => backend.free(buffer)).toThrow(expect.objectContaining({ code: "disposed" }));
  expect(() => program.run([buffer, small])).toThrow(/slot 0: this buffer was freed/);
  program.destroy();
  expect(() => program.run([small, small])).toThrow(/this program of 1 kernels was destroyed/);
  backend.free(small);
  other.destroy();
  expect(() => other.allocate(4)).toThrow(/this backend was destroyed/);
  expect(() => backend.allocate(-4)).toThrow(/not -4/);
  expect(() => backend.allocate(2 ** 33)).toThrow(expect.objectContaining({ code: "limit" }));
});

test("kernels that cannot run are refused when they are compiled", () => {
  const unknown: Kernel = { kind: "call", op: "fft", name: "spectrum", inputs: [], outputs: [], attrs: {} };
  expect(() => backend.compile([unknown], 1)).toThrow(/spectrum: no kernel "fft"; there are matmul,/);
  expect(() => backend.compile([copy(0, 2, 4)], 2)).toThrow(/copy uses slot 2 of a program with 2 slots/);
  const before = { ...copy(0, 1, 4), outputs: [{ ...view(1, [4]), strides: [-1], offset: 2 }] };
  expect(() => backend.compile([before], 2)).toThrow(/reaches 1 elements before the start of slot 1/);
});

test("a program follows its buffers when they change, and growth moves nothing", async () => {
  const n = 1000;
  const program = backend.compile([copy(0, 1, n)], 2);
  const inputs = [1, 2, 3].map((seed) => randomFloats(n, seed));
  const buffers = inputs.map((data) => {
    const buffer = backend.allocate(n * 4);
    backend.write(buffer, data);
    return buffer;
  });
  const out = backend.allocate(n * 4);
  for (const turn of [0, 1, 2, 1, 0]) {
    program.run([buffers[turn]!, out]);
    expect(await backend.read(out, "f32", n)).toEqual(inputs[turn]);
    // Forces the memory to grow between runs.
    const large = backend.allocate(9 << 20);
    program.run([buffers[turn]!, large]);
    expect(await backend.read(large, "f32", n)).toEqual(inputs[turn]);
    buffers.push(large);
  }
  for (const buffer of [...buffers, out]) backend.free(buffer);
  program.destroy();
});

test("10,000 programs and runs leave memory as it was", () => {
  const { bytes, buffers } = backend.memory;
  const source = backend.allocate(256);
  const target = backend.allocate(256);
  const program = backend.compile([copy(0, 1, 64)], 2);
  const first = backend.allocate(1 << 16) as ReturnType<typeof backend.allocate> & { address: number };
  backend.free(first);
  for (let i = 0; i < 10_000; i++) {
    program.run([source, target]);
    const temporary = backend.allocate(1024);
    const once = backend.compile([copy(0, 1, 64)], 2);
    once.run([source, temporary]);
    once.destroy();
    backend.free(temporary);
  }
  // The same request lands in the same place: nothing was left behind in between.
  const last = backend.allocate(1 << 16) as typeof first;
  expect(last.address).toBe(first.address);
  for (const buffer of [source, target, last]) backend.free(buffer);
  program.destroy();
  expect(backend.memory.bytes).toBe(bytes);
  expect(backend.memory.buffers).toBe(buffers);
});

/** A backend in so little memory that what it holds must be moved. */
const small = async (pages: number) => {
  const { bytes } = selectModule(true, false);
  const memory = new WebAssembly.Memory({ initial: 4, maximum: pages });
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  return new WasmBackend("small", new Allocator(memory, Control.End), instance.exports as never, []);
};

test("values and programs that are moved to make room stay what they are", async () => {
  const machine = await small(32);
  const n = 1 << 16;
  const held = Array.from({ length: 6 }, (_, i) => {
    const data = randomFloats(n, i);
    const buffer = machine.allocate(n * 4);
    machine.write(buffer, data);
    return { buffer, data, program: machine.compile([copy(0, 1, n)], 2) };
  });
  // Two thirds of the memory fall free in pieces.
  for (const i of [0, 1, 3, 4]) machine.free(held[i]!.buffer);
  const out = machine.allocate(4 * n * 4);
  for (const i of [2, 5]) {
    const { buffer, data, program } = held[i]!;
    expect(await machine.read(buffer, "f32", n)).toEqual(data);
    program.run([buffer, out]);
    expect(await machine.read(out, "f32", n)).toEqual(data);
  }
  for (const { program } of held) program.destroy();
  machine.destroy();
});

test("working memory of programs gives way to values, and programs that did not fit change nothing", async () => {
  const device = new Device(new KernelEngine(await small(64)), "");
  // Two intermediate values of 1 MiB, of 4 MiB in all.
  const f = jit((x: Tensor) => sum(softmax(softmax(broadcastTo(x, [512, 512]), 0), 0)), { device });
  const x = device.tensor(randomFloats(512, 1));
  const first = await f(x).item();
  const large = device.tensor(new Float32Array(3 << 18));
  expect(() => f(x)).toThrow(expect.objectContaining({ code: "limit" }));
  expect(await sum(large).item()).toBe(0);
  large.dispose();
  expect(await f(x).item()).toBe(first);
  device.destroy();
});

test("a run that fails frees what it took, and leaves what it was given", async () => {
  const failing = new Proxy(backend, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (name !== "compile") return typeof member === "function" ? member.bind(target) : member;
      return (...args: Parameters<typeof backend.compile>): Executable => {
        const executable = target.compile(...args);
        executable.run = () => {
          throw new TensorError("kernel", "this kernel fails");
        };
        return executable;
      };
    },
  });
  const device = new Device(new KernelEngine(failing), "");
  const x = device.tensor([1, 2]);
  const f = jit((y: Tensor, rate: Tensor) => [mul(y, rate), sum(y)], { donate: [0] });
  const eager = sum(x);
  expect(() => f(x, 2)).toThrow(/this kernel fails/);
  const { buffers } = backend.memory;
  for (let i = 0; i < 10; i++) {
    expect(() => f(x, 2)).toThrow(/this kernel fails/);
    expect(() => device.evaluate(eager)).toThrow(/this kernel fails/);
  }
  expect(backend.memory.buffers).toBe(buffers);
  expect([...(await x.data())]).toEqual([1, 2]);
  x.dispose();
  f.dispose();
});

test("one run is one submit, and a program without kernels none", () => {
  const program = backend.compile([copy(0, 1, 4)], 2);
  const [a, b] = [backend.allocate(16), backend.allocate(16)];
  expect(program.stats).toEqual({ dispatches: 1, submits: 1 });
  for (let i = 0; i < 3; i++) program.run([a, b]);
  expect(program.stats).toEqual({ dispatches: 1, submits: 1 });
  const nothing = backend.compile([], 0);
  nothing.run([]);
  expect(nothing.stats).toEqual({ dispatches: 0, submits: 0 });
  for (const each of [program, nothing]) each.destroy();
  for (const buffer of [a, b]) backend.free(buffer);
});
