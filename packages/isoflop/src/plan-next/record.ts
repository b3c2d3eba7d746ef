import { type Interval, recordFields, type Spread, type Standing, writeRecord } from "@isoflop/scaling";
import { choice, positive, read, record, text, whole } from "@isoflop/spec";
import { type RunSpec, runSchema } from "@isoflop/sweep";
import * as v from "valibot";
import { inputError } from "../exit.js";
import { nextRunsIn, type StudyFolder } from "../study/folder.js";

const { list, notNegative, pairOf, anyNumber, spread } = recordFields;

const aim = record({ C: positive, quantity: choice(["loss", "N", "D"]) });

/** How well the target was known: at 95 %, and the standard errors of its logarithm within forms and between them. */
const known = record({
  interval: pairOf(anyNumber),
  width: spread,
  spread: record({ within: spread, between: spread }),
});

const planned = record({
  id: text,
  spec: runSchema,
  /** What it was expected to cost, in the unit. */
  cost: positive,
});

const schema = record({
  record: v.literal("next-runs", '"next-runs"'),
  target: aim,
  unit: choice(["FLOPs", "seconds"]),
  rounds: list(
    record({
      /** Runs of the folder when the round was planned. */
      from: whole(),
      /** Before it, and what all runs that were planned then, of this round and later ones, would have given. */
      before: known,
      promised: known,
      runs: list(planned),
      /** What they cost all together where they are done, in the unit. */
      spent: v.exactOptional(notNegative),
    }),
  ),
});

/** How well a target is known. */
export interface Known {
  readonly interval: Interval;
  readonly width: number;
  readonly spread: Spread;
}

export const knownOf = ({ interval, width, spread }: Standing): Known => ({ interval, width, spread });

/** A run that was planned, as it is to be trained. */
export interface PlannedRun {
  readonly id: string;
  readonly spec: RunSpec;
  readonly cost: number;
}

/** Runs that are trained together, between two fits. */
export interface Round {
  readonly from: number;
  readonly before: Known;
  readonly promised: Known;
  readonly runs: readonly PlannedRun[];
  readonly spent?: number;
}

/** What was planned and trained in a folder for one target: `next-runs.json`. */
export interface Rounds {
  readonly record: "next-runs";
  readonly target: { readonly C: number; readonly quantity: "loss" | "N" | "D" };
  readonly unit: "FLOPs" | "seconds";
  readonly rounds: readonly Round[];
}

/** The rounds of a folder so far, for this target and unit; none where it has those of another. @throws CliError for a file that is none */
export const roundsOf = (folder: StudyFolder, asked: Pick<Rounds, "target" | "unit">): Rounds => {
  const none: Rounds = { record: "next-runs", target: asked.target, unit: asked.unit, rounds: [] };
  const value = nextRunsIn(folder);
  if (value === undefined) return none;
  const error = (message: string) =>
    inputError(`${folder.files.nextRuns} is not what plan-next wrote: ${message}; move it away to begin anew`);
  const found = read(schema, value, { name: "", error }) as Rounds;
  const same =
    found.target.C === asked.target.C && found.target.quantity === asked.target.quantity && found.unit === asked.unit;
  return same ? found : none;
};

/** Puts them where the next call finds them, and says that their runs are the study's. */
export const keepRounds = async (folder: StudyFolder, rounds: Rounds): Promise<void> => {
  await folder.change((write) => write(folder.files.nextRuns, `${writeRecord(rounds)}\n`));
  const { manifest } = folder;
  if (!manifest) return;
  const planned = rounds.rounds.flatMap(({ runs }) => runs.map(({ id }) => id));
  const added = [...new Set([...manifest.added, ...planned])].filter((id) => !manifest.runs.includes(id));
  if (added.length > manifest.added.length) await folder.keepManifest({ ...manifest, added });
};
