import * as v from "valibot";
import { part, unit } from "../checks.js";
import { defineDensity } from "../density.js";
import { must } from "../errors.js";

/**
 * All times alike, or all of a range: EDM's code leaves out the last 1e-5 towards data on the vp path.
 * @throws DiffusionError("option") unless 0 <= from < to <= 1
 */
export const uniform = part({
  name: "uniform",
  options: { from: v.optional(unit), to: v.optional(unit) },
  build({ from = 0, to = 1 }) {
    must(from < to, "option", `uniform: times are from ${from} to ${to}; it takes 0 <= from < to <= 1.`);
    const length = to - from;
    if (length === 1)
      return defineDensity(
        "uniform",
        (_, u) => u,
        () => 1,
      );
    return defineDensity(
      `uniform(${from}, ${to})`,
      (m, u) => m.add(m.mul(u, length), from),
      (t) => (t >= from && t <= to ? 1 / length : 0),
    );
  },
});
