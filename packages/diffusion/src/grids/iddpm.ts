import { number, positive, whole } from "@isoflop/spec";
import * as v from "valibot";
import { part, unit } from "../checks.js";
import { toEven } from "../ddpm/spacing.js";
import { must } from "../errors.js";
import { byRatio, defineGrid, onPath, type TimeGrid } from "../grid.js";

/** The nearest whole number, of two the even one; a half may be off by rounding. */
const nearest = (x: number): number => toEven(Math.round(x * 1e9) / 1e9);

/** Noise to signal of the cosine schedule's `count` steps, the largest first: u_j² + 1 = (u_(j+1)² + 1) / max(ᾱ_j / ᾱ_(j+1), least). */
const levels = (count: number, least: number, offset: number): number[] => {
  const kept = (j: number): number => Math.sin((Math.PI / 2) * (j / count / (offset + 1))) ** 2;
  const found = [0];
  for (let j = count; j >= 1; j--) {
    const ratio = Math.max(kept(j - 1) / kept(j), least);
    found.unshift(Math.sqrt((found[0]! ** 2 + 1) / ratio - 1));
  }
  return found;
};

/**
 * EDM's rendering of iDDPM (Karras et al., arXiv 2206.00364, table 1 and appendix C.3.4): of the `count` noise levels of the cosine schedule those in
 * sigmaMin..sigmaMax, evenly by their number and rounded to one of them (of two the even one, as upstream), and one step to data. `least` and `offset`
 * are its C_1 and C_2.
 * @throws DiffusionError("option") for options outside their ranges; of a path and a number of steps, where there are fewer levels
 */
export const iddpmGrid = part({
  name: "iddpm",
  options: {
    count: v.optional(whole({ atLeast: 2 }), 1000),
    least: v.optional(unit, 0.001),
    offset: v.optional(number({ atLeast: 0 }), 0.008),
    sigmaMin: v.optional(positive, 0.002),
    sigmaMax: v.optional(positive, 81),
  },
  build: ({ count, least, offset, ...range }): TimeGrid =>
    defineGrid("iddpm", (path, steps) => {
      const { sigmaMin, sigmaMax } = onPath("iddpm", path, range);
      const held = levels(count, least, offset).filter((ratio) => ratio >= sigmaMin && ratio <= sigmaMax);
      must(
        held.length >= steps,
        "option",
        `iddpm: steps are ${steps}; there are ${held.length} noise levels for them.`,
      );
      const at = (share: number): number => held[nearest(share * (held.length - 1))]!;
      return byRatio(path, steps, { sigmaMin: held.at(-1)!, sigmaMax }, at);
    }),
});
