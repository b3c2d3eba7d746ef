import { recordFields, recordSchemas } from "@isoflop/scaling";
import { choice, number, positive, read, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import { PlotInputError } from "../error.js";
import {
  type Choices,
  type HeldOutCheck,
  type HeldOutMethod,
  type MetricResults,
  methodNames,
  type StudyFile,
  type StudyModule,
  type StudySummary,
  type StudyTune,
  type TimedRun,
} from "./study.js";

const words = v.string("a text");
const notNegative = number({ atLeast: 0 });
const maybe = v.exactOptional;
const list = <T>(schema: v.GenericSchema<unknown, T>) => v.array(schema, "a list");
const seal = v.pipe(words, v.regex(/^[0-9a-f]{32,64}$/, "32 to 64 hexadecimal digits"));
const named = <T>(schema: v.GenericSchema<unknown, T>) => v.record(words, schema, "a record");

const choicesSchema: v.GenericSchema<unknown, Choices> = record({
  ...v.entriesFromList(
    ["axes", "parameters", "tokens", "flops", "loss", "fit", "intervals", "filters", "recipe"],
    maybe(words),
  ),
  seeds: maybe(list(number())),
  versions: maybe(named(words)),
  other: maybe(named(words)),
});

const runSchema: v.GenericSchema<unknown, TimedRun> = record({
  ...v.entriesFromList(["C", "N", "D", "flops", "loss"], positive),
  id: text,
  sigma: maybe(notNegative),
  seed: maybe(number()),
  label: maybe(words),
  metrics: maybe(named(number())),
  row: maybe(whole()),
  inputs: maybe(named(number())),
  seconds: notNegative,
  ...v.entriesFromList(["width", "depth"], maybe(whole({ atLeast: 1 }))),
  ...v.entriesFromList(["learningRate", "epochs"], maybe(positive)),
  standardErrors: maybe(named(notNegative)),
});

/** A schema of what methods said. */
export const heldOutMethods: v.GenericSchema<unknown, readonly HeldOutMethod[]> = list(
  record({
    method: choice(Object.keys(methodNames) as (keyof typeof methodNames)[]),
    N: recordFields.predicted,
    loss: recordFields.predicted,
  }),
);

const checkSchema: v.GenericSchema<unknown, HeldOutCheck> = record({
  prediction: v.pipe(
    recordSchemas.prediction,
    v.check(({ given, predicted }) => "C" in given && "loss" in predicted, "the prediction of a loss at a compute C"),
  ),
  methods: maybe(heldOutMethods),
  measured: maybe(record({ loss: number(), sigma: notNegative })),
  run: maybe(text),
});

const heldOutSchema = v.lazy((value) => (Array.isArray(value) ? list(checkSchema) : checkSchema)) as v.GenericSchema<
  unknown,
  NonNullable<StudySummary["heldOut"]>
>;

export const fileSchema: v.GenericSchema<unknown, StudyFile> = record({ name: text, hash: maybe(text), text: words });

export const modulesSchema: v.GenericSchema<unknown, readonly StudyModule[]> = list(
  record({ path: text, digest: text }),
);

const tuneSchema: v.GenericSchema<unknown, StudyTune> = record({
  rule: text,
  curve: list(record({ width: positive, learningRate: positive })),
  runs: list(
    record({ id: maybe(text), width: positive, learningRate: positive, loss: positive, sigma: maybe(notNegative) }),
  ),
  optima: maybe(list(record({ width: positive, learningRate: positive, ci95: maybe(recordFields.interval) }))),
  notes: maybe(list(words)),
});

/** What was found of a quantity. */
const resultEntries = {
  fit: maybe(recordSchemas.isoflop),
  rollOut: maybe(recordSchemas.rollout),
  joint: maybe(recordSchemas.joint),
  floor: maybe(record({ value: notNegative, standardError: notNegative, prior: text })),
  noise: maybe(recordSchemas["seed-noise"]),
  heldOut: maybe(heldOutSchema),
};

const metricSchema: v.GenericSchema<unknown, MetricResults> = record({
  name: text,
  title: text,
  offset: maybe(positive),
  higher: maybe(v.boolean("true or false")),
  refused: maybe(text),
  link: maybe(recordFields.outcome(recordSchemas.link)),
  ...resultEntries,
});

export const summarySchema: v.GenericSchema<unknown, StudySummary> = record({
  record: v.literal("study", '"study"'),
  preset: words,
  device: v.looseObject({ backend: words }, "a record"),
  data: record({
    name: words,
    source: maybe(words),
    licence: maybe(words),
    details: maybe(words),
    images: maybe(whole()),
    notes: maybe(list(words)),
  }),
  seconds: notNegative,
  runs: v.pipe(
    list(runSchema),
    v.check((runs) => new Set(runs.map(({ id }) => id)).size === runs.length, "a list in which every id is another"),
  ),
  ...resultEntries,
  quantities: maybe(list(metricSchema)),
  seal: maybe(seal),
  plannedRuns: maybe(whole()),
  choices: maybe(choicesSchema),
  published: maybe(record({ source: words, N: number(), D: number(), loss: number() })),
  file: maybe(fileSchema),
  modules: maybe(modulesSchema),
  tune: maybe(tuneSchema),
  timings: maybe(named(notNegative)),
  reproduce: maybe(words),
});

/**
 * A study's summary as it was read from JSON.
 * @throws PlotInputError naming the first field that is missing or is not what it must be, or saying how to go on where another
 * version wrote it
 */
export const readStudy = (value: unknown): StudySummary => {
  if ((value as { readonly record?: unknown } | null)?.record !== "study")
    throw new PlotInputError(
      'this is no study, or one that another version wrote; "isoflop report FOLDER" makes it again from the runs',
      "record",
    );
  const error = (message: string) => new PlotInputError(message, message.split(" ")[0] ?? "");
  return read(summarySchema, value, { name: "", error });
};
