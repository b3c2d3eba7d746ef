import { isDeepStrictEqual } from "node:util";
import type { Opening } from "@isoflop/data";
import type { Sample, StudySummary } from "@isoflop/plot";
import { writeReport } from "@isoflop/plot/node";
import { type IsoFlop, writeRecord } from "@isoflop/scaling";
import type { MetricRequest, SweepProgress, SweepRun } from "@isoflop/sweep";
import type { TrainOptions } from "@isoflop/train";
import { type Floor, floorOf } from "../floor/floor.js";
import { type DoneRun, pointsOf } from "../runs/point.js";
import { versions } from "../versions.js";
import type { OnProgress } from "../words/progress.js";
import { LOSS } from "../words/quantity.js";
import { choicesOf } from "./choices.js";
import {
  curvesOf,
  dataOf,
  type Found,
  lossOf,
  metricResults,
  published,
  resultsOf,
  type Tested,
  timedRuns,
  trainImagesOf,
} from "./document.js";
import type { OpenData } from "./file/data.js";
import type { ResolvedStudy } from "./file/read.js";
import { studyText } from "./file/text.js";
import { ifReadable, type StudyFolder } from "./folder.js";
import { answersTo, type HeldOutPlan, heldOutOf } from "./held-out.js";
import { fitLaws } from "./laws.js";
import { measuredOf } from "./measured.js";
import { methodsOf, type StudyMethods, studyMethods } from "./methods.js";
import { type FittedMetric, fitMetrics, type MeasuredRuns, metricPoint } from "./metrics.js";
import { noiseOf } from "./noise.js";
import type { Wanted } from "./place.js";
import { heldOutRuns, type StudyPlan } from "./plan.js";
import { type StudyPrediction, sealOf, studyPredictions } from "./prediction.js";
import { drawSamples } from "./samples.js";
import type { Session } from "./session.js";
import { Stopwatch, type Times, timesBefore } from "./times.js";
import { type Tuned, tuneDocument, tuneRate } from "./tune.js";

export interface StudyOptions extends Wanted {
  readonly study: ResolvedStudy;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: SweepProgress) => void) | undefined;
  /** Told how far what is no training has come: fits, drawing. */
  readonly onStage?: OnProgress | undefined;
  /** Told what went wrong without stopping the study, such as a checkpoint that could not be read. */
  readonly onNote?: ((note: string) => void) | undefined;
  /** The command that makes this study again, for the report. */
  readonly reproduce?: string;
  /** Told how far files have been read and decoded that were not before. */
  readonly onData?: Opening["onProgress"];
  /** What runs keep of a forward pass, as `train` has it. Default "none". */
  readonly checkpointing?: TrainOptions["checkpointing"] | undefined;
  /** How data are opened, where several studies share what is open. */
  readonly openData?: OpenData | undefined;
}

/** What a study's numbers depend on. */
const packages = ["data", "diffusion", "dit", "flops", "scaling", "sweep", "tensor", "train"].map(
  (name) => `@isoflop/${name}`,
);

/** The study cannot go on, in words for the person who ran it. */
export class StudyError extends Error {
  override readonly name = "StudyError";
}

/** What was written of a study, and where. */
export interface Reported {
  readonly summary: StudySummary;
  readonly files: readonly string[];
}

/**
 * The method of arXiv 2410.08184 as steps to be called in order: train a grid at several budgets, fit isoFLOP parabolas and the laws through
 * their minima, predict larger budgets, train there, compare. Runs that are done are not done again, so an interrupted study goes on where it was.
 */
export class Study {
  readonly #clock = new Stopwatch();
  #plan: StudyPlan;
  #tuned: Tuned | undefined;
  #fitted: readonly DoneRun[] = [];
  #laws: IsoFlop | undefined;
  /** Of the fitted runs, once it was asked for. */
  #methods: Promise<StudyMethods> | undefined;
  /** What was fitted to each metric of them, once it was asked for. */
  #metrics: Promise<readonly FittedMetric[]> | undefined;
  #floor: Promise<Floor | undefined> | undefined;
  #heldOut: readonly { readonly plan: HeldOutPlan; readonly done?: DoneRun }[] = [];
  /** What was said of the same runs by metrics, by their titles. */
  #foretold: ReadonlyMap<string, readonly HeldOutPlan[]> = new Map();
  #seal: string | undefined;
  #samples: readonly Sample[] = [];

  constructor(
    readonly options: StudyOptions,
    plan: StudyPlan,
    readonly folder: StudyFolder,
    readonly session: Session,
    /** What is measured of every run beside its loss. */
    readonly metrics: readonly MetricRequest[] = [],
  ) {
    this.#plan = plan;
  }

  /** What is to be trained; with the learning rate's rule once it is known. */
  get plan(): StudyPlan {
    return this.#plan;
  }

  /** Of what was said of the held-out budgets, once that is written: the hash that `prediction.json` has. */
  get seal(): string | undefined {
    return this.#seal;
  }

  /** What was said of the held-out runs by metrics, by their titles, once it was. */
  get foretold(): ReadonlyMap<string, readonly HeldOutPlan[]> {
    return this.#foretold;
  }

  /**
   * Finds the learning rate's rule by short runs, where the file asks for it; undefined where it states one.
   * @throws StudyError if the runs show no rule
   */
  async tune(): Promise<Tuned | undefined> {
    const { tuning } = this.#plan;
    if (!tuning) return this.#tuned;
    const tuned = await this.#clock.time("tuning", () => tuneRate(tuning, (runs) => this.#tryRates(runs)));
    if (typeof tuned === "string") throw new StudyError(tuned);
    this.#tuned = tuned;
    this.#plan = this.#plan.rated(tuned.rule);
    const tune = tuned.runs.map(({ id }) => id);
    await this.folder.keepManifest({ ...this.folder.manifest!, tune, runs: this.#plan.grid.map(({ id }) => id) });
    return tuned;
  }

  /** Trains and validates every size at every fitted budget. */
  async trainGrid(): Promise<readonly DoneRun[]> {
    await this.tune();
    this.#fitted = await this.#clock.time("grid", () => this.#train(this.plan.grid));
    this.#methods = undefined;
    this.#metrics = undefined;
    return this.#fitted;
  }

  /** The least loss that any model can have on what these are validated on; undefined where nobody knows it. */
  floor(): Promise<Floor | undefined> {
    const { signal, onStage } = this.options;
    const onProgress = (done: number, of: number) => onStage?.(done, of, "least loss");
    this.#floor ??= this.#clock.time("least loss", () => floorOf(this.plan, { signal, onProgress }));
    return this.#floor;
  }

  /** The methods that foresee larger budgets, fitted to the runs of the grid. */
  fitMethods(): Promise<StudyMethods> {
    const { signal, onStage } = this.options;
    this.#methods ??= this.floor().then((floor) => {
      const laws = this.#laws ?? this.fitLaws();
      return this.#clock.time("fitting", () => studyMethods(pointsOf(this.#fitted), laws, { floor, signal, onStage }));
    });
    return this.#methods;
  }

  /** The same methods and laws for each metric that was measured of the runs of the grid. */
  fitMetrics(): Promise<readonly FittedMetric[]> {
    const { signal, onStage } = this.options;
    this.#metrics ??= measuredOf(this.#fitted, this.metrics, this.folder.store).then((measured) =>
      this.#clock.time("fitting metrics", () => fitMetrics(this.#fitted, measured, { signal, onStage })),
    );
    return this.#metrics;
  }

  /** Parabolas in ln N, and the power laws through their vertices. */
  fitLaws(): IsoFlop {
    this.#laws = fitLaws(this.#fitted);
    return this.#laws;
  }

  /**
   * Says what the held-out budgets will give, the loss and every metric, and writes it to `prediction.json` before anything is trained there.
   * @throws StudyError if the budgets give no law, after the report was written
   */
  async predictHeldOut(): Promise<readonly HeldOutPlan[]> {
    const laws = this.#laws ?? this.fitLaws();
    const plans: HeldOutPlan[] = [];
    const methods = await this.fitMethods();
    for (const heldOut of this.plan.heldOut) {
      const said = heldOutOf(methods, laws, heldOut);
      if (typeof said === "string") {
        await this.write();
        throw new StudyError(said);
      }
      plans.push(...said);
    }
    const metrics = this.metrics.length > 0 ? await this.fitMetrics() : [];
    this.#foretold = new Map(metrics.map(({ title, methods }) => [title, methods ? answersTo(methods, plans) : []]));
    const from = this.plan.grid.map(({ id }) => id);
    const said = [plans, ...this.#foretold.values()].flat().map(({ prediction, answers, run }): StudyPrediction => {
      return { from, run: run.id, model: run.name, prediction, methods: methodsOf(answers) };
    });
    this.#seal = await this.#keep(said);
    this.#heldOut = plans.map((plan) => ({ plan }));
    return plans;
  }

  /** Trains the models that the law asks for at the held-out budgets. */
  async trainHeldOut(): Promise<readonly DoneRun[]> {
    if (this.#heldOut.length === 0) await this.predictHeldOut();
    const plans = this.#heldOut.map(({ plan }) => plan);
    const done = await this.#clock.time("held-out model", () => this.#train(plans.map(({ run }) => run)));
    this.#heldOut = plans.map((plan, i) => ({ plan, done: done[i]! }));
    return done;
  }

  /** Draws pictures from the best model of the largest held-out budget, where the file asks for some. */
  async drawSamples(): Promise<readonly Sample[]> {
    const { samples } = this.plan.file;
    const last = bestOf(this.#heldOut);
    if (!samples || samples.count === 0 || !last) return [];
    const { folder, options, session, plan } = this;
    const { signal, onStage, onNote } = options;
    const { source } = plan;
    this.#samples = await this.#clock.time("samples", () =>
      drawSamples(last, {
        ...{ folder, device: session.device, source, samples, seed: plan.file.seed, signal, onNote },
        onProgress: (done, of) => onStage?.(done, of, "drawing"),
      }),
    );
    return this.#samples;
  }

  /** Writes `report.html`, the figures and `summary.json`; may be called at any point of the study. */
  async write(): Promise<Reported> {
    const { folder } = this;
    const runs = [...this.#fitted, ...this.#heldOut.flatMap(({ done }) => done ?? [])];
    const drawn = { curves: await curvesOf(runs, folder.store), samples: this.#samples };
    const measured = await measuredOf(runs, this.metrics, folder.store);
    const noise = await noiseOf(this.#fitted, folder.store);
    const found = this.#fitted.length > 0 ? { methods: await this.fitMethods(), floor: await this.floor(), noise } : {};
    const metrics = this.#fitted.length > 0 && this.metrics.length > 0 ? await this.fitMetrics() : [];
    const { summary: file } = folder.files;
    return folder.change(async (write) => {
      // One clock reading for both files: a rerun, which keeps what the summary says, writes the same report.
      const summary = this.#summary(timesBefore(folder, runs) ?? this.#times(runs), found, { metrics, measured });
      const files = await writeReport({ ...summary, ...drawn }, folder.path, { write });
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

  #summary(
    times: Times,
    found: Omit<Found, "fit" | "heldOut">,
    { metrics, measured }: { readonly metrics: readonly FittedMetric[]; readonly measured: MeasuredRuns },
  ): StudySummary {
    const { plan, session, options } = this;
    const { name, description } = session.device;
    const fit = this.#laws ?? (this.#fitted.length > 0 ? this.fitLaws() : undefined);
    return {
      record: "study",
      preset: plan.name,
      device: { backend: name, description },
      data: { ...dataOf(plan.source), ...(plan.notes.length > 0 && { notes: plan.notes }) },
      ...times,
      runs: timedRuns({
        fitted: this.#fitted,
        tests: this.#heldOut.flatMap(({ done }) => done ?? []),
        ...{ fit, measured: measured.numbers, images: trainImagesOf(plan.source) },
      }),
      ...resultsOf({
        ...found,
        fit,
        heldOut: this.#heldOut.map(({ plan: { prediction, answers }, done }) => {
          return { prediction, methods: methodsOf(answers), ...(done && { measured: lossOf(done) }) };
        }),
      }),
      ...(metrics.length > 0 && {
        quantities: metrics.map((metric) => metricResults(metric, this.#testedOf(metric, measured))),
      }),
      ...(this.#seal !== undefined && { seal: this.#seal }),
      plannedRuns: plan.grid.length + heldOutRuns(plan),
      choices: { ...(fit && choicesOf(this.#fitted, fit)), versions: versions(...packages) },
      file: { name: plan.name, hash: plan.hash, text: studyText(plan.file) },
      ...(plan.modules.length > 0 && { modules: plan.modules }),
      ...(this.#tuned && { tune: tuneDocument(this.#tuned) }),
      published,
      reproduce: options.reproduce ?? "",
    };
  }

  /** What was said of a metric, and what was measured there. */
  #testedOf(metric: FittedMetric, measured: MeasuredRuns): readonly Tested[] {
    return (this.#foretold.get(metric.title) ?? []).map(({ prediction, answers, run }): Tested => {
      const done = this.#heldOut.find(({ plan }) => plan.run.id === run.id)?.done;
      const point = done && metricPoint(done, measured, metric);
      return {
        ...{ prediction, methods: methodsOf(answers) },
        ...(point && { measured: { run: run.id, loss: point.loss, sigma: point.sigma ?? 0 } }),
      };
    });
  }

  async #train(runs: readonly SweepRun[]): Promise<DoneRun[]> {
    const specs = runs.map(({ spec }) => spec);
    const records = await this.session.train(specs, this.metrics);
    return records.map((record): DoneRun => {
      if (record.state === "done") return record;
      const why = record.state === "failed" ? record.failure.message : "it did not finish";
      throw new StudyError(`run ${record.id}: ${why}`);
    });
  }

  /**
   * Trains what is tried to find the learning rate's rule; a run that diverges is left out. It is the study's before it is trained, for
   * whoever watches and whoever clears the store.
   */
  async #tryRates(runs: readonly SweepRun[]): Promise<DoneRun[]> {
    await this.folder.keepManifest({ ...this.folder.manifest!, tune: runs.map(({ id }) => id) });
    const records = await this.session.train(runs.map(({ spec }) => spec));
    return records.filter((record) => record.state === "done");
  }

  /**
   * A resumed study tests what it said: the same prediction from the same runs is left as it stands.
   * @returns its seal
   */
  async #keep(said: readonly StudyPrediction[]): Promise<string | undefined> {
    const { folder, options } = this;
    if (said.length === 0) return undefined;
    const { prediction: file } = folder.files;
    const seal = await folder.change(async (write) => {
      const before = ifReadable(() => folder.predictions());
      if (before && isDeepStrictEqual(before.map(essence), said.map(essence))) return sealOf(before);
      if (before?.length) options.onNote?.(`${file} is of other runs or of another law; it is written anew`);
      const record = studyPredictions(said);
      await write(file, `${writeRecord(record)}\n`);
      return record.seal;
    });
    await folder.keepManifest({ ...folder.manifest!, heldOut: [...new Set(said.map(({ run }) => run))] });
    return seal;
  }
}

/** Of the runs of the largest budget that with the least loss, as it is planned: its record knows where its data were. */
const bestOf = (heldOut: readonly { readonly plan: HeldOutPlan; readonly done?: DoneRun }[]): SweepRun | undefined => {
  const [best] = heldOut
    .flatMap(({ plan: { run }, done }) => (done ? [{ run, loss: done.result.loss }] : []))
    .sort((a, b) => b.run.budget - a.run.budget || a.loss - b.loss);
  return best?.run;
};

const essence = ({ from, run, prediction: { quantity = LOSS, predicted } }: StudyPrediction) => ({
  ...{ from, run, quantity, predicted },
});
