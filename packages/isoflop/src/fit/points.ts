import { shown } from "../files/read.js";
import type { LoadedRuns } from "../runs/load.js";
import { plural } from "../words/numbers.js";
import type { Passage } from "../words/passage.js";
import { note, printable } from "../words/printable.js";
import type { FitHead } from "./saved.js";

const SHOWN = 8;

/** Tells on standard error of runs that were left out as diverged, where the answer does not list what was dropped. */
export const tellDiverged = ({ origin, dropped }: LoadedRuns): void => {
  for (const { row, reason, message } of dropped)
    if (reason === "diverged") note(`${shown(origin.file)}: row ${row} is left out: ${reason}: ${message}`);
};

/** Which points were used, and why others were not. */
export const pointsUsed = ({ input, points, ok, status, message }: FitHead): Passage => {
  const lines = [`${shown(input.file)}: ${plural(points.used, "point")} used, ${points.dropped.length} dropped`];
  const [diverged, others] = [true, false].map((is) =>
    points.dropped.filter((row) => (row.reason === "diverged") === is),
  );
  for (const { row, reason, message } of [...diverged!, ...others!.slice(0, SHOWN)])
    lines.push(printable(`  row ${row}: ${reason}: ${message.replace(/^row \d+: /, "")}`));
  const more = others!.length - SHOWN;
  if (more > 0) lines.push(`  and ${more} more; --json lists them all`);
  if (diverged!.length > 0) lines.push("  --keep-diverged uses what diverged");
  if (points.otherLabels) lines.push(`  ${plural(points.otherLabels, "row")} of other labels left out`);
  if (points.otherRows) lines.push(`  ${plural(points.otherRows, "row")} that --where leaves out`);
  const named = Object.entries(points.columns ?? {}).map(([field, column]) => `${field} = ${column}`);
  if (named.length > 0) lines.push(printable(`  columns by their common names: ${named.join(", ")}`));
  for (const { message } of points.cautions ?? []) lines.push(`caution: ${message}`);
  if (status !== "converged") lines.push(`${ok ? "caution" : "refused"}: ${status}: ${message}`);
  return { notes: lines };
};
