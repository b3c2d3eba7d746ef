import * as v from "valibot";
import { didYouMean } from "./nearest.js";

/** Ends of a range, each where it is given. */
export interface Bounds {
  readonly atLeast?: number;
  readonly above?: number;
  readonly atMost?: number;
  readonly below?: number;
}

/** "a finite number above 0 and of at most 1" */
const words = (what: string, { atLeast, above, atMost, below }: Bounds): string => {
  const bounds = [
    atLeast !== undefined && `of at least ${atLeast}`,
    above !== undefined && `above ${above}`,
    atMost !== undefined && `of at most ${atMost}`,
    below !== undefined && `below ${below}`,
  ].filter((bound) => bound !== false);
  return bounds.length === 0 ? what : `${what} ${bounds.join(" and ")}`;
};

/** A finite number in a range. */
export const number = (range: Bounds = {}) => {
  const right = words("a finite number", range);
  const { atLeast, above, atMost, below } = range;
  const bounds = [
    ...(atLeast === undefined ? [] : [v.minValue<number, number, string>(atLeast, right)]),
    ...(above === undefined ? [] : [v.gtValue<number, number, string>(above, right)]),
    ...(atMost === undefined ? [] : [v.maxValue<number, number, string>(atMost, right)]),
    ...(below === undefined ? [] : [v.ltValue<number, number, string>(below, right)]),
  ];
  return v.pipe(v.number(right), v.finite(right), ...bounds);
};

/** A whole number in a range, 0 and more unless told. */
export const whole = ({ atLeast = 0, atMost }: Pick<Bounds, "atLeast" | "atMost"> = {}) => {
  const right = words("a whole number", { atLeast, ...(atMost !== undefined && { atMost }) });
  const least = v.minValue<number, number, string>(atLeast, right);
  const most = atMost === undefined ? [] : [v.maxValue<number, number, string>(atMost, right)];
  return v.pipe(v.number(right), v.safeInteger(right), v.integer(right), least, ...most);
};

/** A finite number above 0. */
export const positive = number({ above: 0 });

/** A text of at least one letter. */
export const text = v.pipe(v.string("a text"), v.nonEmpty("a text"));

/** What would be right, and which of it was probably meant. */
const oneOf = (names: readonly string[], given: unknown): string => {
  const hint = didYouMean(given, names);
  return `one of ${names.map((name) => `"${name}"`).join(", ")}${hint && ` (${hint})`}`;
};

/** One of a few words. */
export const choice = <const T extends string>(names: readonly T[]) =>
  v.picklist(names, ({ input }) => oneOf(names, input));

/** What a function makes of a value, in a pipe of valibot; the message of what it throws tells what is wrong. */
export const attempt = <I, O>(make: (value: I) => O) =>
  v.rawTransform<I, O>(({ dataset, addIssue, NEVER }) => {
    try {
      return make(dataset.value);
    } catch (error) {
      addIssue({ message: error instanceof Error ? error.message : String(error) });
      return NEVER;
    }
  });

/** What the schema of a field says would be right. */
const rightOf = (schema: v.GenericSchema | undefined): string => {
  const { message } = (schema ?? {}) as { readonly message?: unknown };
  if (typeof message === "function") return String(message({ input: undefined, expected: "Object" }));
  return typeof message === "string" ? message : "given";
};

/** The schema that {@link record} makes. */
export type RecordSchema<E extends v.ObjectEntries> = v.StrictObjectSchema<E, v.ErrorMessage<v.StrictObjectIssue>>;

const strict = <const E extends v.ObjectEntries>(entries: E): RecordSchema<E> => {
  const names = Object.keys(entries);
  return v.strictObject(entries, ({ expected, input }) => {
    if (expected === "Object") return "a record";
    if (expected !== "never") return rightOf(entries[JSON.parse(expected ?? '""') as string] as v.GenericSchema);
    const hint = didYouMean(input, names);
    return `${hint && `${hint} `}it takes ${names.join(", ") || "none"}`;
  });
};

/** A record with no fields but these, whatever they hold. */
export const only = (names: readonly string[]) => {
  const schema = strict(Object.fromEntries(names.map((name) => [name, v.optional(v.unknown())])));
  const run: (typeof schema)["~run"] = (dataset, config) => {
    const { value } = dataset;
    if (!Array.isArray(value)) return schema["~run"](dataset, config);
    // To valibot a list is an object.
    const refused = schema["~run"]({ value: null }, config);
    for (const issue of refused.issues ?? []) Object.assign(issue, { input: value });
    return refused;
  };
  return { ...schema, "~run": run };
};

/** A record with these fields and no others: a mistyped one must not be ignored, and is told before the one that it leaves missing. */
export const record = <const E extends v.ObjectEntries>(entries: E): RecordSchema<E> => {
  const [schema, known] = [strict(entries), only(Object.keys(entries))];
  return {
    ...schema,
    "~run": (dataset, config) => {
      const { issues } = known["~run"]({ value: dataset.value }, config);
      return issues ? { value: dataset.value, typed: false, issues } : schema["~run"](dataset, config);
    },
  };
};
