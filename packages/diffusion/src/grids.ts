import { type Kinds, kinds, type SpecIn } from "@isoflop/spec";
import type { TimeGrid } from "./grid.js";
import { exponentialGrid } from "./grids/exponential.js";
import { iddpmGrid } from "./grids/iddpm.js";
import { karrasGrid } from "./grids/karras.js";
import { logSnrGrid } from "./grids/log-snr.js";
import { quadraticGrid } from "./grids/quadratic.js";
import { shiftedGridKind } from "./grids/shifted.js";
import { uniformGrid } from "./grids/uniform.js";

const shifted = shiftedGridKind((): Kinds<TimeGrid> => grids);

/** Grids of times by name. */
export const grids = kinds("grid", [
  ...[uniformGrid, quadraticGrid, logSnrGrid, karrasGrid, exponentialGrid, iddpmGrid],
  shifted,
]);

/** The record of a grid. */
export type GridSpec = SpecIn<typeof grids>;
