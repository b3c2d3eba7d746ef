import { type DataSource, fingerprint } from "@isoflop/data";
import { type Flops, type NamedConfig, nearest, type Parameters, type Setup } from "@isoflop/flops";
import { extent } from "@isoflop/scaling";
import { digest } from "@isoflop/spec";
import {
  contentOf,
  type DataSpec,
  type LearningRateRule,
  type ModuleContent,
  NUMERICS,
  type RateRule,
  type SweepRun,
  sweepGrid,
} from "@isoflop/sweep";
import { checkData, checkSplit, setupFor, trainSpec } from "@isoflop/train";
import { inputError } from "../exit.js";
import { round } from "../words/numbers.js";
import { dataOf, type OpenData, seeded } from "./file/data.js";
import type { ResolvedStudy } from "./file/read.js";
import type { StudyFile } from "./file/schema.js";
import { batchAt, budgetsOf, listOf, modelsAt, type Sizes } from "./file/sizes.js";
import { type TuneCell, type Tuning, usualRates } from "./tune.js";

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
  /** Where the learning rate's rule is still to be found. Then the ids of grid and held-out runs are not those that will be trained. */
  readonly tuning?: Tuning;
  /** The same study with a rule that was found. */
  rated(rule: LearningRateRule): StudyPlan;
  /** What a reader has to know of the data: repeats, what was left out. */
  readonly notes: readonly string[];
}

/** A source for each seed that a study's runs have. */
interface Seeded {
  readonly seed: number;
  readonly data: DataSpec;
  readonly source: DataSource;
}

/** A study whose data are open. */
interface Opened extends ResolvedStudy {
  readonly seeds: readonly [Seeded, ...Seeded[]];
  readonly setup: Setup;
}

/**
 * Lays out the runs of a study on its data.
 * @throws CliError naming the file and what in it cannot be: a budget too small for a step, a width that the ladder does not have, a split
 * that is not there
 */
export const planStudy = async (study: ResolvedStudy, openData: OpenData): Promise<StudyPlan> => {
  const { file } = study;
  const written = dataOf(study);
  const seeds: Seeded[] = [];
  for (let i = 0; i < Math.max(...listOf(file.grid).map((entry) => entry.seeds)); i++) {
    const seed = file.seed + i;
    const data = seeded(written, seed);
    seeds.push({ seed, data, source: await openData(data) });
  }
  const [first] = seeds as [Seeded, ...Seeded[]];
  const opened: Opened = { ...study, seeds: seeds as [Seeded, ...Seeded[]], setup: setupOf(file, first.source) };
  return named(study, () => planned(opened));
};

/** @param rule the learning rate's, where it was tuned */
const planned = (opened: Opened, rule?: LearningRateRule): StudyPlan => {
  const { file, modules, seeds } = opened;
  const [{ data, source }] = seeds;
  const { learningRate } = file.optimizer;
  const rate = rule ?? (learningRate === "tune" ? UNTUNED : learningRate);
  const runs = listOf(file.grid).flatMap((entry) =>
    seeds.slice(0, entry.seeds).flatMap((seed) => runsOf(opened, entry, seed, rate)),
  );
  const grid = [...new Map(runs.map((run) => [run.id, run])).values()].sort((a, b) => a.budget - b.budget);
  const heldOut = listOf(file.heldOut ?? []).flatMap((sizes) => heldOutOf(opened, sizes, grid, rate));
  checkFirst(grid, source);
  return {
    ...{ file, name: file.name, hash: hashOf(opened, source), modules, grid, heldOut },
    ...{ data, source, notes: notesOf(grid, source) },
    ...(learningRate === "tune" && !rule && { tuning: tuningOf(opened, grid) }),
    rated: (found) => planned(opened, found),
  };
};

/** Stands in until the rule is found: a run's steps and cost do not depend on its rate. */
const UNTUNED = 1e-3;

const runsOf = (
  { file, setup, modules }: Opened,
  sizes: Sizes,
  of: Seeded,
  learningRate: RateRule,
): readonly SweepRun[] =>
  sweepGrid({
    budgets: [...budgetsOf(sizes)],
    models: (budget) => modelsAt(sizes, budget, { setup, ladder: file.model.ladder }),
    batch: (budget) => batchAt(file, budget),
    learningRate,
    base: baseOf(file, of, modules),
  });

/** Two widths at two budgets below those of the grid, unless the file says otherwise. */
const tuningOf = (opened: Opened, grid: readonly SweepRun[]): Tuning => {
  const { file, seeds } = opened;
  const { budgets, widths, rates, follows = ["width", "tokens"] as const } = file.tune ?? {};
  const [smallest] = grid as readonly [SweepRun, ...SweepRun[]];
  const [low, high] = extent(grid.filter((run) => run.budget === smallest.budget).map(({ config }) => config.width));
  const tried = {
    budgets: budgets ? budgetsOf({ budgets }) : [8, 2].map((part) => Number((smallest.budget / part).toPrecision(2))),
    widths: widths ?? [...new Set([low, high])],
  };
  const cells = tried.budgets.flatMap((budget) =>
    tried.widths.map((width): TuneCell => {
      return { budget, width, rates: [...(rates ?? usualRates(width))].sort((a, b) => a - b) };
    }),
  );
  const runs = (cell: TuneCell) =>
    cell.rates.flatMap((rate) => runsOf(opened, { budgets: cell.budget, widths: cell.width }, seeds[0], rate));
  // What cannot be tried is told before anything is trained.
  cells.forEach(runs);
  return { cells, follows, runsOf: runs };
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

const heldOutOf = (opened: Opened, sizes: Sizes, grid: readonly SweepRun[], rate: RateRule): HeldOutBudget[] => {
  const { file, setup, seeds } = opened;
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
        return runsOf(opened, { budgets: budget, models: [{ width, depth, heads }] }, seeds[0], rate)[0]!;
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
