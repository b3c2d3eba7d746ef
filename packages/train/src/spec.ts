import { dit } from "@isoflop/dit";
import {
  architectures,
  canonicalConfig,
  type DitConfig,
  type Experts,
  mlpKinds,
  normKinds,
  positionKinds,
  queryKeyNorms,
} from "@isoflop/flops";
import { attempt, choice, jsonSchema, nameIn, number, positive, record, text, whole } from "@isoflop/spec";
import { random } from "@isoflop/tensor";
import * as v from "valibot";
import { type Averaging, averagings } from "./ema.js";
import { check, must } from "./errors.js";
import { resolveRates } from "./groups.js";
import { type ObjectiveSpec, objectiveSchema } from "./objective.js";
import { type OptimizerSpec, optimizerSchemaOf } from "./optimizers/spec.js";
import { packTree } from "./pack.js";
import { parameterizations } from "./parameterization.js";
import { type SnapshotSpec, snapshotsSchema } from "./snapshot.js";
import { withLogVariance } from "./uncertainty.js";

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
  /** More averages, from which one of any width can be had after the run. Absent: none. */
  readonly snapshots?: SnapshotSpec;
  /** Share of the captions replaced by the empty one, for classifier-free guidance (arXiv 2207.12598). */
  readonly captionDropout: number;
  /** Stochastic depth, see `dropPath` of `@isoflop/dit`: the share of samples that the last block's branches leave out. None where unsaid. */
  readonly dropPath?: number;
  /** Weight of the load-balance loss of a model with experts, beside the objective's loss; the Switch Transformer's is 0.01. None where unsaid. */
  readonly balance?: number;
  readonly validation: ValidationSpec;
}

/** Validation images come in blocks of this many, each with its own stream of noise, whatever is computed at once. */
export const VALIDATION_BLOCK = 64;

const size = whole({ atLeast: 1 });

/** A mixture of experts, as far as each field alone can be wrong. */
export const expertsSchema = record({
  count: size,
  active: size,
  capacity: v.exactOptional(positive),
  every: v.exactOptional(size),
} satisfies { readonly [K in keyof Experts]-?: v.GenericSchema });

/** A model's config, as far as each field alone can be wrong; defaults are filled in, so that one model has one text and one hash. */
const model = v.pipe(
  record({
    image: record({ height: size, width: size, channels: size, frames: v.optional(size) }),
    patch: size,
    patchFrames: v.optional(size),
    width: size,
    depth: size,
    heads: size,
    conditioning: nameIn(architectures),
    context: v.looseObject({ kind: choice(["none", "classes", "words", "features"]) }, "a record"),
    mlpRatio: v.optional(positive),
    outChannels: v.optional(size),
    time: v.optional(choice(["token", "added"])),
    timeScale: v.optional(positive),
    timeFeatures: v.optional(size),
    guidance: v.optional(v.literal(true, "true, or left out")),
    norm: v.optional(choice(normKinds)),
    mlp: v.optional(choice(mlpKinds)),
    registers: v.optional(whole()),
    positions: v.optional(choice(positionKinds)),
    qkNorm: v.optional(choice(queryKeyNorms)),
    parameterization: v.optional(parameterizations.schema),
    experts: v.exactOptional(expertsSchema),
  } satisfies { readonly [K in keyof DitConfig]-?: v.GenericSchema }),
  attempt((given) => canonicalConfig(given as DitConfig)),
);

/** An optimizer's record. */
export const optimizerSchema = optimizerSchemaOf(v.optional(positive, 2e-3));

/** Beyond this a set's times, (i + ½) / n, are no longer distinct in f32. */
const MOST_IMAGES = 2 ** 24;

/** What is validated on. */
export const validationSchema = record({
  split: v.optional(
    v.pipe(text, v.notValue("train", 'a split that training never sees, such as "validation"')),
    "validation",
  ),
  images: v.optional(
    v.pipe(
      whole({ atLeast: VALIDATION_BLOCK, atMost: MOST_IMAGES }),
      v.multipleOf(VALIDATION_BLOCK, `a multiple of ${VALIDATION_BLOCK}`),
    ),
    1024,
  ),
});

/** The fields of a spec, for records that contain one. */
export const trainFields = {
  model,
  objective: v.optional(objectiveSchema, {}),
  batch: v.optional(size, 16),
  steps: size,
  seed: v.optional(whole(), 0),
  optimizer: v.optional(optimizerSchema, v.parse(optimizerSchema, {})),
  averaging: v.optional(averagings.schema, { kind: "power", width: 0.05 }),
  snapshots: v.exactOptional(snapshotsSchema),
  captionDropout: v.optional(number({ atLeast: 0, atMost: 1 }), 0),
  dropPath: v.exactOptional(number({ atLeast: 0, below: 1 })),
  balance: v.exactOptional(number({ atLeast: 0 })),
  validation: v.optional(validationSchema, {}),
} as const;

/** A whole spec. */
export const trainSchema = record(trainFields);

/** A spec as one writes it: model, steps and learning rate, and what differs from the defaults. */
export type TrainSpecInput = v.InferInput<typeof trainSchema>;

/**
 * Checks a spec and fills in its defaults.
 * @throws TrainError `spec` naming the field, its value and what would be right; for a mistyped key also the nearest right one, and for a group
 * that no parameter of the model belongs to the nearest name
 */
export const trainSpec = (input: TrainSpecInput): TrainSpec => {
  const spec = check(trainSchema, input, "spec");
  const { groups } = spec.optimizer;
  const idle = spec.balance !== undefined && spec.balance > 0 && spec.model.experts === undefined;
  must(!idle, "spec", `spec.balance is ${spec.balance}; it weighs the loads of model.experts, which are left out`);
  const { init } = withLogVariance({ init: dit(spec.model).init, apply: (_, x) => x }, spec.objective);
  if (groups) resolveRates(packTree(init(random.key(0))).slots, groups);
  return spec;
};

/** JSON Schema of a spec, with which editors complete and check a file. */
export const trainJsonSchema = () => jsonSchema(trainSchema, "TrainSpec");
