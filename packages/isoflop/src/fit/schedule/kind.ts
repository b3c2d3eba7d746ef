import {
  parseColumns,
  peakOf,
  predictSchedule,
  type RateSchedule,
  type ScheduleFit,
  scheduleOf,
  warmupEnd,
} from "@isoflop/scaling";
import { usageError } from "../../exit.js";
import { readInput } from "../../files/read.js";
import { within } from "../../runs/tables.js";
import type { FitKind, Questions } from "../kind.js";

/** What is asked, as schedules; numbers that are not given are those of the first curve of the fit. */
const schedulesOf = ({ curves }: ScheduleFit, { schedule, steps, rates, shape = {} }: Questions): RateSchedule[] => {
  if (rates !== undefined) {
    if (schedule !== undefined || steps !== undefined || Object.keys(shape).length > 0)
      throw usageError("--rates says all of a schedule; expected it alone");
    const { text, origin } = readInput(rates);
    const { columns } = within(origin.file, () =>
      parseColumns(text, { fields: { step: "not-negative", lr: "not-negative" } }),
    );
    return [{ step: columns.step, rate: columns.lr }];
  }
  if (schedule === undefined) throw usageError("a schedule is needed: --schedule NAME, or --rates FILE");
  const { schedule: first } = curves[0]!;
  const { peak = peakOf(first), warmup, finalShare, decayShare } = shape;
  const usual = warmupOf(first);
  return (steps ?? [first.step.at(-1)!]).map((count) =>
    scheduleOf(schedule, { steps: count, peak, warmup: warmup ?? (usual < count ? usual : 0), finalShare, decayShare }),
  );
};

/** Steps of the rise before the peak; a schedule that begins at its peak has none. */
const warmupOf = (schedule: RateSchedule): number => {
  const end = warmupEnd(schedule);
  return end === 0 ? 0 : schedule.step[end]!;
};

export const schedule: FitKind<ScheduleFit> = {
  record: "schedule",
  // Without a rate that falls there is still the law of constant rates.
  standing: ({ status, message }) => ({ ok: true, status, message }),
  questions: ["schedule", "steps", "rates", "shape"],
  help: [
    [
      "--schedule NAME [--steps T,…]",
      "the last loss under a schedule of another shape or length, such as wsd: checkpoints annealed",
    ],
    ["--rates FILE", "the last loss under the rates of a table with columns step and lr"],
  ],
  answers: (fit, asked) => schedulesOf(fit, asked).map((one) => predictSchedule(fit, one)),
  figures: async (fit, _, __, asked) => (await import("./page.js")).scheduleAsked(fit, schedulesOf(fit, asked)),
};
