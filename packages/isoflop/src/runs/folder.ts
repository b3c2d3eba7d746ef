import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { choice, number, positive, read, text } from "@isoflop/spec";
import * as v from "valibot";
import { inputError } from "../exit.js";
import { layoutOf, runsIn } from "../study/layout.js";
import { type Manifest, manifestIn, refuseStore, storeOf } from "../study/manifest.js";
import { plural } from "../words/numbers.js";
import { printable } from "../words/printable.js";
import { unlikeFamilies } from "./alike.js";
import { columnsOfNumbers, numbersOf } from "./measured.js";
import { type DoneRun, pointsOf } from "./point.js";

/**
 * The runs of a folder that are done, as JSON rows of a table: those that a study's manifest names, or of a folder without one all.
 * Runs that test the predictions of a study are none of them: what is fitted to the table is what the study was fitted to. What was
 * measured of them beside the loss is a column each.
 * @throws CliError when there is none, or when no law joins them
 */
export const tableOfRuns = (folder: string): string => {
  const done = likeDone(folder);
  const store = storeIn(folder);
  const rows = pointsOf(withoutTests(folder, done)).map((point) => {
    return { ...point, ...columnsOfNumbers(numbersOf(join(store, String(point.label)))) };
  });
  return JSON.stringify(rows, null, 1);
};

/** The same runs with the store in which they lie, by budget and size. @throws CliError as {@link tableOfRuns} does */
export const fittedIn = (folder: string): { readonly runs: readonly DoneRun[]; readonly store: string } => {
  const byId = new Map(likeDone(folder).map((run) => [run.id, run]));
  const points = pointsOf(withoutTests(folder, [...byId.values()]));
  return { runs: points.map(({ label }) => byId.get(label!)!), store: storeIn(folder) };
};

/** Runs that one law may join. */
const likeDone = (folder: string): readonly DoneRun[] => {
  const done = doneIn(folder);
  const unlike = unlikeFamilies(done);
  if (unlike === undefined) return done;
  throw inputError(
    `the folder ${printable(folder)} has runs of unlike studies, which no law joins: ${printable(unlike)}; give the folder of one study`,
  );
};

/** What tests a prediction is no part of what it is made from, unless there is nothing else. */
const withoutTests = (folder: string, done: readonly DoneRun[]): readonly DoneRun[] => {
  const tests = testsOf(folder);
  const fitted = done.filter(({ id }) => !tests.includes(id));
  return fitted.length > 0 ? fitted : done;
};

const prediction = v.looseObject({ from: v.array(text), run: text });
const predictions = v.looseObject({ predictions: v.array(prediction) });

/** Ids of the runs that test a study's predictions. */
const testsOf = (folder: string): readonly string[] => {
  const manifest = manifestIn(folder);
  if (manifest) return manifest.heldOut;
  const file = layoutOf(folder).prediction;
  if (!existsSync(file)) return [];
  const said = jsonOf(file, (message) => inputError(`${printable(file)} is no prediction of a study: ${message}`));
  if (v.is(predictions, said)) return said.predictions.map(({ run }) => run);
  return v.is(prediction, said) ? [said.run] : [];
};

/**
 * The runs of a folder that are done.
 * @throws CliError when there is none
 */
export const doneIn = (folder: string): readonly DoneRun[] => {
  const manifest = manifestIn(folder);
  if (!manifest) refuseStore(folder);
  const store = storeIn(folder);
  const files = (manifest ? idsOf(folder, manifest) : readdirSync(store).sort())
    .map((id) => join(store, id, "run.json"))
    .filter(existsSync);
  const done = files.flatMap(doneRunOf);
  if (done.length > 0) return done;
  const what = files.length === 0 ? "no run" : `${plural(files.length, "run")}, none of which is done`;
  throw inputError(
    `the folder ${printable(folder)} has ${what}; expected the folder of "isoflop study" or "isoflop train", or one of tables`,
  );
};

/** Where the runs of a folder lie. */
export const storeIn = (folder: string): string => {
  const manifest = manifestIn(folder);
  return manifest ? storeOf(folder, manifest) : runsIn(folder);
};

/** The runs that a study's manifest names. @throws CliError for a study of several */
const idsOf = (folder: string, { runs, added, heldOut, arms }: Manifest): readonly string[] => {
  if (arms.length === 0) return [...new Set([...runs, ...added, ...heldOut])];
  const folders = arms.map((arm) => join(folder, arm.folder)).join(", ");
  throw inputError(`${printable(folder)} is a study of several, which no law joins; give one of ${printable(folders)}`);
};

/** Fields that a record must have; others are let through. */
const part = <const E extends v.ObjectEntries>(entries: E) =>
  v.looseObject(entries, ({ expected }) => (expected === "Object" ? "a record" : "given"));

const anyRun = part({ state: choice(["unfinished", "done", "failed"]) });

/** What a run must say of itself to be a point. */
const doneRun = part({
  id: text,
  spec: part({ budget: positive, seed: v.optional(number()) }),
  result: part({
    paramsNonEmbedding: positive,
    tokens: positive,
    loss: positive,
    lossStdErr: number({ atLeast: 0 }),
  }),
});

/** The run of a file where it is done. */
const doneRunOf = (file: string): DoneRun[] => {
  const error = (message: string) => inputError(`${printable(file)} is no record of a run: ${message}`);
  const record = jsonOf(file, error);
  if (read(anyRun, record, { name: "", error }).state !== "done") return [];
  // Runs of any version of the spec are points.
  return [read(doneRun, record, { name: "", error }) as unknown as DoneRun];
};

const jsonOf = (file: string, error: (message: string) => Error): unknown => {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw error((cause as Error).message);
  }
};
