import type { ValidationLosses } from "@isoflop/sweep";
import { fileRunStore, type StoredRun } from "@isoflop/sweep/node";
import { type LossBin, type MeanLoss, timeBins } from "@isoflop/train";
import { inputError } from "../../exit.js";
import { pairOf } from "../../runs/paired.js";
import { printable } from "../../words/printable.js";

/** Parts of the clock that a difference is told in. */
const BINS = 8;
/** Of fewer samples, fewer parts: each has this many pairs at least. */
const PAIRS = 8;

/** A run with its losses. */
export interface ComparedRun {
  readonly id: string;
  readonly loss: number;
  readonly lossStdErr: number;
}

/** A run held against the first. */
export interface ComparedPair extends ComparedRun {
  /** Its loss minus that of the first, sample by sample. */
  readonly difference: MeanLoss;
  /** Standard error of the difference if the two had been validated on samples of their own. */
  readonly unpaired: number;
  /** The difference by noise level; absent where the samples' times do not divide into parts. */
  readonly bins?: readonly LossBin[];
}

export interface RunComparison {
  readonly first: ComparedRun;
  readonly others: readonly ComparedPair[];
}

interface Done {
  readonly id: string;
  readonly result: ComparedRun;
  readonly losses: ValidationLosses | undefined;
}

/** @throws CliError for a run that is not done, that kept no losses, or that was validated on other samples than the first */
export const compareRuns = async (store: string, runs: readonly StoredRun[]): Promise<RunComparison> => {
  const kept = fileRunStore(store);
  const done: Done[] = [];
  for (const { id, record, state, problem } of runs) {
    if (record?.state !== "done")
      throw inputError(`run ${id} is ${problem === undefined ? `${state}, and has no loss yet` : printable(problem)}`);
    const { loss, lossStdErr } = record.result;
    done.push({ id, result: { id, loss, lossStdErr }, losses: await kept.losses(id) });
  }
  const [first, ...others] = done as [Done, ...Done[]];
  return { first: first.result, others: others.map((other) => against(first, other)) };
};

const against = (first: Done, other: Done): ComparedPair => {
  const pair = pairOf([first, first.losses], [other, other.losses]);
  if ("why" in pair)
    throw inputError(`runs ${first.id} and ${other.id} cannot be compared sample by sample: ${printable(pair.why)}`);
  const { difference, unpaired } = pair;
  return { ...other.result, difference, unpaired, ...binsOf(first.losses!, other.losses!) };
};

const binsOf = (a: ValidationLosses, b: ValidationLosses): Pick<ComparedPair, "bins"> => {
  const rises = b.times.every((t, i) => i === 0 || t > b.times[i - 1]!);
  const bins = Math.min(BINS, Math.floor(b.losses.length / (2 * PAIRS)));
  if (!rises || bins < 1 || b.losses.length % (2 * bins) !== 0) return {};
  const differences = Float64Array.from(b.losses, (loss, i) => loss - a.losses[i]!);
  return { bins: timeBins(differences, b.times, bins) };
};
