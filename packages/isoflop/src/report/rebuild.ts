import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Study, validateStudy } from "@isoflop/plot";
import { writeReport } from "@isoflop/plot/node";
import { groupByBudget } from "@isoflop/scaling";
import { dataOpener, fileRunStore } from "@isoflop/sweep/node";
import { createDevice } from "@isoflop/tensor";
import { inputError } from "../exit.js";
import { readRecord } from "../files/read.js";
import { largest, smallest } from "../range.js";
import { unlikeFamilies } from "../runs/alike.js";
import { type DoneRun, pointsOf } from "../runs/point.js";
import { inStudyFolder } from "../study/folder.js";
import { fitLaws } from "../study/laws.js";
import { presets, quick } from "../study/preset.js";
import { drawSamples } from "../study/samples.js";
import { curvesOf, lawsBetween, optimumOf, runOf } from "../study/summary.js";

export interface Rebuilt {
  readonly study: Study;
  readonly files: readonly string[];
}

/**
 * Writes report and figures of a folder again: of a finished study from its `summary.json`, of any other folder of runs from
 * the runs that are done. Loss curves come from the runs' metrics, samples from the held-out model's checkpoint. `onNote` is told
 * for whom it waits, and why there is no law.
 * @throws CliError if there is nothing to report, PlotInputError for a summary that is not one
 */
export const rebuildReport = async (folder: string, onNote: (note: string) => void): Promise<Rebuilt> => {
  const runs = existsSync(join(folder, "runs")) ? join(folder, "runs") : folder;
  const store = fileRunStore(runs);
  const done = (await store.list()).filter((record): record is DoneRun => record.state === "done");
  const summary = join(folder, "summary.json");
  const base = existsSync(summary) ? summaryOf(summary) : done.length > 0 ? studyOf(done, onNote) : undefined;
  if (!base) {
    const what = existsSync(folder) ? "has neither a summary.json nor a run that is done" : "does not exist";
    throw inputError(`${folder} ${what}; give the folder of "isoflop reproduce" or "isoflop train"`);
  }
  const shown = done.filter(({ id }) => base.runs.some((run) => run.id === id));
  const samples = await samplesOf(folder, base, shown);
  const study: Study = { ...base, curves: await curvesOf(shown, store), ...(samples && { samples }) };
  const files = await inStudyFolder(folder, { onWait: onNote }, (write) => writeReport(study, folder, { write }));
  return { study, files };
};

const summaryOf = (file: string): Study =>
  validateStudy(readRecord(file, "a study's summary; run isoflop reproduce again to write it"));

/** Runs that no study has summed up: fitted as they are, where one law can join them. Compute that scatters is that of its budget. */
const studyOf = (done: readonly DoneRun[], onNote: (note: string) => void): Study => {
  const unlike = unlikeFamilies(done);
  if (unlike !== undefined) onNote(`the runs are of unlike studies, which no law joins: ${unlike}`);
  const fit = unlike === undefined ? fitLaws(done) : undefined;
  const groups = groupByBudget(pointsOf(done));
  const budgetOf = new Map(groups.flatMap(({ C, runs }) => runs.map(({ label }) => [label, C] as const)));
  const budgets = groups.map(({ C }) => C);
  const sources = new Set(done.map(({ spec }) => `${spec.data.source}, ${spec.data.size} px`));
  return {
    preset: "runs so far",
    device: { backend: [...new Set(done.map(({ result }) => result.device))].join("; ") },
    data: { name: [...sources].join("; ") },
    seconds: done.reduce((sum, { result }) => sum + result.seconds, 0),
    runs: done.map((run) => ({ ...runOf(run), budget: budgetOf.get(run.id)! })),
    isoflop: fit?.budgets.map(optimumOf) ?? [],
    laws: fit ? lawsBetween(fit, smallest(budgets), largest(budgets)) : null,
  };
};

/** Samples of the held-out model, where a study has one and it is trained. */
const samplesOf = async (folder: string, { preset, choices }: Study, done: readonly DoneRun[]) => {
  const prediction = join(folder, "prediction.json");
  if (!existsSync(prediction)) return undefined;
  const { run: id } = readRecord(prediction, "a study's prediction");
  const run = done.find((record) => record.id === id);
  if (!run) return undefined;
  const [device, source] = await Promise.all([createDevice("wasm"), dataOpener()(run.spec.data)]);
  const [seed = run.spec.seed] = choices?.seeds ?? [];
  try {
    return await drawSamples(run, {
      out: folder,
      device,
      source,
      preset: Object.hasOwn(presets, preset) ? presets[preset]! : quick,
      seed,
    });
  } finally {
    device.destroy();
  }
};
