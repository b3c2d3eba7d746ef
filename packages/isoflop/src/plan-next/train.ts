import type { LeftOut, Plan, Standing, SurfaceFit } from "@isoflop/scaling";
import { inputError, usageError } from "../exit.js";
import { prepareModules } from "../modules/index.js";
import { StudyFolder } from "../study/folder.js";
import type { ProgressLine } from "../study/progress.js";
import { openSession } from "../study/session.js";
import { versions } from "../versions.js";
import { folderOf } from "./grounds.js";
import type { Rounds } from "./record.js";
import { type RoundEvent, type RoundsAsked, type RoundsDone, runRounds, type Stopped } from "./rounds.js";

export interface TrainAsked extends RoundsAsked {
  readonly device: "wasm" | "webgpu";
  readonly dryRun?: boolean;
}

export interface RoundsDocument {
  readonly command: "plan-next";
  readonly folder: string;
  readonly rounds: Rounds;
  readonly stopped: Stopped;
  readonly spent: number;
  readonly now: Standing;
  /** The surface that the runs speak for most. */
  readonly surface: SurfaceFit;
  readonly next: RoundsDone["next"];
  /** What was planned last, where this call planned. */
  readonly plan?: Plan;
  readonly leftOut: readonly LeftOut[];
  readonly versions: Readonly<Record<string, string>>;
}

const packages = ["data", "scaling", "sweep", "tensor", "train"].map((name) => `@isoflop/${name}`);

/** Options that choose among rows: a folder's runs are all of one recipe, or of none. */
const OF_TABLES = [
  ...(["columns", "only", "where", "labelFrom", "dropHighestLoss", "keepDuplicates", "keepDiverged"] as const),
  ...(["bestPerCell", "skipBadRows", "format", "flopsPerToken", "seconds"] as const),
] as const;

/** The folder to train in. @throws CliError `usage` where there is none, or an option that is of tables */
export const trainingFolder = (file: string | undefined, asked: TrainAsked): string => {
  const folder = folderOf(file, asked);
  if (folder === undefined) throw usageError("--run needs a folder of runs that were trained here: --input runs/quick");
  const other = OF_TABLES.find((name) => asked[name] !== undefined);
  if (other !== undefined)
    throw usageError(`--${other.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} is not for --run`);
  if (asked.posterior === "bootstrap")
    throw usageError("--posterior bootstrap is not for --run: every round fits anew");
  if (asked.batchTokens !== undefined) throw usageError("--batch-tokens is not for --run: the recipe says it");
  return folder;
};

/** Who is told how it goes. */
export interface TrainTold {
  readonly onRound: (event: RoundEvent) => void;
  readonly onProgress: ProgressLine;
  readonly onNote: (note: string) => void;
}

/** Plans, trains and plans again in a folder. */
export const trainRounds = async (
  path: string,
  asked: TrainAsked,
  signal: AbortSignal,
  { onRound, onProgress, onNote }: TrainTold,
): Promise<{ readonly document: RoundsDocument; readonly result: RoundsDone }> => {
  const folder = new StudyFolder(path, { signal, onWait: onNote });
  const done = await folder.done();
  if (done.length === 0)
    throw inputError(`the folder ${path} has no run that is done; expected that of "isoflop study" or "isoflop train"`);
  // New runs take the parts of those that there are.
  await prepareModules(done.flatMap(({ spec }) => spec.content.modules));
  const { store } = folder;
  const open = () => openSession({ store, device: asked.device, signal, onNote, onProgress });
  const result = await runRounds({ folder, asked, signal, onRound, open: asked.dryRun ? undefined : open });
  const { rounds, stopped, spent, now, surface, next, plan, leftOut } = result;
  const document: RoundsDocument = {
    ...{ command: "plan-next", folder: path, rounds, stopped, spent, now, surface, next, leftOut },
    ...(plan && { plan }),
    versions: versions(...packages),
  };
  return { document, result };
};
