import {
  type Columns,
  levelOf,
  levelTable,
  parseRuns,
  readTable,
  ScalingError,
  type TableFormat,
} from "@isoflop/scaling";
import { CliError, exitCodes, usageError } from "../exit.js";
import { type InputFile, readInput, shown } from "../files/read.js";
import type { UsedPoints } from "../fit/saved.js";
import type { ColumnMap } from "../options/columns.js";

export interface LevelsInput {
  readonly input: string;
  readonly columns?: ColumnMap | undefined;
  readonly format?: TableFormat | undefined;
  readonly skipBadRows?: boolean;
  readonly flopsPerToken?: number;
}

type Table = ReturnType<typeof levelTable>;

/** Losses by noise level, and what became of the rows. */
export interface LoadedLevels {
  readonly table: Table;
  readonly points: UsedPoints;
  readonly origin: InputFile;
}

const FIELDS = ["C", "N", "D", "loss", "seed", "label"] as const;

/**
 * Runs with a column "loss@t" for each level, or one row per level with its time in a column "t".
 * @throws CliError with the file, the row and the column of what cannot be read
 */
export const loadLevels = ({ input, columns = {}, format, skipBadRows, flopsPerToken }: LevelsInput): LoadedLevels => {
  for (const field of Object.keys(columns))
    if (field !== "t" && !FIELDS.some((known) => known === field))
      throw usageError(`--columns has "${field}"; expected ${FIELDS.join(", ")} or t`);
  const { text, origin } = readInput(input);
  try {
    const badRows = skipBadRows ? "drop" : undefined;
    const { header } = readTable(text, format, badRows);
    const levels = header.filter((name) => levelOf(name) !== undefined);
    const { t, ...given } = columns;
    const ofRows = t === undefined && !header.includes("t") ? [] : [["t", t ?? "t"]];
    const metrics = Object.fromEntries(levels.length > 0 ? levels.map((name) => [name, name]) : ofRows);
    // A table of levels needs no loss of its own: that of its first level stands for it, and is not used.
    const without = levels.length > 0 && given.loss === undefined && !header.includes("loss");
    const read = parseRuns(text, {
      columns: { ...given, metrics } satisfies Columns,
      quantity: without ? levels[0] : undefined,
      ...{ format, badRows, flopsPerParameterToken: flopsPerToken },
    });
    const table = levelTable(read.runs);
    const dropped = [...read.dropped, ...table.dropped].sort((a, b) => a.row - b.row);
    return { table, origin, points: { used: table.runs.length, dropped } };
  } catch (error) {
    if (!(error instanceof ScalingError) || error.code === "bad-option") throw error;
    throw new CliError(exitCodes.input, `${shown(origin.file)}: ${error.message}`, { cause: error });
  }
};
