import { isDeepStrictEqual } from "node:util";
import type { DataSource } from "@isoflop/data";
import type { Sample, StudySummary } from "@isoflop/plot";
import { writeReport } from "@isoflop/plot/node";
import { type IsoFlop, predictIsoFlop, writeRecord } from "@isoflop/scaling";
import type { DataSpec, SweepProgress, SweepRun } from "@isoflop/sweep";
import { dataOpener } from "@isoflop/sweep/node";
import { usageError } from "../exit.js";
import { unlikeFamilies } from "../runs/alike.js";
import type { DoneRun } from "../runs/point.js";
import { versions } from "../versions.js";
import { round } from "../words/numbers.js";
import { choicesOf } from "./choices.js";
import { curvesOf, dataOf, findingsOf, published, trainImagesOf } from "./document.js";
import { ifReadable, StudyFolder } from "./folder.js";
import { fitLaws } from "./laws.js";
import { answersTo, type MethodAnswer, methodsOf, type Testable } from "./methods.js";
import { planStudy, type StudyPlan } from "./plan.js";
import type { StudyPrediction } from "./prediction.js";
import type { Preset } from "./preset.js";
import { drawSamples } from "./samples.js";
import { openSession, type Session } from "./session.js";
import { Stopwatch, type Times, timesBefore } from "./times.js";

export interface StudyOptions {
  readonly preset: Preset;
  readonly data: DataSpec["source"];
  readonly seed: number;
  readonly device: "wasm" | "webgpu";
  /** Folder for runs, figures and report. */
  readonly out: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: SweepProgress) => void) | undefined;
  /** Told what went wrong without stopping the study, such as a checkpoint that could not be read. */
  readonly onNote?: ((note: string) => void) | undefined;
  /** The command that makes this study again, for the report. */
  readonly reproduce?: string;
}

/** What a study's numbers depend on. */
const packages = ["data", "diffusion", "dit", "flops", "scaling", "sweep", "tensor", "train"].map(
  (name) => `@isoflop/${name}`,
);

/** The study cannot go on, in words for the person who ran it. */
export class StudyError extends Error {
  override readonly name = "StudyError";
}

/** A held-out budget's prediction and the run that will test it. */
export interface HeldOutPlan {
  /** What the study says of the loss: that of the first of the methods. */
  readonly prediction: Testable;
  /** What every method says that can. */
  readonly answers: readonly MethodAnswer[];
  readonly run: SweepRun;
}

/** What was written of a study, and where. */
export interface Reported {
  readonly summary: StudySummary;
  readonly files: readonly string[];
}

/**
 * The method of arXiv 2410.08184 as steps to be called in order: train a grid at several budgets, fit isoFLOP parabolas and the laws through
 * their minima, predict a larger budget, train there, compare. Runs that are done are not done again, so an interrupted study goes on where it was.
 */
export class Study {
  readonly #clock = new Stopwatch();
  #fitted: readonly DoneRun[] = [];
  #laws: IsoFlop | undefined;
  #heldOut: { readonly plan: HeldOutPlan; readonly done?: DoneRun } | undefined;
  #samples: readonly Sample[] = [];

  constructor(
    readonly options: StudyOptions,
    readonly plan: StudyPlan,
    readonly source: DataSource,
    readonly folder: StudyFolder,
    readonly session: Session,
  ) {}

  /** Trains and validates every size at every fitted budget. */
  async trainGrid(): Promise<readonly DoneRun[]> {
    this.#fitted = await this.#clock.time("grid", () => this.#train(this.plan.grid));
    return this.#fitted;
  }

  /** Parabolas in ln N, and the power laws through their vertices. */
  fitLaws(): IsoFlop {
    this.#laws = fitLaws(this.#fitted);
    return this.#laws;
  }

  /**
   * Says what the held-out budget will give, and writes it to `prediction.json` before anything is trained there.
   * @throws StudyError if the budgets give no law, after the report was written
   */
  async predictHeldOut(): Promise<HeldOutPlan> {
    const plan = await this.#clock.time("fitting", () =>
      heldOutOf(this.#fitted, this.#laws ?? this.fitLaws(), this.plan, this.options.signal),
    );
    if (typeof plan === "string") {
      await this.write();
      throw new StudyError(plan);
    }
    const { prediction, answers, run } = plan;
    const from = this.plan.grid.map(({ id }) => id);
    const methods = methodsOf(answers);
    await this.#keep({ from, run: run.id, model: run.name, prediction, methods });
    this.#heldOut = { plan };
    return plan;
  }

  /** Trains the model that the law asks for at the held-out budget. */
  async trainHeldOut(): Promise<DoneRun> {
    const plan = this.#heldOut?.plan ?? (await this.predictHeldOut());
    const [done] = (await this.#clock.time("held-out model", () => this.#train([plan.run]))) as [DoneRun];
    this.#heldOut = { plan, done };
    return done;
  }

  /** Draws pictures from the held-out model. */
  async drawSamples(): Promise<readonly Sample[]> {
    const { run } = this.#heldOut?.plan ?? (await this.predictHeldOut());
    const { folder, source, options, session, plan } = this;
    const { seed, signal } = options;
    const { samples } = plan.preset;
    this.#samples = await this.#clock.time("samples", () =>
      drawSamples(run, { folder, device: session.device, source, samples, seed, signal }),
    );
    return this.#samples;
  }

  /** Writes `report.html`, the figures and `summary.json`; may be called at any point of the study. */
  async write(): Promise<Reported> {
    const { folder, options } = this;
    const done = this.#heldOut?.done;
    const runs = [...this.#fitted, ...(done ? [done] : [])];
    const drawn = { curves: await curvesOf(runs, folder.store), samples: this.#samples };
    const { summary: file } = folder.files;
    return folder.change(async (write) => {
      // One clock reading for both files: a rerun, which keeps what the summary says, writes the same report.
      const summary = this.#summary(timesBefore(folder, runs) ?? this.#times(runs));
      const files = await writeReport({ ...summary, ...drawn }, options.out, { write });
      await write(file, `${writeRecord(summary)}\n`);
      return { summary, files: [...files, file] };
    });
  }

  /** Ends threads and frees the device. */
  close(): void {
    this.session.close();
  }

  /** Seconds by step; how much of the runs' seconds, over all threads and sessions, was training and not set-up or validation. */
  #times(runs: readonly DoneRun[]): Times {
    const training = runs.reduce((sum, { result }) => sum + result.seconds, 0);
    const { total: seconds, laps } = this.#clock;
    return { seconds, timings: { ...laps, "training alone, all threads": training } };
  }

  #summary(times: Times): StudySummary {
    const { plan, source, session, options } = this;
    const { name, description } = session.device;
    const fit = this.#laws ?? (this.#fitted.length > 0 ? this.fitLaws() : undefined);
    return {
      record: "study",
      preset: plan.preset.name,
      device: { backend: name, description },
      data: dataOf(source),
      ...times,
      ...findingsOf({
        fitted: this.#fitted,
        fit,
        prediction: this.#heldOut?.plan.prediction,
        methods: this.#heldOut && methodsOf(this.#heldOut.plan.answers),
        heldOut: this.#heldOut?.done,
        images: trainImagesOf(source),
      }),
      plannedRuns: plan.grid.length + 1,
      choices: { ...(fit && choicesOf(this.#fitted, fit)), versions: versions(...packages) },
      published,
      reproduce: options.reproduce ?? "",
    };
  }

  async #train(runs: readonly SweepRun[]): Promise<DoneRun[]> {
    const records = await this.session.train(runs.map(({ spec }) => spec));
    return records.map((record): DoneRun => {
      if (record.state === "done") return record;
      const why = record.state === "failed" ? record.failure.message : "it did not finish";
      throw new StudyError(`run ${record.id}: ${why}`);
    });
  }

  /** A resumed study tests what it said: the same prediction from the same runs is left as it stands. */
  async #keep(said: StudyPrediction): Promise<void> {
    const { folder, options } = this;
    const { prediction: file } = folder.files;
    await folder.change(async (write) => {
      const before = ifReadable(() => folder.prediction());
      if (before && isDeepStrictEqual(essence(before), essence(said))) return;
      if (before) options.onNote?.(`${file} is of other runs or of another law; it is written anew`);
      await write(file, `${writeRecord(said)}\n`);
    });
  }
}

const essence = ({ from, run, prediction }: StudyPrediction) => ({ from, run, predicted: prediction.predicted });

/**
 * What is said of the held-out budget, and the run that tests it; or why nothing can be said. The size that is trained is the optimum of
 * the laws, which is what the paper extrapolates; its loss is foreseen by the roll-out.
 */
const heldOutOf = async (
  fitted: readonly DoneRun[],
  laws: IsoFlop,
  { preset, heldOut }: StudyPlan,
  signal: AbortSignal | undefined,
): Promise<HeldOutPlan | string> => {
  const { heldOut: budget } = preset;
  const optimum = predictIsoFlop(laws, budget);
  if (!optimum.ok) return refusal(laws);
  const run = heldOut(optimum.predicted.N.value);
  const answers = await answersTo({ C: budget, N: run.paramsNonEmbedding, signal }, fitted, laws);
  const [headline] = answers;
  if (!headline) return refusal(laws);
  const { prediction } = headline;
  const [low, high] = prediction.predicted.loss.interval95;
  if (low > 0) return { run, prediction, answers };
  return `the fitted budgets do not determine the loss at ${round(budget)} FLOPs: its 95 % interval runs from ${low.toPrecision(3)} to ${high.toPrecision(3)}; use larger or more budgets`;
};

const refusal = ({ N, D, loss, dropped }: IsoFlop): string => {
  const refused = [N, D, loss].find((law) => !law.ok);
  const budgets = dropped.map(({ message }) => message).join("; ");
  return `no law can be fitted: ${refused && !refused.ok ? refused.message : "no budget has runs"}${budgets ? ` (${budgets})` : ""}`;
};

/**
 * Opens data, folder and device, and lays out the grid.
 * @throws CliError `usage` if the folder has runs of another kind of study
 */
export const openStudy = async (options: StudyOptions): Promise<Study> => {
  const { preset, seed, out, signal, onNote } = options;
  const data: DataSpec = { source: options.data, size: preset.image, seed };
  const source = await dataOpener()(data);
  const plan = planStudy(preset, data, source, seed);
  const folder = new StudyFolder(out, { signal, onWait: onNote });
  const { store } = folder;
  // One study's report, summary and prediction would replace the other's, and its runs would enter the other's fits.
  const unlike = unlikeFamilies([...(await store.list()), ...plan.grid.slice(0, 1)]);
  if (unlike !== undefined) throw usageError(`${out} has another study: ${unlike}; choose another folder`);
  return new Study(options, plan, source, folder, await openSession({ ...options, store }));
};
