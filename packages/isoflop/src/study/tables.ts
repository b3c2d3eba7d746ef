import type { Study } from "@isoflop/plot";
import type { SweepProgress } from "@isoflop/sweep";

const compute = (flops: number): string => flops.toExponential(1).replace("+", "");
const count = (n: number): string =>
  n >= 1e6 ? `${(n / 1e6).toFixed(2)} M` : n >= 1e3 ? `${(n / 1e3).toFixed(1)} k` : n.toFixed(0);
const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, "0")}`;

const table = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0]!.map((_, column) => rows.reduce((most, row) => Math.max(most, row[column]!.length), 0));
  return rows.map((row) => `  ${row.map((cell, i) => cell.padStart(widths[i]!)).join("   ")}`).join("\n");
};

/** The study's numbers as text: runs, optima, laws, and the check. */
export const studyTables = ({ runs, isoflop, laws, heldOut, timings }: Study): string => {
  const grid = table([
    ["budget, FLOPs", "parameters", "tokens", "loss", "± standard error", "seconds"],
    ...runs.map((run) => [
      compute(run.budget),
      count(run.params),
      count(run.tokens),
      run.loss.toFixed(4),
      run.lossStdErr.toFixed(4),
      run.seconds.toFixed(1),
    ]),
  ]);
  const optima = table([
    ["budget, FLOPs", "N optimal", "D optimal", "loss", "interior"],
    ...isoflop.map((o) => [
      compute(o.budget),
      o.optimalParams ? count(o.optimalParams) : "-",
      o.optimalTokens ? count(o.optimalTokens) : "-",
      o.optimalLoss?.toFixed(4) ?? "-",
      o.interior ? "yes" : (o.reason ?? "no"),
    ]),
  ]);
  const parts = [`Runs\n${grid}`, `Optima\n${optima}`];
  if (laws) {
    const rows = Object.entries(laws).map(([name, { coefficient, exponent, ci95 }]) => [
      name,
      `${coefficient.toPrecision(4)} C^${exponent.toFixed(4)}`,
      `${ci95[0].toFixed(3)} to ${ci95[1].toFixed(3)}`,
    ]);
    parts.push(`Laws\n${table([["quantity", "law", "95 % of the exponent"], ...rows])}`);
  }
  if (heldOut) parts.push(`Held out\n${verdict(heldOut)}`);
  if (timings)
    parts.push(`Time\n${table(Object.entries(timings).map(([name, seconds]) => [name, `${seconds.toFixed(1)} s`]))}`);
  return parts.join("\n\n");
};

const verdict = ({
  budget,
  predictedLoss,
  interval95: [low, high],
  measuredLoss,
  measuredStdErr,
  relativeError,
}: NonNullable<Study["heldOut"]>): string => {
  const predicted = `  at ${compute(budget)} FLOPs the law predicts a loss of ${predictedLoss.toFixed(4)}, between ${low.toFixed(4)} and ${high.toFixed(4)}`;
  if (measuredLoss == null) return predicted;
  const inside = measuredLoss >= low && measuredLoss <= high;
  return `${predicted}\n  measured ${measuredLoss.toFixed(4)} ± ${(measuredStdErr ?? 0).toFixed(4)}: ${(100 * (relativeError ?? 0)).toFixed(1)} % from the prediction, ${inside ? "inside" : "OUTSIDE"} the interval`;
};

/** Turns progress into lines for a person. */
export type ProgressLine = (progress: SweepProgress) => void;

/**
 * Writes where a sweep stands: one line that rewrites itself on a terminal, a new line every ten seconds elsewhere.
 */
export const progressLines = (name: string, stream: NodeJS.WriteStream = process.stderr): ProgressLine => {
  let last = Number.NEGATIVE_INFINITY;
  return ({ done, total, flopsDone, flopsTotal, remainingSeconds, running }) => {
    const now = performance.now();
    const finished = done === total;
    if (!finished && now - last < (stream.isTTY ? 200 : 10_000)) return;
    last = now;
    const models = running.map(
      ({ spec, latest }) =>
        `${compute(spec.budget)}/${spec.model.width}${latest ? ` loss ${latest.loss.toFixed(3)}` : ""}`,
    );
    const left = remainingSeconds === undefined ? "" : `, ${clock(remainingSeconds)} left`;
    const line = `${name}: ${done} of ${total} runs, ${Math.floor((100 * flopsDone) / flopsTotal)} % of the compute${finished ? "" : left}${models.length > 0 ? `  [${models.join("; ")}]` : ""}`;
    stream.write(stream.isTTY ? `\r\u001b[2K${line}${finished ? "\n" : ""}` : `${line}\n`);
  };
};
