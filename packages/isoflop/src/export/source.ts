import { existsSync } from "node:fs";
import { join } from "node:path";
import type { MetricResults, StudySummary } from "@isoflop/plot";
import { type FitPrediction, readPrediction } from "@isoflop/scaling";
import { CliError, inputError, usageError } from "../exit.js";
import { type InputFile, readInput, shown } from "../files/read.js";
import { statusOf } from "../files/status.js";
import type { Fit } from "../fit/kinds.js";
import { type SavedFit, savedFitIn } from "../fit/saved.js";
import type { ColumnMap } from "../options/columns.js";
import { doneIn } from "../runs/folder.js";
import { type LoadedRuns, loadRuns, ofQuantity } from "../runs/load.js";
import { namesAsked, quantityIn } from "../runs/quantity-name.js";
import { layoutOf } from "../study/layout.js";
import { LOSS } from "../words/quantity.js";
import type { CitedData } from "./references.js";
import type { ExportTable, Quantity } from "./table.js";
import { binsTable, predictionsTable, runsTable, tablesOfFit } from "./tables.js";

export interface SourceChoices {
  /** Which of several fits, or the label of rows. */
  readonly only?: string;
  readonly columns?: ColumnMap;
  readonly quantity?: string;
  readonly skipBadRows?: boolean;
  /** The table that a fit was made from, where it holds no runs. */
  readonly runs?: string;
}

/** What is exported. */
export interface Source {
  readonly what: "fit" | "study" | "predictions" | "runs";
  readonly input: InputFile;
  readonly tables: readonly ExportTable[];
  readonly fits: readonly Fit[];
  readonly data?: CitedData;
  readonly summary?: StudySummary;
  /** Of a fit that holds none, where they were given. */
  readonly loaded?: LoadedRuns;
  /** What the numbers must be quoted with. */
  readonly cautions: readonly string[];
}

/**
 * A saved fit, predictions, a study's folder or its summary, or a table or folder of runs.
 * @throws CliError for what is none of them
 */
export const sourceOf = async (path: string, choices: SourceChoices): Promise<Source> => {
  const file = summaryFile(path);
  if (file === undefined && path !== "-" && statusOf(path)?.isDirectory()) return runsOf(path, choices);
  const { text, origin } = readInput(file ?? path);
  const value = /^\uFEFF?\s*\{/.test(text) ? parsed(text) : undefined;
  if (value?.record === "study") {
    const study = await studyOf(value, origin, choices);
    return { ...study, tables: there([...study.tables, binsIn(path)]) };
  }
  if (value?.record === "studies")
    throw inputError(`${shown(path)} is a study that compares; export each of the folders in it`);
  const saved = savedFitIn(text, file ?? path, choices.only);
  if (saved) return fitOf(saved, choices);
  if (value?.command === "predict") return predictionsOf(value, origin);
  if (value !== undefined && ("command" in value || "record" in value))
    throw inputError(
      `${shown(path)} is ${String(value.command ?? value.record)}; expected a fit, predictions, a study or a table of runs`,
    );
  return runsOf(path, choices);
};

/** Of the runs of a folder, where they are there. */
const binsIn = (path: string): ExportTable | undefined => {
  if (path === "-" || !statusOf(path)?.isDirectory()) return undefined;
  try {
    return binsTable(doneIn(path));
  } catch (error) {
    // What has been written of runs that are gone can be exported all the same.
    if (error instanceof CliError) return undefined;
    throw error;
  }
};

type Loose = Readonly<Record<string, unknown>>;

/** Undefined for what is not one JSON record, such as lines of them. */
const parsed = (text: string): Loose | undefined => {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, "")) as Loose;
  } catch {
    return undefined;
  }
};

/** Of a study's folder the summary, once there is one. */
const summaryFile = (path: string): string | undefined => {
  if (path === "-" || !statusOf(path)?.isDirectory()) return undefined;
  const { summary } = layoutOf(path);
  if (existsSync(summary)) return summary;
  if (existsSync(join(path, "study.json")))
    throw inputError(
      `${shown(path)} is a study that has no summary.json yet; isoflop report ${shown(path)} writes one`,
    );
  return undefined;
};

const there = (tables: readonly (ExportTable | undefined)[]): readonly ExportTable[] =>
  tables.filter((table) => table !== undefined);

const fitOf = ({ fit, ok, status, message, input, points }: SavedFit, choices: SourceChoices): Source => {
  if (!fit) throw inputError(`the fit was refused, and there is nothing to export: ${status}: ${message}`);
  const loaded = choices.runs === undefined ? undefined : loadedFrom(choices.runs, choices);
  const tables = tablesOfFit(fit);
  const holds = tables.some(({ name }) => name === "runs");
  return {
    what: "fit",
    input,
    tables: there([
      loaded && !holds ? runsTable(ofQuantity(loaded, choices.quantity).runs, choices.quantity) : undefined,
      ...tables,
    ]),
    fits: [fit],
    ...(loaded && { loaded }),
    cautions: [
      ...(ok && status === "converged" ? [] : [`${status}: ${message}`]),
      ...(points.cautions ?? []).map((doubt) => doubt.message),
    ],
  };
};

const predictionsOf = ({ predictions, status, message }: Loose, input: InputFile): Source => {
  if (!Array.isArray(predictions)) throw inputError(`${shown(input.file)} has no predictions`);
  const read = predictions.map((one): FitPrediction => {
    const { prediction = one } = one as { readonly prediction?: unknown };
    return readPrediction(prediction, shown(input.file));
  });
  return {
    what: "predictions",
    input,
    tables: there([predictionsTable(read)]),
    fits: [],
    cautions: status === "converged" ? [] : [`${String(status)}: ${String(message)}`],
  };
};

/** A study with one of its metrics in the place of its loss. @throws CliError `usage` where it has none that could be meant, or several */
const ofMetric = (
  summary: StudySummary,
  quantity: string | undefined,
  asQuantity: (study: StudySummary, results: MetricResults) => StudySummary,
): StudySummary => {
  if (quantity === undefined || quantity === LOSS) return summary;
  const { quantities = [] } = summary;
  const [found, ...others] = quantities.filter(
    ({ name, title }) => title === quantity || namesAsked(quantityIn(quantity).name, [name]).length > 0,
  );
  if (found && others.length === 0) return asQuantity(summary, found);
  const there = quantities.map(({ name, title }) => (name === title ? name : `${title} (${name})`)).join(", ");
  throw usageError(
    `the study has ${found ? "several quantities" : "no quantity"} "${quantity}"; there are: ${there || "none but the loss"}`,
  );
};

const studyOf = async (value: Loose, input: InputFile, { quantity }: SourceChoices): Promise<Source> => {
  const { asQuantity, heldOutOf, readStudy } = await import("@isoflop/plot");
  const { studyTables } = await import("./study-tables.js");
  const summary = ofMetric(readStudy(value), quantity, asQuantity);
  const { runs, fit, data } = summary;
  const checks = heldOutOf(summary);
  const measured = checks.map((check): Quantity | undefined => {
    return check.measured && { value: check.measured.loss, standardError: check.measured.sigma };
  });
  const ofFit = fit ? tablesOfFit(fit).filter(({ name }) => name !== "runs") : [];
  return {
    what: "study",
    input,
    tables: there([
      runsTable(runs, fit?.choices.quantity),
      ...ofFit,
      ...studyTables(summary),
      checks.length > 0
        ? predictionsTable(
            checks.map(({ prediction }) => prediction),
            measured,
          )
        : undefined,
    ]),
    fits: fit ? [fit] : [],
    data,
    summary,
    cautions: [],
  };
};

const loadedFrom = (path: string, { only, columns, quantity, skipBadRows }: SourceChoices): LoadedRuns =>
  loadRuns({
    input: path,
    columns,
    quantity,
    keepDiverged: true,
    ...(only !== undefined && { only }),
    ...(skipBadRows !== undefined && { skipBadRows }),
  });

const runsOf = (path: string, choices: SourceChoices): Source => {
  const loaded = loadedFrom(path, choices);
  return {
    what: "runs",
    input: loaded.origin,
    tables: there([runsTable(ofQuantity(loaded, choices.quantity).runs, choices.quantity), binsIn(path)]),
    fits: [],
    cautions: loaded.dropped.map(({ row, reason, message }) => `row ${row} is left out: ${reason}: ${message}`),
  };
};
