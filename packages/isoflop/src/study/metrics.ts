import type { MetricResults } from "@isoflop/plot";
import {
  extent,
  fitLink,
  type IsoFlop,
  isoFlop,
  type LinkFit,
  type Outcome,
  type Run,
  ScalingError,
  type SeedNoise,
  seedNoise,
} from "@isoflop/scaling";
import { type DoneRun, pointOf } from "../runs/point.js";
import { LOSS } from "../words/quantity.js";
import type { Measured } from "./document.js";
import { type Fitting, type StudyMethods, studyMethods } from "./methods.js";

/** A metric as laws are fitted to it. */
export interface FittedMetric extends Pick<MetricResults, "name" | "title" | "offset" | "refused"> {
  /** The runs with the metric, and what is added to it, in the place of the loss. */
  readonly points: readonly Run[];
  readonly fit?: IsoFlop;
  readonly methods?: StudyMethods;
  readonly noise?: SeedNoise;
  /** From the loss. */
  readonly link?: Outcome<LinkFit>;
}

/** What is measured of runs, by id. */
export type MeasuredRuns = ReadonlyMap<string, Measured>;

/** Names of all that was measured of runs, in the order in which it is met. */
const namesIn = (runs: readonly DoneRun[], measured: MeasuredRuns): readonly string[] => [
  ...new Set(runs.flatMap(({ id }) => Object.keys(measured.get(id)?.metrics ?? {}))),
];

/** What a metric is called beside others: by its kind where that is one of them alone. */
export const titlesOf = (names: readonly string[]): ReadonlyMap<string, string> => {
  const kindOf = (name: string) => name.split("(", 1)[0]!;
  const isAlone = (name: string) => names.filter((other) => kindOf(other) === kindOf(name)).length === 1;
  return new Map(names.map((name) => [name, isAlone(name) && kindOf(name) !== LOSS ? kindOf(name) : name]));
};

/**
 * What has to be added to a metric so that laws of what is positive can be fitted to it; 0 where all of it is. So much that the floor which is sought between
 * zero and the smallest value has a range of twice that of the values below them.
 */
export const offsetOf = (values: readonly number[]): number => {
  const [low, high] = extent(values);
  if (values.length === 0 || low > 0) return 0;
  const least = 2 * (high - low || Math.abs(low) || 1) - low;
  const step = 10 ** Math.floor(Math.log10(least));
  return Number((Math.ceil(least / step) * step).toPrecision(1));
};

/** A run with a metric, and what is added to it, in the place of its loss; undefined where it was not measured, or is less than any that was fitted. */
export const metricPoint = (
  run: DoneRun,
  measured: MeasuredRuns,
  { name, title, offset = 0 }: Pick<MetricResults, "name" | "title" | "offset">,
): Run | undefined => {
  const { metrics = {}, standardErrors = {} } = measured.get(run.id) ?? {};
  const value = Object.hasOwn(metrics, name) ? metrics[name]! + offset : Number.NaN;
  if (!(value > 0 && Number.isFinite(value))) return undefined;
  const { sigma: _, ...point } = pointOf(run);
  const own = { loss: value, metrics: { [title]: value } };
  if (!Object.hasOwn(standardErrors, name)) return { ...point, ...own };
  const sigma = standardErrors[name]!;
  return { ...point, ...own, sigma, standardErrors: { [title]: sigma } };
};

/**
 * Fits to every metric of a study's runs what is fitted to their loss, and the metric to the loss. What cannot be fitted has its reason: a metric
 * never stands in the way of a study.
 * @throws the signal's reason when stopped
 */
export const fitMetrics = async (
  runs: readonly DoneRun[],
  measured: MeasuredRuns,
  fitting: Omit<Fitting, "floor" | "quantity"> = {},
): Promise<readonly FittedMetric[]> => {
  const titles = titlesOf(namesIn(runs, measured));
  const fitted: FittedMetric[] = [];
  for (const [name, short] of titles) fitted.push(await fitMetric(runs, measured, { name, short }, fitting));
  return fitted;
};

const fitMetric = async (
  runs: readonly DoneRun[],
  measured: MeasuredRuns,
  { name, short }: { readonly name: string; readonly short: string },
  fitting: Omit<Fitting, "floor" | "quantity">,
): Promise<FittedMetric> => {
  const values = runs.flatMap(({ id }) => measured.get(id)?.metrics?.[name] ?? []);
  const offset = offsetOf(values);
  const title = offset > 0 ? `${short} + ${offset}` : short;
  const head = { name, title, ...(offset > 0 && { offset }) };
  const pairs = runs.flatMap((run) => {
    const point = metricPoint(run, measured, head);
    return point ? [{ loss: run.result.loss, point }] : [];
  });
  const points = pairs.map(({ point }) => point).sort((a, b) => a.C - b.C || a.N - b.N || a.loss - b.loss);
  try {
    const fit = isoFlop(points, { quantity: title });
    const link = fitLink(
      pairs.map(({ loss }) => loss),
      pairs.map(({ point }) => point.loss),
      // Of what something was added to a power of the loss is none.
      { ...(offset > 0 ? { form: "linear" } : { form: "power", scale: "log" }), ...asked(title) },
    );
    const noise = seedNoise(points);
    const methods = await studyMethods(points, fit, { ...fitting, quantity: title });
    return { ...head, points, fit, methods, link, ...(noise.ok && { noise: recordOf(noise) }) };
  } catch (error) {
    if (!(error instanceof ScalingError) || error.code === "aborted") throw error;
    return { ...head, points, refused: error.message };
  }
};

const asked = (title: string) => ({ testBreak: true, names: { x: LOSS, y: title } }) as const;

const recordOf = ({ ok: _, ...record }: SeedNoise & { readonly ok?: boolean }): SeedNoise => record;
