import {
  bestPerCell,
  type Caution,
  type CleanRuns,
  type Columns,
  cleanRuns,
  type DropReason,
  divergedRuns,
  dropHighestLoss,
  independence,
  quantityAsLoss,
  type Run,
  readCondition,
  runsInTable,
  type TableRuns,
  type TableRunsOptions,
} from "@isoflop/scaling";
import { inputError, usageError } from "../exit.js";
import { type InputFile, shown } from "../files/read.js";
import type { ColumnMap } from "../options/columns.js";
import { plural } from "../words/numbers.js";
import { LOSS } from "../words/quantity.js";
import { requireLikeNumbers } from "./comparable.js";
import { knownInputs } from "./inputs.js";
import { offsetOf } from "./offset.js";
import { withQuantity } from "./quantity.js";
import { type FileTable, groupsOf, inputsOf, type ReadTables, readTables, type TableInput, within } from "./tables.js";

/** Options by which runs are read from a file; see `runOptions` for their words. */
export interface RunInput extends TableInput {
  readonly columns?: ColumnMap | undefined;
  /** The metric that is fitted; its column is looked up under its name unless `columns` says otherwise. */
  readonly quantity?: string | undefined;
  readonly only?: string;
  /** Conditions as they are written: `D>=1e9`. */
  readonly where?: readonly string[];
  readonly flopsPerToken?: number;
  readonly dropHighestLoss?: number;
  readonly keepDuplicates?: boolean;
  readonly keepDiverged?: boolean;
  readonly bestPerCell?: boolean;
}

/** A row that takes no part, and why. */
export interface Dropped {
  readonly row: number;
  readonly reason: DropReason | "edge-minimum" | "not-convex" | "too-few-sizes" | "too-few-points" | "no-budget";
  readonly message: string;
}

/** Why the rows may not be what a fit takes them for, or a fit's numbers not what they seem. */
export interface Doubt {
  readonly kind: Caution["kind"] | "many-diverged" | "not-positive" | "objective" | "structure";
  readonly message: string;
}

/** Runs read from a file, and what became of every row of it. */
export interface LoadedRuns {
  readonly origin: InputFile;
  readonly runs: readonly Run[];
  readonly dropped: readonly Dropped[];
  /** Rows of another label than the one asked for. */
  readonly otherLabels: number;
  /** Rows that do not meet the conditions. */
  readonly otherRows: number;
  /** Columns that were taken by a common name, by what they hold. */
  readonly named: Readonly<Record<string, string>>;
  readonly doubts: readonly Doubt[];
  /** The labels that there are, where one was asked for. */
  readonly labels?: readonly string[];
}

/** @throws CliError with the file, the row and the column of what cannot be read. */
export const loadRuns = (options: RunInput): LoadedRuns => {
  const loaded = loadFrom(tablesFor(options), options);
  if (loaded.runs.length === 0) throw inputError(`${shown(loaded.origin.file)}: ${nothing(options, loaded)}`);
  return loaded;
};

/** The runs of each value of a column, which may be none; @throws as `loadRuns` does */
export const loadGroups = (options: RunInput, column: string): ReadonlyMap<string, LoadedRuns> => {
  const { metrics, standardErrors: _, inputs, ...fields } = columnsOf(options.columns ?? {});
  const groups = groupsOf(tablesFor(options), column, { ...metrics, ...inputs, ...fields });
  if (groups.size === 0) throw inputError(`there is no row to be grouped by ${column}`);
  const loaded = [...groups].map(([value, tables]) => [value, loadFrom(tables, options)] as const);
  return new Map(loaded.filter(([, { runs, dropped }]) => runs.length + dropped.length > 0));
};

/** @throws CliError for a metric that is not there, or whose numbers in folders of runs have unlike cards */
const tablesFor = (options: RunInput): ReadTables => {
  const read = withQuantity(readTables(options), options);
  requireLikeNumbers(inputsOf(options.input), options.quantity);
  return read;
};

const loadFrom = ({ origin, tables }: ReadTables, options: RunInput): LoadedRuns => {
  const read = readRuns(tables, options);
  const quantity = options.quantity === LOSS ? undefined : options.quantity;
  const steps: ((runs: readonly Run[]) => CleanRuns & { readonly caution?: string })[] = [
    ...(options.bestPerCell ? [(runs: readonly Run[]) => bestPerCell(runs, quantity)] : []),
    ...(options.keepDiverged ? [] : [(runs: readonly Run[]) => divergedRuns(runs, { quantity })]),
    (runs) => dropHighestLoss(runs, options.dropHighestLoss ?? 0),
  ];
  let { runs } = read;
  const dropped: Dropped[] = [...read.dropped];
  const doubts: Doubt[] = [];
  for (const step of steps) {
    const kept = step(runs);
    runs = kept.runs;
    dropped.push(...kept.dropped);
    if (kept.caution !== undefined) doubts.push({ kind: "many-diverged", message: kept.caution });
  }
  const values = quantity === undefined ? [] : valuesOf(tables, quantity, options);
  const below = values.filter((value) => value <= 0);
  if (below.length > 0)
    doubts.push({
      kind: "not-positive",
      message: `${plural(below.length, "row")} with a ${quantity} of 0 or less ${below.length === 1 ? "takes" : "take"} no part, which bends what is left; --quantity "${quantity} + ${offsetOf(values)}" adds so much to all of them`,
    });
  const fitted = quantity === undefined ? runs : quantityAsLoss(runs, quantity).runs;
  doubts.push(...independence(fitted).map(({ kind, message }) => ({ kind, message })));
  return { ...read, origin, runs, dropped, doubts };
};

/** All values of a metric. */
const valuesOf = (tables: readonly FileTable[], quantity: string, { columns = {} }: RunInput): readonly number[] =>
  tables.flatMap(({ table: { header, rows } }) => {
    const at = header.indexOf(columns[`metric:${quantity}`] ?? quantity);
    return rows.flatMap((cells) => (at < 0 || cells[at]!.trim() === "" ? [] : [Number(cells[at])]));
  });

const readRuns = (tables: readonly FileTable[], options: RunInput): TableRuns => {
  const { quantity = LOSS, only, where, skipBadRows, keepDuplicates, flopsPerToken, labelFrom } = options;
  const columns = columnsOf(options.columns ?? {});
  if (labelFrom === "file" && columns.label !== undefined)
    throw usageError("--label-from file and --columns label=… are given; expected one of them");
  const asked: TableRunsOptions = {
    columns,
    quantity: quantity === LOSS ? undefined : quantity,
    only,
    where: where?.map(readCondition),
    badRows: skipBadRows ? "drop" : undefined,
    duplicates: keepDuplicates ? "keep" : undefined,
    flopsPerParameterToken: flopsPerToken,
  };
  const parts = tables.map(({ file, table, offset }) => {
    const read = within(file, () => runsInTable(table, asked), columnHint);
    return tables.length === 1 ? read : counted(read, file, offset);
  });
  const [first, ...others] = parts;
  if (first && others.length === 0) return first;
  // Rows may be equal to some of another file.
  const { runs, dropped } = cleanRuns(
    parts.flatMap((part) => part.runs),
    asked,
  );
  return {
    runs,
    dropped: [...parts.flatMap((part) => part.dropped), ...dropped],
    named: Object.assign({}, ...parts.map(({ named }) => named)) as TableRuns["named"],
    otherRows: parts.reduce((sum, { otherRows }) => sum + otherRows, 0),
    otherLabels: parts.reduce((sum, { otherLabels }) => sum + otherLabels, 0),
    ...(only !== undefined && { labels: [...new Set(parts.flatMap(({ labels = [] }) => labels))] }),
  };
};

/** Rows counted through all files; why one was dropped is said with its file and its row there. */
const counted = (read: TableRuns, file: string, offset: number): TableRuns => ({
  ...read,
  runs: read.runs.map((run) => ({ ...run, row: offset + run.row! })),
  dropped: read.dropped.map(({ row, reason, message }) => ({
    row: offset + row,
    reason,
    message: `${shown(file)} row ${row}: ${message.replace(/^row \d+: /, "")}`,
  })),
});

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
  const named = {
    metric: new Map<string, string>(),
    sigma: new Map<string, string>(),
    input: new Map<string, string>(),
  };
  const known = knownInputs();
  const columns: { -readonly [K in keyof Columns]: Columns[K] } = {};
  for (const [field, column] of Object.entries(map)) {
    if (isField(field)) columns[field] = column;
    else if (known.includes(field)) named.input.set(field, column);
    else {
      const [kind, name] = [field.slice(0, field.indexOf(":")), field.slice(field.indexOf(":") + 1)];
      if (!(kind === "metric" || kind === "sigma" || kind === "input") || name === "")
        throw usageError(
          `--columns has "${field}"; expected ${[...NUMERIC, ...known].join(", ")}, metric:NAME, sigma:NAME or input:NAME`,
        );
      named[kind].set(name, column);
    }
  }
  return {
    ...columns,
    metrics: Object.fromEntries(named.metric),
    standardErrors: Object.fromEntries(named.sigma),
    inputs: Object.fromEntries(named.input),
  };
};

const columnHint = ({ code, message }: { readonly code: string; readonly message: string }): string => {
  if (code !== "missing-column") return "";
  return `${message.endsWith("?") ? " Name" : "; name"} them with --columns C=…,N=…,D=…,loss=…`;
};

const nothing = ({ only, quantity }: RunInput, { labels, otherRows }: LoadedRuns): string => {
  if (only !== undefined && labels && labels.length > 0 && !labels.includes(only)) {
    const some = labels.slice(0, 8).join(", ");
    return `no row has the label "${only}"; there are: ${some}${labels.length > 8 ? ", …" : ""}`;
  }
  if (otherRows > 0) return `there is no row that can be used; --where leaves out ${plural(otherRows, "row")}`;
  return quantity === undefined || quantity === LOSS
    ? "there is no row that can be used"
    : `there is no row that can be used; each needs a ${quantity} above 0`;
};
