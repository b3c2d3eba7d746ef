import * as v from "valibot";

/** How a value reads in a message. */
export const shown = (value: unknown): string => {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) {
    const { name } = Object(value.constructor) as { readonly name?: unknown };
    return typeof name !== "string" || name === "Object" ? "a record" : `a ${name}`;
  }
  return typeof value === "function" ? `the function ${value.name} itself` : String(value);
};

/** "spec.model.breaks[2].width"; without a name "model.breaks[2].width". */
const pathOf = (name: string, keys: readonly unknown[]): string =>
  keys.reduce((path: string, key) => {
    if (typeof key === "number") return `${path}[${key}]`;
    return path === "" ? String(key) : `${path}.${String(key)}`;
  }, name) || "it";

/** What is wrong in words: the field, its value, and what would be right. */
export const told = (issue: v.BaseIssue<unknown>, name: string): string => {
  const keys = (issue.path ?? []).map(({ key }) => key);
  if (issue.type === "strict_object" && issue.expected === "never")
    return `${pathOf(name, keys.slice(0, -1))} has an unknown key "${keys.at(-1)}"; ${issue.message}`;
  // Such a check has seen several fields, and says in a sentence which, unless it expects something of one of them.
  const ofSeveral = issue.type === "raw_check" || issue.type === "raw_transform";
  if (ofSeveral && issue.expected === null) return `${pathOf(name, keys)}: ${issue.message}`;
  const given = issue.input === undefined ? "missing" : shown(issue.input);
  return `${pathOf(name, keys)} is ${given}; it must be ${issue.message}`;
};

/** How a record is read. */
export interface Reading {
  /** What stands before the fields in a message, e.g. "spec"; nothing where it is "". */
  readonly name: string;
  /** Makes the error that is thrown. @param path keys and indices that lead to the field; of an unknown key, to it */
  readonly error: (message: string, path: readonly (string | number)[]) => Error;
}

/**
 * The value as its schema has it: checked, and with its defaults filled in.
 * @throws what `error` makes, of the first field that is wrong: its path, its value and what would be right
 */
export const read = <S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  { name, error }: Reading,
): v.InferOutput<S> => {
  const result = v.safeParse(schema, value, { abortEarly: true, abortPipeEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw error(
    told(issue, name),
    (issue.path ?? []).map(({ key }) => key as string | number),
  );
};
