import type { SweepProgress } from "@isoflop/sweep";
import { round } from "../words/numbers.js";

const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, "0")}`;

/** What progress is written to: a terminal rewrites its line. */
export interface LineStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Turns progress into lines for a person. */
export type ProgressLine = (progress: SweepProgress) => void;

/**
 * Writes where a sweep stands: one line that rewrites itself on a terminal, a new line every ten seconds elsewhere.
 */
export const progressLines = (name: string, stream: LineStream = process.stderr): ProgressLine => {
  let last = Number.NEGATIVE_INFINITY;
  return ({ done, total, flopsDone, flopsTotal, remainingSeconds, running }) => {
    const now = performance.now();
    const finished = done === total;
    if (!finished && now - last < (stream.isTTY ? 200 : 10_000)) return;
    last = now;
    const models = running.map(
      ({ spec, latest }) =>
        `${round(spec.budget)}/${spec.model.width}${latest ? ` loss ${latest.loss.toFixed(3)}` : ""}`,
    );
    const left = remainingSeconds === undefined ? "" : `, ${clock(remainingSeconds)} left`;
    const line = `${name}: ${done} of ${total} runs, ${Math.floor((100 * flopsDone) / flopsTotal)} % of the compute${finished ? "" : left}${models.length > 0 ? `  [${models.join("; ")}]` : ""}`;
    stream.write(stream.isTTY ? `\r\u001b[2K${line}${finished ? "\n" : ""}` : `${line}\n`);
  };
};
