import type { RollOut } from "@isoflop/scaling";
import { expect, it, vi } from "vitest";
import { optimumLaw } from "../src/figures/optimum-law.js";

/** What the median of forms comes to that are all but without an optimum. */
const sizes = new Map([
  [1e10, 12_000],
  [1e11, Number.POSITIVE_INFINITY],
  [1e12, 0],
]);

vi.mock("@isoflop/scaling", async (original) => ({
  ...(await original<typeof import("@isoflop/scaling")>()),
  predictRollOut: (_: RollOut, { C }: { readonly C: number }) => {
    const estimate = (value: number | undefined) => ({ value, ci95: [Number.NaN, Number.NaN] });
    return { ok: true, predicted: { N: estimate(sizes.get(C)), D: estimate(1e5), loss: estimate(0.2) } };
  },
}));

it("an optimum that is no size is none, and has no place in a figure", () => {
  const law = optimumLaw({} as RollOut, [1e10, 2e10]);
  expect(law.at(1e10)!.N.value).toBe(12_000);
  expect(law.at(1e11)).toBeUndefined();
  expect(law.at(1e12)).toBeUndefined();
});
