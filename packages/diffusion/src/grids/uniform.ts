import * as v from "valibot";
import { part, unit } from "../checks.js";
import { must } from "../errors.js";
import { alongWay, defineGrid, type TimeGrid, thenToData } from "../grid.js";

/** Two times of a grid. */
export const between = { first: v.optional(unit, 1), last: v.optional(unit, 0) };

/** Times from `first` to `last`, by an increasing function of time that is even along them, and to data. */
export const evenly = (
  name: string,
  { first, last }: { readonly first: number; readonly last: number },
  there: (t: number) => number,
  back: (value: number) => number,
): TimeGrid => {
  must(last < first, "option", `${name}: times go from ${first} to ${last}; they take last < first.`);
  const [from, to] = [there(first), there(last)];
  const at = (share: number): number => (share === 0 ? first : share === 1 ? last : back(from + share * (to - from)));
  return defineGrid(name, (_, steps) => (last === 0 ? alongWay(steps, at) : thenToData(steps, at)));
};

/**
 * Equal steps of time from `first` to `last`, and one from there to data if `last` is above 0. On the VP path with `last` 0.001 it is EDM's "vp" (arXiv
 * 2206.00364, table 1); SiT's SDE has `last` 0.04 (arXiv 2401.08740, section 3).
 * @throws DiffusionError("option") unless 0 <= last < first <= 1
 */
export const uniformGrid = part({
  name: "uniform",
  options: between,
  build: (options): TimeGrid =>
    evenly(
      "uniform",
      options,
      (t) => t,
      (t) => t,
    ),
});
