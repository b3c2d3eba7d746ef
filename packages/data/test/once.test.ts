import { describe, expect, it } from "vitest";
import { once } from "../src/node/once.js";
import { openSource } from "../src/node.js";
import { remembered } from "../src/remembered.js";

describe("once", () => {
  it("makes what is asked of a key once, however many ask at a time", async () => {
    const asked: string[] = [];
    const read = once(async (key: string) => asked.push(key));
    const values = await Promise.all([read("a"), read("b"), read("a")]);
    expect(asked).toEqual(["a", "b"]);
    expect(values).toEqual([1, 2, 1]);
  });

  it("tries again what failed", async () => {
    let tries = 0;
    const read = once(async (_: number) => {
      if (++tries === 1) throw new Error("not yet");
      return tries;
    });
    await expect(read(1)).rejects.toThrow("not yet");
    expect(await read(1)).toBe(2);
    expect(await read(1)).toBe(2);
  });
});

describe("remembered", () => {
  it("makes one thing of an object and its numbers", () => {
    let made = 0;
    const of = remembered((_: object, ...sizes: readonly number[]) => [++made, ...sizes]);
    const [one, other] = [{}, {}];
    expect(of(one, 1, 2)).toBe(of(one, 1, 2));
    expect(of(one, 12)).not.toBe(of(one, 1, 2));
    expect(of(other, 1, 2)).not.toBe(of(one, 1, 2));
    expect(made).toBe(3);
  });
});

describe("sources of one content in two orders", () => {
  it.each(["emoji", "cifar10"] as const)("%s: train in orders of their own, and validate alike", async (source) => {
    const [first, second, again] = await Promise.all([0, 1, 0].map((seed) => openSource({ source, size: 16, seed })));
    const images = (of: typeof first, split: string) => of!.batch(split, 0, 8).images;
    expect(images(first, "validation")).toEqual(images(second, "validation"));
    expect(images(first, "train")).not.toEqual(images(second, "train"));
    expect(images(first, "train")).toEqual(images(again, "train"));
  });
});
