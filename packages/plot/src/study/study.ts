import { recordSchemas } from "@isoflop/scaling";
import { number, positive, read, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import { PlotInputError } from "../error.js";
import type { Sample } from "../figures/sample.js";
import type { LossCurve } from "../figures/training.js";

const words = v.string("a text");
const notNegative = number({ atLeast: 0 });
const maybe = v.exactOptional;
const list = <T>(schema: v.GenericSchema<unknown, T>) => v.pipe(v.array(schema, "a list"), v.readonly());
const named = <T>(schema: v.GenericSchema<unknown, T>) => v.record(words, schema, "a record");

/** Where the pictures come from, as a reader has to know it. */
const dataSchema = record({
  name: words,
  source: maybe(words),
  licence: maybe(words),
  /** Sizes, splits and whatever else decides what the model saw. */
  details: maybe(words),
});

/** A run of scaling with an id, what it really spent, and how long that took. */
const runSchema = record({
  id: text,
  /** FLOPs of its budget: equal to the C of the budget of the fit it belongs to. */
  C: positive,
  N: positive,
  D: positive,
  /** FLOPs really spent, which differ from C by the rounding of steps. */
  flops: positive,
  loss: positive,
  sigma: maybe(notNegative),
  seed: maybe(number()),
  label: maybe(words),
  metrics: maybe(named(number())),
  row: maybe(whole()),
  /** Wall-clock seconds. */
  seconds: notNegative,
});

/** What was decided, in words. A choice that is left out is reported as "not stated". */
const choicesSchema = record({
  /** What stands on the axes and on which scale the parabola was fitted. */
  axes: maybe(words),
  /** Which parameters N counts (embeddings, text table, biases). */
  parameters: maybe(words),
  /** Which tokens D counts (image, text, time), and tokens per image. */
  tokens: maybe(words),
  /** FLOP convention: MAC or FLOP, attention, backward factor. */
  flops: maybe(words),
  /** How the validation loss was measured. */
  loss: maybe(words),
  /** How optimum and laws were fitted. */
  fit: maybe(words),
  /** Where the intervals come from. */
  intervals: maybe(words),
  /** Which runs were left out, and why. */
  filters: maybe(words),
  /** Objective, optimizer, batch and learning-rate rule. */
  recipe: maybe(words),
  seeds: maybe(list(number())),
  /** Package or program to version. */
  versions: maybe(named(words)),
  /** Anything else worth stating, name to statement. */
  other: maybe(named(words)),
});

const summarySchema = record({
  record: v.literal("study", '"study"'),
  preset: words,
  device: v.looseObject({ backend: words }, "a record"),
  data: dataSchema,
  /** Wall-clock seconds of the whole study so far. */
  seconds: notNegative,
  /** Every run that is done, held-out ones among them. */
  runs: v.pipe(
    list(runSchema),
    v.check((runs) => new Set(runs.map(({ id }) => id)).size === runs.length, "a list in which every id is another"),
  ),
  /** What was fitted to the runs of the smaller budgets; its laws may have been refused. */
  fit: maybe(recordSchemas.isoflop),
  /** A larger compute that takes no part in the fit: predicted first, measured afterwards. */
  heldOut: maybe(
    record({
      prediction: v.pipe(
        recordSchemas.prediction,
        v.check(
          ({ given, predicted }) => "C" in given && "loss" in predicted,
          "the prediction of a loss at a compute C",
        ),
      ),
      measured: maybe(record({ loss: positive, sigma: notNegative })),
    }),
  ),
  /** Runs that the study will have when it is finished. */
  plannedRuns: maybe(whole()),
  choices: maybe(choicesSchema),
  published: maybe(record({ source: words, N: number(), D: number(), loss: number() })),
  /** Seconds by phase, e.g. { training: 210, validation: 30 }. */
  timings: maybe(named(notNegative)),
  /** Shell commands that make this study again, one per line. */
  reproduce: maybe(words),
});

export type Choices = Readonly<v.InferOutput<typeof choicesSchema>>;
/** Exponents published elsewhere, shown beside the study's own. */
export type PublishedExponents = NonNullable<StudySummary["published"]>;
export type TimedRun = Readonly<v.InferOutput<typeof runSchema>>;

/** A study as `summary.json` holds it. Runs may still be missing, and what follows from them. */
export type StudySummary = Readonly<v.InferOutput<typeof summarySchema>>;

/** What a study's report is drawn from: its summary, and what is too large for that. */
export type Study = StudySummary & {
  readonly curves?: readonly LossCurve[];
  readonly samples?: readonly Sample[];
};

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
