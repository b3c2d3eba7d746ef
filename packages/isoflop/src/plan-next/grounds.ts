import {
  type Basin,
  basins,
  type LeftOut,
  type MeasuredCost,
  measuredCost,
  type Outcome,
  type PlanOptions,
  type Run,
  refuse,
  type SurfaceFit,
} from "@isoflop/scaling";
import { unsound, usageError } from "../exit.js";
import type { InputFile } from "../files/read.js";
import { tellDiverged } from "../fit/points.js";
import { readFit } from "../fit/saved.js";
import { doneIn } from "../runs/folder.js";
import { type LoadedRuns, loadRuns, ofQuantity } from "../runs/load.js";
import type { DoneRun } from "../runs/point.js";
import { type Inputs, inputsOf, isFolder, tablesIn } from "../runs/tables.js";
import { limitsFrom, type PlanAsked } from "./options.js";
import { type Recipe, recipeOf } from "./recipe.js";

/** What a plan stands on. */
export interface Grounds {
  readonly from: SurfaceFit | readonly Basin[];
  /** Forms that take no part. */
  readonly leftOut: readonly LeftOut[];
  readonly input: InputFile;
  readonly status: SurfaceFit["status"];
  readonly loaded?: LoadedRuns;
  readonly times?: Outcome<MeasuredCost>;
  /** How the runs of a folder were trained, where one recipe made them. */
  readonly recipe?: Recipe;
  /** Why no recipe is known. */
  readonly noRecipe?: string;
}

/** The folder of runs that is meant, if it is one and alone. */
export const folderOf = (file: string | undefined, { input }: Pick<PlanAsked, "input">): string | undefined => {
  const [path, ...more] = input === undefined ? [file] : inputsOf(input);
  if (path === undefined || path === "-" || more.length > 0) return undefined;
  return isFolder(path) && tablesIn(path) === undefined ? path : undefined;
};

/** @throws CliError for what cannot be read or planned with */
export const groundsOf = async (file: string | undefined, asked: PlanAsked): Promise<Grounds> => {
  if (file !== undefined && asked.input !== undefined)
    throw usageError("a saved fit and --input are given; expected one of them");
  const folder = folderOf(file, asked);
  if (file !== undefined && folder === undefined) return ofSavedFit(file, asked);
  const input = asked.input ?? folder;
  if (input === undefined) throw usageError("there is nothing to work from; expected a saved fit or --input");
  if (asked.posterior === "bootstrap") throw usageError("--posterior bootstrap needs a fit surface with --bootstrap");
  return folder === undefined ? ofTable(input, asked) : ofFolder(folder, asked);
};

const ofSavedFit = (file: string, { forms, cost, seconds, only, quantity }: PlanAsked): Grounds => {
  if (forms !== undefined) throw usageError("--forms is for a table or folder of runs; a saved fit is of one form");
  if (quantity !== undefined)
    throw usageError("--quantity is for a table or folder of runs; a saved fit is of one quantity");
  if (cost === "seconds" || seconds !== undefined)
    throw usageError("a saved fit does not say how long runs took; expected --input with --cost seconds and --seconds");
  const { command, fit, status, message, input } = readFit(file, only);
  if (command !== "fit surface") throw usageError(`a ${command} cannot be planned with; expected a fit surface`);
  // A plan on a surface that its own data do not determine would be a plan on nothing.
  if (fit?.record !== "surface" || status !== "converged") throw unsound(`${status}: ${message}`);
  return { from: fit, leftOut: [], input, status };
};

const ofTable = (input: Inputs, asked: PlanAsked): Grounds => {
  const { seconds = asked.cost === "seconds" ? "seconds" : undefined, columns = {} } = asked;
  const timed = seconds === undefined ? columns : { ...columns, "metric:seconds": seconds };
  const loaded = ofQuantity(loadRuns({ ...asked, input, columns: timed }), asked.quantity);
  tellDiverged(loaded);
  return { ...ofRuns(loaded.runs, asked), loaded, input: loaded.origin };
};

const ofFolder = (folder: string, asked: PlanAsked): Grounds => {
  if (asked.seconds !== undefined) throw usageError("--seconds is for a table; the runs of a folder know their times");
  const loaded = ofQuantity(loadRuns({ ...asked, input: folder }), asked.quantity);
  tellDiverged(loaded);
  const done = doneIn(folder);
  const runs = withTimes(loaded.runs, done);
  const known = { ...ofRuns(runs, asked), loaded: { ...loaded, runs }, input: loaded.origin };
  try {
    return { ...known, recipe: recipeOf(done, asked.ladder) };
  } catch (error) {
    return { ...known, noRecipe: (error as Error).message };
  }
};

/** Runs of a folder with the seconds that they took. */
export const withTimes = (runs: readonly Run[], done: readonly DoneRun[]): Run[] => {
  const seconds = new Map(done.map(({ id, result }) => [id, result.seconds]));
  return runs.map((run) => {
    const took = seconds.get(run.label ?? "");
    return took === undefined ? run : { ...run, metrics: { ...run.metrics, seconds: took } };
  });
};

/** Every surface that the runs allow. @throws CliError `unsound` where there is none */
export const ofRuns = (
  runs: readonly Run[],
  { forms, cost }: Pick<PlanAsked, "forms" | "cost">,
): Pick<Grounds, "from" | "leftOut" | "status" | "times"> & { readonly from: readonly Basin[] } => {
  const found = basins(runs, { forms });
  if (!found.ok) throw unsound(`${found.reason}: ${found.message}`);
  const times = timesOf(runs);
  if (cost === "seconds" && !times.ok) throw unsound(`${times.reason}: ${times.message}`);
  const status = found.basins[0]!.fit.status;
  return { from: found.basins, leftOut: found.leftOut, status, times };
};

const timesOf = (runs: readonly Run[]): Outcome<MeasuredCost> => {
  const measured = runs.some(({ metrics }) => metrics && Object.hasOwn(metrics, "seconds"));
  return measured ? measuredCost(runs) : refuse("too-few-points", "no run says how long it took");
};

/**
 * The limits that were asked for, with what runs so far add: no fewer tokens than the fewest of them, below which nothing shows that the
 * law holds; and their recipe its sizes, whole steps and exact compute.
 */
export const limitsOn = (
  { runs, recipe }: { readonly runs?: readonly Run[] | undefined; readonly recipe?: Recipe | undefined },
  asked: PlanAsked,
): Omit<PlanOptions, "target" | "allowance"> => {
  const limits = limitsFrom(asked);
  const leastTokens = limits.leastTokens ?? (runs && Math.min(...runs.map(({ D }) => D)));
  if (!recipe) return { ...limits, leastTokens };
  const { sizes, stepTokens: batchTokens, flopsPerToken } = recipe;
  return { ...limits, leastTokens, sizes: limits.sizes ?? sizes.map(({ N }) => N), batchTokens, flopsPerToken };
};
