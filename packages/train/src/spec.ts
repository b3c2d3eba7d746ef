import { canonicalConfig, conditionings, configKeys, type DitConfig } from "@isoflop/flops";
import { type Averaging, averagingSpec } from "./ema.js";
import { TrainError } from "./errors.js";
import { type Check, integer, number, oneOf, onlyKeys, positive, record, text, withDefault } from "./fields.js";
import { type ObjectiveSpec, objectiveSpec } from "./objective.js";
import { type AdamWSettings, adamWFields } from "./optimizer.js";
import { checkSchedule, type Schedule, scheduleFields } from "./schedule.js";

/** AdamW, its learning rate over the run, and the largest gradient norm it is given. */
export interface OptimizerSpec extends AdamWSettings, Schedule {
  /** Peak learning rate. */
  readonly learningRate: number;
  /** Gradients of a larger norm are scaled down to it. */
  readonly clip: number;
}

export interface ValidationSpec {
  /** A split of the data that training never sees. */
  readonly split: string;
  /** Number of held-out images, a multiple of {@link VALIDATION_BLOCK}: the standard error falls with its square root. */
  readonly images: number;
}

/** Everything that decides the weights at the end of a run, but the data's own description. A plain record. */
export interface TrainSpec {
  readonly model: DitConfig;
  readonly objective: ObjectiveSpec;
  /** Images per step. */
  readonly batch: number;
  readonly steps: number;
  /** Of the initial weights, the noise, the times and the dropped captions. */
  readonly seed: number;
  readonly optimizer: OptimizerSpec;
  readonly averaging: Averaging;
  /** Share of the captions replaced by the empty one, for classifier-free guidance (arXiv 2207.12598). */
  readonly captionDropout: number;
  readonly validation: ValidationSpec;
}

type Loose<T> = { readonly [K in keyof T]?: T[K] extends object ? Loose<T[K]> : T[K] };

/** A spec as one writes it: model, steps and learning rate, and what differs from the defaults. */
export type TrainSpecInput = Loose<Omit<TrainSpec, "model" | "steps" | "objective" | "averaging">> &
  Pick<TrainSpec, "model" | "steps"> & {
    readonly objective?: Loose<ObjectiveSpec>;
    readonly averaging?: Averaging;
  };

/** Validation images come in blocks of this many, each with its own stream of noise, whatever is computed at once. */
export const VALIDATION_BLOCK = 64;

/** Defaults filled in, so that one model has one text and one hash. */
const model: Check<DitConfig> = (value, path) => {
  const given = onlyKeys(value, path, configKeys) as unknown as DitConfig;
  onlyKeys(given.image, `${path}.image`, ["height", "width", "channels"]);
  oneOf(conditionings)(given.conditioning, `${path}.conditioning`);
  try {
    return canonicalConfig(given);
  } catch (error) {
    throw new TrainError("spec", `${path}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
};

const optimizerFields = record<OptimizerSpec>({
  learningRate: withDefault(positive, 2e-3),
  warmup: withDefault(scheduleFields.warmup, 0.05),
  shape: withDefault(scheduleFields.shape, "linear"),
  decay: withDefault(scheduleFields.decay, 0.3),
  beta1: withDefault(adamWFields.beta1, 0.9),
  beta2: withDefault(adamWFields.beta2, 0.99),
  eps: withDefault(adamWFields.eps, 1e-8),
  weightDecay: withDefault(adamWFields.weightDecay, 0.01),
  clip: withDefault(positive, 1),
});

/** Checks an optimizer's record and fills in its defaults. */
export const optimizerSpec: Check<OptimizerSpec> = (value, path) => {
  const checked = optimizerFields(value ?? {}, path);
  checkSchedule(checked, path);
  return checked;
};

/** Beyond this a set's times, (i + ½) / n, are no longer distinct in f32. */
const MOST_IMAGES = 2 ** 24;

const validationImages: Check<number> = (value, path) => {
  const images = integer(VALIDATION_BLOCK, MOST_IMAGES)(value, path);
  if (images % VALIDATION_BLOCK === 0) return images;
  throw new TrainError("spec", `${path} is ${images}; it must be a multiple of ${VALIDATION_BLOCK}`);
};

const heldOut: Check<string> = (value, path) => {
  if (value !== "train") return text(value, path);
  throw new TrainError("spec", `${path} is "train"; it must be a split that training never sees, such as "validation"`);
};

const validationFields = record<ValidationSpec>({
  split: withDefault(heldOut, "validation"),
  images: withDefault(validationImages, 1024),
});

/** Checks what is validated on and fills in the defaults. */
export const validationSpec: Check<ValidationSpec> = (value, path) => validationFields(value ?? {}, path);

/** A share of the captions. */
export const captionDropout: Check<number> = number(0, 1);

/** The checks of a spec's fields, for records that contain one. */
export const trainFields = {
  model,
  objective: (value: unknown, path: string) => objectiveSpec(value ?? {}, path),
  batch: withDefault(integer(1), 16),
  steps: integer(1),
  seed: withDefault(integer(0), 0),
  optimizer: optimizerSpec,
  averaging: withDefault(averagingSpec, { kind: "power", width: 0.05 }),
  captionDropout: withDefault(captionDropout, 0),
  validation: validationSpec,
} as const;

/**
 * Checks a spec and fills in its defaults.
 * @throws TrainError `spec` naming the field, its value and what would be right; for a mistyped key also the nearest right one
 */
export const trainSpec = (input: TrainSpecInput): TrainSpec => record<TrainSpec>(trainFields)(input, "spec");
