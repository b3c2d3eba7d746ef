import { availableParallelism } from "node:os";
import type { Opening } from "@isoflop/data";
import { type DitConfig, type Flops, memory, parameters, precisions, stepFlops } from "@isoflop/flops";
import { extent } from "@isoflop/scaling";
import { computeConvention, type RunSpec, type SweepRun } from "@isoflop/sweep";
import { dataOpener } from "@isoflop/sweep/node";
import { buildOptimizer } from "@isoflop/train";
import type { ResolvedStudy } from "../study/file/read.js";
import { outlineStudy, planStudy, type StudyOutline, type StudyPlan } from "../study/plan.js";
import { versions } from "../versions.js";
import { grouped } from "../words/grouped.js";
import { deviceHours, type Held, type Prices } from "./devices.js";
import { measureSpeed } from "./speed.js";

export interface PlanChoices {
  /** Expected share of the devices' peak. */
  readonly mfu: number;
  /** Dollars per device-hour, where they are not those of the table. */
  readonly prices?: Prices;
  /** Whether this machine's speed is measured. */
  readonly measure: boolean;
  readonly signal: AbortSignal;
  /** Told how far files have been read and decoded that were not before. */
  readonly onData: NonNullable<Opening["onProgress"]>;
}

/** The runs of a study before any is trained, as a document: sizes, steps, tokens, memory, time here and on every device, and its price. */
export const studyPlan = async (study: ResolvedStudy, { mfu, prices, measure, signal, onData }: PlanChoices) => {
  const { image, context } = study.file.model;
  const outline: StudyOutline & Partial<StudyPlan> =
    image && typeof context === "object"
      ? outlineStudy(study)
      : await planStudy(study, dataOpener({ signal, onProgress: onData }));
  const { name, hash, data, grid, heldOut, notes = [], tuning, source } = outline;
  const tune = tuning?.cells.flatMap(tuning.runsOf) ?? [];
  const totalFlops = {
    tune: sum(tune.map(({ flops }) => flops)),
    fitted: sum(grid.map(({ flops }) => flops)),
    heldOut: sum(heldOut.map(({ budget, count }) => count * budget)),
  };
  const all = sum(Object.values(totalFlops));
  const models = [...grid, ...heldOut.flatMap(({ candidates }) => candidates)];
  const largest = largestOf(models, grid[0]!.spec);
  return {
    command: "plan" as const,
    ...{ name, ...(hash && { hash }), data, notes },
    counts: {
      N: "nonEmbedding",
      D: "image tokens",
      C: computeConvention.name,
      memory: "f32, with the optimizer and the averages of the weights; of one image in mixed precision beside it",
    },
    ...(tune.length > 0 && { tune: tune.map(rowOf) }),
    runs: grid.map(rowOf),
    heldOut: heldOut.map(({ budget, candidates, count }) => {
      const [from, to] = extent(candidates.map(({ config }) => parameters(config).nonEmbedding));
      const about = count === 1 ? "the one of these nearest to" : `${count} of these about`;
      const size = `${about} the optimum that the law predicts`;
      const sizes = candidates.map((candidate) => candidate.name);
      return { budget, count, size, from, to, memory: largestOf(candidates, grid[0]!.spec), sizes };
    }),
    budgets: [...grouped(grid, ({ budget }) => budget)].map(([budget, runs]) => budgetOf(budget, runs)),
    totalFlops: { ...totalFlops, all },
    ...(measure &&
      source && { here: await timesHere({ ...outline, source }, [...tune, ...grid], totalFlops.heldOut, signal) }),
    mfu,
    largest,
    deviceHours: deviceHours(all, mfu, largest, prices),
    versions: versions("@isoflop/flops", "@isoflop/sweep", "@isoflop/data"),
  };
};

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Seconds of training on this machine, by a measurement of a second each at the smallest and the largest size. */
const timesHere = async (
  { file, source }: Pick<StudyPlan, "file" | "source">,
  runs: readonly SweepRun[],
  heldOut: number,
  signal: AbortSignal | undefined,
) => {
  const { device, parallel } = file;
  const bySize = [...runs].sort((a, b) => cost(a) - cost(b));
  const [small, large] = [bySize[0]!.spec, bySize.at(-1)!.spec];
  const speed = await measureSpeed([small, large], source, { device, ...(signal && { signal }) });
  const cores = availableParallelism();
  const atOnce = device === "webgpu" ? 1 : Math.min(parallel ?? cores, cores);
  const { points, setUp, device: on } = speed;
  const { images } = file.validation;
  // Validation is forward alone, a third of a step's work for each image.
  const beside = (run: SweepRun) => setUp + (images * cost(run)) / (3 * run.batch) / speed.at(cost(run));
  const fitted = sum(runs.map((run) => run.flops / speed.at(cost(run)) + beside(run))) / atOnce;
  // Held-out runs share all cores.
  const alone = heldOut / (points.at(-1)!.flopsPerSecond * (device === "webgpu" ? 1 : cores));
  const held = heldOut > 0 ? alone + beside(bySize.at(-1)!) : 0;
  return { device: on, atOnce, speed: points, setUp, seconds: { fitted, heldOut: held, all: fitted + held } };
};

const cost = ({ config, batch }: SweepRun): number => stepFlops(config, batch, computeConvention);

/** What training keeps of every weight. */
const keptFor = ({ optimizer, snapshots }: Pick<RunSpec, "optimizer" | "snapshots">) => ({
  optimizer: { operations: 0, states: buildOptimizer(optimizer).moments.length },
  averaging: 1 + (snapshots?.widths.length ?? 0),
});

/** What a model takes up in training in mixed precision. */
const heldBy = (config: DitConfig, spec: Pick<RunSpec, "optimizer" | "snapshots">): Held => {
  const mixed = memory(config, { ...keptFor(spec), batch: 1, precision: precisions.mixed });
  return { state: mixed.total - mixed.activations, activationsPerImage: mixed.activations };
};

/** Of the models that take up the most. */
const largestOf = (models: readonly { readonly config: DitConfig }[], spec: RunSpec): Held =>
  models.map(({ config }) => heldBy(config, spec)).reduce((most, one) => (one.state > most.state ? one : most));

/** All runs of one budget. */
const budgetOf = (budget: Flops, runs: readonly SweepRun[]) => ({
  ...{ budget, runs: runs.length, flops: sum(runs.map(({ flops }) => flops)) },
  sizes: extent(runs.map(({ paramsNonEmbedding }) => paramsNonEmbedding)),
  images: extent(runs.map(({ samples }) => samples)),
  steps: extent(runs.map(({ steps }) => steps)),
  memory: largestOf(runs, runs[0]!.spec),
});

const rowOf = ({
  id,
  budget,
  name,
  spec,
  batch,
  paramsNonEmbedding,
  params,
  tokens,
  steps,
  flops,
  roundingError,
}: SweepRun) => {
  const kept = keptFor(spec);
  const held = heldBy(spec.model, spec);
  return {
    ...{ id, budget, name, params: paramsNonEmbedding, paramsTrainable: params },
    ...{ tokens, steps, batch, seed: spec.seed, flops, roundingError },
    learningRate: spec.optimizer.learningRate,
    memoryBytes: memory(spec.model, { ...kept, batch }).total,
    mixedBytes: held,
  };
};

export type StudyPlanDocument = Awaited<ReturnType<typeof studyPlan>>;
