import type { PredictionName } from "@isoflop/diffusion";
import {
  type Columns,
  levelOf,
  levelTable,
  parseRuns,
  readTable,
  ScalingError,
  type TableFormat,
} from "@isoflop/scaling";
import type { KindSpec } from "@isoflop/spec";
import { CliError, exitCodes, usageError } from "../exit.js";
import { readInput, shown } from "../files/read.js";
import type { ColumnMap } from "../options/columns.js";
import type { LoadedLevels } from "./loaded.js";
import { nameOf, weightOf } from "./objective.js";

export interface LevelsInput {
  readonly input: string;
  readonly columns?: ColumnMap | undefined;
  readonly format?: TableFormat | undefined;
  readonly skipBadRows?: boolean;
  readonly flopsPerToken?: number;
}

/** How a loss draws and weighs the times that is asked for: as in training, where nothing is said. */
export interface Reweighting {
  readonly density?: KindSpec;
  readonly weighting?: KindSpec;
}

/** What a table does not say of the losses in it. Runs of a folder say it themselves. */
export interface TrainedAsked {
  readonly trainedDensity?: KindSpec;
  readonly trainedWeighting?: KindSpec;
  readonly path?: string;
  readonly errorIn?: PredictionName;
  readonly bins?: number;
}

const FIELDS = ["C", "N", "D", "loss", "seed", "label"] as const;

/**
 * Runs with a column "loss@t" for each level, or one row per level with its time in a column "t".
 * @throws CliError with the file, the row and the column of what cannot be read
 */
export const loadLevels = (
  { input, columns = {}, format, skipBadRows, flopsPerToken }: LevelsInput,
  asked: Reweighting & TrainedAsked,
): LoadedLevels => {
  if (asked.bins !== undefined)
    throw usageError(`--bins is of a folder of runs; ${shown(input)} has the levels that it has`);
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
    return { table, origin, points: { used: table.runs.length, dropped }, ...saidOf(asked) };
  } catch (error) {
    if (!(error instanceof ScalingError) || error.code === "bad-option") throw error;
    throw new CliError(exitCodes.input, `${shown(origin.file)}: ${error.message}`, { cause: error });
  }
};

/** What the losses of a table are taken for, and what is asked of them. */
const saidOf = ({
  trainedDensity = { kind: "logitNormal", mean: 0, std: 1 },
  trainedWeighting = { kind: "none" },
  path = "linear",
  errorIn = "velocity",
  density,
  weighting,
}: Reweighting & TrainedAsked): Pick<LoadedLevels, "sums" | "about"> => {
  const space = { path, space: errorIn };
  const trained = { density: trainedDensity, weighting: trainedWeighting };
  const other = { density: density ?? trainedDensity, weighting: weighting ?? trainedWeighting };
  return {
    sums: {
      [nameOf(trained)]: weightOf(trained, space),
      ...((density || weighting) && { [nameOf(other)]: weightOf(other, space) }),
    },
    about: { path, errorIn },
  };
};
