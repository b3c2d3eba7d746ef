import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { errorColumn } from "@isoflop/scaling";
import { number, read, text } from "@isoflop/spec";
import type { MetricCard } from "@isoflop/sweep";
import * as v from "valibot";
import { inputError } from "../exit.js";
import { printable } from "../words/printable.js";
import type { Carded } from "./cards.js";

const part = <const E extends v.ObjectEntries>(entries: E) =>
  v.looseObject(entries, ({ expected }) => (expected === "Object" ? "a record" : "given"));

const named = part({ kind: text });

const measurement = part({
  name: text,
  value: number(),
  stdErr: v.exactOptional(number({ atLeast: 0 })),
  metric: v.exactOptional(named),
  card: v.exactOptional(part({ metric: named })),
});

/** A number of a run as its file has it. */
export interface KnownNumber extends Partial<Pick<Carded, "metric" | "card">> {
  readonly name: string;
  readonly value: number;
  readonly stdErr?: number;
}

/**
 * What was measured of a run's trained model.
 * @throws CliError for a file that is none, and for two numbers of one name: of two versions of a metric, or of a package
 */
export const numbersOf = (run: string): readonly KnownNumber[] => {
  const folder = join(run, "metrics");
  if (!existsSync(folder)) return [];
  const files = new Map<string, string>();
  const all = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return all
    .sort()
    .map((name) => join(folder, name))
    .map((file): KnownNumber => {
      const error = (message: string) => inputError(`${printable(file)} is no measurement: ${message}`);
      const { name, value, stdErr, metric, card } = read(measurement, jsonOf(file, error), { name: "", error });
      const other = files.get(name);
      if (other !== undefined)
        throw inputError(
          `${printable(other)} and ${printable(file)} are both ${name}, of two versions of it; move one of them away`,
        );
      files.set(name, file);
      return {
        ...{ name, value },
        ...(stdErr !== undefined && { stdErr }),
        ...(metric && { metric }),
        ...(card && { card: card as unknown as MetricCard }),
      };
    });
};

/** The same as columns of a table: a number by its name, and its standard error beside it. */
export const columnsOfNumbers = (numbers: readonly KnownNumber[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    numbers.flatMap(({ name, value, stdErr }): (readonly [string, number])[] => [
      [name, value],
      ...(stdErr === undefined ? [] : [[errorColumn(name), stdErr] as const]),
    ]),
  );

const jsonOf = (file: string, error: (message: string) => Error): unknown => {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw error((cause as Error).message);
  }
};
