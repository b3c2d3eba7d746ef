import type { ParameterRate } from "@isoflop/dit";
import { didYouMean, number, record, text } from "@isoflop/spec";
import type { Device, Tensor } from "@isoflop/tensor";
import * as v from "valibot";
import { check, must } from "./errors.js";
import type { Slot } from "./pack.js";

/** Factors of parameters by their names; what is not named is 1. */
export type ParameterRates = Readonly<Record<string, Partial<ParameterRate>>>;

/** Factors of all parameters whose names match. */
export interface ParameterGroup extends Partial<ParameterRate> {
  /** A glob: `*` stands for any letters, dots too, as in "blocks.*.mlp.*" or "*.bias". */
  readonly match: string;
}

const factor = number({ atLeast: 0 });
const factors = { learningRate: v.exactOptional(factor), weightDecay: v.exactOptional(factor) };

/** Groups, of which the later ones win. */
export const groupsSchema = v.array(
  v.pipe(
    record({ match: text, ...factors }),
    v.check(
      ({ learningRate, weightDecay }) => learningRate !== undefined || weightDecay !== undefined,
      "a group with a factor: learningRate, weightDecay or both",
    ),
  ),
  "a list of groups",
);

/** Factors, one record for each parameter. */
export const ratesSchema = v.array(record({ learningRate: factor, weightDecay: factor }), "a list of factors");

/** The expression of a glob. */
const expression = (glob: string): RegExp =>
  new RegExp(`^${glob.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`);

const absent = (what: string, wanted: string, names: readonly string[]): string => {
  const hint = didYouMean(wanted, names);
  return `${what} "${wanted}", and no parameter has such a name${hint ? `; ${hint}` : `; they are called ${names.slice(0, 4).join(", ")}, …`}`;
};

/**
 * The factors of every parameter, in the order of the slots: of each factor the last group that matches and has it, times the one that
 * the model gives.
 * @param given factors that the model itself asks for
 * @throws TrainError `spec` for a group that no parameter belongs to, or a name of the model's that no parameter has, with the nearest
 */
export const resolveRates = (
  slots: readonly Pick<Slot, "name">[],
  groups: readonly ParameterGroup[] = [],
  given: ParameterRates = {},
): readonly ParameterRate[] => {
  check(groupsSchema, groups, "optimizer.groups");
  const names = slots.map(({ name }) => name);
  const known = new Set(names);
  for (const name of Object.keys(given))
    must(known.has(name), "spec", absent("the model gives rates for", name, names));
  const chosen = names.map((): Partial<ParameterRate> => ({}));
  for (const [i, { match, ...factors }] of groups.entries()) {
    const pattern = expression(match);
    const members = names.flatMap((name, at) => (pattern.test(name) ? [at] : []));
    must(members.length > 0, "spec", absent(`optimizer.groups[${i}].match is`, match, names));
    for (const at of members) chosen[at] = { ...chosen[at], ...factors };
  }
  return names.map((name, at) => ({
    learningRate: (chosen[at]!.learningRate ?? 1) * (given[name]?.learningRate ?? 1),
    weightDecay: (chosen[at]!.weightDecay ?? 1) * (given[name]?.weightDecay ?? 1),
  }));
};

/** Factors as an update takes them: one number for all parameters, or an f32 vector with a number for each. */
export type Factors = { readonly [K in keyof ParameterRate]: number | Tensor };

/** No factors. */
export const NO_FACTORS: Factors = { learningRate: 1, weightDecay: 1 };

/** Uploads factors that differ between parameters, 4 bytes for each number of the model; what is the same for all stays a number. */
export const factorsOf = (rates: readonly ParameterRate[], slots: readonly Slot[], device: Device): Factors => {
  const spread = (field: keyof ParameterRate): number | Tensor => {
    const [first, ...rest] = rates.map((rate) => rate[field]);
    if (first === undefined || rest.every((value) => value === first)) return first ?? 1;
    const last = slots.at(-1)!;
    const flat = new Float32Array(last.offset + last.size);
    for (const [i, { offset, size }] of slots.entries()) flat.fill(rates[i]![field], offset, offset + size);
    return device.tensor(flat) as unknown as Tensor;
  };
  return { learningRate: spread("learningRate"), weightDecay: spread("weightDecay") };
};
