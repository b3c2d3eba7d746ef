import type { Entry, Log, Notice, Values } from "./log.js";
import { epochIn, totalEpochsIn, totalIn } from "./values.js";

/** One value of a column, at its step. */
interface Point {
  readonly step: number;
  readonly seconds: number | undefined;
  readonly value: number;
}

/** A run's log without what a resume has superseded, by column. */
export interface History {
  readonly log: Log;
  /** Each ascending in step, or in what else the log counts; empty where all that is known is one moment. */
  readonly series: ReadonlyMap<string, readonly Point[]>;
  /** Whether the log counts steps; otherwise it counts epochs, or nothing but its rows. */
  readonly inSteps: boolean;
  /** The latest step that any column has. */
  readonly lastStep: number | undefined;
  readonly notices: readonly Notice[];
}

export const isNumber = (value: unknown): value is number => typeof value === "number";

/** Sorts a log into columns and notices what is wrong with it. */
export const historyOf = (log: Log): History => {
  const { entries } = log;
  const steps = entries.flatMap(({ step }) => (step === undefined ? [] : [step]));
  const inSteps = steps.length > 0;
  const columns = new Map<string, Point[]>();
  let superseded = 0;
  let from = Number.POSITIVE_INFINITY;
  if (entries.length > 1) {
    let last: number | undefined;
    for (const [i, { seconds, values, ...entry }] of entries.entries()) {
      const step: number | undefined = inSteps ? (entry.step ?? last) : (epochIn(values) ?? last ?? i);
      if (step === undefined) continue;
      last = step;
      for (const [name, value] of Object.entries(values)) {
        if (!isNumber(value)) continue;
        const points = columns.get(name) ?? [];
        // A log that goes back was resumed from there: what it had said since was lost with the machine that said it.
        for (let before = points.at(-1); before !== undefined && before.step >= step; before = points.at(-1)) {
          points.pop();
          // What is said again on the same step, such as the epoch beside each metric, is no news.
          if (before.step === step && Object.is(before.value, value)) continue;
          superseded++;
          from = Math.min(from, step);
        }
        points.push({ step, seconds, value });
        columns.set(name, points);
      }
    }
  }
  const lastStep = inSteps ? steps.reduce((most, step) => Math.max(most, step), 0) : undefined;
  const notices = [...log.notices];
  const tell = (kind: Notice["kind"], message: string | undefined) => {
    if (message !== undefined) notices.push({ kind, runs: [log.name], message });
  };
  if (superseded > 0)
    tell(
      "repeated-steps",
      `${inSteps ? "steps" : "epochs"} from ${from} on are there twice, as after a resume; the later ones count`,
    );
  if (entries.length > 1) tell("sampled", sampledText(log));
  if (inSteps && entries.length > 1) tell("step-zero", fromZeroText(log, steps, lastStep!));
  tell("epochs", epochsText(log, lastStep));
  return { log, series: columns, inSteps, lastStep, notices };
};

/** The value of a column at a step: the last that was said by then. */
export const valueAt = (series: History["series"], name: string, step: number): number | undefined => {
  const points = series.get(name);
  if (!points || points[0]!.step > step) return undefined;
  let [low, high] = [0, points.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (points[middle]!.step <= step) low = middle;
    else high = middle - 1;
  }
  return points[low]!.value;
};

/** Rows at which exports stop, and what does so. */
const samples: Readonly<Record<number, string>> = {
  500: "as W&B's run.history() samples them at random; run.scan_history() gives all",
  1000: "as TensorBoard keeps and downloads of a scalar; its event files have all",
  1500: "as W&B draws in a chart; run.scan_history() gives all",
  10000: "as W&B's exports end; run.scan_history() gives all",
};

/** Where exports end; below, they take some of many. */
const CUT = 10_000;

const sampledText = ({ entries, format }: Log): string | undefined => {
  const said = Object.hasOwn(samples, entries.length) ? samples[entries.length] : undefined;
  if (said === undefined || format === "tensorboard" || (entries.length < CUT && isRegular(entries))) return undefined;
  return `its history has exactly ${entries.length} rows, ${said}`;
};

/** Whether a log was written every so many steps: nothing was left out of it. */
const isRegular = (entries: readonly Entry[]): boolean => {
  const every = (entries[1]!.step ?? 1) - (entries[0]!.step ?? 0);
  return entries.every(({ step }, i) => i === 0 || (step ?? i) - (entries[i - 1]!.step ?? i - 1) === every);
};

/** A step that is counted from 0 is one less than were done: so many tokens it had not yet seen. */
const fromZeroText = ({ config }: Log, steps: readonly number[], last: number): string | undefined => {
  const total = totalIn(config);
  if (steps[0] !== 0) return undefined;
  if (total && total[1] === last + 1)
    return `steps are counted from 0: at step ${last} all ${total[1]} of ${total[0]} are done; a rule with (step + 1) counts them`;
  return undefined;
};

/** Epochs where a rule means steps. */
const epochsText = ({ config, entries }: Log, lastStep: number | undefined): string | undefined => {
  if (entries.length > 1 && lastStep === undefined && entries.some(({ values }) => epochIn(values) !== undefined))
    return "its log counts epochs and no steps; a rule with step cannot be used, one with epoch can";
  if (entries.length > 1 && lastStep !== undefined && lastStep > 0 && sameAsEpochs(entries))
    return `its steps are its epochs, up to ${lastStep}: a rule with step would count too few tokens`;
  const total = totalEpochsIn(config);
  const steps = totalIn(config);
  const reached = total && (lastStep === total[1] || lastStep === total[1] - 1) && lastStep > 0;
  return reached && steps?.[1] !== lastStep
    ? `its steps end at ${lastStep}, which is ${total[0]} = ${total[1]}: they seem to be epochs`
    : undefined;
};

const sameAsEpochs = (entries: readonly Entry[]): boolean => {
  const both = entries.flatMap(({ step, values }) => {
    const epoch = epochIn(values);
    return step === undefined || epoch === undefined ? [] : [[step, epoch] as const];
  });
  return both.length > 1 && both.every(([step, epoch]) => step === epoch);
};

/** Why a run has not done what it was meant to do, where its log says so. */
export const unfinishedText = ({ log: { state, config }, lastStep }: History): string | undefined => {
  const total = totalIn(config);
  const early = total && lastStep !== undefined && lastStep + 1 < ENOUGH * total[1];
  const reached = early ? ` at step ${lastStep} of ${total[1]} (${total[0]})` : "";
  if (state === "crashed") return `it crashed${reached}`;
  if (state === "running") return `it is still running${reached}`;
  return early ? `it ends${reached}` : undefined;
};

/** Share of the steps that is all of them: the last ones may not have been logged. */
const ENOUGH = 0.97;

/** All that is known at the one moment of a log that has no history. */
export const onlyMoment = ({ log: { entries } }: History): Values | undefined =>
  entries.length === 1 ? entries[0]!.values : undefined;
