import { describe, expect, it } from "vitest";
import { gathered, inOrder } from "../../src/finite/in-order.js";

const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe("work in order", () => {
  it("gives results in the items' order, some at once and never more", async () => {
    let [now, most] = [0, 0];
    const results = inOrder([5, 1, 4, 2, 3, 0], 3, async (item) => {
      most = Math.max(most, ++now);
      await after(item * 3);
      now--;
      return item;
    });
    expect(await gathered(results)).toEqual([5, 1, 4, 2, 3, 0]);
    expect(most).toBe(3);
  });

  it("has ended all it began when it fails or is left", async () => {
    let [begun, ended] = [0, 0];
    const work = async (item: number) => {
      begun++;
      await after(item === 0 ? 1 : 15);
      ended++;
      if (item === 0) throw new Error("first");
    };
    await expect(gathered(inOrder([0, 1, 2, 3, 4], 3, work))).rejects.toThrow("first");
    expect([begun, ended]).toEqual([3, 3]);
    for await (const _ of inOrder([1, 2, 3, 4], 2, work)) break;
    expect(ended).toBe(begun);
  });
});
