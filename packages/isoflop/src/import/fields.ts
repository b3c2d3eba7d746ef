import { columnsCalled, didYouMean } from "@isoflop/scaling";
import { inputError } from "../exit.js";
import type { ColumnMap } from "../options/columns.js";
import { isNumber } from "./history.js";
import type { Log } from "./log.js";
import type { Rule } from "./rules.js";
import { lastPart } from "./values.js";

/** What a table of runs needs, and what else commands look for. */
export const importFields = ["C", "N", "D", "loss", "seed", "seconds", "label"] as const;
export type ImportField = (typeof importFields)[number];

/** Where a field comes from. */
export type Source = { readonly column: string; readonly guessed?: boolean } | { readonly rule: Rule };

export interface Sources {
  readonly fields: ReadonlyMap<string, Source>;
  /** Names of rules by the whole names that logs have for them. */
  readonly wholeNames: ReadonlyMap<string, string>;
}

/** Names of all logs, and those that have a number somewhere. */
export interface Names {
  readonly all: readonly string[];
  readonly numeric: readonly string[];
}

export const namesOf = (logs: readonly Log[]): Names => {
  const all = new Set<string>();
  const numeric = new Set<string>();
  for (const { config, entries } of logs) {
    for (const values of [config, ...entries.map((entry) => entry.values)]) {
      for (const [name, value] of Object.entries(values)) {
        all.add(name);
        if (isNumber(value)) numeric.add(name);
      }
    }
  }
  return { all: [...all], numeric: [...numeric] };
};

/** What a rule may ask for beside names of the logs. */
const BUILT_IN = ["step", "seconds"];

/**
 * The name under which logs have what is asked for: its own, or one that ends with it after a point or a stroke.
 * @throws CliError where several end so
 */
export const nameIn = (names: readonly string[], asked: string): string | undefined => {
  if (names.includes(asked)) return asked;
  const [one, other] = names.filter((name) => lastPart(name) === asked);
  if (other !== undefined) throw inputError(`both "${one}" and "${other}" could be ${asked}; write the whole name`);
  return one;
};

/**
 * Where each field comes from: a column or a rule that is given, else a column of a common name.
 * @throws CliError for a name that no log has, and where a field cannot be told
 */
export const sourcesOf = (names: Names, columns: ColumnMap, rules: readonly Rule[]): Sources => {
  const sources = new Map<string, Source>();
  for (const [field, column] of Object.entries(columns))
    sources.set(field, { column: foundIn(names.all, column, field) });
  for (const rule of rules) {
    if (sources.has(rule.field)) throw inputError(`${rule.field} has a column and a rule, or two rules; expected one`);
    sources.set(rule.field, { rule });
  }
  const wanted = rules.flatMap((rule) => rule.names);
  guessSizes(names, sources, wanted);
  if (!sources.has("loss")) sources.set("loss", { column: lossIn(names), guessed: true });
  if (!sources.has("seed") && nameIn(names.numeric, "seed") !== undefined)
    sources.set("seed", { column: nameIn(names.numeric, "seed")! });
  const wholeNames = new Map<string, string>();
  for (const { field, text, names: asked } of rules) {
    for (const name of asked) {
      if (sources.has(name) && name !== field) continue;
      const whole = nameIn(names.all, name);
      if (whole !== undefined) wholeNames.set(name, whole);
      else if (!BUILT_IN.includes(name)) foundIn(names.all, name, `the rule ${field}=${text}`);
    }
  }
  return { fields: sources, wholeNames };
};

const foundIn = (names: readonly string[], asked: string, what: string): string => {
  const name = nameIn(names, asked);
  if (name !== undefined) return name;
  throw inputError(`no log has "${asked}" (for ${what}); there are: ${listed(names)}${didYouMean(names, what, asked)}`);
};

const SHOWN = 40;

const listed = (names: readonly string[]): string =>
  names.length <= SHOWN
    ? names.join(", ") || "none"
    : `${names.slice(0, SHOWN).join(", ")} and ${names.length - SHOWN} more`;

/** Two of C, N and D are enough; a third is not guessed beside them, unless a rule asks for it. */
const guessSizes = ({ all, numeric }: Names, sources: Map<string, Source>, wanted: readonly string[]): void => {
  const sizes = ["C", "N", "D"] as const;
  const open = sizes.filter((field) => !sources.has(field));
  const given = sizes.length - open.length;
  const needed = open.filter((field) => given < 2 || wanted.includes(field));
  const doubtful: string[] = [];
  for (const field of needed) {
    const [one, other] = called(numeric, field);
    if (other !== undefined) doubtful.push(`both "${one}" and "${other}" could be ${field}`);
    else if (one !== undefined) sources.set(field, { column: one, guessed: true });
  }
  const there = sizes.filter((field) => sources.has(field));
  if (there.length >= 2) return;
  const how = `say it with --columns N=…,D=… or by a rule, such as --rule "D=step*batch_size*seq_len"`;
  if (doubtful.length > 0) throw inputError(`${doubtful.join("; ")}; ${how}`);
  const hints = [...new Set(sizes.filter((field) => !sources.has(field)).map((field) => didYouMean(all, field)))].join(
    "",
  );
  throw inputError(
    `two of C, N and D are needed and ${there.length === 0 ? "none is" : `only ${there[0]} is`} known; ${how}; there are: ${listed(all)}${hints}`,
  );
};

/** Columns whose name, or the end of it, is a common one of a field. */
const called = (names: readonly string[], field: "C" | "N" | "D"): readonly string[] => {
  const whole = columnsCalled(names, field);
  if (whole[0] === field) return [field];
  if (whole.length > 0) return whole;
  return names.filter((name) => columnsCalled([lastPart(name)], field).length > 0);
};

/** A log's `loss` is most often that of training: a validation loss goes before it. */
const lossIn = ({ numeric }: Names): string => {
  const names = columnsCalled(numeric, "loss").filter((name) => name !== "loss");
  const [one, other] = names;
  if (other !== undefined)
    throw inputError(`both "${one}" and "${other}" could be the loss; say it with --columns loss=…`);
  if (one !== undefined) return one;
  if (numeric.includes("loss")) return "loss";
  throw inputError(
    `no log has a loss; say which it is with --columns loss=…; there are: ${listed(numeric)}${didYouMean(numeric, "loss")}`,
  );
};
