import { join } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { inputError } from "../exit.js";
import { statusOf } from "../files/status.js";
import { jsonOption } from "../options/common.js";
import { studyPath } from "../study/find.js";
import { printable } from "../words/printable.js";

/** What every command over runs is told. */
export interface StoreChoices {
  readonly runs: string;
  readonly store?: string;
  readonly json?: boolean;
}

/** The options of every command over runs. */
export const storeOptions = (command: Command): Command =>
  jsonOption(command)
    .option("--runs <folder>", "where studies and their store of runs are", "runs")
    .option("--store <folder>", "where the runs themselves are (default: store in --runs)");

export const studyOption = (command: Command, what: string): Command =>
  command.option("--study <folder>", what, studyPath);

/** The store that was asked for. @throws CliError where there is none */
export const storeFor = ({ runs, store = join(runs, "store") }: StoreChoices): string => {
  if (statusOf(store)?.isDirectory()) return store;
  throw inputError(`there is no store of runs ${printable(store)}; name one with --store, or its folder with --runs`);
};

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds of `90s`, `30m`, `12h`, `1d` or `2w`. */
export const duration = (text: string): number => {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(text) ?? [];
  if (amount === undefined) throw new InvalidArgumentError("Expected a time such as 90s, 30m, 12h, 1d or 2w.");
  return Number(amount) * UNITS[unit!]!;
};
