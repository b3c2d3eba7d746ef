import type { Backend } from "../../src/backends/backend.js";
import type { Kernel } from "../../src/compile/kernel.js";
import type { AnyData, DType } from "../../src/dtype.js";

export const dtypeOf = (data: AnyData): DType =>
  data instanceof Float32Array ? "f32" : data instanceof Int32Array ? "i32" : "u32";

/** Runs kernels on copies of `slots` and returns every slot's contents afterwards. */
export const runKernels = async (
  backend: Backend,
  kernels: readonly Kernel[],
  slots: readonly AnyData[],
): Promise<AnyData[]> => {
  const buffers = slots.map((data) => {
    const buffer = backend.allocate(data.byteLength);
    backend.write(buffer, data);
    return buffer;
  });
  const program = backend.compile(kernels, slots.length);
  program.run(buffers);
  const out = await Promise.all(slots.map((data, i) => backend.read(buffers[i]!, dtypeOf(data), data.length)));
  program.destroy();
  for (const buffer of buffers) backend.free(buffer);
  return out;
};

/** A small, seeded generator (mulberry32) of numbers in [0, 1). */
export const generator = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

export const randomFloats = (length: number, seed: number, scale = 2): Float32Array => {
  const next = generator(seed);
  return Float32Array.from({ length }, () => (next() - 0.5) * scale);
};

export const randomUints = (length: number, seed: number, below = 2 ** 32): Uint32Array => {
  const next = generator(seed);
  return Uint32Array.from({ length }, () => Math.floor(next() * below));
};
