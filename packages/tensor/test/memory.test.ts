import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { add, createDevice, type Device, jit, mul, sum, type Tensor, zeros } from "../src/index.js";
import { leakTest } from "./leak.js";

let device: Device;
beforeAll(async () => {
  device = await createDevice("wasm");
});
afterAll(() => device.destroy());

describe("memory", () => {
  it("stays level over 10,000 replayed steps, and over 10,000 eager ones", async () => {
    await leakTest(device, 10_000);
  });

  it("a computed view is a value like any other", async () => {
    const x = device.tensor([1, 2, 3, 4, 5, 6], [2, 3]);
    const turned = x.transpose();
    const cut = x.slice([null, { start: 1 }]);
    device.evaluate([turned, cut]);
    x.dispose();
    expect([...(await add(turned, 1).data())]).toEqual([2, 5, 3, 6, 4, 7]);
    expect([...(await jit((y: Tensor) => add(y, cut))(cut).data())]).toEqual([4, 6, 10, 12]);
  });

  it("scope disposes everything but what it returns", async () => {
    const x = device.tensor([1, 2, 3]);
    const before = device.memory.buffers;
    const total = device.scope(() => {
      const y = mul(x, 2);
      device.evaluate(y);
      const z = device.tensor([9, 9, 9]);
      return { total: sum(add(y, z)) };
    });
    expect(await total.total.item()).toBe(39);
    expect(device.memory.buffers).toBe(before + 1);
    total.total.dispose();
    x.dispose();
  });

  it("an asynchronous scope disposes on failure too", async () => {
    const before = device.memory.buffers;
    await expect(
      device.scope(async () => {
        const x = device.tensor([1]);
        await x.data();
        throw new Error("stop");
      }),
    ).rejects.toThrow("stop");
    expect(device.memory.buffers).toBe(before);
  });

  it("nested scopes hand results outwards", async () => {
    const before = device.memory.buffers;
    const kept = device.scope(() => {
      const inner = device.scope(() => [device.tensor([1]), device.tensor([2])]);
      return inner[1]!;
    });
    expect(device.memory.buffers).toBe(before + 1);
    expect(await kept.item()).toBe(2);
    kept.dispose();
  });

  it("using disposes at the end of the block, and disposing twice is harmless", () => {
    const before = device.memory.buffers;
    {
      using x = device.tensor([1]);
      x.dispose();
    }
    expect(device.memory.buffers).toBe(before);
  });

  it("donation keeps the peak at one copy", () => {
    const step = jit((w: Tensor) => mul(w, 0.5), { donate: [0] });
    let w: Tensor = zeros([1000]);
    device.evaluate(w);
    const before = device.memory.bytes;
    for (let i = 0; i < 5; i++) w = step(w);
    expect(device.memory.bytes).toBe(before);
    w.dispose();
  });

  it("a scope that fails, or gives what cannot be kept, frees everything and ends", async () => {
    const before = device.memory.buffers;
    const gone = device.tensor([1]);
    gone.dispose();
    const failing: [() => unknown, string][] = [
      [() => [device.tensor([1]), add(gone, 1)], "disposed"],
      [() => new Map([["x", device.tensor([1])]]), "argument"],
    ];
    for (const [f, code] of failing) {
      expect(() => device.scope(f)).toThrow(expect.objectContaining({ code }));
      await expect(device.scope(async () => f())).rejects.toMatchObject({ code });
    }
    expect(device.memory.buffers).toBe(before);
    // No scope is left open: what is made now is nobody's.
    const x = device.tensor([1]);
    device.scope(() => device.tensor([2])).dispose();
    expect(await x.item()).toBe(1);
    x.dispose();
  });

  it("asynchronous scopes that overlap are refused", async () => {
    const before = device.memory.buffers;
    let end = (): void => {};
    const first = device.scope(async () => {
      device.tensor([1]);
      await new Promise<void>((resolve) => {
        end = resolve;
      });
    });
    const second = device.scope(async () => {
      await first.catch(() => {});
      return device.tensor([2]);
    });
    end();
    await expect(first).rejects.toMatchObject({ code: "argument", message: expect.stringMatching(/Await one/) });
    (await second).dispose();
    expect(device.memory.buffers).toBe(before);
  });
});
