import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DataSource } from "@isoflop/data";
import type { Sample, Study as StudyData } from "@isoflop/plot";
import { writeReport } from "@isoflop/plot/node";
import { expectOk, type IsoFlop, type IsoFlopPrediction } from "@isoflop/scaling";
import type { DataSpec, SweepProgress, SweepRun } from "@isoflop/sweep";
import { dataOpener, fileRunStore } from "@isoflop/sweep/node";
import { canonicalJson } from "@isoflop/train";
import { usageError } from "../exit.js";
import { unlikeFamilies } from "../runs/alike.js";
import type { DoneRun } from "../runs/point.js";
import { versions } from "../versions.js";
import { inStudyFolder, type Write } from "./folder.js";
import { fitLaws, predictBudget } from "./laws.js";
import { planStudy, type StudyPlan } from "./plan.js";
import type { Preset } from "./preset.js";
import { drawSamples } from "./samples.js";
import { openSession, type Session } from "./session.js";
import { Stopwatch } from "./stopwatch.js";
import { curvesOf, summarize } from "./summary.js";

export interface StudyOptions {
  readonly preset: Preset;
  readonly data: DataSpec["source"];
  readonly seed: number;
  readonly device: "wasm" | "webgpu";
  /** Folder for runs, figures and report. */
  readonly out: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SweepProgress) => void;
  /** Told what went wrong without stopping the study, such as a checkpoint that could not be read. */
  readonly onNote?: (note: string) => void;
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
  readonly prediction: IsoFlopPrediction;
  readonly run: SweepRun;
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
   * @throws StudyError if the budgets give no law
   */
  async predictHeldOut(): Promise<HeldOutPlan> {
    const laws = this.#laws ?? this.fitLaws();
    if (!laws.N.ok || !laws.D.ok || !laws.loss.ok) {
      await this.write();
      throw new StudyError(refusal(laws));
    }
    const { heldOut: budget } = this.plan.preset;
    const { run, prediction } = await this.#clock.time("fitting", () => {
      const optimum = expectOk(predictBudget(laws, budget));
      const asked = this.plan.heldOut(optimum.N.value);
      return { run: asked, prediction: expectOk(predictBudget(laws, budget, asked.paramsNonEmbedding)) };
    });
    const [low, high] = prediction.loss.interval95;
    if (!(low > 0)) {
      await this.write();
      throw new StudyError(
        `the fitted budgets do not determine the loss at ${budget.toExponential(1)} FLOPs: its 95 % interval runs from ${low.toPrecision(3)} to ${high.toPrecision(3)}; use larger or more budgets`,
      );
    }
    await this.#writeOnce("prediction.json", {
      from: this.plan.grid.map(({ id }) => id),
      run: run.id,
      model: run.name,
      budget,
      prediction,
    });
    this.#heldOut = { plan: { prediction, run } };
    return this.#heldOut.plan;
  }

  /** Trains the model that the law asks for at the held-out budget. */
  async trainHeldOut(): Promise<DoneRun> {
    const { plan } = this.#heldOut ?? { plan: await this.predictHeldOut() };
    const [done] = await this.#clock.time("held-out model", () => this.#train([plan.run]));
    this.#heldOut = { plan, done: done! };
    return done!;
  }

  /** Draws pictures from the held-out model. */
  async drawSamples(): Promise<readonly Sample[]> {
    const { run } = this.#heldOut!.plan;
    const { out, seed, signal } = this.options;
    const { device } = this.session;
    const { preset } = this.plan;
    this.#samples = await this.#clock.time("samples", () =>
      drawSamples(run, { out, device, source: this.source, preset, seed, signal }),
    );
    return this.#samples;
  }

  /** Writes `report.html`, the figures and `summary.json`; may be called at any point of the study. */
  async write(): Promise<{ readonly study: StudyData; readonly files: readonly string[] }> {
    const { out } = this.options;
    const study = await this.#summary();
    return this.#inFolder(async (write) => {
      const files = await this.#clock.time("report", () => writeReport(study, out, { write }));
      const { curves: _, samples: __, ...summary } = { ...study, seconds: this.#clock.total, timings: this.#timings() };
      const file = join(out, "summary.json");
      await write(file, `${JSON.stringify(summary, null, 2)}\n`);
      return { study: { ...study, ...summary }, files: [...files, file] };
    });
  }

  /** Ends threads and frees the device. */
  async close(): Promise<void> {
    await this.session.close();
  }

  /** Seconds by step; how much of the runs' seconds, over all threads and sessions, was training and not set-up or validation. */
  #timings(): Record<string, number> {
    const done = this.#heldOut?.done;
    const runs = [...this.#fitted, ...(done ? [done] : [])];
    return {
      ...this.#clock.laps,
      "training alone, all threads": runs.reduce((sum, { result }) => sum + result.seconds, 0),
    };
  }

  async #summary(): Promise<StudyData> {
    const done = this.#heldOut?.done;
    const { reproduce = "" } = this.options;
    return summarize({
      plan: this.plan,
      device: this.session.device,
      source: this.source,
      seconds: this.#clock.total,
      timings: this.#timings(),
      fitted: this.#fitted,
      laws: this.#laws ?? fitLaws(this.#fitted),
      ...(this.#heldOut && { prediction: this.#heldOut.plan.prediction }),
      ...(done && { heldOut: done }),
      curves: await curvesOf([...this.#fitted, ...(done ? [done] : [])], this.session.store),
      samples: this.#samples,
      versions: versions(...packages),
      reproduce,
    });
  }

  async #train(runs: readonly SweepRun[]): Promise<DoneRun[]> {
    const records = await this.session.train(runs.map(({ spec }) => spec));
    return records.map((record): DoneRun => {
      if (record.state === "done") return record;
      const why = record.state === "failed" ? record.failure.message : "it did not finish";
      throw new StudyError(`run ${record.id}: ${why}`);
    });
  }

  /** A resumed study tests what it said: a prediction from the same runs is left as it stands. */
  async #writeOnce(name: string, content: object): Promise<void> {
    const file = join(this.options.out, name);
    const text = `${JSON.stringify(content, null, 2)}\n`;
    await this.#inFolder(async (write) => {
      const before = await readFile(file, "utf8").catch(() => "null");
      if (canonicalJson(JSON.parse(before)) !== canonicalJson(JSON.parse(text))) await write(file, text);
    });
  }

  #inFolder<T>(change: (write: Write) => Promise<T>): Promise<T> {
    const { out, signal, onNote } = this.options;
    return inStudyFolder(out, { ...(signal && { signal }), ...(onNote && { onWait: onNote }) }, change);
  }
}

/**
 * Opens data, folder and device, and lays out the grid.
 * @throws CliError `usage` if the folder has runs of another kind of study
 */
export const openStudy = async (options: StudyOptions): Promise<Study> => {
  const { preset, seed } = options;
  const data: DataSpec = { source: options.data, size: preset.image, seed };
  const source = await dataOpener()(data);
  const plan = planStudy(preset, data, source, seed);
  await requireOwnFolder(options.out, plan);
  return new Study(options, plan, source, await openSession(options));
};

/** One study's report, summary and prediction would replace the other's, and its runs would enter the other's fits. */
const requireOwnFolder = async (out: string, { grid }: StudyPlan): Promise<void> => {
  const unlike = unlikeFamilies([...(await fileRunStore(join(out, "runs")).list()), ...grid.slice(0, 1)]);
  if (unlike !== undefined) throw usageError(`${out} has another study: ${unlike}; choose another folder`);
};

const refusal = ({ N, D, loss, dropped }: IsoFlop): string => {
  const refused = [N, D, loss].find((law) => !law.ok);
  const budgets = dropped.map(({ message }) => message).join("; ");
  return `no law can be fitted: ${refused && !refused.ok ? refused.message : "no budget has runs"}${budgets ? ` (${budgets})` : ""}`;
};
