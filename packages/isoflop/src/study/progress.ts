import type { RunningRun, SweepProgress } from "@isoflop/sweep";
import type { Colours } from "../progress/colours.js";
import { type Face, type Reporter, type ReporterOptions, type Room, reporter } from "../progress/reporter.js";
import { bar, clock, leftWords, percentDone, rateWords } from "../progress/texts.js";
import { GO_ON } from "../stop.js";
import { plural, round } from "../words/numbers.js";

/** Turns progress into what a person sees. */
export interface ProgressLine {
  (progress: SweepProgress): void;
  /** Takes away what is drawn. */
  end(): void;
  /** What is said where the work was stopped: what there is, and how to go on. */
  stopped(): string;
}

const counts = ({ done, total, failed }: SweepProgress): string =>
  `${done} of ${plural(total, "run")}${failed > 0 ? `, ${failed} failed` : ""}`;

const shareOf = ({ flopsDone, flopsTotal }: SweepProgress): number => flopsDone / flopsTotal;

/** Budgets are chosen, and have few digits; what a number of steps came to has many. */
export const budgetWords = (budget: number): string => round(Number(budget.toPrecision(3)));

/** Where a running model stands. */
const standing = ({ step, spec, latest, measuring }: RunningRun): string => {
  if (measuring !== undefined) return `measuring ${measuring}`;
  if (step === 0) return "setting up";
  if (step === spec.steps) return "validating";
  return `step ${step}/${spec.steps}${latest ? `  loss ${latest.loss.toFixed(4)}` : ""}`;
};

const MODEL_BAR = 12;

/** One line for each running model, cells under each other. */
const modelLines = (running: readonly RunningRun[], { columns, colours }: Room): string[] => {
  const cells = running.map((run) => {
    const { spec, speed, step } = run;
    return {
      name: `${budgetWords(spec.budget)} FLOPs  width ${spec.model.width}`,
      share: step / spec.steps,
      said: standing(run),
      rate: speed === undefined ? "" : rateWords(speed),
    };
  });
  const widest = (of: "name" | "said" | "rate") => Math.max(...cells.map((cell) => cell[of].length));
  const [name, said, rate] = [widest("name"), widest("said"), widest("rate")];
  const width = Math.min(MODEL_BAR, columns - name - said - rate - 8);
  return cells.map((cell) =>
    [
      `  ${cell.name.padEnd(name)}`,
      bar(cell.share, width, colours),
      cell.said.padEnd(said),
      cell.rate === "" ? "" : colours.dim(cell.rate.padStart(rate)),
    ]
      .filter((part) => part !== "")
      .join("  ")
      .trimEnd(),
  );
};

/** The bar of all runs by their compute. */
const overall = (name: string, progress: SweepProgress, columns: number, colours: Colours): string => {
  const share = shareOf(progress);
  const words = `${percentDone(share)}  ${leftWords(progress.remainingSeconds)}`;
  const runs = progress.total === 1 ? "" : counts(progress);
  const width = Math.min(40, columns - name.length - words.length - runs.length - 6);
  return [colours.bold(name), bar(share, width, colours), words, runs].filter((part) => part !== "").join("  ");
};

/** Lines under a bar that are always there, whatever the terminal's height. */
const LEAST_MODELS = 1;

/** How a sweep looks: one bar of all its compute, one line for each running model. */
export const sweepFace = (name: string): Face<SweepProgress> => ({
  lines(progress, room) {
    const { columns, rows, colours } = room;
    const { running } = progress;
    const most = Math.max(LEAST_MODELS, rows - 3);
    const shown = running.length > most + 1 ? running.slice(0, most) : running;
    const more = running.length - shown.length;
    return [
      overall(name, progress, columns, colours),
      ...(shown.length > 0 ? modelLines(shown, room) : []),
      ...(more > 0 ? [colours.dim(`  and ${more} more`)] : []),
    ];
  },
  sentence(progress) {
    const models = progress.running.map((run) => {
      const { spec, speed } = run;
      const rate = speed === undefined ? "" : ` ${rateWords(speed)}`;
      return `${budgetWords(spec.budget)}/${spec.model.width} ${standing(run).replace("  ", " ")}${rate}`;
    });
    const all = `${name}: ${counts(progress)}, ${percentDone(shareOf(progress))} of the compute, ${leftWords(progress.remainingSeconds)}`;
    return `${all}${models.length > 0 ? `  [${models.join("; ")}]` : ""}`;
  },
});

const isFinished = ({ done, failed, total }: SweepProgress): boolean => done + failed === total;

/** Shows where a sweep stands: bars on a terminal, a plain line every ten seconds elsewhere. */
export const progressLines = (name: string, options: ReporterOptions = {}): ProgressLine => {
  let shown: Reporter<SweepProgress> | undefined;
  let last: SweepProgress | undefined;
  let models: readonly RunningRun[] = [];
  let isSaid = false;
  const end = (closing?: string): void => {
    shown?.end(closing);
    shown = undefined;
  };
  const line = (progress: SweepProgress): void => {
    last = progress;
    // Where it was stopped, nothing runs any more, and what is said is said once.
    const isOver = progress.running.length === 0 && models.length > 0;
    if (!isOver) models = progress.running;
    shown ??= reporter(sweepFace(name), options);
    const wasSaid = isSaid;
    isSaid = isFinished(progress);
    if (isSaid) {
      end(
        progress.total > 1 && !wasSaid
          ? `${name}: ${counts(progress)} in ${clock(progress.elapsedSeconds)}`
          : undefined,
      );
      models = [];
    } else if (!isOver) shown.update(progress);
  };
  return Object.assign(line, {
    end: () => end(),
    stopped: () => (last ? `${stoppedWords(last, models)}; run the same command again to go on` : GO_ON),
  });
};

/** What there is when the work stops: of one model its step, of several how many. */
const stoppedWords = (progress: SweepProgress, models: readonly RunningRun[]): string => {
  const { total, interrupted } = progress;
  const [model] = models;
  if (total === 1 && model)
    return interrupted > 0
      ? `stopped at step ${model.step} of ${model.spec.steps} after a checkpoint`
      : "stopped before the first step";
  const kept = interrupted > 0 ? `, ${interrupted} stopped after a checkpoint` : "";
  return `stopped: ${counts(progress)} done (${percentDone(shareOf(progress))} of the compute)${kept}`;
};
