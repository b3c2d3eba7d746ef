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

const has = (value: unknown, method: string): boolean =>
  typeof value === "object" && typeof (value as Record<string, unknown> | null)?.[method] === "function";

/** A thing with a method of this name, such as what the words say. A text has an `at` too. */
export const having = (method: string, such: string) => v.custom((value) => has(value, method), `one such as ${such}`);

const paths = /* @__PURE__ */ having("at", "linearPath()");
const densities = /* @__PURE__ */ v.custom(
  (value) => has(value, "quantile") || has(value, "on"),
  "one such as logitNormal()",
);

/** @throws DiffusionError("option") for what is no path, such as its name or the function that makes one */
export const checkPath = (what: string, path: unknown): void => void check(paths, path, `${what}: path`);

/** @throws DiffusionError("option") for what is no density, such as its name or the function that makes one */
export const checkDensity = (what: string, density: unknown): void =>
  void check(densities, density, `${what}: density`);

/** @throws DiffusionError("option") for a network that is no function, such as a model's record; `name` is what it is to `what` */
export const checkNetwork = (what: string, network: unknown, name = "model"): void =>
  must(
    typeof network === "function",
    "option",
    `${what}: ${name} is ${shown(network)}; it takes a function of x and t, such as (x, t) => apply(params, x, t).`,
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
