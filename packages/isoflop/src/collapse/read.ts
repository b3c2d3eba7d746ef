import {
  bestCurves,
  type DroppedRun,
  type ProgressCurve,
  type ProgressUnit,
  parseCurves,
  ScalingError,
  type TableFormat,
} from "@isoflop/scaling";
import { CliError, exitCodes, inputError, usageError } from "../exit.js";
import { type InputFile, readInput, shown } from "../files/read.js";
import { statusOf } from "../files/status.js";
import type { ColumnMap } from "../options/columns.js";
import { unlikeFamilies } from "../runs/alike.js";
import { printable } from "../words/printable.js";

export interface CurvesInput {
  readonly input: string;
  readonly columns?: ColumnMap | undefined;
  readonly format?: TableFormat | undefined;
  readonly skipBadRows?: boolean;
  readonly best?: boolean;
}

/** Training curves, and where they are from. */
export interface LoadedCurves {
  readonly origin: InputFile;
  readonly curves: readonly ProgressCurve[];
  readonly unit: ProgressUnit;
  readonly dropped: readonly DroppedRun[];
  /** How many there were before the best were chosen. */
  readonly all: number;
}

const FIELDS = ["label", "N", "C", "D", "step", "loss"] as const;

/**
 * Curves of a table, or of the runs in a folder that are done.
 * @throws CliError with the file, the row and the column of what cannot be read
 */
export const loadCurves = async (asked: CurvesInput): Promise<LoadedCurves> => {
  const { input, columns = {}, format, skipBadRows, best } = asked;
  for (const field of Object.keys(columns))
    if (!FIELDS.some((known) => known === field))
      throw usageError(`--columns has "${field}"; expected ${FIELDS.join(", ")}`);
  try {
    const { text, origin } = readInput(input);
    const ofFolder = input !== "-" && statusOf(input)?.isDirectory();
    const read = ofFolder
      ? { curves: await curvesIn(input), unit: "D" as const, dropped: [] }
      : parseCurves(text, { columns, format, badRows: skipBadRows ? "drop" : undefined });
    const curves = best ? bestCurves(read.curves, read.unit) : read.curves;
    return { ...read, origin, curves, all: read.curves.length };
  } catch (error) {
    if (!(error instanceof ScalingError) || error.code === "bad-option") throw error;
    throw new CliError(exitCodes.input, `${shown(input)}: ${error.message}`, { cause: error });
  }
};

/** Training losses of the runs of a folder, averaged over a hundredth of the training or so. */
const curvesIn = async (path: string): Promise<ProgressCurve[]> => {
  const [{ StudyFolder }, { curvesOf }] = await Promise.all([
    import("../study/folder.js"),
    import("../study/document.js"),
  ]);
  const folder = new StudyFolder(path);
  const done = await folder.done();
  const unlike = unlikeFamilies(done);
  if (unlike !== undefined)
    throw inputError(`the folder ${printable(path)} has runs of unlike studies: ${printable(unlike)}`);
  const sizes = new Map(done.map(({ id, result }) => [id, result.paramsNonEmbedding]));
  return (await curvesOf(done, folder.store)).flatMap(({ id, tokens, loss }) => {
    const N = sizes.get(id);
    const points = tokens.map((D, i) => ({ D, loss: loss[i]! }));
    return points.length > 0 ? [{ label: id, ...(N !== undefined && { N }), points }] : [];
  });
};
