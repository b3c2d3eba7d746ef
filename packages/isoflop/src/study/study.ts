import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Study } from "@isoflop/plot";
import { writeReport } from "@isoflop/plot/node";
import { expectOk, type IsoFlop, type IsoFlopPrediction } from "@isoflop/scaling";
import type { DataSpec, GridRun, RunRecord, SweepProgress } from "@isoflop/sweep";
import { dataOpener } from "@isoflop/sweep/node";
import { canonicalJson, type Json } from "@isoflop/train";
import { writeAtomically } from "@isoflop/train/node";
import { type DoneRun, fitLaws, predictBudget } from "./laws.js";
import { planStudy, type StudyPlan } from "./plan.js";
import type { Preset } from "./preset.js";
import { drawSamples } from "./samples.js";
import { openSession, type Session } from "./session.js";
import { curvesOf, summarize } from "./summary.js";

export interface StudyOptions {
  readonly preset: Preset;
  readonly data: DataSpec["source"];
  readonly seed: number;
  readonly device: "wasm" | "webgpu";
  /** Folder for runs, figures and report. */
  readonly out: string;
  readonly signal?: AbortSignal;
  readonly onPhase?: (phase: Phase) => void;
  readonly onProgress?: (progress: SweepProgress) => void;
  readonly onNote?: (note: string) => void;
  /** Package versions for the report. */
  readonly versions?: Readonly<Record<string, string>>;
  /** The command that makes this study again. */
  readonly reproduce?: string;
}

export type Phase =
  | { readonly kind: "plan"; readonly plan: StudyPlan; readonly device: string }
  | { readonly kind: "fitted"; readonly laws: IsoFlop }
  | { readonly kind: "predicted"; readonly prediction: IsoFlopPrediction; readonly run: GridRun }
  | { readonly kind: "measured"; readonly study: Study }
  | { readonly kind: "written"; readonly files: readonly string[] };

/**
 * The method of arXiv 2410.08184, end to end: train a grid at several budgets, fit isoFLOP parabolas and the laws through their minima, predict
 * a larger budget, train there, compare. Interrupted and called again, it goes on where it was.
 */
export const runStudy = async (options: StudyOptions): Promise<Study> => {
  const { preset, seed, out, onPhase } = options;
  const clock = stopwatch();
  const dataSpec: DataSpec = { source: options.data, size: preset.image, seed };
  const source = await clock.time("opening data", () => dataOpener()(dataSpec));
  const plan = planStudy(preset, dataSpec, source, seed);
  const session = await openSession(options);
  try {
    onPhase?.({ kind: "plan", plan, device: session.device.description });
    const fitted = await clock.time("training and validating the grid", () => trainAll(session, plan.grid));
    const laws = await clock.time("fitting", async () => fitLaws(fitted));
    onPhase?.({ kind: "fitted", laws });
    const parts = {
      plan,
      device: session.device,
      source,
      fitted,
      laws,
      versions: options.versions ?? {},
      reproduce: options.reproduce ?? "",
    };
    if (!laws.N.ok || !laws.loss.ok || !laws.D.ok) {
      const study = summarize({ ...parts, seconds: clock.total(), timings: clock.laps });
      await writeStudy(study, out);
      throw new StudyError(refusal(laws));
    }
    const { prediction, run } = await predictOnce(plan, laws, out);
    onPhase?.({ kind: "predicted", prediction, run });
    const [heldOut] = await clock.time("training the held-out model", () => trainAll(session, [run]));
    const samples = await clock.time("sampling", () =>
      drawSamples(run, { out, device: session.device, source, preset, seed }),
    );
    const curves = await curvesOf([...fitted, heldOut!], session.store);
    const finished = () =>
      summarize({
        ...parts,
        prediction,
        heldOut: heldOut!,
        samples,
        curves,
        seconds: clock.total(),
        timings: clock.laps,
      });
    await clock.time("drawing", () => writeReport(finished(), out));
    const study = finished();
    onPhase?.({ kind: "measured", study });
    onPhase?.({ kind: "written", files: await writeStudy(study, out) });
    return study;
  } finally {
    await session.close();
  }
};

/** The study cannot go on, in words for the person who ran it. */
export class StudyError extends Error {
  override readonly name = "StudyError";
}

const refusal = (laws: IsoFlop): string => {
  const refused = [laws.N, laws.D, laws.loss].find((law) => !law.ok);
  const budgets = laws.dropped.map(({ message }) => message).join("; ");
  return `no law can be fitted: ${refused && !refused.ok ? refused.message : "unknown"}${budgets ? ` (${budgets})` : ""}`;
};

const trainAll = async (session: Session, runs: readonly GridRun[]): Promise<DoneRun[]> => {
  const records = await session.train(runs.map(({ spec }) => spec));
  return records.map((record: RunRecord): DoneRun => {
    if (record.state === "done") return record;
    throw new StudyError(
      record.state === "failed"
        ? `run ${record.id} failed: ${record.failure.message}`
        : `run ${record.id} did not finish`,
    );
  });
};

/**
 * Predicts the held-out loss and writes the prediction down before the model is trained. A prediction from the same runs is read back, so that a resumed
 * study tests what it said.
 */
const predictOnce = async (
  plan: StudyPlan,
  laws: IsoFlop,
  out: string,
): Promise<{ prediction: IsoFlopPrediction; run: GridRun }> => {
  const { preset } = plan;
  const optimum = expectOk(predictBudget(laws, preset.heldOut));
  const run = plan.heldOut(plan.widthFor(optimum.N.value));
  const prediction = expectOk(predictBudget(laws, preset.heldOut, run.paramsNonEmbedding));
  const file = join(out, "prediction.json");
  const record = {
    from: plan.grid.map(({ id }) => id),
    run: run.id,
    budget: preset.heldOut,
    model: run.name,
    prediction: prediction as unknown as Json,
  };
  const before = await readFile(file, "utf8").catch(() => undefined);
  if (before === undefined || canonicalJson(JSON.parse(before)) !== canonicalJson(JSON.parse(JSON.stringify(record))))
    await writeAtomically(file, [`${JSON.stringify(record, null, 2)}\n`]);
  return { prediction, run };
};

/** `report.html`, figures and `summary.json`. */
export const writeStudy = async (study: Study, out: string): Promise<readonly string[]> => {
  const files = await writeReport(study, out);
  const { curves: _, samples: __, ...summary } = study;
  const file = join(out, "summary.json");
  await writeAtomically(file, [`${JSON.stringify(summary, null, 2)}\n`]);
  return [...files, file];
};

/** Wall-clock seconds by name. */
const stopwatch = () => {
  const started = performance.now();
  const laps: Record<string, number> = {};
  return {
    laps,
    total: () => (performance.now() - started) / 1000,
    async time<R>(name: string, work: () => Promise<R>): Promise<R> {
      const from = performance.now();
      try {
        return await work();
      } finally {
        laps[name] = (laps[name] ?? 0) + (performance.now() - from) / 1000;
      }
    },
  };
};
