import type { DataSource } from "@isoflop/data";
import { paperBudgets, paperLaws, paperSource } from "@isoflop/flops";
import type {
  HeldOutCheck,
  HeldOutMethod,
  MetricResults,
  PublishedExponents,
  QuantityResults,
  RunCurve,
  StudyFloor,
  StudySummary,
  TimedRun,
} from "@isoflop/plot";
import type { FitPrediction, IsoFlop, SeedNoise } from "@isoflop/scaling";
import type { RunStore } from "@isoflop/sweep";
import { type DoneRun, pointOf } from "../runs/point.js";
import { round } from "../words/numbers.js";
import type { StudyMethods } from "./methods.js";
import type { FittedMetric } from "./metrics.js";

/** What was found of one quantity of runs: the loss, or a metric. */
export interface Found {
  readonly fit?: IsoFlop | undefined;
  readonly heldOut?: readonly Tested[] | undefined;
  /** The methods that foresee budgets. */
  readonly methods?: Pick<StudyMethods, "rollOut" | "joint"> | undefined;
  /** What bounds it from below. */
  readonly floor?: StudyFloor | undefined;
  readonly noise?: SeedNoise | undefined;
}

/** What was said of a held-out budget, and what came. */
export interface Tested {
  readonly prediction: FitPrediction;
  /** What each method said, that of the prediction first. */
  readonly methods?: readonly HeldOutMethod[] | undefined;
  /** The run that tests the prediction, once it is done: its id and its quantity. */
  readonly measured?: (NonNullable<HeldOutCheck["measured"]> & { readonly run: string }) | undefined;
}

/** The loss of a run that tests a prediction. */
export const lossOf = ({ id, result }: DoneRun): NonNullable<Tested["measured"]> => ({
  run: id,
  loss: result.loss,
  sigma: result.lossStdErr,
});

/** What was found of a quantity as a study's document has it. */
export const resultsOf = ({
  fit,
  heldOut = [],
  methods: { rollOut, joint } = {},
  floor,
  noise,
}: Found): QuantityResults => {
  const tested = heldOut.map(({ prediction, methods, measured }): HeldOutCheck => {
    if (!measured) return { prediction, ...(methods && { methods }) };
    const { run, ...value } = measured;
    return { prediction, ...(methods && { methods }), measured: value, run };
  });
  return {
    ...(fit && { fit }),
    ...(rollOut && { rollOut: recordOf(rollOut) }),
    ...(joint && { joint: recordOf(joint) }),
    ...(floor && { floor: { value: floor.value, standardError: floor.standardError, prior: floor.prior } }),
    ...(noise && { noise }),
    ...(tested.length > 0 && { heldOut: tested.length === 1 ? tested[0]! : tested }),
  };
};

/** Numbers of a run, by their names. */
export type Measured = Pick<TimedRun, "metrics" | "standardErrors">;

/** The runs of a study, and what their document needs to know of them. */
export interface Listed {
  /** Every run that is fitted, smallest budget first. */
  readonly fitted: readonly DoneRun[];
  /** Those that test predictions. */
  readonly tests: readonly DoneRun[];
  readonly fit?: IsoFlop | undefined;
  /** Images that there are to train on; absent where they never end. */
  readonly images?: number | undefined;
  /** What was measured of runs beside their loss, by id. */
  readonly measured?: ReadonlyMap<string, Measured> | undefined;
}

/** Runs as a study's document has them. Compute that scatters is that of its budget. */
export const timedRuns = ({ fitted, tests, fit, images, measured }: Listed): readonly TimedRun[] => {
  const budgets = new Map(fit?.budgets.flatMap(({ C, runs }) => runs.map(({ label }) => [label, C] as const)));
  return [...fitted, ...tests]
    .map((run) => ({ ...timedRun(run, budgets.get(run.id), images), ...measured?.get(run.id) }))
    .sort((a, b) => a.C - b.C || a.N - b.N);
};

/** Those of a metric. */
export const metricResults = (
  { name, title, offset, higher, refused, link, fit, methods, noise }: FittedMetric,
  heldOut: readonly Tested[] = [],
): MetricResults => ({
  ...{ name, title },
  ...(offset !== undefined && { offset }),
  ...(higher && { higher }),
  ...(refused !== undefined && { refused }),
  ...(link && { link }),
  ...resultsOf({ fit, methods, noise, heldOut }),
});

/** Of an outcome what is its record. */
const recordOf = <T extends object>({ ok: _, ...record }: T & { readonly ok?: boolean }): T => record as unknown as T;

const timedRun = (run: DoneRun, budget: number | undefined, images: number | undefined): TimedRun => {
  const { id, spec, result } = run;
  return {
    ...pointOf(run),
    ...(budget !== undefined && { C: budget }),
    id,
    flops: result.flops,
    seconds: result.seconds,
    width: spec.model.width,
    depth: spec.model.depth,
    learningRate: spec.optimizer.learningRate,
    ...(images !== undefined && { epochs: (spec.steps * spec.batch) / images }),
  };
};

/** What stands beside a study's own exponents. */
export const published: PublishedExponents = {
  source: `${paperSource} (256 px, ${round(paperBudgets[0]!)} to ${round(paperBudgets.at(-1)!)} FLOPs)`,
  N: paperLaws.parameters.exponent,
  D: paperLaws.tokens.exponent,
  loss: paperLaws.loss.exponent,
};

/** Where pictures come from, as a reader of a report has to know it. */
export const dataOf = (source: DataSource): StudySummary["data"] => {
  const { name, shape, provenance, splits, settings } = source.describe();
  const { licence, renderer, pixelsSha256 } = provenance;
  const images = trainImagesOf(source);
  return {
    name,
    ...(images !== undefined && { images }),
    source: `${provenance.package ?? provenance.name}, ${renderer}`,
    licence,
    details: [
      `${shape[1]} x ${shape[2]} pixels`,
      ...Object.entries(splits).map(([split, { images, what }]) => `${split}: ${images ?? "endless"} images, ${what}`),
      ...Object.entries(settings).map(
        ([setting, value]) => `${setting} ${Array.isArray(value) ? value.length : value}`,
      ),
      ...(pixelsSha256 === null ? [] : [`SHA-256 of the pixels ${pixelsSha256}`]),
    ].join("; "),
  };
};

/** Images that a source has to train on; undefined where they never end. */
export const trainImagesOf = (source: DataSource): number | undefined =>
  source.describe().splits.train?.images ?? undefined;

/** Points of a curve: as many as a figure can show, and fewer where there are many curves, so that a report stays a page. */
const POINTS = { most: 120, least: 24, ofAll: 5000 };
const pointsOfEach = (curves: number): number =>
  Math.min(POINTS.most, Math.max(POINTS.least, Math.floor(POINTS.ofAll / curves)));

/** Training losses, thinned. */
export const curvesOf = (runs: readonly DoneRun[], store: RunStore): Promise<RunCurve[]> =>
  Promise.all(
    runs.map(async ({ id, spec, result }) => {
      const metrics = await store.metrics(id);
      const size = Math.max(1, Math.ceil(metrics.length / pointsOfEach(runs.length)));
      const bins = Array.from({ length: Math.ceil(metrics.length / size) }, (_, i) =>
        metrics.slice(i * size, (i + 1) * size),
      );
      return {
        id,
        tokens: bins.map((bin) => (result.tokens / spec.steps) * (bin.at(-1)!.step + 1)),
        loss: bins.map((bin) => bin.reduce((sum, entry) => sum + entry.loss, 0) / bin.length),
      };
    }),
  );
