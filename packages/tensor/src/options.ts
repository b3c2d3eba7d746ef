import { TensorError } from "./errors.js";
import { isRecord } from "./plain.js";
import { spelled } from "./spelled.js";

/** Rejects options that do not exist: a misspelled one would change nothing, in silence. */
export const checkOptions = (where: string, options: unknown, names: readonly string[]): void => {
  if (typeof options !== "object" || options === null || !isRecord(options))
    throw new TensorError(
      "argument",
      `${where}: options are an object with ${names.join(", ")}, got ${spelled(options)}`,
    );
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new TensorError(
      "argument",
      `${where}: there is no option ${JSON.stringify(unknown)}; the options are ${names.join(", ")}`,
    );
};
