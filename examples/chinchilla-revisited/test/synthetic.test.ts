import { expect, it } from "vitest";
import { syntheticTable } from "../src/synthetic.js";

it("the table that ships is the one that is made from the truth", async () => {
  await expect(syntheticTable()).toMatchFileSnapshot("../synthetic.csv");
});
