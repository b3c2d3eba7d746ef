import { type Outcome, recordSchemas, refusalReasons } from "@isoflop/scaling";
import { choice, read, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import { inputError, usageError } from "../exit.js";
import { type InputFile, readInput, shown } from "../files/read.js";
import type { Doubt, Dropped, LoadedRuns } from "../runs/load.js";
import { versions } from "../versions.js";
import type { AnswerStatus } from "./kind.js";
import { type Fit, kindNames, kindOf } from "./kinds.js";

/** What every fit says of itself, first in its JSON. */
export interface FitHead {
  /** `converged`, or why the numbers may not be quoted without a caveat, or why there are none. */
  readonly status: AnswerStatus;
  /** False when there is nothing to predict with. */
  readonly ok: boolean;
  readonly message?: string;
  readonly points: UsedPoints;
  readonly input: InputFile;
  readonly versions: Readonly<Record<string, string>>;
}

/** What `isoflop fit … --json` prints: a fit, and how it came about. */
export interface SavedFit<F extends Fit = Fit> extends FitHead {
  readonly command: `fit ${F["record"]}`;
  /** Absent where the fit was refused without one. */
  readonly fit?: F;
}

/** Which points were used. */
export interface UsedPoints {
  readonly used: number;
  readonly dropped: readonly Dropped[];
  /** Rows that `--only` left out. */
  readonly otherLabels?: number;
  /** Rows that `--where` left out. */
  readonly otherRows?: number;
  /** Columns that were taken by a common name, by what they hold. */
  readonly columns?: Readonly<Record<string, string>>;
  /** Why the points may not be what the fit takes them for. */
  readonly cautions?: readonly Doubt[];
}

/** A fit, or why there is none, under its head. A fit says itself how it stands. */
export const saved = <F extends Fit>(
  kind: F["record"],
  outcome: Outcome<F> | F,
  from: Pick<FitHead, "points" | "input">,
): SavedFit<F> => {
  const refused = "ok" in outcome && !outcome.ok ? outcome : undefined;
  const fit = refused ? undefined : (outcome as F);
  const { ok, status, message } = fit ? kindOf(fit).standing(fit) : { ...refused!, status: refused!.reason };
  return {
    command: `fit ${kind}` as const,
    ok,
    status,
    ...(message !== undefined && { message }),
    points: from.points,
    input: from.input,
    versions: versions("@isoflop/scaling"),
    ...(fit && { fit }),
  };
};

export const pointsOf = (loaded: LoadedRuns, refused: readonly Dropped[] = []): UsedPoints => {
  const { runs, dropped, otherLabels, otherRows, named, doubts } = loaded;
  return {
    used: runs.length - refused.length,
    dropped: [...dropped, ...refused].sort((a, b) => a.row - b.row),
    ...(otherLabels > 0 && { otherLabels }),
    ...(otherRows > 0 && { otherRows }),
    ...(Object.keys(named).length > 0 && { columns: named }),
    ...(doubts.length > 0 && { cautions: doubts }),
  };
};

/** What a fit must be quoted with: its own caveat, or that its resamples were refused. */
export const caveatOf = ({
  status,
  message,
  fit,
}: SavedFit): { readonly status: string; readonly message?: string } => {
  const bootstrap = fit && "bootstrap" in fit ? fit.bootstrap : undefined;
  if (status !== "converged" || !bootstrap || bootstrap.ok)
    return { status, ...(message !== undefined && { message }) };
  return { status: bootstrap.reason, message: `bootstrap refused: ${bootstrap.message}` };
};

const statuses: readonly AnswerStatus[] = ["converged", "bound", ...refusalReasons];

const file = { file: text, sha256: text };

const schemaOf = (kind: Fit["record"], ok: unknown) => {
  const fit: v.GenericSchema<unknown, Fit> = recordSchemas[kind];
  return record({
    command: v.literal(`fit ${kind}`),
    ok: v.boolean("true or false"),
    status: choice(statuses),
    message: v.exactOptional(text),
    points: record({
      used: whole(),
      dropped: v.array(record({ row: whole(), reason: text, message: text }), "a list"),
      otherLabels: v.exactOptional(whole()),
      otherRows: v.exactOptional(whole()),
      columns: v.exactOptional(v.record(v.string(), text, "a record")),
      cautions: v.exactOptional(v.array(record({ kind: text, message: text }), "a list")),
    }),
    input: record({ ...file, files: v.exactOptional(v.array(record(file), "a list")) }),
    versions: v.record(v.string(), text, "a record"),
    fit: ok === false ? v.exactOptional(fit) : fit,
  });
};

type Loose = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Loose =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Fits of versions that had no records. */
const isOther = ({ fit, laws }: Loose): boolean =>
  laws !== undefined || (isRecord(fit) && !Object.hasOwn(fit, "record"));

/**
 * The saved fit that a text holds; undefined for any other text, such as a table of runs.
 * @throws CliError for a fit that is not whole, naming the first field that is not what it must be, or that another version saved
 */
export const savedFitIn = (
  content: string,
  file: string,
  only?: string,
  choose = "choose one with --only",
): SavedFit | undefined => {
  const whole = /^\uFEFF?\s*\{/.test(content) ? parsed(content) : undefined;
  const value = isRecord(whole) ? (groupIn(whole, file, only, choose) ?? whole) : whole;
  const kind = isRecord(value) ? kindNames.find((kind) => value.command === `fit ${kind}`) : undefined;
  if (!isRecord(value) || kind === undefined) return undefined;
  const again = `run isoflop fit ${kind} … --json again`;
  if (isOther(value)) throw inputError(`${shown(file)} is a fit that another version of isoflop saved; ${again}`);
  const error = (message: string) => inputError(`${shown(file)} is not a whole fit: ${message}; ${again}`);
  return read(schemaOf(kind, value.ok), value, { name: "", error }) as SavedFit;
};

const parsed = (content: string): unknown => {
  try {
    return JSON.parse(content.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
};

/** Of fits by the values of a column the one of `only`; undefined for what holds no such fits. */
const groupIn = ({ groupBy, groups }: Loose, file: string, only: string | undefined, choose: string): unknown => {
  if (!isRecord(groups)) return undefined;
  if (only !== undefined && Object.hasOwn(groups, only)) return groups[only];
  const asked = only === undefined ? "" : ` and none of ${only}`;
  const values = Object.keys(groups).join(", ");
  throw inputError(`${shown(file)} has a fit for each ${String(groupBy)}${asked}; ${choose}: ${values}`);
};

/** Reads what `isoflop fit … --json` printed. @param only which one, where there is a fit for each value of a column */
export const readFit = (file: string, only?: string): SavedFit => {
  const fit = savedFitIn(readInput(file).text, file, only);
  if (!fit) throw inputError(`${shown(file)} is not a fit; expected what "isoflop fit … --json" prints`);
  return fit;
};

/** Reads a fit of one kind. @throws CliError `usage` for one of another */
export const readKind = <R extends Fit["record"]>(file: string, record: R): SavedFit<Extract<Fit, { record: R }>> => {
  const fit = readFit(file);
  if (fit.command === `fit ${record}`) return fit as SavedFit as SavedFit<Extract<Fit, { record: R }>>;
  throw usageError(`${shown(file)} is a ${fit.command}; expected a fit ${record}`);
};
