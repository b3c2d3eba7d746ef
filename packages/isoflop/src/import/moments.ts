import { type History, valueAt } from "./history.js";
import type { Value, Values } from "./log.js";

/** Which moments of a history become rows. */
export interface MomentChoices {
  /** The last, or the one of lowest loss. */
  readonly point: "last" | "best";
  /** All of them. */
  readonly every: boolean;
  /** Losses that are averaged, each with those before it. */
  readonly smooth: number;
}

/** A run at a moment. */
export interface Moment {
  readonly step: number | undefined;
  readonly seconds: number | undefined;
  readonly loss: number;
  /** What the log said last of a name by then. */
  said(name: string): Value | undefined;
}

/** Later than 1970 by so many seconds that it is a clock and no duration. */
const CLOCK = 1e8;

/**
 * The moments of a run at which its loss is known.
 * @param lossOf the loss at a step or, of a run that is known at one moment only, at that one
 * @param along the columns that say when there is a loss
 */
export const momentsOf = (
  history: History,
  along: readonly string[],
  lossOf: (said: Moment["said"]) => number | undefined,
  { point, every, smooth }: MomentChoices,
): readonly Moment[] => {
  const { log, series, inSteps } = history;
  if (log.entries.length === 1) {
    const { values, step, seconds } = log.entries[0]!;
    const said = saidBy([values, log.config]);
    const loss = lossOf(said);
    const spent = seconds !== undefined && seconds < CLOCK ? seconds : undefined;
    return loss === undefined ? [] : [{ step, seconds: spent, loss, said }];
  }
  const points = along.map((name) => series.get(name)).find((one) => one !== undefined) ?? [];
  const first = log.entries.find((entry) => entry.seconds !== undefined)?.seconds;
  const all = points.flatMap(({ step, seconds }): Moment[] => {
    const said = (name: string) => valueAt(series, name, step) ?? saidBy([log.config])(name);
    const loss = lossOf(said);
    const spent = seconds !== undefined && seconds >= CLOCK ? seconds - first! : seconds;
    return loss === undefined ? [] : [{ step: inSteps ? step : undefined, seconds: spent, loss, said }];
  });
  const smoothed = all.map((moment, i) => ({ ...moment, loss: meanOf(all.slice(Math.max(0, i + 1 - smooth), i + 1)) }));
  if (every) return smoothed;
  if (point === "last") return smoothed.slice(-1);
  // The first ones are means of fewer.
  const whole = smoothed.slice(Math.min(smooth - 1, smoothed.length - 1)).filter(({ loss }) => Number.isFinite(loss));
  const [best] = [...whole].sort((a, b) => a.loss - b.loss);
  return best ? [best] : smoothed.slice(-1);
};

const meanOf = (moments: readonly Moment[]): number =>
  moments.length === 1 ? moments[0]!.loss : moments.reduce((sum, { loss }) => sum + loss, 0) / moments.length;

const saidBy =
  (all: readonly Values[]): Moment["said"] =>
  (name) =>
    all.find((values) => Object.hasOwn(values, name))?.[name];
