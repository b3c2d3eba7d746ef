import { expect } from "vitest";
import type { Backend } from "../../src/backends/backend.js";
import { type Kernel, kernelOutputs, type View } from "../../src/compile/kernel.js";
import type { DType } from "../../src/dtype.js";
import { type Memory, memory, runReference } from "./reference.js";

/** A contiguous view. */
export const view = (slot: number, shape: readonly number[], dtype: DType = "f32", offset = 0): View => ({
  slot,
  dtype,
  shape,
  strides: shape.map((_, axis) => shape.slice(axis + 1).reduce((n, extent) => n * extent, 1)),
  offset,
});

export const fromArray = (values: ArrayLike<number>, dtype: DType = "f32"): Memory => {
  const slot = memory(values.length);
  const target = dtype === "bool" ? slot.u32 : slot[dtype];
  for (let i = 0; i < values.length; i++) target[i] = values[i]!;
  return slot;
};

/** Deterministic values in [-1, 1). */
export const randoms = (length: number, seed = 1): Memory => {
  const slot = memory(length);
  let state = seed * 2654435761;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    slot.f32[i] = (state >>> 8) / 2 ** 23 - 1;
  }
  return slot;
};

/** Runs kernels on the backend and returns every slot's memory afterwards. */
export const runOn = async (
  backend: Backend,
  kernels: readonly Kernel[],
  slots: readonly Memory[],
): Promise<Memory[]> => {
  const buffers = slots.map((slot) => {
    const buffer = backend.allocate(slot.u32.byteLength);
    backend.write(buffer, slot.u32);
    return buffer;
  });
  const executable = backend.compile(kernels, slots.length);
  try {
    await executable.ready;
    executable.run(buffers);
    return await Promise.all(
      buffers.map(async (buffer, i) =>
        fromArray((await backend.read(buffer, "u32", slots[i]!.u32.length)) as Uint32Array, "u32"),
      ),
    );
  } finally {
    executable.destroy();
    for (const buffer of buffers) backend.free(buffer);
  }
};

const copy = (slot: Memory): Memory => fromArray(slot.u32, "u32");

/** How far two f32 may be apart: a relative part, of the largest value near by, and an absolute one. */
export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

export const difference = (actual: number, expected: number): number => {
  if (Number.isNaN(expected) || Number.isNaN(actual)) return Object.is(actual, expected) ? 0 : Infinity;
  return actual === expected ? 0 : Math.abs(actual - expected);
};

/**
 * Runs kernels on the backend and in float64 and compares all memory: written elements within the tolerance (integers
 * exactly), all others bit for bit.
 */
export const expectSame = async (
  backend: Backend,
  kernels: readonly Kernel[],
  slots: readonly Memory[],
  { relative, absolute }: Tolerance = { relative: 2e-6, absolute: 1e-6 },
): Promise<void> => {
  const actual = await runOn(backend, kernels, slots);
  const expected = slots.map(copy);
  for (const kernel of kernels) runReference(kernel, expected);
  const floats = new Set(
    kernels.flatMap((kernel) =>
      kernelOutputs(kernel)
        .filter((v) => v.dtype === "f32")
        .map((v) => v.slot),
    ),
  );
  expected.forEach((slot, s) => {
    for (let i = 0; i < slot.u32.length; i++) {
      if (slot.u32[i] === actual[s]!.u32[i]) continue;
      const [a, e] = [actual[s]!.f32[i]!, slot.f32[i]!];
      const allowed = floats.has(s) && slots[s]!.u32[i] !== slot.u32[i] ? relative * Math.abs(e) + absolute : 0;
      if (!(difference(a, e) <= allowed))
        expect.fail(`slot ${s}[${i}]: got ${a}, expected ${e} (bits ${actual[s]!.u32[i]}, ${slot.u32[i]})`);
    }
  });
};
