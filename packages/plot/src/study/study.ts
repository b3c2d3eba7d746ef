import { type FitPrediction, type IsoFlop, type Predicted, recordFields, recordSchemas } from "@isoflop/scaling";
import { choice, number, positive, read, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import { PlotInputError } from "../error.js";
import type { Sample } from "../figures/sample.js";
import type { RunCurve, StudyRun } from "../figures/training.js";

/** A run as a study shows it. Its C is that of its budget: equal to the C of the budget of the fit it belongs to. */
export interface TimedRun extends StudyRun {
  /** Wall-clock seconds. */
  readonly seconds: number;
}

/** What was decided, in words. A choice that is left out is reported as "not stated". */
export interface Choices {
  /** What stands on the axes and on which scale the parabola was fitted. */
  readonly axes?: string;
  /** Which parameters N counts (embeddings, text table, biases). */
  readonly parameters?: string;
  /** Which tokens D counts (image, text, time), and tokens per image. */
  readonly tokens?: string;
  /** FLOP convention: MAC or FLOP, attention, backward factor. */
  readonly flops?: string;
  /** How the validation loss was measured. */
  readonly loss?: string;
  /** How optimum and laws were fitted. */
  readonly fit?: string;
  /** Where the intervals come from. */
  readonly intervals?: string;
  /** Which runs were left out, and why. */
  readonly filters?: string;
  /** Objective, optimizer, batch and learning-rate rule. */
  readonly recipe?: string;
  readonly seeds?: readonly number[];
  /** Package or program to version. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Anything else worth stating, name to statement. */
  readonly other?: Readonly<Record<string, string>>;
}

/** Exponents published elsewhere, shown beside the study's own. */
export interface PublishedExponents {
  readonly source: string;
  readonly N: number;
  readonly D: number;
  readonly loss: number;
}

/** How a study foresees its held-out budget, by the names of `isoflop predict --method`, and what they are called. */
export const methodNames = {
  rollout: "the roll-out of forms of surface",
  isoflop: "Approach 2 (isoFLOP)",
  surface: "one surface (chinchilla)",
} as const;

/** What one method said of the held-out budget before anything was trained there. */
export interface HeldOutMethod {
  readonly method: keyof typeof methodNames;
  /** Size that it holds for the best there. */
  readonly N: Predicted;
  /** Of the size that is trained. */
  readonly loss: Predicted;
}

/** A study as `summary.json` holds it. Runs may still be missing, and what follows from them. */
export interface StudySummary {
  readonly record: "study";
  readonly preset: string;
  readonly device: { readonly backend: string; readonly [detail: string]: unknown };
  /** Where the pictures come from; `details` are sizes, splits and whatever else decides what the model saw. */
  readonly data: {
    readonly name: string;
    readonly source?: string;
    readonly licence?: string;
    readonly details?: string;
  };
  /** Wall-clock seconds of the whole study so far. */
  readonly seconds: number;
  /** Every run that is done, held-out ones among them. */
  readonly runs: readonly TimedRun[];
  /** What was fitted to the runs of the smaller budgets; its laws may have been refused. */
  readonly fit?: IsoFlop;
  /** A larger compute that takes no part in the fit: predicted first, measured afterwards. */
  readonly heldOut?: {
    readonly prediction: FitPrediction;
    /** What each method said, that of the prediction first; absent in studies that knew of one only. */
    readonly methods?: readonly HeldOutMethod[];
    readonly measured?: { readonly loss: number; readonly sigma: number };
  };
  /** Runs that the study will have when it is finished. */
  readonly plannedRuns?: number;
  readonly choices?: Choices;
  readonly published?: PublishedExponents;
  /** Seconds by phase, e.g. { training: 210, validation: 30 }. */
  readonly timings?: Readonly<Record<string, number>>;
  /** Shell commands that make this study again, one per line. */
  readonly reproduce?: string;
}

/** What a study's report is drawn from: its summary, and what is too large for that. */
export interface DrawnStudy extends StudySummary {
  readonly curves?: readonly RunCurve[];
  readonly samples?: readonly Sample[];
}

const words = v.string("a text");
const notNegative = number({ atLeast: 0 });
const maybe = v.exactOptional;
const list = <T>(schema: v.GenericSchema<unknown, T>) => v.array(schema, "a list");
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
  seconds: notNegative,
});

/** A schema of what methods said. */
export const heldOutMethods: v.GenericSchema<unknown, readonly HeldOutMethod[]> = list(
  record({
    method: choice(Object.keys(methodNames) as (keyof typeof methodNames)[]),
    N: recordFields.predicted,
    loss: recordFields.predicted,
  }),
);

const heldOutSchema = record({
  prediction: v.pipe(
    recordSchemas.prediction,
    v.check(({ given, predicted }) => "C" in given && "loss" in predicted, "the prediction of a loss at a compute C"),
  ),
  methods: maybe(heldOutMethods),
  measured: maybe(record({ loss: positive, sigma: notNegative })),
});

const summarySchema: v.GenericSchema<unknown, StudySummary> = record({
  record: v.literal("study", '"study"'),
  preset: words,
  device: v.looseObject({ backend: words }, "a record"),
  data: record({ name: words, source: maybe(words), licence: maybe(words), details: maybe(words) }),
  seconds: notNegative,
  runs: v.pipe(
    list(runSchema),
    v.check((runs) => new Set(runs.map(({ id }) => id)).size === runs.length, "a list in which every id is another"),
  ),
  fit: maybe(recordSchemas.isoflop),
  heldOut: maybe(heldOutSchema),
  plannedRuns: maybe(whole()),
  choices: maybe(choicesSchema),
  published: maybe(record({ source: words, N: number(), D: number(), loss: number() })),
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
