import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunRecord } from "@isoflop/sweep";
import { inputError } from "../exit.js";
import { plural } from "../output/format.js";
import { printable } from "../output/printable.js";
import { all, by, fields, finite, oneOf, optional, positive, spread, text } from "./shape.js";

/**
 * The runs of a folder that are done, as JSON rows of a table: of a study, of `isoflop train`, or of any run store. C is the budget, N
 * the parameters that take part in products, D the image tokens, as in the studies' own fits.
 * @throws CliError when there is none
 */
export function tableOfRuns(folder: string): string {
  const store = existsSync(join(folder, "runs")) ? join(folder, "runs") : folder;
  const files = readdirSync(store)
    .sort()
    .map((id) => join(store, id, "run.json"))
    .filter(existsSync);
  const rows = files.map(readRun).flatMap((record) => (record.state === "done" ? rowOf(record) : []));
  if (rows.length > 0) return JSON.stringify(rows, null, 1);
  const what = files.length === 0 ? "no run" : `${plural(files.length, "run")}, none of which is done`;
  throw inputError(
    `the folder ${printable(folder)} has ${what}; expected the folder of "isoflop reproduce" or "isoflop train"`,
  );
}

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

function readRun(file: string): RunRecord {
  try {
    const record: unknown = JSON.parse(readFileSync(file, "utf8"));
    whole(record, "");
    return record as RunRecord;
  } catch (error) {
    throw inputError(`${printable(file)} is no record of a run: ${(error as Error).message}`);
  }
}

const rowOf = ({ id, spec, result }: Extract<RunRecord, { readonly state: "done" }>) => ({
  C: spec.budget,
  N: result.paramsNonEmbedding,
  D: result.tokens,
  loss: result.loss,
  sigma: result.lossStdErr,
  seed: spec.seed,
  label: id,
});
