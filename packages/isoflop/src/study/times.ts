import type { StudySummary } from "@isoflop/plot";
import * as v from "valibot";
import type { DoneRun } from "../runs/point.js";
import { ifReadable, type StudyFolder } from "./folder.js";

export type Times = Required<Pick<StudySummary, "seconds" | "timings">>;

const summary = v.object({
  seconds: v.number(),
  timings: v.optional(v.record(v.string(), v.number()), {}),
  runs: v.array(v.object({ id: v.string(), seconds: v.number() })),
});

/** How long the study took by the summary in its folder, of whatever version, if that is of these very runs: what was measured stays. */
export const timesBefore = (folder: StudyFolder, runs: readonly DoneRun[]): Times | undefined => {
  const read = v.safeParse(
    summary,
    ifReadable(() => folder.summary()),
  );
  if (!read.success) return undefined;
  const { seconds, timings } = read.output;
  const known = new Map(read.output.runs.map((run) => [run.id, run.seconds]));
  return runs.every(({ id, result }) => known.get(id) === result.seconds) ? { seconds, timings } : undefined;
};

/** Wall-clock seconds in total, and by named lap. */
export class Stopwatch {
  readonly #started = performance.now();
  readonly #laps: Record<string, number> = {};

  get total(): number {
    return (performance.now() - this.#started) / 1000;
  }

  get laps(): Readonly<Record<string, number>> {
    return { ...this.#laps };
  }

  /** Adds the time of `work` to a lap. */
  async time<R>(name: string, work: () => R | Promise<R>): Promise<R> {
    const from = performance.now();
    try {
      return await work();
    } finally {
      this.#laps[name] = (this.#laps[name] ?? 0) + (performance.now() - from) / 1000;
    }
  }
}
