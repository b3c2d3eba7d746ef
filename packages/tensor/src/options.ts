import { TensorError } from "./errors.js";
import { spelled } from "./spelled.js";

/** Rejects options that do not exist: a misspelled one would change nothing, in silence. */
export const checkOptions = (where: string, options: unknown, names: readonly string[]): void => {
  const prototype = typeof options === "object" && options !== null ? Object.getPrototypeOf(options) : undefined;
  // A plain record of any realm: its prototype is the root of that realm's.
  if (prototype === undefined || (prototype !== null && Object.getPrototypeOf(prototype) !== null))
    throw new TensorError(
      "argument",
      `${where}: options are an object with ${names.join(", ")}, got ${spelled(options)}`,
    );
  const unknown = Object.keys(options as object).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new TensorError(
      "argument",
      `${where}: there is no option ${JSON.stringify(unknown)}; the options are ${names.join(", ")}`,
    );
};
