import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunRecord } from "@isoflop/sweep";
import { inputError } from "../exit.js";
import { plural } from "../words/numbers.js";
import { printable } from "../words/printable.js";
import { unlikeFamilies, unlikeMeasures } from "./alike.js";
import { all, by, fields, finite, oneOf, optional, positive, spread, text } from "../fit/shape.js";
import { statusOf } from "../files/status.js";

type DoneRun = Extract<RunRecord, { readonly state: "done" }>;

/**
 * The runs of a folder that are done, as JSON rows of a table: of a study, of `isoflop train`, or of any run store. C is the budget, N
 * the parameters that take part in products, D the image tokens, as in the studies' own fits.
 * @throws CliError when there is none, or when no law joins them
 */
export const tableOfRuns = (folder: string): string => {
  const done = doneIn(folder);
  const unlike = unlikeFamilies(done);
  if (unlike !== undefined)
    throw inputError(
      `the folder ${printable(folder)} has runs of unlike studies, which no law joins: ${printable(unlike)}; give each study a folder of its own`,
    );
  return JSON.stringify(done.map(rowOf), null, 1);
};

/** @throws CliError for two folders of runs whose losses do not measure the same */
export const requireComparable = (a: string, b: string): void => {
  if (![a, b].every((path) => path !== "-" && statusOf(path)?.isDirectory())) return;
  const unlike = unlikeMeasures([...doneIn(a), ...doneIn(b)]);
  if (unlike !== undefined)
    throw inputError(`${printable(a)} and ${printable(b)} have losses that do not compare: ${printable(unlike)}`);
};

const doneIn = (folder: string): readonly DoneRun[] => {
  const store = existsSync(join(folder, "runs")) ? join(folder, "runs") : folder;
  const files = readdirSync(store)
    .sort()
    .map((id) => join(store, id, "run.json"))
    .filter(existsSync);
  const done = files.map(readRun).filter((record): record is DoneRun => record.state === "done");
  if (done.length > 0) return done;
  const what = files.length === 0 ? "no run" : `${plural(files.length, "run")}, none of which is done`;
  throw inputError(
    `the folder ${printable(folder)} has ${what}; expected the folder of "isoflop reproduce" or "isoflop train"`,
  );
};

/** What a record must hold to be a row; of a run that is not done, nothing but that. */
const whole = all(
  fields({ state: oneOf("unfinished", "done", "failed") }),
  by("state", (state) =>
    fields(
      state === "done"
        ? {
            id: text,
            spec: fields({ budget: positive, seed: optional(finite) }),
            result: fields({ paramsNonEmbedding: positive, tokens: positive, loss: positive, lossStdErr: spread }),
          }
        : {},
    ),
  ),
);

const readRun = (file: string): RunRecord => {
  try {
    const record: unknown = JSON.parse(readFileSync(file, "utf8"));
    whole(record, "");
    return record as RunRecord;
  } catch (error) {
    throw inputError(`${printable(file)} is no record of a run: ${(error as Error).message}`);
  }
};

const rowOf = ({ id, spec, result }: DoneRun) => ({
  C: spec.budget,
  N: result.paramsNonEmbedding,
  D: result.tokens,
  loss: result.loss,
  sigma: result.lossStdErr,
  seed: spec.seed,
  label: id,
});
