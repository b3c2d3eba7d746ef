import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { number, read, text } from "@isoflop/spec";
import * as v from "valibot";
import { inputError } from "../exit.js";
import { printable } from "../words/printable.js";

const measurement = v.looseObject({ name: text, value: number() }, ({ expected }) =>
  expected === "Object" ? "a record" : "given",
);

/**
 * What was measured of a run's trained model, by the names of its metrics.
 * @throws CliError for a file that is none, and for two numbers of one name: of two versions of a metric, or of a package
 */
export const measuredIn = (run: string): Readonly<Record<string, number>> => {
  const folder = join(run, "metrics");
  if (!existsSync(folder)) return {};
  const files = new Map<string, string>();
  const values: Record<string, number> = {};
  const all = readdirSync(folder).filter((name) => name.endsWith(".json"));
  for (const file of all.sort().map((name) => join(folder, name))) {
    const error = (message: string) => inputError(`${printable(file)} is no measurement: ${message}`);
    const { name: label, value } = read(measurement, jsonOf(file, error), { name: "", error });
    const other = files.get(label);
    if (other !== undefined)
      throw inputError(
        `${printable(other)} and ${printable(file)} are both ${label}, of two versions of it; move one of them away`,
      );
    files.set(label, file);
    values[label] = value;
  }
  return values;
};

const jsonOf = (file: string, error: (message: string) => Error): unknown => {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw error((cause as Error).message);
  }
};
