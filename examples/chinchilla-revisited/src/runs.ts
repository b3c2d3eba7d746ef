import { readFile } from "node:fs/promises";
import { type DroppedRun, dropHighestLoss, parseRuns, type Run } from "@isoflop/scaling";

/** Where the runs come from, and which of them are left out. */
export interface Source {
  readonly input: string;
  readonly columns: { readonly C: string; readonly N: string; readonly loss: string };
  /** Runs of highest loss that are left out. */
  readonly drop: number;
}

/** The runs of a table, with those that the filter takes away kept apart: a filter moves exponents. */
export interface Loaded {
  readonly all: readonly Run[];
  readonly used: readonly Run[];
  readonly leftOut: readonly DroppedRun[];
}

/**
 * Reads a table with size, training FLOPs and loss; D is C / 6N.
 * @throws ScalingError naming the row and column that cannot be read; an Error of Node when there is no such file.
 */
export const loadRuns = async ({ input, columns, drop }: Source): Promise<Loaded> => {
  const table = parseRuns(await readFile(input, "utf8"), { columns });
  const { runs, dropped } = dropHighestLoss(table.runs, drop);
  return { all: table.runs, used: runs, leftOut: [...table.dropped, ...dropped] };
};
