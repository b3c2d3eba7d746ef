import { choice, number, positive, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import * as fields from "../records/fields.js";

/** How a number was checked: in the text of the paper, in what its authors released, or in what others quote of it. */
export const verifications = ["paper text", "authors' repository", "secondary"] as const;

const source = record({
  /** Of another paper than the card's own, where the number stands there. */
  arxiv: v.exactOptional(text),
  /** "eq. 4", "Table 2". */
  where: text,
  verified: choice(verifications),
});

/** Where a number is printed, and how that was verified. */
export interface CardSource extends fields.Read<typeof source> {}

const withError = record({
  value: fields.finite,
  standardError: v.exactOptional(fields.notNegative),
  interval: v.exactOptional(fields.interval),
  /** Which share of the time the interval holds; 0.95 where it is not said. */
  level: v.exactOptional(number({ above: 0, below: 1 })),
});

/** A printed number with the error that is printed beside it. */
export interface PublishedWithError extends fields.Read<typeof withError> {}

/** A printed number, alone or with its error. */
export type Published = number | PublishedWithError;

/** As it is printed: a number, or a record of it with its error. */
const published = v.lazy((value) =>
  value === undefined ? v.union([fields.finite, withError]) : typeof value === "object" ? withError : fields.finite,
) as v.GenericSchema<unknown, Published>;

const ranges = fields.each(fields.interval);

const covariance = fields.list(fields.list(fields.finite));

const errors = {
  covariance: v.exactOptional(covariance),
  /** Of the fit that the covariance is from. */
  degreesOfFreedom: v.exactOptional(whole({ atLeast: 1 })),
};

/** A covariance says nothing without the degrees of freedom it was estimated with. */
const together = <S extends v.GenericSchema<unknown, { covariance?: unknown; degreesOfFreedom?: number }>>(
  schema: S,
): S =>
  fields.checked(schema, ({ covariance: given, degreesOfFreedom }) =>
    given !== undefined && degreesOfFreedom === undefined
      ? { path: ["degreesOfFreedom"], input: degreesOfFreedom, right: "given where there is a covariance" }
      : undefined,
  );

const relation = together(
  record({
    /** What it gives: N, D, loss, FID, learningRate, batch, … */
    of: text,
    /** In which unit that is. */
    unit: text,
    /** Set-up of a law that stands beside the card's main one; such a law is shown and not predicted with. */
    variant: v.exactOptional(text),
    /** Absent where only the exponents are published, or where the unit of the coefficient is not known. */
    coefficient: v.exactOptional(published),
    /** By what it is a law of: C (FLOPs), N, D, … */
    exponents: fields.each(published),
    /** One unit of a predictor as the paper counts it, in ours: PF-days are 8.64e19 FLOPs. 1 where it is not said. */
    units: v.exactOptional(fields.each(positive)),
    floor: v.exactOptional(published),
    /** Of ln coefficient, the exponents in their order, and the floor if there is one. */
    ...errors,
    /** Where it was fitted, where that is not the card's range. */
    range: v.exactOptional(ranges),
    source,
    note: v.exactOptional(text),
  }),
);

/** y = floor + coefficient · Π (x / unit)^exponent, as it is printed. */
export interface CardRelation extends fields.Read<typeof relation> {}

const surface = together(
  record({
    /** Of `surfaceForms`. */
    form: text,
    /** By the form's names. */
    parameters: fields.each(published),
    /** k of C = k·N·D, under which its optimum is sought. */
    flopsPerToken: positive,
    /** Of θ, in the form's order. */
    ...errors,
    /** Of ln L. */
    residualStandardDeviation: v.exactOptional(fields.notNegative),
    source,
    note: v.exactOptional(text),
  }),
);

/** A loss surface as it is printed. */
export interface CardSurfaceText extends fields.Read<typeof surface> {}

/** What a card may say that something counts; `unknown` where no source was found to say it. */
export const counted = {
  parameters: ["all", "non-embedding", "without-input-embedding", "active", "flops-per-token", "unknown"],
  tokens: ["text-tokens", "image-tokens", "video-tokens", "all-tokens", "samples", "unknown"],
  compute: ["6ND", "exact-flops", "exact-macs", "flops-per-token", "unknown"],
  loss: ["nats-per-token", "bits-per-byte", "bits-per-character", "velocity-mse", "noise-mse", "unknown"],
  learningRate: ["peak", "constant", "unknown"],
  batch: ["tokens", "sequences", "samples", "unknown"],
} as const;

const said = { words: v.exactOptional(text) };

const conventions = record({
  parameters: record({ is: choice(counted.parameters), ...said }),
  tokens: record({ is: choice(counted.tokens), ...said }),
  compute: record({ is: choice(counted.compute), ...said }),
  loss: record({ is: choice(counted.loss), on: choice(["training", "validation", "test", "unknown"]), ...said }),
  learningRate: v.exactOptional(record({ is: choice(counted.learningRate), ...said })),
  batch: v.exactOptional(record({ is: choice(counted.batch), ...said })),
});

/** What N, D, C, the loss, the learning rate and the batch of a card count. */
export interface CardConventions extends fields.Read<typeof conventions> {}

const reproduced = record({
  /** C, N, D, and U for unique tokens. */
  given: fields.each(positive),
  /** What the card is asked there, such as N, D, loss, or D/N. */
  asks: text,
  /** As it is printed. */
  expected: fields.finite,
  /** Relative: half a unit of the last printed digit, or what the note explains. */
  within: fields.notNegative,
  where: text,
  note: v.exactOptional(text),
});

/** A number of the source that the card gives again. */
export interface Reproduced extends fields.Read<typeof reproduced> {}

export const cardSchema = record({
  ...fields.head("card"),
  /** A short name and, where there is one, the arXiv id: "dit-2410.08184". */
  name: text,
  title: text,
  authors: text,
  year: whole({ atLeast: 1900 }),
  arxiv: v.exactOptional(text),
  /** What may be done with the numbers. */
  licence: text,
  note: v.exactOptional(text),
  conventions,
  /** From where to where it was fitted, by C, N and D. */
  range: ranges,
  laws: fields.list(relation),
  surface: v.exactOptional(surface),
  reproduces: fields.list(reproduced),
});

/** A published law as data: its numbers as they are printed, where, and what they count. A record: it survives JSON whole. */
export interface LawCard extends fields.Read<typeof cardSchema> {}
