import { choice, number, positive, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import { type Estimate, type Interval, type Outcome, type Predicted, type Run, refusalReasons } from "../types.js";

/** JSON has no infinity and no NaN: a number that is not known is null there, an infinite one the word. */
const fromJson = (value: unknown): unknown => {
  if (value === null) return Number.NaN;
  return value === "Infinity" || value === "-Infinity" ? Number(value) : value;
};

type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

/** What a schema reads, as it is held: nobody writes into a record. `ok` is of the outcome that it may have been. */
export type Read<S extends v.GenericSchema> = Frozen<Omit<v.InferOutput<S>, "ok">>;

/** What a schema says of a value that it must not take, though valibot's own would. */
const refusal = <S extends v.GenericSchema>(schema: S, given: unknown, config: v.Config<v.BaseIssue<unknown>>) => {
  const refused = schema["~run"]({ value: undefined }, config);
  for (const issue of refused.issues ?? []) Object.assign(issue, { input: given });
  return refused as v.OutputDataset<v.InferOutput<S>, v.InferIssue<S>>;
};

/** A number that may be infinite, or not known, and that `right` accepts; as it is in memory or in JSON. */
const known = (right: (value: number) => boolean, message: string): v.GenericSchema<unknown, number> => {
  const schema = v.union([v.number(), v.null(), v.picklist(["Infinity", "-Infinity"])], message);
  const run: (typeof schema)["~run"] = (dataset, config) => {
    const value = fromJson(dataset.value);
    if (typeof value === "number" && right(value)) return { typed: true, value };
    return refusal(schema, Number.isNaN(value) ? null : dataset.value, config);
  };
  return { ...schema, "~run": run } as v.GenericSchema<unknown, number>;
};

export const anyNumber = known(() => true, "a number or null");
/** A standard error or a variance, which may be infinite or not known. */
export const spread = known((value) => !(value < 0), "a number of at least 0, or null");
/** The logarithm of a term, which is −Infinity where the term has gone to zero. */
export const logarithm = known(
  (value) => Number.isFinite(value) || value === Number.NEGATIVE_INFINITY,
  "a finite number",
);
export const finite = number();
export const notNegative = number({ atLeast: 0 });

/** A record of any names, each with the same schema; valibot's own leaves out names that every object answers to. */
export const each = <T>(schema: v.GenericSchema<unknown, T>): v.GenericSchema<unknown, Record<string, T>> => {
  const shape = v.record(v.string(), schema, "a record");
  const run: (typeof shape)["~run"] = (dataset, config) => {
    const { value } = dataset;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return refusal(shape, value, config);
    const out: [string, T][] = [];
    for (const [key, entry] of Object.entries(value)) {
      const found = schema["~run"]({ value: entry }, config);
      if (found.issues) {
        for (const issue of found.issues) Object.assign(issue, { path: [{ key }, ...(issue.path ?? [])] });
        return { typed: false, value, issues: found.issues as never };
      }
      out.push([key, found.value]);
    }
    return { typed: true, value: Object.fromEntries(out) };
  };
  return { ...shape, "~run": run };
};

export const list = <S extends v.GenericSchema>(schema: S) => v.array(schema, "a list");

/** A list of so many. */
export const listOf = <T>(size: number, schema: v.GenericSchema<unknown, T>): v.GenericSchema<unknown, T[]> =>
  v.pipe(list(schema), v.length(size, `a list of ${size}`));

export const positives = list(positive);
export const pairOf = <T>(schema: v.GenericSchema<unknown, T>) => v.strictTuple([schema, schema], "a list of 2");

export const criteria = record({ logLikelihood: anyNumber, aic: anyNumber, aicc: anyNumber, bic: anyNumber });

/** One trained model. */
export const run: v.GenericSchema<unknown, Run> = record({
  C: positive,
  N: positive,
  D: positive,
  loss: positive,
  sigma: v.exactOptional(notNegative),
  seed: v.exactOptional(anyNumber),
  label: v.exactOptional(v.string("a text")),
  metrics: v.exactOptional(each(anyNumber)),
  standardErrors: v.exactOptional(each(notNegative)),
  inputs: v.exactOptional(each(finite)),
  row: v.exactOptional(whole()),
});

/** [low, high], each of which may be infinite or not known. */
export const interval: v.GenericSchema<unknown, Interval> = v.pipe(
  pairOf(anyNumber),
  v.check(([low, high]) => !(low > high), "two numbers, the smaller first"),
);

/** A number with its error, either of which may be beyond what is known. */
export const estimateOf = (value: v.GenericSchema<unknown, number>): v.GenericSchema<unknown, Estimate> =>
  record({ value, standardError: spread, ci95: interval });
export const estimate = estimateOf(finite);
/** Of what must be positive: a coefficient at x = 1 can be larger than a number holds. */
export const coefficient = estimateOf(spread);

/** Of what may be beyond any number, as an exponent of nothing. */
export const exponentOf = estimateOf(anyNumber);

export const bootstrapEstimate = record({
  /** On the original data. */
  value: anyNumber,
  median: anyNumber,
  standardError: spread,
  ci95: interval,
  method: choice(["percentile", "bca"]),
});

export const predicted: v.GenericSchema<unknown, Predicted> = record({
  value: anyNumber,
  ci95: v.exactOptional(interval),
  interval95: v.exactOptional(interval),
});

const matrix = (size: number, entry: v.GenericSchema<unknown, number>) => listOf(size, listOf(size, entry));

/** Where nothing is known of the errors. */
export const anyMatrix = (size: number) => matrix(size, anyNumber);

/** A field of a record that does not go with the others. */
export interface Flaw {
  readonly path: readonly (string | number)[];
  readonly input: unknown;
  readonly right: string;
}

/** A schema with a check of several fields together. */
export const checked = <S extends v.GenericSchema>(schema: S, find: (value: v.InferOutput<S>) => Flaw | undefined): S =>
  v.pipe(
    schema as v.GenericSchema<unknown, v.InferOutput<S>>,
    v.rawCheck(({ dataset, addIssue }) => {
      const flaw = dataset.typed ? find(dataset.value) : undefined;
      if (!flaw) return;
      const { path, input, right } = flaw;
      addIssue({ message: right, expected: right, input, path: path.map((key) => ({ key })) as never });
    }),
  ) as v.GenericSchema as S;

/** A covariance: symmetric, and no correlation above 1. */
export const covariance = (size: number): v.GenericSchema<unknown, number[][]> =>
  checked(matrix(size, finite), (rows) => {
    for (const [i, row] of rows.entries()) {
      if (row[i]! < 0) return { path: [i, i], input: row[i], right: "a variance of at least 0" };
      for (const [j, entry] of row.entries()) {
        const most = Math.sqrt(row[i]! * rows[j]![j]!);
        const slack = 1e-6 * most + Number.MIN_VALUE;
        if (Math.abs(entry) > most + slack || Math.abs(entry - rows[j]![i]!) > slack)
          return { path: [i, j], input: entry, right: "a covariance of the variances on the diagonal" };
      }
    }
    return undefined;
  });

/** The value of a field of what may be a record. */
export const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

/** A record of several kinds: a field of it says which. */
export const by = <T>(
  name: string,
  kinds: () => Readonly<Record<string, v.GenericSchema<unknown, T>>>,
): v.GenericSchema<unknown, T> =>
  v.lazy((value) => {
    const there = kinds();
    // Asked without a value, as for its JSON Schema, it is any of them.
    if (value === undefined) return v.union([...new Set(Object.values(there))]);
    const kind = fieldOf(value, name);
    if (typeof kind === "string" && Object.hasOwn(there, kind)) return there[kind]!;
    return named(name, choice(Object.keys(there))) as v.GenericSchema as v.GenericSchema<unknown, T>;
  });

/** Of all fields of a record only the one that says what it is. */
export const named = (name: string, right: v.GenericSchema) => {
  const field = v.transform((value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value) ? { [name]: fieldOf(value, name) } : value,
  );
  return v.pipe(v.unknown(), field, record({ [name]: right }));
};

/** A record of which some fields are known where degrees of freedom are left over, and are not otherwise. */
export const whereFree = <E extends v.ObjectEntries, F extends v.ObjectEntries, W extends v.ObjectEntries>(
  entries: E,
  free: F,
  without: W,
) => {
  const base = { degreesOfFreedom: whole(), ...entries };
  const [some, none] = [record({ ...base, ...free }), record({ ...base, ...without })];
  return v.lazy((value) =>
    value === undefined || Number(fieldOf(value, "degreesOfFreedom")) > 0 ? some : none,
  ) as v.GenericSchema as typeof some;
};

/** Points are parameters and degrees of freedom. */
export const counted = <
  S extends v.GenericSchema<unknown, { readonly points: number; readonly degreesOfFreedom: number }>,
>(
  schema: S,
  ...parameters: readonly number[]
): S =>
  checked(schema, ({ points, degreesOfFreedom }) => {
    const right = parameters.map((p) => Math.max(0, points - p));
    if (right.includes(degreesOfFreedom)) return undefined;
    return { path: ["degreesOfFreedom"], input: degreesOfFreedom, right: right.join(" or ") };
  });

const declined = record({ ok: v.literal(false, "true or false"), reason: choice(refusalReasons), message: text });

/** Stands in an answer. */
export const ok = v.literal(true, "true or false");

/** What a record begins with; it may be an outcome as it came from its function. */
export const head = <const N extends string>(name: N) => ({
  ok: v.exactOptional(ok),
  record: v.literal(name, `"${name}"`),
});

/** An answer, of which `ok` is a field, or a refusal with its reason. */
export const outcome = <T>(answer: v.GenericSchema<unknown, T>): v.GenericSchema<unknown, Outcome<T>> =>
  v.lazy((value): v.GenericSchema => {
    if (value === undefined) return v.union([answer, declined]);
    const ok = fieldOf(value, "ok");
    return typeof ok === "boolean" ? (ok ? answer : declined) : named("ok", v.boolean("true or false"));
  }) as v.GenericSchema<unknown, Outcome<T>>;
