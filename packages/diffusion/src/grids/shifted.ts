import { type Kinds, kind, positive } from "@isoflop/spec";
import * as v from "valibot";
import { check, having } from "../checks.js";
import type { TimeGrid } from "../grid.js";
import { shiftTime } from "../shift.js";

/** Times of a grid, moved to noise as for larger images (SD3, arXiv 2403.03206, equation 23). @throws DiffusionError("option") unless by > 0 */
export const shiftedGrid = (grid: TimeGrid, by: number): TimeGrid => {
  check(having("times", "karrasGrid()"), grid, "shiftedGrid: grid");
  check(positive, by, "shiftedGrid: by");
  return {
    name: `${grid.name}, shifted by ${by}`,
    times: (path, steps) => grid.times(path, steps).map((t) => shiftTime(t, by)),
  };
};

/** Any grid of a registry, shifted. */
export const shiftedGridKind = (all: () => Kinds<TimeGrid>) =>
  kind({
    name: "shifted",
    options: {
      grid: v.optional(
        v.lazy(() => all().schema),
        { kind: "uniform" },
      ),
      by: positive,
    },
    build: ({ grid, by }): TimeGrid => shiftedGrid(all().build(grid), by),
  });
