import type { Value, Values } from "./log.js";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A cell as the number it says, NaN and infinities as Python and JavaScript write them among them; else as its text. */
export const readCell = (cell: string): Value | undefined => {
  const text = cell.trim();
  if (text === "") return undefined;
  if (NUMBER.test(text)) return Number(text);
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text);
  if (infinite) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return text;
};

/** Scalars of a nested record by their names, with points between; lists have no place in a table, and what is null is not known. */
export const flattened = (value: unknown, prefix = ""): Values => {
  const out = new Map<string, Value>();
  const walk = (at: unknown, name: string): void => {
    if (typeof at === "object" && at !== null && !Array.isArray(at)) {
      for (const [key, entry] of Object.entries(at)) walk(entry, name === "" ? key : `${name}.${key}`);
    } else if (typeof at === "number" || typeof at === "bigint") out.set(name, Number(at));
    else if (typeof at === "boolean") out.set(name, String(at));
    else if (typeof at === "string") {
      const read = readCell(at);
      if (read !== undefined) out.set(name, read);
    }
  };
  walk(value, prefix);
  return Object.fromEntries(out);
};

/** Case and separators say nothing. */
export const plainName = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

const numberNamed = (values: Values, names: ReadonlySet<string>): readonly [string, number] | undefined => {
  for (const [name, value] of Object.entries(values))
    if (typeof value === "number" && (names.has(plainName(name)) || names.has(plainName(lastPart(name)))))
      return [name, value];
  return undefined;
};

/** `n_params` of `model.n_params` or `model/n_params`. */
export const lastPart = (name: string): string => name.split(/[./]/).at(-1)!;

const names = (...all: readonly string[]): ReadonlySet<string> => new Set(all);

const steps = names("step", "globalstep", "iteration", "iter", "update", "trainstep", "trainingstep");
const epochs = names("epoch", "epochs");
const durations = names("runtime", "seconds", "elapsed", "elapsedseconds", "trainruntime", "relativetimeprocess");
const clocks = names("walltime", "timestamp");
const totals = names(
  ...["maxsteps", "totalsteps", "numsteps", "steps", "trainsteps", "numtrainsteps", "maxtrainsteps", "trainingsteps"],
  ...["numtrainingsteps", "maxiters", "maxiter", "maxiterations", "iterations", "numiters", "trainiters"],
);
const totalEpochs = names("maxepochs", "numepochs", "epochs", "nepochs", "totalepochs", "numtrainepochs");

export const stepIn = (values: Values): number | undefined => numberNamed(values, steps)?.[1];
export const epochIn = (values: Values): number | undefined => numberNamed(values, epochs)?.[1];
/** Of a moment: since the run began, or since 1970. */
export const secondsIn = (values: Values): number | undefined =>
  (numberNamed(values, durations) ?? numberNamed(values, clocks))?.[1];
/** How many steps were meant, and what says so. */
export const totalIn = (values: Values): readonly [string, number] | undefined => numberNamed(values, totals);
export const totalEpochsIn = (values: Values): readonly [string, number] | undefined =>
  numberNamed(values, totalEpochs);

export const isStepName = (name: string): boolean => steps.has(plainName(name)) || steps.has(plainName(lastPart(name)));
export const isEpochName = (name: string): boolean => plainName(lastPart(name)) === "epoch";
