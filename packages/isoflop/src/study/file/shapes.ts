import * as v from "valibot";

/** What a value may look like. */
interface Shapes {
  readonly number?: v.GenericSchema;
  readonly text?: v.GenericSchema;
  readonly list?: v.GenericSchema;
  readonly record?: v.GenericSchema;
}

type Each<S extends Shapes> = Extract<S[keyof S], v.GenericSchema>;
type In<S extends Shapes> = v.InferInput<Each<S>>;
type Out<S extends Shapes> = v.InferOutput<Each<S>>;

const shapeOf = (value: unknown): keyof Shapes | undefined => {
  if (Array.isArray(value)) return "list";
  if (typeof value === "object" && value !== null) return "record";
  if (typeof value === "string") return "text";
  return typeof value === "number" ? "number" : undefined;
};

/** A value of one of several shapes: what is wrong is told of the shape that was written, not of all. @param what all of them, in words */
export const byShape = <const S extends Shapes>(what: string, shapes: S): v.GenericSchema<In<S>, Out<S>> =>
  v.lazy((value: unknown) => {
    // Asked without a value, as for its JSON Schema, it is any of them.
    if (value === undefined) return v.union(Object.values(shapes) as v.GenericSchema[], what);
    const shape = shapeOf(value);
    return (shape && shapes[shape]) ?? v.never(what);
  }) as v.GenericSchema as v.GenericSchema<In<S>, Out<S>>;
