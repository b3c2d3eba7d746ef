import { attempt, choice, type KindSpec, positive, record, type SpecInputOf, type SpecOf } from "@isoflop/spec";
import * as v from "valibot";
import { groupsSchema, type ParameterGroup } from "../groups.js";
import { type Schedule, scheduleFields, withinRun } from "../schedule.js";
import type { adam } from "./adam.js";
import type { AdamSettings } from "./adam-moments.js";
import { optimizers } from "./index.js";
import type { Optimizer } from "./optimizer.js";
import type { rmsprop } from "./rmsprop.js";
import type { sgd } from "./sgd.js";

type Others = typeof adam | typeof sgd | typeof rmsprop;

/** An optimizer and what it keeps constant over a run. One without a kind is AdamW. */
export type OptimizerSettings = (AdamSettings & { readonly kind?: "adamw" }) | SpecOf<Others> | KindSpec;

/** The same as one writes it. */
type SettingsInput = (Partial<AdamSettings> & { readonly kind?: "adamw" }) | SpecInputOf<Others> | KindSpec;

/** What every optimizer has beside its own settings. */
export interface OptimizerCommon extends Schedule {
  /** Gradients of a larger norm are scaled down to it. */
  readonly clip: number;
  /** Factors on the learning rate and weight decay of parameters by name; later ones win. */
  readonly groups?: readonly ParameterGroup[];
}

/** An optimizer, its learning rate over the run, and the largest gradient norm it is given. */
export type OptimizerSpec = OptimizerCommon &
  OptimizerSettings & { /** Peak learning rate. */ readonly learningRate: number };

/** Beside the schedule and an optimizer's own settings. */
const common = {
  clip: v.optional(positive, 1),
  groups: v.exactOptional(groupsSchema),
} as const;

/** The kind that is left unsaid. */
const USUAL = "adamw";

type Loose = Readonly<Record<string, unknown>>;

const pick = (from: Loose, names: readonly string[]): Loose =>
  Object.fromEntries(names.flatMap((name) => (name in from && from[name] !== undefined ? [[name, from[name]]] : [])));

/** The settings of an optimizer alone, with its name. */
const settingsOf = (spec: Loose): KindSpec => {
  const { kind = USUAL } = spec;
  return { kind: String(kind), ...pick(spec, Object.keys(optimizers.get(String(kind)).options)) };
};

/** Settings beside which fields of no meaning to the optimizer may stand, with the defaults of what is left out. */
export const settingsSchema = v.pipe(v.looseObject({}, "a record"), v.transform(settingsOf), optimizers.schema);

/** The optimizer of checked settings, which the rest of a record may surround. @throws TrainError `spec` for settings that do not go together */
export const buildOptimizer = (spec: OptimizerSettings): Optimizer => optimizers.build(settingsOf(spec as Loose));

/** AdamW by name and a list of no groups say nothing: texts from before there was a choice stay what they were. */
const unsaid = ({ kind = USUAL, groups, ...rest }: OptimizerSpec): Loose => ({
  ...(kind !== USUAL && { kind }),
  ...rest,
  ...(Array.isArray(groups) && groups.length > 0 && { groups }),
});

/**
 * An optimizer's record: a kind and its options, a schedule, clipping and groups.
 * @param learningRate what the peak rate may be
 */
export const optimizerSchemaOf = <I, O>(learningRate: v.GenericSchema<I, O>) => {
  const recordOf = (name: string): v.GenericSchema => {
    const named = v.literal(name);
    const options = optimizers.get(name).options;
    const kind = name === USUAL ? v.exactOptional(named) : named;
    const fields = { kind, learningRate, ...scheduleFields, ...options, ...common };
    return v.pipe(
      record(fields) as v.GenericSchema as v.GenericSchema<unknown, OptimizerSpec>,
      withinRun<OptimizerSpec>(),
      attempt((spec: OptimizerSpec) => buildOptimizer(spec) && spec),
      v.transform(unsaid),
    );
  };
  const schema = v.lazy((value: unknown): v.GenericSchema => {
    // Asked without a record, as for its JSON Schema, it is any kind there is.
    if (value === undefined) return v.union(optimizers.names.map(recordOf), "a record");
    const { kind = USUAL } = Object(value) as Loose;
    if (typeof kind === "string" && optimizers.has(kind)) return recordOf(kind);
    return v.pipe(
      v.unknown(),
      v.transform(() => ({ kind })),
      record({ kind: choice(optimizers.names) }),
    );
  });
  type Input = Partial<OptimizerCommon> & SettingsInput & { readonly learningRate?: I };
  type Output = OptimizerCommon & OptimizerSettings & { readonly learningRate: O };
  return schema as v.GenericSchema as v.GenericSchema<Input, Output>;
};
