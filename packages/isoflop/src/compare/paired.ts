import type { PairedBudget } from "@isoflop/plot";
import { CliError } from "../exit.js";
import { statusOf } from "../files/status.js";
import { doneIn, storeIn } from "../runs/folder.js";
import type { FolderRuns, PairedFolders } from "../runs/paired.js";
import { manifestIn } from "../study/manifest.js";
import { LOSS } from "../words/quantity.js";

/** @throws CliError for a folder without runs that are done */
const runsOf = (folder: string): FolderRuns => ({
  runs: doneIn(folder),
  store: storeIn(folder),
  tests: manifestIn(folder)?.heldOut ?? [],
});

/** A study may be finished, and its runs be removed since. */
const runsIfAny = (folder: string): FolderRuns | undefined => {
  try {
    return runsOf(folder);
  } catch (error) {
    if (error instanceof CliError) return undefined;
    throw error;
  }
};

const isFolder = (path: string): boolean => path !== "-" && statusOf(path)?.isDirectory() === true;

/** The runs of two sides on the same samples; undefined where one of them is no folder of runs, or what is compared is no loss. */
export const pairedSides = async (a: string, b: string, quantity: string): Promise<PairedFolders | undefined> => {
  if (quantity !== LOSS || !isFolder(a) || !isFolder(b)) return undefined;
  const { pairedFolders } = await import("../runs/paired.js");
  return await pairedFolders(runsOf(a), runsOf(b));
};

/** Budgets at which an arm of a study can be held against its first, sample by sample; none for the first itself, and where runs are gone. */
export const pairedWith = async (first: string, arm: string): Promise<readonly PairedBudget[] | undefined> => {
  if (first === arm) return undefined;
  const { pairedFolders } = await import("../runs/paired.js");
  const [a, b] = [runsIfAny(first), runsIfAny(arm)];
  if (!a || !b) return undefined;
  const { budgets } = await pairedFolders(a, b);
  return budgets.map(({ a: _, b: __, ...budget }) => budget);
};
