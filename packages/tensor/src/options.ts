import { TensorError } from "./errors.js";

/** Rejects options that do not exist: a misspelled one would change nothing, in silence. */
export const checkOptions = (where: string, options: unknown, known: readonly string[]): void => {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new TensorError(
      "argument",
      `${where}: options are a record such as { ${known[0]} }, got ${options === null ? "null" : typeof options}`,
    );
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new TensorError(
      "argument",
      `${where}: unknown option ${JSON.stringify(unknown)}; options are ${known.join(", ")}`,
    );
};
