import { existsSync } from "node:fs";
import { join } from "node:path";
import { readStudy, type Sample, type StudySummary } from "@isoflop/plot";
import { writeReport } from "@isoflop/plot/node";
import { dataOpener } from "@isoflop/sweep/node";
import { createDevice } from "@isoflop/tensor";
import * as v from "valibot";
import { inputError } from "../exit.js";
import { loadKnown } from "../modules/index.js";
import { unlikeFamilies } from "../runs/alike.js";
import { type DoneRun, pointsOf } from "../runs/point.js";
import { choicesOf } from "../study/choices.js";
import { curvesOf, lossOf, metricResults, published, resultsOf, timedRuns } from "../study/document.js";
import type { StudyFile } from "../study/file/schema.js";
import { StudyFolder } from "../study/folder.js";
import { fitLaws } from "../study/laws.js";
import { measuredIn } from "../study/measured.js";
import { studyMethods } from "../study/methods.js";
import { fitMetrics, metricPoint } from "../study/metrics.js";
import { dataNow, loadModulesOf } from "../study/moved.js";
import { noiseOf } from "../study/noise.js";
import type { StudyPrediction } from "../study/prediction.js";
import { drawSamples } from "../study/samples.js";
import type { Reported } from "../study/study.js";
import { LOSS } from "../words/quantity.js";

/**
 * Writes report and figures of a folder again: of a finished study from its `summary.json`, of any other folder of runs, and of a
 * summary that another version wrote, from the runs that are done. Loss curves come from the runs' metrics, samples from the held-out
 * model's checkpoint. `onNote` is told for whom it waits, and why there is no law.
 * @throws CliError if there is nothing to report, PlotInputError for a summary that is not one
 */
export const rebuildReport = async (path: string, onNote: (note: string) => void): Promise<Reported> => {
  const folder = new StudyFolder(path, { onWait: onNote });
  const { arms = [] } = folder.manifest ?? {};
  if (arms.length > 0) {
    const folders = arms.map((arm) => join(path, arm.folder)).join(", ");
    throw inputError(
      `${path} is a study of several; give one of ${folders}, or compare them again by isoflop study ${path}`,
    );
  }
  await loadModulesOf(folder);
  const listed = await folder.done();
  const unknown = await loadKnown(listed);
  for (const why of unknown) onNote(`${why}; what the runs say of themselves is left out`);
  // With their modules, runs that could only be read can be spoken of.
  const done = listed.some(({ frozen }) => frozen !== undefined) ? await folder.done() : listed;
  const document = folder.summary();
  const predictions = folder.predictions();
  const summary =
    document?.record === "study"
      ? readStudy(document)
      : await summaryOf(done, { document, predictions, folder, onNote, unlike: unlikeFamilies(done) });
  if (!summary) {
    const what = existsSync(path)
      ? "has neither a summary.json of this version nor a run that is done"
      : "does not exist";
    throw inputError(`${path} ${what}; give the folder of "isoflop study" or "isoflop train"`);
  }
  const shown = summary.runs.flatMap((run) => done.filter(({ id }) => id === run.id));
  const tested = shown.find(({ id }) => id === predictions.at(-1)?.run);
  const drawn = {
    curves: await curvesOf(shown, folder.store),
    ...(tested && { samples: await samplesOf(folder, tested, onNote) }),
  };
  const files = await folder.change((write) => writeReport({ ...summary, ...drawn }, path, { write }));
  return { summary, files };
};

/** What a summary of another version says that runs do not. */
const about = v.object({
  preset: v.exactOptional(v.string()),
  seconds: v.exactOptional(v.number()),
  timings: v.exactOptional(v.record(v.string(), v.number())),
  plannedRuns: v.exactOptional(v.number()),
  reproduce: v.exactOptional(v.string()),
});

interface Known {
  readonly document: unknown;
  readonly predictions: readonly StudyPrediction[];
  readonly folder: StudyFolder;
  readonly onNote: (note: string) => void;
  /** In what the runs differ that no law joins. */
  readonly unlike: string | undefined;
}

/** Runs that no study of this version has summed up: fitted as they are, where one law can join them. */
const summaryOf = async (
  done: readonly DoneRun[],
  { document, predictions, folder, onNote, unlike }: Known,
): Promise<StudySummary | undefined> => {
  if (done.length === 0) return undefined;
  if (document !== undefined) onNote("summary.json is of another version: its numbers are made again from the runs");
  if (unlike !== undefined) onNote(`the runs are of unlike studies, which no law joins: ${unlike}`);
  const [first] = predictions;
  const fitted = first ? done.filter(({ id }) => first.from.includes(id)) : done;
  const testOf = (run: string) => done.find(({ id }) => id === run);
  const saidOf = (quantity: string) =>
    predictions.filter(({ prediction }) => (prediction.quantity ?? LOSS) === quantity);
  const heldOut = saidOf(LOSS).map(({ run, prediction, methods }) => {
    const test = testOf(run);
    return { prediction, methods, ...(test && { measured: lossOf(test) }) };
  });
  const measured = await measuredIn(done, folder.store, onNote);
  const metrics = fitted.length > 0 && unlike === undefined ? await fitMetrics(fitted, measured) : [];
  const tests = new Set(predictions.map(({ run }) => run));
  const fit = unlike === undefined && fitted.length > 0 ? fitLaws(fitted) : undefined;
  const each = (of: (run: DoneRun) => string): string => [...new Set(done.map(of))].join("; ");
  const known = v.safeParse(about, document);
  const speak = fitted.every(({ frozen }) => frozen === undefined);
  const choices = fit && speak ? choicesOf(fitted, fit) : undefined;
  return {
    record: "study",
    preset: "runs so far",
    device: { backend: each(({ result }) => result.device) },
    data: {
      name: each(({ spec }) => ("size" in spec.data ? `${spec.data.source}, ${spec.data.size} px` : spec.data.source)),
      source: each(({ result }) => result.data.package ?? `${result.data.name}, computed`),
    },
    seconds: done.reduce((sum, { result }) => sum + result.seconds, 0),
    ...(known.success && known.output),
    runs: timedRuns({ fitted, fit, measured: measured.numbers, tests: done.filter((run) => fit && tests.has(run.id)) }),
    ...(fit &&
      resultsOf({
        ...{ fit, heldOut },
        methods: await studyMethods(pointsOf(fitted), fit, {}),
        noise: await noiseOf(fitted, folder.store),
      })),
    ...(metrics.length > 0 && {
      quantities: metrics.map((metric) =>
        metricResults(
          metric,
          saidOf(metric.title).map(({ run, prediction, methods }) => {
            const test = testOf(run);
            const point = test && metricPoint(test, measured, metric);
            const found = point && { measured: { run, loss: point.loss, sigma: point.sigma ?? 0 } };
            return { prediction, methods, ...found };
          }),
        ),
      ),
    }),
    ...(fit && { ...(choices && { choices }), published }),
  };
};

/** Pictures of a folder that says nothing of them. */
const usual = { count: 24, steps: 25, guidance: 2 };

/** Pictures of the held-out model, as its study draws them. */
const samplesOf = async (
  folder: StudyFolder,
  run: DoneRun,
  onNote: (note: string) => void,
): Promise<readonly Sample[]> => {
  const { samples = usual } = (folder.manifest?.file ?? {}) as Partial<Pick<StudyFile, "samples">>;
  if (!samples || run.frozen !== undefined) return [];
  const [device, source] = await Promise.all([createDevice("wasm"), dataOpener()(dataNow(folder, run.spec))]);
  try {
    return await drawSamples(run, { folder, device, source, samples, seed: run.spec.seed, onNote });
  } finally {
    device.destroy();
  }
};
