import { describe, expect, it } from "vitest";
import { dataOpener } from "../src/node/open-data.js";

describe("dataOpener", () => {
  it("opens the seeds of one source once, each in its own order", async () => {
    const open = dataOpener();
    const [first, other, again] = [
      await open({ source: "shapes", size: 16, seed: 3 }),
      await open({ source: "shapes", size: 16, seed: 8 }),
      await open({ source: "shapes", size: 16, seed: 3 }),
    ];
    const alone = await dataOpener()({ source: "shapes", size: 16, seed: 8 });
    expect(other.batch("train", 0, 2)).toEqual(alone.batch("train", 0, 2));
    expect(again.batch("train", 0, 2)).toEqual(first.batch("train", 0, 2));
    expect(other.batch("train", 0, 2)).not.toEqual(first.batch("train", 0, 2));
    // What they share is made once.
    expect(other.vocabulary).toBe(first.vocabulary);
  });

  it("keeps sources apart that differ in more than their seed", async () => {
    const open = dataOpener();
    const small = await open({ source: "shapes", size: 16, seed: 3 });
    const large = await open({ source: "shapes", size: 32, seed: 3 });
    expect([small.shape[1], large.shape[1]]).toEqual([16, 32]);
  });
});
