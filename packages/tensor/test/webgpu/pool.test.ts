import { expect, test } from "vitest";
import { Buffers } from "../../src/backends/webgpu/buffers.js";
import { Failures } from "../../src/backends/webgpu/failures.js";
import { describeWebgpu } from "./device.js";

describeWebgpu("memory that was freed", (_, device) => {
  const fresh = (): Buffers => new Buffers(device, new Failures(device));

  test("serves the next buffer of its size, and is not counted as in use", () => {
    const buffers = fresh();
    const first = buffers.allocate(1000);
    const other = buffers.allocate(2000);
    buffers.free(first);
    expect(buffers.memory).toEqual({ bytes: 2000, peakBytes: 3000, buffers: 1 });
    expect(buffers.keptBytes).toBe(1008);
    expect(buffers.allocate(4000).id).not.toBe(first.id);
    const again = buffers.allocate(996);
    expect([again.id, again.gpu, again.bytes]).toEqual([first.id, first.gpu, 996]);
    expect(buffers.keptBytes).toBe(0);
    expect(buffers.allocate(1000).id).not.toBe(first.id);
    expect(() => buffers.own(first)).toThrow("after it was freed");
    expect(buffers.own(again)).toBe(again);
    expect(buffers.own(other)).toBe(other);
  });

  test("is kept up to half of the peak, the sizes asked for last", () => {
    const buffers = fresh();
    const held = [100, 200, 300, 400].map((rows) => buffers.allocate(16 * rows));
    for (const buffer of held) {
      buffers.free(buffer);
      expect(buffers.keptBytes).toBeLessThanOrEqual(8000);
    }
    // Half of the peak of 1000 rows has room for 200 and 300 without 100, and then for 400 alone.
    expect(buffers.allocate(6400).id).toBe(held[3]!.id);
    for (const [i, rows] of [100, 200, 300].entries()) expect(buffers.allocate(16 * rows).id).not.toBe(held[i]!.id);
  });

  test("holds what it held: a read past a write is of the old values, and a write replaces them", async () => {
    const buffers = fresh();
    const first = buffers.allocate(32);
    buffers.allocate(64);
    buffers.write(first, new Float32Array(8).fill(7));
    buffers.free(first);
    const again = buffers.allocate(32);
    buffers.write(again, new Float32Array([1, 2, 3, 4]));
    expect(again.id).toBe(first.id);
    expect([...(await buffers.read(again, "f32", 8))]).toEqual([1, 2, 3, 4, 7, 7, 7, 7]);
  });
});
