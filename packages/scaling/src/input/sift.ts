import { ScalingError } from "../errors.js";

/** What to do with a row that cannot be right. `throw` names it; `drop` lists it with its reason. */
export type BadRows = "throw" | "drop";

export type DropReason =
  | "duplicate"
  | "no-loss"
  | "bad-row"
  | "highest-loss"
  | "no-quantity"
  | "at-zero"
  | "not-best"
  | "diverged";

/** A row that is not used, and why. */
export interface DroppedRun {
  readonly row: number;
  readonly reason: DropReason;
  readonly message: string;
}

/** Puts down why a row is not used. */
type Drop = (row: number, reason: DropReason, message: string) => undefined;

/** What `read` makes of each row: nothing of one that it drops, or that it throws an error of where bad rows are to be dropped. */
export const sift = <R, T>(
  rows: readonly R[],
  badRows: BadRows,
  read: (row: R, index: number, drop: Drop) => T | undefined,
): { readonly kept: T[]; readonly dropped: DroppedRun[] } => {
  const kept: T[] = [];
  const dropped: DroppedRun[] = [];
  const drop: Drop = (row, reason, message) => void dropped.push({ row, reason, message });
  for (let i = 0; i < rows.length; i++) {
    try {
      const made = read(rows[i]!, i, drop);
      if (made !== undefined) kept.push(made);
    } catch (error) {
      if (!(error instanceof ScalingError) || error.row === undefined || badRows === "throw") throw error;
      drop(error.row, "bad-row", error.message);
    }
  }
  return { kept, dropped };
};

export const byRow = (...dropped: readonly (readonly DroppedRun[])[]): DroppedRun[] =>
  dropped.flat().sort((a, b) => a.row - b.row);
