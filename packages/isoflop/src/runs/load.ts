import {
  type CleanRuns,
  type Columns,
  type DropReason,
  dropHighestLoss,
  parseRuns,
  quantityAsLoss,
  type Run,
  ScalingError,
  type TableFormat,
} from "@isoflop/scaling";
import { CliError, exitCodes, inputError, usageError } from "../exit.js";
import { type InputFile, readInput, shown } from "../files/read.js";
import type { ColumnMap } from "../options/columns.js";
import { LOSS } from "../words/quantity.js";
import { knownInputs } from "./inputs.js";

/** Options by which runs are read from a file; see `runOptions` for their words. */
export interface RunInput {
  readonly input: string;
  readonly columns?: ColumnMap | undefined;
  readonly format?: TableFormat | undefined;
  /** The metric that is fitted; its column is looked up under its name unless `columns` says otherwise. */
  readonly quantity?: string | undefined;
  readonly only?: string;
  readonly skipBadRows?: boolean;
  readonly flopsPerToken?: number;
  readonly dropHighestLoss?: number;
}

/** A row that takes no part, and why. */
export interface Dropped {
  readonly row: number;
  readonly reason: DropReason | "edge-minimum" | "not-convex" | "too-few-sizes" | "too-few-points" | "no-budget";
  readonly message: string;
}

/** Runs read from a file, and what became of every row of it. */
export interface LoadedRuns {
  readonly origin: InputFile;
  readonly runs: readonly Run[];
  readonly dropped: readonly Dropped[];
  /** Rows of another label than the one asked for. */
  readonly otherLabels: number;
}

/** @throws CliError with the file, the row and the column of what cannot be read. */
export const loadRuns = (options: RunInput): LoadedRuns => {
  const columns = columnsOf(options.columns ?? {});
  const { quantity = LOSS } = options;
  if (options.only !== undefined && columns.label === undefined) columns.label = "label";
  const { text, origin } = readInput(options.input);
  const read = parse(text, origin.file, {
    columns,
    quantity: quantity === LOSS ? undefined : quantity,
    format: options.format,
    badRows: options.skipBadRows ? "drop" : undefined,
    flopsPerParameterToken: options.flopsPerToken,
  });
  const wanted = options.only === undefined ? read.runs : read.runs.filter(({ label }) => label === options.only);
  if (wanted.length === 0) throw inputError(`${shown(origin.file)}: ${nothing(read.runs, options)}`);
  const kept = dropHighestLoss(wanted, options.dropHighestLoss ?? 0);
  return {
    origin,
    runs: kept.runs,
    dropped: [...read.dropped, ...kept.dropped],
    otherLabels: read.runs.length - wanted.length,
  };
};

/** The same rows with a metric in the place of the loss, for what fits a loss. */
export const ofQuantity = (loaded: LoadedRuns, quantity = LOSS): LoadedRuns => {
  if (quantity === LOSS) return loaded;
  const { runs, dropped } = quantityAsLoss(loaded.runs, quantity);
  if (runs.length === 0) {
    throw inputError(`${shown(loaded.origin.file)}: no row has a ${quantity} above 0`);
  }
  return { ...loaded, runs, dropped: [...loaded.dropped, ...dropped] };
};

const NUMERIC = ["C", "N", "D", "loss", "sigma", "seed", "label"] as const;
const isField = (name: string): name is (typeof NUMERIC)[number] => (NUMERIC as readonly string[]).includes(name);

const columnsOf = (map: ColumnMap): { -readonly [K in keyof Columns]: Columns[K] } => {
  const named = { metric: new Map<string, string>(), input: new Map<string, string>() };
  const known = knownInputs();
  const columns: { -readonly [K in keyof Columns]: Columns[K] } = {};
  for (const [field, column] of Object.entries(map)) {
    if (isField(field)) columns[field] = column;
    else if (known.includes(field)) named.input.set(field, column);
    else {
      const [kind, name] = [field.slice(0, field.indexOf(":")), field.slice(field.indexOf(":") + 1)];
      if (!(kind === "metric" || kind === "input") || name === "")
        throw usageError(
          `--columns has "${field}"; expected ${[...NUMERIC, ...known].join(", ")}, metric:NAME or input:NAME`,
        );
      named[kind].set(name, column);
    }
  }
  return { ...columns, metrics: Object.fromEntries(named.metric), inputs: Object.fromEntries(named.input) };
};

const parse = (text: string, file: string, options: Parameters<typeof parseRuns>[1]): CleanRuns => {
  try {
    return parseRuns(text, options);
  } catch (error) {
    if (!(error instanceof ScalingError) || error.code === "bad-option") throw error;
    const hint = error.code === "missing-column" ? "; name them with --columns C=…,N=…,D=…,loss=…" : "";
    throw new CliError(exitCodes.input, `${shown(file)}: ${error.message}${hint}`, { cause: error });
  }
};

const nothing = (runs: readonly Run[], { only, quantity }: RunInput): string => {
  if (only === undefined || runs.length === 0)
    return quantity === undefined || quantity === LOSS
      ? "there is no row that can be used"
      : `there is no row that can be used; each needs a ${quantity} above 0`;
  const labels = [...new Set(runs.map(({ label }) => label))];
  const some = labels.slice(0, 8).join(", ");
  return `no row has the label "${only}"; there are: ${some}${labels.length > 8 ? ", …" : ""}`;
};
