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
  straightLinks,
} from "@isoflop/scaling";
import { type DoneRun, pointOf } from "../runs/point.js";
import { quantityWords, valueOfQuantity } from "../runs/quantity-name.js";
import { LOSS } from "../words/quantity.js";
import type { MeasuredRuns } from "./measured-runs.js";
import { type Fitting, type StudyMethods, studyMethods } from "./methods.js";
import { isHigherBetter, metricOffset } from "./metric-offset.js";

/** A metric as laws are fitted to it. */
export interface FittedMetric extends Pick<MetricResults, "name" | "title" | "offset" | "higher" | "refused"> {
  /** The runs with the metric, and what is added to it, in the place of the loss. */
  readonly points: readonly Run[];
  readonly fit?: IsoFlop;
  readonly methods?: StudyMethods;
  readonly noise?: SeedNoise;
  /** From the loss. */
  readonly link?: Outcome<LinkFit>;
}

/** Names of what was measured of the runs, in the order in which it was asked for. */
const namesIn = (runs: readonly DoneRun[], { numbers, metrics }: MeasuredRuns): readonly string[] =>
  [...metrics.keys()].filter((name) => runs.some(({ id }) => Object.hasOwn(numbers.get(id)?.metrics ?? {}, name)));

/** What a metric is called beside others: by its kind where that is one of them alone. */
export const titlesOf = (names: readonly string[]): ReadonlyMap<string, string> => {
  const kindOf = (name: string) => name.split("(", 1)[0]!;
  const isAlone = (name: string) => names.filter((other) => kindOf(other) === kindOf(name)).length === 1;
  return new Map(names.map((name) => [name, isAlone(name) && kindOf(name) !== LOSS ? kindOf(name) : name]));
};

/** A run with a metric, and what is added to it, in the place of its loss; undefined where it was not measured. */
export const metricPoint = (
  run: DoneRun,
  measured: MeasuredRuns,
  { name, title, offset = 0, higher }: Pick<MetricResults, "name" | "title" | "offset" | "higher">,
): Run | undefined => {
  const { metrics = {}, standardErrors = {} } = measured.numbers.get(run.id) ?? {};
  const value = Object.hasOwn(metrics, name)
    ? valueOfQuantity({ offset, sign: higher ? -1 : 1 }, metrics[name]!)
    : Number.NaN;
  if (!Number.isFinite(value)) return undefined;
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
  const numbers = runs.flatMap(({ id }) => measured.numbers.get(id) ?? []);
  const values = numbers.flatMap(({ metrics }) => metrics?.[name] ?? []);
  const [, error] = extent([0, ...numbers.flatMap(({ standardErrors }) => standardErrors?.[name] ?? [])]);
  const metric = measured.metrics.get(name);
  const sign = metric && isHigherBetter(metric) ? -1 : 1;
  const offset = metricOffset(metric, sign < 0 ? values.map((value) => -value) : values, error);
  const title = quantityWords({ name: short, offset, sign });
  const head = { name, title, ...(offset > 0 && { offset }), ...(sign < 0 && { higher: true }) };
  const pairs = runs.flatMap((run) => {
    const point = metricPoint(run, measured, head);
    return point ? [{ loss: run.result.loss, point }] : [];
  });
  const points = pairs.map(({ point }) => point).sort((a, b) => a.C - b.C || a.N - b.N || a.loss - b.loss);
  try {
    const fit = isoFlop(points, { quantity: title });
    const link = linkOf(
      pairs.map(({ loss }) => loss),
      pairs.map(({ point }) => point.loss),
      head,
    );
    const noise = seedNoise(points);
    const methods = await studyMethods(points, fit, { ...fitting, quantity: title });
    return { ...head, points, fit, methods, link, ...(noise.ok && { noise: recordOf(noise) }) };
  } catch (error) {
    if (!(error instanceof ScalingError) || error.code === "aborted") throw error;
    return { ...head, points, refused: error.message };
  }
};

/** A metric as a function of the loss, by the straight line that its values have the largest likelihood by, with a test for a break. */
const linkOf = (
  loss: readonly number[],
  metric: readonly number[],
  { title, offset, higher }: Pick<MetricResults, "title" | "offset" | "higher">,
): Outcome<LinkFit> => {
  // Of what something was added to a power of the loss would be one of that, too.
  const forms = straightLinks.filter((form) => form !== "power" || offset === undefined || higher);
  const fits = forms.map((form) =>
    fitLink(loss, metric, {
      ...{ form, testBreak: true, names: { x: LOSS, y: title } },
      ...(form === "power" && { scale: "log" as const }),
    }),
  );
  const [first, ...others] = fits.flatMap((fit) => (fit.ok ? [fit] : []));
  if (!first) return fits[0]!;
  const { ok: _, ...best } = others.reduce((a, b) => (misfitOf(b) < misfitOf(a) ? b : a), first);
  return { ok: true, ...best };
};

/** Minus twice the logarithm of the likelihood per point, but for a constant: of the metric, whatever the residuals are on. */
const misfitOf = ({ sumOfSquares, points, scale, data }: LinkFit): number => {
  const stretched = scale === "log" ? (2 / points) * data.y.reduce((s, y) => s + Math.log(y), 0) : 0;
  return Math.log(sumOfSquares / points) + stretched;
};

const recordOf = ({ ok: _, ...record }: SeedNoise & { readonly ok?: boolean }): SeedNoise => record;
