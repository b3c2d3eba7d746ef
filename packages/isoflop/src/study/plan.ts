import { type DataSource, fingerprint, sources } from "@isoflop/data";
import { type Flops, type NamedConfig, nearest, type Parameters, type Setup } from "@isoflop/flops";
import { digest } from "@isoflop/spec";
import { contentOf, type DataSpec, type ModuleContent, NUMERICS, type SweepRun, sweepGrid } from "@isoflop/sweep";
import { checkData, checkSplit, setupFor, trainSpec } from "@isoflop/train";
import { inputError } from "../exit.js";
import { round } from "../words/numbers.js";
import { dataOf, type OpenData, seeded } from "./file/data.js";
import type { ResolvedStudy } from "./file/read.js";
import type { StudyFile } from "./file/schema.js";
import { batchAt, budgetsOf, listOf, modelsAt, type Sizes } from "./file/sizes.js";

/** A budget that is predicted before it is trained. */
export interface HeldOutBudget {
  readonly budget: Flops;
  /** Models that its run may have. */
  readonly candidates: readonly NamedConfig[];
  /** The run of the candidate whose non-embedding parameters are nearest to `n` in ratio. */
  run(n: Parameters): SweepRun;
}

/** A study before anything has run. */
export interface StudyPlan {
  readonly file: StudyFile;
  readonly name: string;
  /** 8 hex digits of the hash of all that decides it: what it trains and predicts, its data and modules by content. */
  readonly hash: string;
  /** Of the study's own seed. */
  readonly data: DataSpec;
  readonly source: DataSource;
  readonly modules: readonly ModuleContent[];
  /** Every fitted run, smallest budget first. */
  readonly grid: readonly SweepRun[];
  readonly heldOut: readonly HeldOutBudget[];
  /** What a reader has to know of the data: repeats, what was left out. */
  readonly notes: readonly string[];
}

/** A source for each seed that a study's runs have. */
interface Seeded {
  readonly seed: number;
  readonly data: DataSpec;
  readonly source: DataSource;
}

/**
 * Lays out the runs of a study on its data.
 * @throws CliError naming the file and what in it cannot be: a budget too small for a step, a width that the ladder does not have, a split
 * that is not there
 */
export const planStudy = async (study: ResolvedStudy, openData: OpenData): Promise<StudyPlan> => {
  const { file, modules } = study;
  const written = dataOf(study);
  const entries = listOf(file.grid);
  const seeds = Math.max(...entries.map((entry) => entry.seeds));
  const opened: Seeded[] = [];
  for (let i = 0; i < seeds; i++) {
    const seed = file.seed + i;
    const data = seeded(written, seed);
    opened.push({ seed, data, source: await openData(data) });
  }
  const [first] = opened as [Seeded, ...Seeded[]];
  const setup = setupOf(file, first.source);
  const gridOf = (sizes: Sizes, of: Seeded): readonly SweepRun[] =>
    sweepGrid({
      budgets: [...budgetsOf(sizes)],
      models: (budget) => modelsAt(sizes, budget, { setup, ladder: file.model.ladder }),
      batch: (budget) => batchAt(file, budget),
      learningRate: file.optimizer.learningRate,
      base: baseOf(file, of, modules),
    });
  return named(study, () => {
    const runs = entries.flatMap((entry) => opened.slice(0, entry.seeds).flatMap((of) => gridOf(entry, of)));
    const grid = [...new Map(runs.map((run) => [run.id, run])).values()].sort((a, b) => a.budget - b.budget);
    const heldOut = listOf(file.heldOut ?? []).flatMap((sizes) => heldOutOf(sizes, grid, setup, file, first, gridOf));
    checkFirst(grid, first.source);
    return {
      ...{ file, name: file.name, hash: hashOf(study, first.source), modules, grid, heldOut },
      ...{ data: first.data, source: first.source, notes: notesOf(grid, first.source) },
    };
  });
};

/** What of every model its data and the file decide. */
const setupOf = ({ model }: StudyFile, source: DataSource): Setup => {
  const { ladder: _, patch, conditioning, image, context, ...rest } = model;
  return { ...setupFor(source, { patch, conditioning }), ...rest };
};

const baseOf = (
  { objective, optimizer, averaging, captionDropout, validation }: StudyFile,
  { seed, data, source }: Seeded,
  modules: readonly ModuleContent[],
) => {
  const { learningRate: _, ...constant } = optimizer;
  const content = contentOf(source, modules);
  return { data, content, seed, objective, optimizer: constant, averaging, captionDropout, validation };
};

const heldOutOf = (
  sizes: Sizes,
  grid: readonly SweepRun[],
  setup: Setup,
  file: StudyFile,
  first: Seeded,
  gridOf: (sizes: Sizes, of: Seeded) => readonly SweepRun[],
): HeldOutBudget[] => {
  const largest = Math.max(...grid.map(({ budget }) => budget));
  return budgetsOf(sizes).map((budget) => {
    if (budget <= largest)
      throw inputError(
        `heldOut.budgets has ${round(budget)}, which is not above the largest fitted budget, ${round(largest)}: it would test nothing`,
      );
    const candidates = modelsAt(sizes, budget, { setup, ladder: file.model.ladder });
    return {
      budget,
      candidates,
      run(n) {
        const { config } = nearest(candidates, n, "nonEmbedding");
        const { width, depth, heads } = config;
        return gridOf({ budgets: budget, models: [{ width, depth, heads }] }, first)[0]!;
      },
    };
  });
};

/** What would stop the first run, told before it begins. */
const checkFirst = ([run]: readonly SweepRun[], source: DataSource): void => {
  const { data: _, content: __, budget: ___, ...training } = run!.spec;
  const spec = trainSpec(training);
  checkData(spec, source);
  checkSplit(source, spec.validation.split, spec.validation.images);
};

const hashOf = ({ file, modules }: ResolvedStudy, source: DataSource): string => {
  const { name: _, summary: __, device: ___, parallel: ____, data: _____, compare: ______, ...decisive } = file;
  const digests = modules.map((module) => module.digest).sort();
  return digest({ numerics: NUMERICS, ...decisive, data: fingerprint(source).content, modules: digests }).slice(0, 8);
};

/** The paper's regime is one epoch: every image is seen once. */
const notesOf = (grid: readonly SweepRun[], source: DataSource): string[] => {
  const most = Math.max(...grid.map(({ samples }) => samples));
  const repeats = most / source.size("train");
  return repeats <= 1
    ? []
    : [
        `the longest fitted run sees its ${source.size("train")} training images ${repeats.toPrecision(3)} times: laws of repeated data are not those of fresh data (the paper sees each once)`,
      ];
};

/** Errors of what the file asks for name the file. */
const named = <T>({ name }: ResolvedStudy, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    const { name: kind, message } = error as Error;
    const ofFile = ["CliError", "TrainError", "SweepError", "FlopsError", "DitError"].includes(kind);
    throw ofFile ? inputError(`${name}: ${message}`) : error;
  }
};
