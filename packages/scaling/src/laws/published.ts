import { choice, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import { drawParameters } from "../inference/draws.js";
import { studentFactor95 } from "../math/distributions.js";
import { quadraticForm } from "../math/linear.js";
import type { Random } from "../math/random.js";
import * as fields from "../records/fields.js";
import { type Estimate, type Interval, type Outcome, type Predicted, refuse } from "../types.js";
import type { LawForm } from "./form.js";

const ofSize = (size: number) =>
  record({
    ok: v.exactOptional(fields.ok),
    kind: v.literal("published"),
    status: choice(["converged"]),
    /** Name of the card it is from. */
    card: text,
    coefficient: fields.coefficient,
    /** The slope of ln(y − floor): negative of what falls. */
    exponent: fields.exponentOf,
    floor: v.exactOptional(fields.estimateOf(fields.notNegative)),
    /** Of ln coefficient, exponent and, where there is one, floor; absent where none is published. */
    covariance: v.exactOptional(fields.covariance(size)),
    /** The x between which it was fitted, where they are known. */
    range: v.exactOptional(fields.interval),
    /** What it was fitted to is with its authors. */
    points: v.literal(0, "0"),
    /** Of the covariance; 0 without one. */
    degreesOfFreedom: whole(),
  });

/** y = floor + coefficient · x^exponent as a paper prints it. Its errors are not known unless they are printed. */
export interface PublishedLaw extends fields.Read<ReturnType<typeof ofSize>> {}

const schema = v.lazy((value) => ofSize(fields.fieldOf(value, "floor") === undefined ? 2 : 3)) as v.GenericSchema<
  unknown,
  PublishedLaw
>;

const reducible = ({ coefficient, exponent }: PublishedLaw, x: number): number =>
  Math.exp(Math.log(coefficient.value) + exponent.value * Math.log(x));

const valueAt = (law: PublishedLaw, x: number): number => (law.floor?.value ?? 0) + reducible(law, x);

/** By the delta method on ln y, as of a law that was fitted here; undefined where no covariance is published. */
const bandAt = (law: PublishedLaw, x: number): Interval | undefined => {
  const { covariance, degreesOfFreedom } = law;
  if (!covariance) return undefined;
  const value = valueAt(law, x);
  const falls = reducible(law, x);
  const gradient = [falls, Math.log(x) * falls, 1].slice(0, covariance.length);
  const spread = Math.sqrt(Math.max(0, quadraticForm(covariance, gradient))) / value;
  const half = studentFactor95(degreesOfFreedom) * spread;
  return [value * Math.exp(-half), value * Math.exp(half)];
};

const predicted = (law: PublishedLaw, x: number): Predicted => {
  const ci95 = bandAt(law, x);
  return { value: valueAt(law, x), ...(ci95 && { ci95 }) };
};

/** y = floor + exp(level) · x^slope. */
export interface PublishedParameters {
  readonly level: number;
  readonly slope: number;
  readonly floor: number;
}

export const printedParameters = ({ coefficient, exponent, floor }: PublishedLaw): PublishedParameters => ({
  level: Math.log(coefficient.value),
  slope: exponent.value,
  floor: floor?.value ?? 0,
});

/** From the covariance of a law that has one. */
export const drawPublished = (law: PublishedLaw, count: number, uniform: Random): PublishedParameters[] => {
  const { covariance = [], degreesOfFreedom } = law;
  const { level, slope, floor } = printedParameters(law);
  const centre = [level, slope, floor].slice(0, covariance.length);
  return drawParameters(centre, covariance, degreesOfFreedom, count, uniform).map(([level, slope, limit = 0]) => ({
    level: level!,
    slope: slope!,
    floor: Math.max(0, limit),
  }));
};

/** Of a law that is printed without a floor. */
const NONE: Estimate = { value: 0, standardError: 0, ci95: [0, 0] };

export const published: LawForm<PublishedLaw> = {
  name: "published",
  formula: "y = floor + coefficient · x^exponent",
  given: true,
  options: {},
  schema,
  fit: (): Outcome<PublishedLaw> => refuse("unidentified", "a published law is taken from its card, and is not fitted"),
  value: valueAt,
  band: bandAt,
  predict: predicted,
  objective: () => ({ name: "published", value: Number.NaN }),
  estimates: ({ coefficient, exponent, floor }) => ({ ...(floor && { floor }), coefficient, exponent }),
  floor: ({ floor }) => floor ?? NONE,
  range: ({ range }) => range,
  remark: ({ card, covariance }) => `published, card ${card}${covariance ? "" : "; no uncertainty is published"}`,
  equation: ({ coefficient, exponent, floor }, { x, y }, num) =>
    `${y} = ${floor ? `${num(floor.value, 4)} + ` : ""}${num(coefficient.value, 4)}·${x}^${num(exponent.value, 4)}`,
};
