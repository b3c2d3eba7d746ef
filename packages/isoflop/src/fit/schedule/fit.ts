import { fitSchedule, type ScheduledCurve, type ScheduleFit } from "@isoflop/scaling";
import { usageError } from "../../exit.js";
import { within } from "../../runs/tables.js";
import { type ColumnsInput, loadColumns } from "../columns.js";
import { type SavedFit, saved } from "../saved.js";

export interface ScheduleAsked extends ColumnsInput {
  /** Column that tells the curves apart. */
  readonly curve?: string;
  readonly skip?: number;
  readonly delta?: number;
}

const fields = ["step", "lr", "loss"];

/** Reads step, rate and loss of every row, and fits the law of the curves. */
export const scheduleThrough = (asked: ScheduleAsked): SavedFit<ScheduleFit> => {
  const { columns = {}, curve, skip, delta } = asked;
  for (const field of Object.keys(columns))
    if (!fields.includes(field)) throw usageError(`--columns has "${field}"; expected step=…, lr=… and loss=…`);
  const loaded = loadColumns(asked, {
    fields: { step: "not-negative", lr: "not-negative", loss: "positive" },
    ...(curve !== undefined && { group: curve }),
  });
  const curves = curvesIn(loaded.columns, loaded.groups);
  const fit = within(loaded.origin.file, () => fitSchedule(curves, { skip, delta }));
  return saved<ScheduleFit>("schedule", fit, {
    points: { used: loaded.rows.length, dropped: loaded.dropped },
    input: loaded.origin,
  });
};

/** Rows of each curve in the order of their steps. */
const curvesIn = (
  { step, lr, loss }: Readonly<Record<"step" | "lr" | "loss", readonly number[]>>,
  groups: readonly string[],
): ScheduledCurve[] => {
  const found = new Map<string, number[]>();
  step.forEach((_, i) => {
    const name = groups[i] ?? "";
    const rows = found.get(name);
    if (rows) rows.push(i);
    else found.set(name, [i]);
  });
  return [...found].map(([name, rows]) => {
    const sorted = rows.sort((a, b) => step[a]! - step[b]!);
    const of = (column: readonly number[]) => sorted.map((i) => column[i]!);
    return { name, step: of(step), rate: of(lr), loss: of(loss) };
  });
};
