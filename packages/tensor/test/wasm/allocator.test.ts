import fc from "fast-check";
import { expect, test } from "vitest";
import { Allocator } from "../../src/backends/wasm/allocator.js";
import { TensorError } from "../../src/errors.js";

const PAGE = 65536;
const memoryOf = (pages: number, maximum = 65536): WebAssembly.Memory =>
  new WebAssembly.Memory({ initial: pages, maximum });

const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(), fc.integer({ min: 0, max: 300_000 })), { maxLength: 120 });

test("live blocks are aligned, inside the memory and disjoint, and freeing all makes one block again", () => {
  fc.assert(
    fc.property(steps, (list) => {
      const memory = memoryOf(4);
      const allocator = new Allocator(memory, 4096);
      const live: { address: number; bytes: number }[] = [];
      for (const [release, pick, bytes] of list) {
        if (release && live.length) allocator.free(live.splice(pick % live.length, 1)[0]!.address);
        else live.push({ address: allocator.allocate(bytes), bytes });
        const sorted = [...live].sort((a, b) => a.address - b.address);
        for (const [i, { address, bytes: size }] of sorted.entries()) {
          expect(address % 64).toBe(0);
          expect(address).toBeGreaterThanOrEqual(4096);
          // Vector loads may run past a buffer's end, so something always follows it.
          expect(address + size + 64).toBeLessThanOrEqual(memory.buffer.byteLength);
          const next = sorted[i + 1];
          if (next) expect(address + size).toBeLessThanOrEqual(next.address);
        }
      }
      for (const { address } of live) allocator.free(address);
      const whole = memory.buffer.byteLength - 4096 - 1024;
      const pages = memory.buffer.byteLength / PAGE;
      expect(allocator.allocate(whole)).toBe(4096);
      expect(memory.buffer.byteLength / PAGE).toBe(pages);
    }),
    { numRuns: 60 },
  );
});

test("freeing twice, or what was never allocated, is an error that names the address", () => {
  const allocator = new Allocator(memoryOf(1), 4096);
  const address = allocator.allocate(100);
  allocator.free(address);
  expect(() => allocator.free(address)).toThrow(/nothing is allocated at address 4096; was it freed twice/);
  expect(() => allocator.free(12345)).toThrow(TensorError);
});

test("more than 4 GiB, or more than the engine grants, is a limit error with both numbers", () => {
  const allocator = new Allocator(memoryOf(1, 4), 4096);
  expect(() => allocator.allocate(2 ** 32)).toThrow(/4294967296 bytes do not fit; 65536 bytes are reserved.*4 GiB/);
  expect(() => allocator.allocate(10 * PAGE)).toThrow(/refused to grow from 65536/);
  expect(() => allocator.allocate(2 ** 32)).toThrow(expect.objectContaining({ code: "limit" }));
  // What failed left nothing behind.
  expect(allocator.allocate(2 * PAGE)).toBe(4096);
});
