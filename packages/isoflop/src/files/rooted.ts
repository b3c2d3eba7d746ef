import { isAbsolute, resolve } from "node:path";

/**
 * A record of data with its paths from the root on, those that begin in the folder of its file: texts that begin like a path of this folder, and
 * whatever goes by the name `path`, or as the `module` of a decoder.
 */
export const rooted = (value: unknown, base: string, key = ""): unknown => {
  if (typeof value === "string") {
    const relative = /^\.{1,2}([\\/]|$)/.test(value) || ((key === "path" || key === "module") && !isAbsolute(value));
    return relative ? resolve(base, value) : value;
  }
  if (Array.isArray(value)) return value.map((item) => rooted(item, base, key));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, rooted(item, base, name)]));
};
