import { canonicalJson, number, read, record, text, whole } from "@isoflop/spec";
import { type MeanLoss, pairedDifference, VALIDATION_NOISE } from "@isoflop/train";
import * as v from "valibot";
import { SweepError } from "./errors.js";
import type { RunSpec } from "./spec.js";

/** What losses were measured on, and of what: runs of equal samples can be compared loss by loss. */
export interface ValidationSamples {
  /** `fingerprint(source).content` of the data. */
  readonly data: string;
  readonly split: string;
  readonly images: number;
  /** The objective's record: its density draws the times, and the rest of it says what the loss is. */
  readonly objective: Readonly<Record<string, unknown>>;
  /** `VALIDATION_NOISE` of `@isoflop/train`. */
  readonly noise: number;
}

/** The validation losses of a run, one a sample. */
export interface ValidationLosses {
  readonly samples: ValidationSamples;
  /** Diffusion times of the samples, ascending, from 0, data, to 1, noise. */
  readonly times: Float32Array;
  readonly losses: Float32Array;
}

/** What a run of this spec is validated on: an uncertainty decides how it is trained, not what its loss is. @param data content of its data */
export const samplesOf = (
  { validation, objective: { uncertainty: _, ...objective } }: RunSpec,
  data: string,
): ValidationSamples => ({
  data,
  ...validation,
  objective,
  noise: VALIDATION_NOISE,
});

const samples = record({
  data: v.string("a text"),
  split: text,
  images: whole({ atLeast: 1 }),
  objective: v.looseObject({}, "a record"),
  noise: whole(),
});

const values = (of: v.GenericSchema<number, number>) =>
  v.pipe(
    v.array(of, "a list of numbers"),
    v.transform((list) => Float32Array.from(list)),
  );

const isAscending = (times: Float32Array): boolean => times.every((t, i) => i === 0 || t >= times[i - 1]!);

/** Losses as plain JSON has them. */
export const lossesSchema: v.GenericSchema<unknown, ValidationLosses> = v.pipe(
  record({ samples, times: values(number({ atLeast: 0, atMost: 1 })), losses: values(number()) }),
  v.check(({ samples, losses }) => losses.length === samples.images, "as many losses as samples.images says"),
  v.check(({ times, losses }) => losses.length === times.length, "as many times as losses"),
  v.check(({ times }) => isAscending(times), "times that ascend"),
);

/** @throws SweepError `record` for what no reader would take: losses that cannot be read again are lost */
export const checkedLosses = (id: string, { samples, times, losses }: ValidationLosses): ValidationLosses => {
  const plain = { samples, times: Array.from(times), losses: Array.from(losses) };
  const error = (message: string) => new SweepError("record", `the losses of run ${id} were not kept: ${message}`);
  return read(lossesSchema, plain, { name: "", error });
};

const unequal = (a: unknown, b: unknown): boolean => canonicalJson(a ?? null) !== canonicalJson(b ?? null);

/** Samples as they are told apart: what the times are drawn by before what else the objective says. */
const parts = ({ objective: { density, ...objective }, ...samples }: ValidationSamples) => ({
  ...samples,
  "objective.density": density,
  ...Object.fromEntries(Object.entries(objective).map(([name, value]) => [`objective.${name}`, value])),
});

/** In what the samples of two runs differ, or what their losses are, in words; undefined where they can be held against each other. */
export const unlikeSamples = (a: ValidationLosses, b: ValidationLosses): string | undefined => {
  const [one, other]: Readonly<Record<string, unknown>>[] = [parts(a.samples), parts(b.samples)] as const;
  for (const name of new Set([...Object.keys(one!), ...Object.keys(other!)])) {
    const [was, is] = [one![name], other![name]];
    if (unequal(was, is))
      return `${name} is ${was === undefined ? "absent" : canonicalJson(was)} of the one and ${is === undefined ? "absent" : canonicalJson(is)} of the other`;
  }
  const i = a.times.findIndex((t, at) => t !== b.times[at]);
  return i < 0 ? undefined : `time ${i} is ${a.times[i]} of the one and ${b.times[i]} of the other`;
};

/**
 * Mean of the losses of `a` minus those of `b`, sample by sample: what both find hard cancels, so its standard error is far smaller than that
 * of either loss. It is of these samples alone; runs of other seeds differ by more.
 * @throws SweepError `data` where they were validated on other samples, or by another loss, saying what differs
 */
export const pairedLosses = (a: ValidationLosses, b: ValidationLosses): MeanLoss => {
  const unlike = unlikeSamples(a, b);
  if (unlike !== undefined)
    throw new SweepError(
      "data",
      `losses of unlike validations cannot be paired: ${unlike}; compare runs of one validation`,
    );
  return pairedDifference(a.losses, b.losses);
};
