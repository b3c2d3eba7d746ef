import { resolve } from "node:path";
import type { SeedNoise } from "@isoflop/scaling";
import type { Command } from "commander";
import { inputError, usageError } from "../../exit.js";
import { numbersOf } from "../../runs/measured.js";
import { namesIn } from "../../runs/own-metrics.js";
import type { DoneRun } from "../../runs/point.js";
import { namesAsked } from "../../runs/quantity-name.js";
import { readManifest, storeOf } from "../../study/manifest.js";
import { versions } from "../../versions.js";
import { emit } from "../../words/emit.js";
import { type RunDocument, runDocument } from "../document.js";
import { runsIn } from "../find.js";
import { type StoreChoices, storeFor, storeOptions, studyOption } from "../options.js";
import { idsOfStudy, Users } from "../users.js";
import { listWords } from "./words.js";

interface Options extends StoreChoices {
  readonly study?: string;
  readonly quantity?: string;
}

const help = `
Runs of other versions and of modules that are not loaded are listed as far as they can be read, and named below. "killed" is a run whose
process has ended without a word: whatever needs it goes on from its last checkpoint. "silent" is one whose process, on another machine,
has not been heard of for two minutes. Where runs of a study differ in their seeds alone, how much their losses do is said below.

Examples:
  isoflop runs list
  isoflop runs list --study runs/quick --json`;

export const configure = (command: Command): void => {
  studyOption(storeOptions(command), "only the runs of this study, from its own store")
    .option("--quantity <name>", "also this metric of every run, by its name or that of its kind")
    .addHelpText("after", help)
    .action(async (options: Options) => {
      const { study, quantity } = options;
      const manifest = study === undefined ? undefined : readManifest(study);
      const store = manifest ? storeOf(study!, manifest) : storeFor(options);
      const users = new Users(options.runs, store);
      const ids = study === undefined ? undefined : idsOfStudy(study);
      const runs = (await runsIn(store, ids)).map((run) => ({
        ...runDocument(run, users),
        ...(quantity !== undefined && metricIn(run.folder, quantity, study)),
      }));
      if (quantity !== undefined) requireAny(runs, quantity);
      if (!manifest) runs.sort((a, b) => size(a.budget) - size(b.budget) || size(a.width) - size(b.width));
      const noise = manifest && (await noiseIn(store, runs));
      const document = {
        ...{ command: "runs list", store: resolve(store), runs, ...(noise && { seedNoise: noise }) },
        versions: versions("@isoflop/sweep"),
      };
      await emit(options.json, document, () => listWords(store, runs, ids?.length, noise));
    });
};

/** Of a study's runs that are done and can be read; undefined where no two differ in their seeds alone. */
const noiseIn = async (store: string, runs: readonly RunDocument[]): Promise<SeedNoise | undefined> => {
  const [{ noiseOf }, { fileRunStore }] = await Promise.all([
    import("../../study/noise.js"),
    import("@isoflop/sweep/node"),
  ]);
  const kept = fileRunStore(store);
  const done: DoneRun[] = [];
  for (const { id, state, problem } of runs) {
    const record = state === "done" && problem === undefined ? await kept.read(id) : undefined;
    if (record?.state === "done") done.push(record);
  }
  return await noiseOf(done, kept);
};

/** A metric of a run, where it has one that could be meant; all of them, by whole names, where there are several. */
const metricIn = (folder: string, quantity: string, study: string | undefined): Pick<RunDocument, "metrics"> => {
  const numbers = numbersOf(folder);
  const all = numbers.map(({ name }) => name);
  const names = study === undefined ? namesAsked(quantity, all) : namesIn(study, quantity, all);
  const found = numbers.filter(({ name }) => names.includes(name));
  return { metrics: Object.fromEntries(found.map(({ name, value, stdErr }) => [name, { value, stdErr }])) };
};

/** @throws CliError where no run has the metric, or where it could be several */
const requireAny = (runs: readonly RunDocument[], quantity: string): void => {
  const names = [...new Set(runs.flatMap(({ metrics = {} }) => Object.keys(metrics)))];
  if (names.length === 0) {
    const there = new Set(runs.flatMap(({ folder }) => numbersOf(folder).map(({ name }) => name)));
    throw inputError(`no run has a metric "${quantity}"; there are: ${[...there].join(", ") || "none"}`);
  }
  if (names.length > 1)
    throw usageError(
      `the quantity "${quantity}" could be ${names.map((one) => `"${one}"`).join(" or ")}; name the one it is`,
    );
};

/** What is not known comes last. */
const size = (value: number | undefined): number => value ?? Number.MAX_VALUE;
