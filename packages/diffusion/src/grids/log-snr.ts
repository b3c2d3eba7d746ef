import * as v from "valibot";
import { part, unit } from "../checks.js";
import { must } from "../errors.js";
import { alongWay, defineGrid, ratioAt, type TimeGrid, thenToData } from "../grid.js";

/**
 * Equal steps of the log signal-to-noise ratio between two times (DPM-Solver, arXiv 2206.00927, section 3.4), and one to data unless `toData` is
 * false. Both ends need signal and noise: `first` is below 1 on paths that end without signal.
 * @throws DiffusionError("option") unless 0 <= last < first <= 1; of a path, where it has no signal or no noise there
 */
export const logSnrGrid = part({
  name: "logSnr",
  options: {
    first: v.optional(unit, 0.999),
    last: v.optional(unit, 0.001),
    toData: v.optional(v.boolean(), true),
  },
  build({ first, last, toData }): TimeGrid {
    must(last < first, "option", `logSnr: times go from ${first} to ${last}; they take last < first.`);
    return defineGrid("logSnr", (path, steps) => {
      const [from, to] = [first, last].map((t) => Math.log(ratioAt(path, t))) as [number, number];
      for (const [t, value] of [[first, from] as const, [last, to] as const])
        must(
          Number.isFinite(value),
          "option",
          `logSnr: the log signal-to-noise ratio at t = ${t} of the ${path.name} path is infinite; take times that are nearer to the middle.`,
        );
      const at = (share: number): number =>
        share === 0 ? first : share === 1 ? last : path.timeAt(Math.exp(from + share * (to - from)));
      return toData && last > 0 ? thenToData(steps, at) : alongWay(steps, at);
    });
  },
});
