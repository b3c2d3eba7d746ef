import { number, read, record, shown, whole } from "@isoflop/spec";
import { Tensor } from "@isoflop/tensor";
import * as v from "valibot";
import { bracketed, DiffusionError, must } from "./errors.js";

/** A share of a whole, or a time. */
export const unit = number({ atLeast: 0, atMost: 1 });

/** How many of something. */
export const count = /* @__PURE__ */ whole({ atLeast: 1 });

/** What the schema makes of a value. @throws DiffusionError("option") naming `what` is wrong, its value and what would be right */
export const check = <S extends v.GenericSchema>(schema: S, value: unknown, what: string): v.InferOutput<S> =>
  read(schema, value, { name: what, error: (message) => new DiffusionError("option", `${message}.`) });

/** An option that records leave unsaid at its default, so that one thing has one text. */
export const unsaid = <T>(schema: v.GenericSchema<T>, standard: T) =>
  v.optional(
    v.pipe(
      schema,
      v.transform((value) => (value === standard ? undefined : value)),
    ),
  );

type Entries<E extends v.ObjectEntries> = v.StrictObjectSchema<E, undefined>;

/**
 * A kind that is also the function which makes its part from options as one writes them, or from arguments that `named` makes options of.
 * That function throws DiffusionError("option") naming the option, its value and what would be right.
 */
export const part = <
  const N extends string,
  T,
  const E extends v.ObjectEntries = Readonly<Record<never, never>>,
  A extends readonly unknown[] = [options?: v.InferInput<Entries<E>>],
>({
  name,
  options = {} as E,
  named = (...[given = {}]: readonly unknown[]) => given,
  build,
}: {
  readonly name: N;
  readonly options?: E;
  readonly named?: (...given: A) => unknown;
  readonly build: (options: v.InferOutput<Entries<E>>) => T;
}) => {
  const schema = record(options);
  const make = (...given: A): T => build(check(schema, named(...given), name));
  return Object.assign(Object.defineProperty(make, "name", { value: name }) as typeof make & { name: N }, {
    options,
    build,
  });
};

/** @throws DiffusionError("shape") unless `value` is an f32 tensor, of the shape of `like` where one is given; `what` is such as "x is" */
export const checkTensor = (what: string, value: unknown, like?: Tensor): void => {
  const isTensor = value instanceof Tensor;
  const holds = isTensor && value.dtype === "f32" && (like === undefined || value.shape.join() === like.shape.join());
  const given = isTensor ? `${value.dtype} ${bracketed(value.shape)}` : shown(value);
  const right = like ? `an f32 tensor of x's shape, ${bracketed(like.shape)}` : "an f32 tensor";
  must(holds, "shape", `${what} ${given}; it takes ${right}.`);
};

/** @throws DiffusionError("shape") unless what a network gave for x is a prediction: f32 and of x's shape */
export const checkPrediction = (output: Tensor, x: Tensor): void => checkTensor("the model gives", output, x);
