import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { usageError } from "../exit.js";
import { printable } from "../words/printable.js";
import { layoutOf } from "./layout.js";

/**
 * A path as a person gives it: `runs/quick` is the one study `runs/quick-HASH` where there is no such file. Anything else stays as it is.
 * @throws CliError `usage` where several studies go by that name
 */
export const studyPath = (given: string): string => {
  if (given === "-" || given === "" || existsSync(given)) return given;
  const [parent, name] = [dirname(given), basename(given)];
  const named = new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}-[0-9a-f]{8}$`);
  const found = entries(parent)
    .filter((entry) => named.test(entry) && existsSync(layoutOf(join(parent, entry)).manifest))
    .map((entry) => join(parent, entry));
  if (found.length <= 1) return found[0] ?? given;
  throw usageError(
    `${printable(given)} is the name of ${found.length} studies; give one of ${printable(found.join(", "))}`,
  );
};

const entries = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).sort();
  } catch {
    // Whoever reads the path says what is wrong with it.
    return [];
  }
};
