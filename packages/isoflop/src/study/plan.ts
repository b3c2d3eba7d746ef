import { type DataSource, fingerprint } from "@isoflop/data";
import { type Context, type Flops, type NamedConfig, nearest, type Parameters, type Setup } from "@isoflop/flops";
import { extent } from "@isoflop/scaling";
import { digest } from "@isoflop/spec";
import {
  contentOf,
  type DataSpec,
  type LearningRateRule,
  type ModuleContent,
  NUMERICS,
  type RateRule,
  type RunBase,
  type RunContent,
  type SweepRun,
  seededData,
  sweepGrid,
} from "@isoflop/sweep";
import { checkData, checkSplit, outputsOf, setupFor, trainSpec } from "@isoflop/train";
import { inputError } from "../exit.js";
import { checkMetric, runPositions, usedModules } from "../modules/index.js";
import { plural, round } from "../words/numbers.js";
import { dataOf, type OpenData } from "./file/data.js";
import type { FieldPath, ResolvedStudy } from "./file/read.js";
import type { StudyFile } from "./file/schema.js";
import { batchAt, budgetsOf, type HeldOutSizes, listOf, modelsAt, type Sizes } from "./file/sizes.js";
import { type TuneCell, type Tuning, usualRates } from "./tune.js";

/** A budget that is predicted before it is trained. */
export interface HeldOutBudget {
  readonly budget: Flops;
  /** Models that its runs may have. */
  readonly candidates: readonly NamedConfig[];
  /** How many of them it trains. */
  readonly count: number;
  /** Runs of so many candidates about an optimum of `n` non-embedding parameters, at a constant ratio of size; each the nearest that there is. */
  runs(n: Parameters): readonly SweepRun[];
}

/** The runs of a study. */
export interface StudyOutline {
  readonly file: StudyFile;
  readonly name: string;
  /** The folder that relative paths of the file begin at. */
  readonly base: string;
  /** Of the study's own seed. */
  readonly data: DataSpec;
  readonly modules: readonly ModuleContent[];
  /** Every fitted run, smallest budget first. */
  readonly grid: readonly SweepRun[];
  readonly heldOut: readonly HeldOutBudget[];
  /** Where the learning rate's rule is still to be found. Then the ids of grid and held-out runs are not those that will be trained. */
  readonly tuning?: Tuning;
}

/** Runs that are trained beyond the grid: as many as there are sizes at each held-out budget. */
export const heldOutRuns = ({ heldOut }: Pick<StudyOutline, "heldOut">): number =>
  heldOut.reduce((sum, { count }) => sum + count, 0);

/** A study before anything has run, on data that are open. */
export interface StudyPlan extends StudyOutline {
  /** 8 hex digits of the hash of all that decides it: what it trains and predicts, its data and modules by content. */
  readonly hash: string;
  readonly source: DataSource;
  /** What a reader has to know of the data: repeats, what was left out. */
  readonly notes: readonly string[];
  /** The same study with a rule that was found. */
  rated(rule: LearningRateRule): StudyPlan;
}

/** The data in the order of a seed. */
type OrderOf = (seed: number) => { readonly data: DataSpec; readonly content: RunContent };

/** A study whose data are known. */
interface Known extends ResolvedStudy {
  /** As the file says them, of the study's own seed. */
  readonly data: DataSpec;
  readonly orderOf: OrderOf;
  readonly setup: Setup;
}

/**
 * Lays out the runs of a study on its data.
 * @throws CliError naming the file and what in it cannot be: a budget too small for a step, a width that the ladder does not have, a split
 * that is not there
 */
export const planStudy = async (study: ResolvedStudy, openData: OpenData): Promise<StudyPlan> => {
  const { file } = study;
  const modules = decisiveModules(study);
  const data = seededData(dataOf(study), file.seed);
  const source = await told(study, ["data"], () => openData(data));
  const setup = told(study, ["model"], () => setupOf(file, source));
  for (const [i, metric] of file.metrics.entries()) told(study, ["metrics", i], () => checkMetric(metric));
  const known: Known = { ...study, data, orderOf: ordersOf(data, source, modules), setup };
  const plan = (rule?: LearningRateRule): StudyPlan => {
    const outline = outlined(known, rule);
    checkFirst(study, outline.grid, source);
    const notes = notesOf(outline.grid, source);
    return { ...outline, hash: hashOf(known, source), source, notes, rated: plan };
  };
  return plan();
};

/**
 * The same without its data, for a study that says what its models are told: `model.image` and `model.context`.
 * @throws CliError as `planStudy` does
 */
export const outlineStudy = (study: ResolvedStudy): StudyOutline => {
  const { conditioning, patch, image, context, ladder: _, ...rest } = study.file.model;
  if (!image || typeof context !== "object")
    throw inputError(`${study.name}: without its data a study is planned from model.image and model.context`);
  const content = { data: "0".repeat(32), modules: decisiveModules(study) };
  const setup = { image, patch, conditioning, context: context as Context, ...rest };
  const data = seededData(dataOf(study), study.file.seed);
  return outlined({ ...study, data, orderOf: (seed) => ({ data: seededData(data, seed), content }), setup });
};

/** The modules that have a part in its runs. */
const decisiveModules = ({ file }: ResolvedStudy): readonly ModuleContent[] => usedModules(file, runPositions);

/** Of a source that knows one order all runs have that. */
const ordersOf = (data: DataSpec, source: DataSource, modules: readonly ModuleContent[]): OrderOf => {
  if (source.withSeed === undefined) {
    const content = contentOf(source, modules);
    return () => ({ data, content });
  }
  const { withSeed } = source;
  return (seed) => ({ data: seededData(data, seed), content: contentOf(withSeed(seed), modules) });
};

/** @param rule the learning rate's, where it was tuned */
const outlined = (known: Known, rule?: LearningRateRule): StudyOutline => {
  const { file, base, data } = known;
  const modules = known.modules.map(({ path, digest }) => ({ path, digest }));
  const { learningRate } = file.optimizer;
  const rate = rule ?? (learningRate === "tune" ? UNTUNED : learningRate);
  const runs = entriesOf("grid", file.grid).flatMap(({ entry, path }) =>
    told(known, path, () => runsOf(known, entry, rate)),
  );
  const grid = [...new Map(runs.map((run) => [run.id, run])).values()].sort((a, b) => a.budget - b.budget);
  const heldOut = entriesOf("heldOut", file.heldOut ?? []).flatMap(({ entry, path }) =>
    told(known, path, () => heldOutOf(known, entry, grid, rate)),
  );
  const tuning = learningRate === "tune" && !rule ? told(known, ["tune"], () => tuningOf(known, grid)) : undefined;
  return { file, name: file.name, base, data, modules, grid, heldOut, ...(tuning && { tuning }) };
};

/** One entry or several, each with where it stands in the file. */
const entriesOf = <T>(field: string, given: T | readonly T[]) =>
  listOf(given).map((entry, i) => ({ entry, path: Array.isArray(given) ? [field, i] : [field] }));

/** Stands in until the rule is found: a run's steps and cost do not depend on its rate. */
const UNTUNED = 1e-3;

const runsOf = (known: Known, sizes: Sizes, learningRate: RateRule): readonly SweepRun[] => {
  const { file, setup } = known;
  return sweepGrid({
    budgets: [...budgetsOf(sizes)],
    models: (budget) => modelsAt(sizes, budget, { setup, ladder: file.model.ladder }),
    batch: (budget) => batchAt(file, budget),
    learningRate,
    base: baseOf(known),
    seed: file.seed,
    replicates: sizes.seeds ?? 1,
  });
};

/** Two widths at two budgets below those of the grid, unless the file says otherwise. */
const tuningOf = (known: Known, grid: readonly SweepRun[]): Tuning => {
  const { file } = known;
  const { budgets, widths, rates, follows = ["width", "tokens"] as const } = file.tune ?? {};
  const [smallest] = grid as readonly [SweepRun, ...SweepRun[]];
  const [low, high] = extent(grid.filter((run) => run.budget === smallest.budget).map(({ config }) => config.width));
  const tried = {
    budgets: budgets ? budgetsOf({ budgets }) : usualBudgets(grid, smallest.budget),
    widths: widths ?? [...new Set([low, high])],
  };
  const cells = tried.budgets.flatMap((budget) =>
    tried.widths.map((width): TuneCell => {
      return { budget, width, rates: [...(rates ?? usualRates(width))].sort((a, b) => a - b) };
    }),
  );
  const runs = (cell: TuneCell) =>
    cell.rates.flatMap((rate) => runsOf(known, { budgets: cell.budget, widths: cell.width }, rate));
  // What cannot be tried is told before anything is trained.
  cells.forEach(runs);
  return { cells, follows, runsOf: runs };
};

/** Fewer steps than this say little of a learning rate. */
const LEAST_STEPS = 64;

/** An eighth and half of the smallest budget, or more of it where its largest model would see too few steps; never above it. */
const usualBudgets = (grid: readonly SweepRun[], smallest: Flops): readonly Flops[] => {
  const dearest = Math.max(
    ...grid.filter(({ budget }) => budget === smallest).map(({ flops, steps }) => flops / steps),
  );
  const low = Math.min(Math.max(smallest / 8, LEAST_STEPS * dearest), smallest / 2);
  return [low, Math.min(Math.max(smallest / 2, 4 * low), smallest)].map((budget) => Number(budget.toPrecision(2)));
};

/** What of every model its data and the file decide. */
const setupOf = ({ model, objective }: StudyFile, source: DataSource): Setup => {
  const { ladder: _, patch, conditioning, image, context, ...rest } = model;
  const named = typeof context === "string" ? { context } : {};
  const setup = setupFor(source, { patch, conditioning, ...named });
  return {
    ...setup,
    ...outputsOf(objective, image ?? setup.image),
    ...rest,
    ...(image && { image }),
    ...(typeof context === "object" && { context: context as Context }),
  };
};

/** What a grid does not decide of a run of a seed. */
const baseOf = ({ file, orderOf }: Known) => {
  const { model, objective, optimizer, averaging, captionDropout, validation } = file;
  const { snapshots, dropPath, balance, runner } = file;
  const { learningRate: _, ...constant } = optimizer;
  const extras = {
    ...(snapshots && { snapshots }),
    ...(dropPath !== undefined && { dropPath }),
    // Of studies that are compared some may have no experts.
    ...(balance !== undefined && model.experts && { balance }),
  };
  const how = { objective, optimizer: constant, averaging, captionDropout, ...extras, validation };
  return (seed: number): RunBase => ({ ...orderOf(seed), ...how, ...(runner && { runner }) });
};

const heldOutOf = (known: Known, sizes: HeldOutSizes, grid: readonly SweepRun[], rate: RateRule): HeldOutBudget[] => {
  const { file, setup } = known;
  const largest = Math.max(...grid.map(({ budget }) => budget));
  return budgetsOf(sizes).map((budget) => {
    if (budget <= largest)
      throw inputError(
        `heldOut.budgets has ${round(budget)}, which is not above the largest fitted budget, ${round(largest)}: it would test nothing`,
      );
    const candidates = modelsAt(sizes, budget, { setup, ladder: file.model.ladder });
    const { count, ratio } = sizes;
    return {
      ...{ budget, candidates, count },
      runs(n) {
        const wanted = Array.from({ length: count }, (_, i) => n * ratio ** (i - (count - 1) / 2));
        const found = new Set(wanted.map((size) => nearest(candidates, size, "nonEmbedding").config));
        const models = [...found].map(({ width, depth, heads }) => ({ width, depth, heads }));
        return runsOf(known, { budgets: budget, models }, rate);
      },
    };
  });
};

/** What would stop the first run, told before it begins. */
const checkFirst = (study: ResolvedStudy, [run]: readonly SweepRun[], source: DataSource): void => {
  const { data: _, content: __, budget: ___, ...training } = run!.spec;
  const spec = told(study, ["optimizer"], () => trainSpec(training));
  told(study, ["model"], () => checkData(spec, source));
  told(study, ["validation"], () => checkSplit(source, spec.validation.split, spec.validation.images));
};

const hashOf = ({ file, modules }: ResolvedStudy, source: DataSource): string => {
  const { name: _, summary: __, device: ___, parallel: ____, data: _____, compare: ______, ...rest } = file;
  const { modules: _______, ...decisive } = rest;
  const digests = modules.map((module) => module.digest).sort();
  return digest({ numerics: NUMERICS, ...decisive, data: fingerprint(source).content, modules: digests }).slice(0, 8);
};

const notesOf = (grid: readonly SweepRun[], source: DataSource): string[] => [
  ...(source.describe().provenance.remarks ?? []),
  ...repeatsOf(grid, source),
  ...lawless(grid),
];

/** What a parabola and the laws through parabolas need at least. */
const [LEAST_SIZES, LEAST_BUDGETS] = [4, 3];

/** A grid of which no power law can come, whatever its losses. */
const lawless = (grid: readonly SweepRun[]): string[] => {
  const sizes = new Map<Flops, Set<Parameters>>();
  for (const { budget, paramsNonEmbedding } of grid)
    sizes.set(budget, (sizes.get(budget) ?? new Set()).add(paramsNonEmbedding));
  const enough = [...sizes.values()].filter(({ size }) => size >= LEAST_SIZES).length;
  if (enough >= LEAST_BUDGETS) return [];
  return [
    `no law of the optimum can come of this grid: ${plural(enough, "budget")} of ${sizes.size} ${enough === 1 ? "has" : "have"} ${LEAST_SIZES} sizes or more, and it takes ${LEAST_BUDGETS}; add widths or budgets`,
  ];
};

/** The paper's regime is one epoch: every image is seen once. */
const repeatsOf = (grid: readonly SweepRun[], source: DataSource): string[] => {
  const most = Math.max(...grid.map(({ samples }) => samples));
  const repeats = most / source.size("train");
  return repeats <= 1
    ? []
    : [
        `the longest fitted run sees its ${source.size("train")} training images ${repeats.toPrecision(3)} times: laws of repeated data are not those of fresh data (the paper sees each once)`,
      ];
};

/** What stands in the way of a study, in the words of whoever found it. */
const findings = ["CliError", "DataError", "ModuleError", "TrainError", "SweepError", "FlopsError", "DitError"];

/** Work that a field of the file asks for: its errors name the file and the line. */
const told = <T>({ placeOf }: ResolvedStudy, path: FieldPath, work: () => T): T => {
  const named = (error: unknown): unknown => {
    const { name, message } = error as Error;
    return findings.includes(name) ? inputError(`${placeOf(path)}: ${message}`) : error;
  };
  try {
    const done = work();
    if (!(done instanceof Promise)) return done;
    return done.catch((error: unknown) => Promise.reject(named(error))) as T;
  } catch (error) {
    throw named(error);
  }
};
