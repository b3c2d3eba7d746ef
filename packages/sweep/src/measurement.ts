import { type DataSource, type DataSpec, fingerprint } from "@isoflop/data";
import { digest, number, read, record, text, whole } from "@isoflop/spec";
import { type Averaging, type Measurement, type MetricSpec, measurementFields, metrics } from "@isoflop/train";
import * as v from "valibot";
import { digestsOf, type ModuleContent, modulesSchema } from "./content.js";
import { SweepError } from "./errors.js";
import { NUMERICS, type RunSpec } from "./spec.js";

export { measurementLabel } from "./measurement-label.js";

/** What makes features: network and resize rule by name, and the weights by their hash, "" where there are none. */
export interface ExtractorContent {
  readonly name: string;
  readonly digest: string;
}

/** A metric that is asked of runs. It is no part of their identity: one more never trains a run again. */
export interface MetricRequest {
  readonly metric: MetricSpec;
  /** After which share of the run's steps: of the snapshot that it kept there. Absent: at its end. */
  readonly at?: number;
  readonly content: {
    /** `fingerprint(source).content` of the data that the metric's option `data` names. Absent: the run's own. */
    readonly data?: string;
    readonly modules: readonly ModuleContent[];
    /** Absent: the metric takes no features. */
    readonly extractor?: ExtractorContent;
  };
}

/** A share of a run, above 0; the whole of it is its end. */
const share = number({ above: 0, atMost: 1 });

/** What a metric's request says of what makes its features; nothing of one that takes none. @throws where the weights cannot be had */
export const extractorContent = async (metric: MetricSpec): Promise<ExtractorContent | undefined> => {
  const { extractor } = metrics.build(metric);
  return extractor && { name: extractor.name, digest: await extractor.digest() };
};

export interface RequestOptions {
  /** The source that the metric's option `data` names. */
  readonly data?: DataSource | undefined;
  readonly modules?: readonly ModuleContent[] | undefined;
  /** `await extractorContent(metric)`, for a metric that takes features. */
  readonly extractor?: ExtractorContent | undefined;
  /** Share of the run's steps after which it is measured. Default 1. */
  readonly at?: number | undefined;
}

/**
 * A metric's record with what decides its number beside it.
 * @throws SweepError `spec` for a metric that takes features and is not told of what, and a share outside 0..1
 */
export const metricRequest = (
  metric: MetricSpec,
  { data, modules = [], extractor, at = 1 }: RequestOptions = {},
): MetricRequest => {
  const error = (message: string) => new SweepError("spec", message);
  const needed = metrics.build(metric).extractor?.name;
  if (needed !== extractor?.name)
    throw error(
      `the metric "${metric.kind}" takes ${needed === undefined ? "no features" : `features of ${needed}`} and is told of ${extractor?.name ?? "none"}; give extractor: await extractorContent(metric)`,
    );
  read(share, at, { name: "at", error });
  const content = { modules, ...(data && { data: fingerprint(data).content }), ...(extractor && { extractor }) };
  return { metric, content, ...(at !== 1 && { at }) };
};

/** The source that a metric names beside the run's own. */
export const otherData = (metric: MetricSpec & { readonly data?: unknown }): DataSpec | undefined =>
  metric.data as DataSpec | undefined;

/** All that fixes a number of a run. */
export interface MetricCard {
  /** Kind and options, other data by their content and not by name. */
  readonly metric: MetricSpec;
  /** Content of the other data, or the fingerprint of the run's own. */
  readonly data: string;
  readonly modules: readonly string[];
  readonly numerics: number;
  /** Share of the run after which it was measured. Absent: at its end. */
  readonly at?: number;
  /** Of a metric that takes features. */
  readonly extractor?: ExtractorContent;
  /** The average of the weights from which pictures were drawn, of a metric that takes some. */
  readonly averaging?: Averaging;
  /** `fingerprint(source).content` of the data, which is the same for all orders of training. It follows from `data`, and is no part of the number's name. Absent in records of before. */
  readonly content?: string;
}

/** A number of a run, and what fixes it. */
export interface RunMeasurement extends Measurement {
  /** How it is called beside the numbers of other metrics: {@link measurementLabel}. */
  readonly name: string;
  /** As it was asked for. */
  readonly metric: MetricSpec;
  readonly card: MetricCard;
  readonly seconds: number;
  /** What it was computed on. */
  readonly device: string;
}

/** Whether a metric takes pictures that are drawn of the model. */
const draws = (metric: MetricSpec): boolean => metrics.has(metric.kind) && metrics.build(metric).samples !== undefined;

/** The card of what is asked of a run. Who measures it adds the content of its data. */
export const cardOf = (
  { content: { data }, averaging }: Pick<RunSpec, "content" | "averaging">,
  { metric: asked, at, content }: MetricRequest,
): MetricCard => {
  const { data: _, ...metric }: MetricSpec & { readonly data?: unknown } = asked;
  return {
    metric: metric as MetricSpec,
    data: content.data ?? data,
    modules: digestsOf(content.modules),
    numerics: NUMERICS,
    ...(at !== undefined && { at }),
    ...(content.extractor && { extractor: content.extractor }),
    ...(draws(asked) && { averaging }),
  };
};

/** The name of a measurement's file: that of its kind, and the hash of its card. */
export const measurementName = ({ content: _, ...card }: MetricCard): string =>
  `${card.metric.kind.replaceAll(/[^\w.-]/g, "_")}-${digest(card).slice(0, 16)}`;

/** Requests that have no number among these yet. */
export const lacking = (
  spec: RunSpec,
  requests: readonly MetricRequest[],
  known: readonly RunMeasurement[],
): readonly MetricRequest[] => {
  const names = new Set(known.map(({ card }) => measurementName(card)));
  return requests.filter((request) => !names.has(measurementName(cardOf(spec, request))));
};

const named = v.looseObject({ kind: text }, "a record");

const extractorSchema = record({ name: text, digest: v.string("a text") });

/** The record of a measurement. */
export const measurementSchema = record({
  name: text,
  metric: named,
  card: record({
    ...{ metric: named, data: text, modules: v.array(text, "a list of digests"), numerics: whole() },
    at: v.exactOptional(share),
    extractor: v.exactOptional(extractorSchema),
    averaging: v.exactOptional(named),
    content: v.exactOptional(text),
  }),
  ...measurementFields,
  seconds: number({ atLeast: 0 }),
  device: text,
}) as v.GenericSchema as v.GenericSchema<RunMeasurement>;

/** A request as it goes to another thread or process. */
export const requestSchema = record({
  metric: named,
  at: v.exactOptional(share),
  content: record({
    data: v.exactOptional(text),
    modules: modulesSchema,
    extractor: v.exactOptional(extractorSchema),
  }),
});
