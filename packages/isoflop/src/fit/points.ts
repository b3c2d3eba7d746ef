import { shown } from "../files/read.js";
import { plural } from "../words/numbers.js";
import type { Passage } from "../words/passage.js";
import { printable } from "../words/printable.js";
import type { FitHead } from "./saved.js";

const SHOWN = 8;

/** Which points were used, and why others were not. */
export const pointsUsed = ({ input, points, ok, status, message }: FitHead): Passage => {
  const lines = [`${shown(input.file)}: ${plural(points.used, "point")} used, ${points.dropped.length} dropped`];
  for (const { row, reason, message } of points.dropped.slice(0, SHOWN)) {
    lines.push(printable(`  row ${row}: ${reason}: ${message.replace(/^row \d+: /, "")}`));
  }
  const more = points.dropped.length - SHOWN;
  if (more > 0) lines.push(`  and ${more} more; --json lists them all`);
  if (points.otherLabels) lines.push(`  ${plural(points.otherLabels, "row")} of other labels left out`);
  if (status !== "converged") lines.push(`${ok ? "caution" : "refused"}: ${status}: ${message}`);
  return { notes: lines };
};
