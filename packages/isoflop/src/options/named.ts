import { InvalidArgumentError } from "commander";
import { positive } from "./values.js";

/** Numbers by name. */
export type NamedValues = Readonly<Record<string, number>>;

/** Reads `width=256,batch=64`; an option given twice adds up. */
export const namedValues = (text: string, earlier: NamedValues = {}): NamedValues => {
  const out = new Map(Object.entries(earlier));
  for (const pair of text.split(",")) {
    const [name = "", value, ...more] = pair.split("=").map((part) => part.trim());
    if (name === "" || value === undefined || more.length > 0)
      throw new InvalidArgumentError(`"${pair}" is not name=value, such as width=256.`);
    if (out.has(name)) throw new InvalidArgumentError(`${name} is given twice.`);
    out.set(name, positive(value));
  }
  return Object.fromEntries(out);
};

/** Reads `N,D`; an option given twice adds up. */
export const nameList = (text: string, earlier: readonly string[] = []): readonly string[] => {
  const names = text.split(",").map((name) => name.trim());
  if (names.includes("")) throw new InvalidArgumentError("Expected names with commas between them, such as N,D.");
  return [...earlier, ...names];
};
