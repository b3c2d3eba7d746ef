import fc from "fast-check";
import { expect, test } from "vitest";
import { Allocator, type Block } from "../../src/backends/wasm/allocator.js";
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
      const live: Block[] = [];
      for (const [release, pick, bytes] of list) {
        if (release && live.length) allocator.free(live.splice(pick % live.length, 1)[0]!);
        else live.push(allocator.allocate(bytes, "values"));
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
      for (const block of live) allocator.free(block);
      const whole = memory.buffer.byteLength - 4096 - 1024;
      const pages = memory.buffer.byteLength / PAGE;
      expect(allocator.allocate(whole, "values").address).toBe(4096);
      expect(memory.buffer.byteLength / PAGE).toBe(pages);
    }),
    { numRuns: 60 },
  );
});

test("where the memory may not grow, whatever fits beside the live blocks is given, and they keep their bytes", () => {
  fc.assert(
    fc.property(steps, (list) => {
      const memory = memoryOf(4, 8);
      const room = 8 * PAGE - 4096 - 256;
      const allocator = new Allocator(memory, 4096);
      const live: { block: Block; mark: number }[] = [];
      const span = (bytes: number): number => Math.max(64, Math.ceil(bytes / 64) * 64);
      for (const [mark, [release, pick, bytes]] of list.entries()) {
        if (release && live.length) {
          allocator.free(live.splice(pick % live.length, 1)[0]!.block);
          continue;
        }
        const held = live.reduce((sum, { block }) => sum + span(block.bytes), 0);
        if (held + span(bytes) > room) expect(() => allocator.allocate(bytes, "values")).toThrow(TensorError);
        else {
          const block = allocator.allocate(bytes, "values");
          new Uint8Array(memory.buffer, block.address, bytes).fill(mark);
          live.push({ block, mark });
        }
        for (const { block, mark: wanted } of live) {
          const content = new Uint8Array(memory.buffer, block.address, block.bytes);
          expect(content.findIndex((byte) => byte !== wanted)).toBe(-1);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("freeing twice, or what was never allocated, is an error that names the address", () => {
  const allocator = new Allocator(memoryOf(1), 4096);
  const block = allocator.allocate(100, "values");
  allocator.free(block);
  expect(() => allocator.free(block)).toThrow(/nothing is allocated at address 4096; was it freed twice/);
  expect(() => allocator.free({ address: 12345, bytes: 1, use: "values" })).toThrow(TensorError);
});

test("more than 4 GiB, or more than the engine grants, is a limit error that tells what is held", () => {
  const allocator = new Allocator(memoryOf(1, 4), 4096);
  expect(() => allocator.allocate(2 ** 32, "values")).toThrow(
    /4294967296 bytes do not fit; of 65536 bytes, values 0, programs 0.*4 GiB/,
  );
  allocator.allocate(1000, "programs");
  expect(() => allocator.allocate(10 * PAGE, "values")).toThrow(/programs 1024,.*the engine refuses to grow it/);
  expect(() => allocator.allocate(2 ** 32, "values")).toThrow(expect.objectContaining({ code: "limit" }));
  // What failed left nothing behind.
  expect(allocator.allocate(2 * PAGE, "values").address).toBe(4096 + 1024);
});
