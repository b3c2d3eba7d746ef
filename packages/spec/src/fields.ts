import * as v from "valibot";
import { didYouMean } from "./nearest.js";

/** Ends of a range, each where it is given. */
export interface Bounds {
  readonly atLeast?: number;
  readonly above?: number;
  readonly atMost?: number;
  readonly below?: number;
}

/** The ends of a range, in the words of a message and as checks of valibot. */
const ends = {
  atLeast: { words: "of at least", check: v.minValue<number, number, string> },
  above: { words: "above", check: v.gtValue<number, number, string> },
  atMost: { words: "of at most", check: v.maxValue<number, number, string> },
  below: { words: "below", check: v.ltValue<number, number, string> },
};

/** What would be right, such as "a finite number above 0 and of at most 1", and the checks of the ends that are given. */
const within = (what: string, range: Bounds) => {
  const given = (Object.keys(ends) as (keyof Bounds)[]).flatMap((name) => {
    const end = range[name];
    return end === undefined ? [] : [{ ...ends[name], end }];
  });
  const right = [what, given.map(({ words, end }) => `${words} ${end}`).join(" and ")].join(" ").trim();
  return { right, checks: given.map(({ check, end }) => check(end, right)) };
};

/** A finite number in a range. */
export const number = (range: Bounds = {}) => {
  const { right, checks } = within("a finite number", range);
  return v.pipe(v.number(right), v.finite(right), ...checks);
};

/** A whole number in a range, 0 and more unless told. */
export const whole = (range: Pick<Bounds, "atLeast" | "atMost"> = {}) => {
  const { right, checks } = within("a whole number", { atLeast: 0, ...range });
  return v.pipe(v.number(right), v.safeInteger(right), v.integer(right), ...checks);
};

/** A finite number above 0. */
export const positive = number({ above: 0 });

/** A text of at least one letter. */
export const text = /* @__PURE__ */ v.pipe(v.string("a text"), v.nonEmpty("a text"));

/** What would be right, and which of it was probably meant. */
const oneOf = (names: readonly string[], given: unknown): string => {
  const hint = didYouMean(given, names);
  return `one of ${names.map((name) => `"${name}"`).join(", ")}${hint && ` (${hint})`}`;
};

/** One of a few words. */
export const choice = <const T extends string>(names: readonly T[]) =>
  v.picklist(names, ({ input }) => oneOf(names, input));

/** The name of a part of a registry, those from outside too. */
export const nameIn = (parts: { readonly names: readonly string[] }): v.GenericSchema<string, string> =>
  v.lazy(() => choice(parts.names));

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
