import type { PairedBudget } from "@isoflop/plot";
import { pairedLosses, unlikeSamples, type ValidationLosses } from "@isoflop/sweep";
import { fileRunStore } from "@isoflop/sweep/node";
import type { MeanLoss } from "@isoflop/train";
import { grouped } from "../words/grouped.js";
import type { DoneRun } from "./point.js";

/** How far the loss of a run is from that of another, told by the same samples. */
export interface PairedRuns {
  /** Their ids. */
  readonly a: string;
  readonly b: string;
  /** Loss of `b` minus that of `a`. */
  readonly difference: MeanLoss;
  /** The standard error that it would have if their validations had nothing in common. */
  readonly unpaired: number;
}

/** Why two runs cannot be paired, in words. */
export interface Unpaired {
  readonly why: string;
}

type Validated = Pick<DoneRun, "id"> & { readonly result: Pick<DoneRun["result"], "lossStdErr"> };

/** Two runs sample by sample; why not, where one kept no losses or they were validated on other samples. */
export const pairOf = (
  [a, ofA]: readonly [Validated, ValidationLosses | undefined],
  [b, ofB]: readonly [Validated, ValidationLosses | undefined],
): PairedRuns | Unpaired => {
  const without = !ofA ? a : !ofB ? b : undefined;
  if (without) return { why: `run ${without.id} kept no losses of its validation samples` };
  const unlike = unlikeSamples(ofA!, ofB!);
  if (unlike !== undefined) return { why: `they were validated on other samples: ${unlike}` };
  const unpaired = Math.hypot(a.result.lossStdErr, b.result.lossStdErr);
  return { a: a.id, b: b.id, difference: pairedLosses(ofB!, ofA!), unpaired };
};

/** The same of runs that lie in stores. @throws SweepError `record` for a file of losses that is not whole */
export const pairIn = async (
  [a, storeOfA]: readonly [Validated, store: string],
  [b, storeOfB]: readonly [Validated, store: string],
): Promise<PairedRuns | Unpaired> =>
  pairOf([a, await fileRunStore(storeOfA).losses(a.id)], [b, await fileRunStore(storeOfB).losses(b.id)]);

/** The runs of a folder that are done, with where they lie. */
export interface FolderRuns {
  readonly runs: readonly DoneRun[];
  readonly store: string;
  /** Ids of those that test predictions. */
  readonly tests: readonly string[];
}

/** Two folders at every budget that both have; `why` where nothing can be paired. */
export interface PairedFolders {
  readonly budgets: readonly (PairedBudget & Pick<PairedRuns, "a" | "b">)[];
  readonly why?: string;
}

const sizeOf = ({ spec }: DoneRun): string => `${spec.model?.width} ${spec.model?.depth}`;

const lowest = (runs: readonly DoneRun[]): DoneRun =>
  runs.reduce((best, run) => (run.result.loss < best.result.loss ? run : best));

/** Runs of both sides of equal size, the first replicate with the first. */
const matched = (a: readonly DoneRun[], b: readonly DoneRun[]): (readonly [DoneRun, DoneRun])[] => {
  const ofB = grouped(b, sizeOf);
  return [...grouped(a, sizeOf)].flatMap(([size, runs]) =>
    (ofB.get(size) ?? []).slice(0, runs.length).map((run, i) => [runs[i]!, run] as const),
  );
};

const meanOf = (values: readonly number[]): PairedBudget["matched"] => {
  const n = values.length;
  if (n < 2) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { pairs: n, mean, stdErr: Math.sqrt(squares / (n - 1) / n) };
};

/**
 * Holds the runs of two folders against each other, budget by budget: the lowest loss of either, and the mean over runs of equal size, whose scatter
 * has the seeds in it.
 * @throws SweepError `record` for a file of losses that is not whole
 */
export const pairedFolders = async (a: FolderRuns, b: FolderRuns): Promise<PairedFolders> => {
  const ofB = grouped(b.runs, ({ spec }) => spec.budget);
  const budgets: PairedFolders["budgets"][number][] = [];
  let why: string | undefined;
  for (const [C, runs] of [...grouped(a.runs, ({ spec }) => spec.budget)].sort(([one], [other]) => one - other)) {
    const others = ofB.get(C);
    if (!others) continue;
    const best = await pairIn([lowest(runs), a.store], [lowest(others), b.store]);
    if ("why" in best) {
      why ??= best.why;
      continue;
    }
    const differences: number[] = [];
    for (const [one, other] of matched(runs, others)) {
      const pair = await pairIn([one, a.store], [other, b.store]);
      if (!("why" in pair)) differences.push(pair.difference.mean);
    }
    const mean = meanOf(differences);
    const heldOut = runs.every(({ id }) => a.tests.includes(id)) && others.every(({ id }) => b.tests.includes(id));
    budgets.push({ C, heldOut, ...best, ...(mean && { matched: mean }) });
  }
  return { budgets, ...(budgets.length === 0 && { why: why ?? "they have no budget in common" }) };
};
