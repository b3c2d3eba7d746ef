import { type DataSource, type DataSpec, fingerprint } from "@isoflop/data";
import { digest, number, record, shown, text, whole } from "@isoflop/spec";
import type { Measurement, MetricSpec } from "@isoflop/train";
import * as v from "valibot";
import { digestsOf, type ModuleContent, modulesSchema } from "./content.js";
import { NUMERICS, type RunSpec } from "./spec.js";

/** A metric that is asked of runs. It is no part of their identity: one more never trains a run again. */
export interface MetricRequest {
  readonly metric: MetricSpec;
  readonly content: {
    /** `fingerprint(source).content` of the data that the metric's option `data` names. Absent: the run's own. */
    readonly data?: string;
    readonly modules: readonly ModuleContent[];
  };
}

/** What a request says of a metric's record and of the source that its option `data` names. */
export const metricRequest = (
  metric: MetricSpec,
  { data, modules = [] }: { readonly data?: DataSource; readonly modules?: readonly ModuleContent[] } = {},
): MetricRequest => ({ metric, content: { modules, ...(data && { data: fingerprint(data).content }) } });

/** The source that a metric names beside the run's own. */
export const otherData = ({ data }: MetricSpec): DataSpec | undefined => data as DataSpec | undefined;

/** All that fixes a number of a run. */
export interface MetricCard {
  /** Kind and options, other data by their content and not by name. */
  readonly metric: MetricSpec;
  /** Content of the other data, or the fingerprint of the run's own. */
  readonly data: string;
  readonly modules: readonly string[];
  readonly numerics: number;
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

export const cardOf = ({ content: { data } }: RunSpec, request: MetricRequest): MetricCard => {
  const { data: _, ...metric } = request.metric;
  return {
    metric: metric as MetricSpec,
    data: request.content.data ?? data,
    modules: digestsOf(request.content.modules),
    numerics: NUMERICS,
  };
};

/** The name of a measurement's file: that of its kind, and the hash of its card. */
export const measurementName = (card: MetricCard): string =>
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

/** How a number is called beside those of other metrics: its kind, with the options that were written or have a default in brackets. */
export const measurementLabel = ({ kind, ...options }: MetricSpec): string => {
  const told = Object.entries(options).filter(([, value]) => value !== undefined);
  const worded = told.map(([name, value]) => `${name}=${typeof value === "object" ? wordOf(value) : String(value)}`);
  return worded.length === 0 ? kind : `${kind}(${worded.join(" ")})`;
};

/** A source or part by its name. */
const wordOf = (value: unknown): string => {
  const { source, kind } = (value ?? {}) as { readonly source?: unknown; readonly kind?: unknown };
  return String(source ?? kind ?? shown(value));
};

const named = v.looseObject({ kind: text }, "a record");

/** The record of a measurement. */
export const measurementSchema = record({
  name: text,
  metric: named,
  card: record({ metric: named, data: text, modules: v.array(text, "a list of digests"), numerics: whole() }),
  value: number(),
  stdErr: v.exactOptional(number({ atLeast: 0 })),
  count: whole({ atLeast: 1 }),
  seconds: number({ atLeast: 0 }),
  device: text,
}) as v.GenericSchema as v.GenericSchema<RunMeasurement>;

/** A request as it goes to another thread or process. */
export const requestSchema = record({
  metric: named,
  content: record({ data: v.exactOptional(text), modules: modulesSchema }),
});
