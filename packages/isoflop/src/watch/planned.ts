import type { Flops } from "@isoflop/flops";
import * as v from "valibot";
import { type StudyFile, studySchema } from "../study/file/schema.js";
import { budgetsOf, listOf, type Sizes, widthsOf } from "../study/file/sizes.js";
import type { Manifest } from "../study/manifest.js";

/** A place of a study's grid. */
export interface Cell {
  readonly budget: Flops;
  readonly width: number;
}

/** What a study's file says of runs that have no record yet; of a file that is not read, nothing. */
export interface Planned {
  /** Of the grid, in the order in which a study lays it out. */
  readonly cells: readonly Cell[];
  /** Budgets that are predicted and then trained, each as often as sizes are trained there. */
  readonly heldOut: readonly Flops[];
}

const cellsAt = (sizes: Sizes): Cell[] =>
  budgetsOf(sizes).flatMap((budget) => {
    const widths = sizes.models?.map(({ width }) => width) ?? widthsOf(sizes.widths!, budget);
    return widths.map((width) => ({ budget, width }));
  });

/** The runs of a grid as the study lays them out: by entry, budget, size and replicate, then smallest budget first. */
const cellsOf = ({ grid }: StudyFile): Cell[] =>
  listOf(grid)
    .flatMap((entry) => cellsAt(entry).flatMap((cell) => Array<Cell>(entry.seeds).fill(cell)))
    .sort((a, b) => a.budget - b.budget);

/** Without opening the data: only the manifest is read. */
export const plannedIn = ({ file }: Pick<Manifest, "file">): Planned => {
  const read = v.safeParse(studySchema, file);
  if (!read.success) return { cells: [], heldOut: [] };
  return {
    cells: cellsOf(read.output),
    heldOut: listOf(read.output.heldOut ?? []).flatMap((sizes) => {
      return budgetsOf(sizes).flatMap((budget) => Array<Flops>(sizes.count).fill(budget));
    }),
  };
};
