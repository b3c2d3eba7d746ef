import { number, only, read, record, shown, whole } from "@isoflop/spec";
import { Tensor } from "@isoflop/tensor";
import type * as v from "valibot";
import { bracketed, DiffusionError } from "./errors.js";

/** A share of a whole, or a time. */
export const unit = number({ atLeast: 0, atMost: 1 });

/** How many of something. */
export const count = whole({ atLeast: 1 });

/** What the schema makes of a value. @throws DiffusionError("option") naming `what` is wrong, its value and what would be right */
export const check = <S extends v.GenericSchema>(schema: S, value: unknown, what: string): v.InferOutput<S> =>
  read(schema, value, { name: what, error: (message) => new DiffusionError("option", `${message}.`) });

/** @throws DiffusionError("option") for an option that is not among `names`: a mistyped one must not be ignored */
export const checkOptions = (what: string, options: object, names: readonly string[]): void => {
  check(only(names), options, what);
};

interface KindOf<E extends v.ObjectEntries, T> {
  readonly name: string;
  readonly options: E;
  build(options: v.InferOutput<v.StrictObjectSchema<E, undefined>>): T;
}

/** A function that makes a part of the kind from options as one writes them. It goes by the name of the part, or `called`. */
export const maker = <E extends v.ObjectEntries, T>(
  { name, options, build }: KindOf<E, T>,
  called = name,
): ((given?: v.InferInput<v.StrictObjectSchema<E, undefined>>) => T) => {
  const schema = record(options);
  const make = (given: unknown = {}): T => build(check(schema, given, called));
  return Object.defineProperty(make, "name", { value: called });
};

/** @throws DiffusionError("shape") unless `value` is an f32 tensor, of the shape of `like` where one is given */
const checkTensor = (what: string, value: unknown, like?: Tensor): void => {
  const right = like ? `an f32 tensor of x's shape, ${bracketed(like.shape)}` : "an f32 tensor";
  if (!(value instanceof Tensor)) throw new DiffusionError("shape", `${what} ${shown(value)}; it takes ${right}.`);
  if (value.dtype !== "f32" || (like && value.shape.join() !== like.shape.join()))
    throw new DiffusionError("shape", `${what} ${value.dtype} ${bracketed(value.shape)}; it takes ${right}.`);
};

/** @throws DiffusionError("shape") unless what a network gave for x is a prediction: f32 and of x's shape */
export const checkPrediction = (output: Tensor, x: Tensor): void => checkTensor("the model gives", output, x);

/** @throws DiffusionError("shape") unless an operand is an f32 tensor, of the shape of `like` where one is given */
export const checkOperand = (name: string, value: Tensor, like?: Tensor): void =>
  checkTensor(`${name} is`, value, like);
