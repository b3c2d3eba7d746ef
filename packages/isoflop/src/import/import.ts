import { readTable, runsInTable } from "@isoflop/scaling";
import { inputError } from "../exit.js";
import { csvOf } from "../files/csv.js";
import type { ColumnMap } from "../options/columns.js";
import { within } from "../runs/tables.js";
import { versions } from "../versions.js";
import { plural } from "../words/numbers.js";
import { nameIn, namesOf, type Sources, sourcesOf } from "./fields.js";
import { type History, historyOf, unfinishedText } from "./history.js";
import type { Log, Notice, Value } from "./log.js";
import type { MomentChoices } from "./moments.js";
import { once } from "./once.js";
import { firstColumns, type Row, rowsOf } from "./rows.js";
import type { Rule } from "./rules.js";
import { unitDoubts } from "./units.js";
import { lastPart } from "./values.js";

export interface ImportChoices extends MomentChoices {
  readonly columns: ColumnMap;
  readonly rules: readonly Rule[];
  /** Further names that become columns. */
  readonly keep: readonly string[];
  readonly keepUnfinished: boolean;
  /** FLOP/s of all devices of a run together. */
  readonly peak?: number | undefined;
}

/** What `isoflop import --json` prints. */
export interface ImportDocument {
  readonly command: "import";
  readonly columns: readonly string[];
  /** Where each field comes from: a column or the text of a rule. */
  readonly fields: Readonly<Record<string, { readonly column: string } | { readonly rule: string }>>;
  /** Fields whose columns were taken by a common name. */
  readonly guessed: readonly string[];
  readonly rows: readonly Row[];
  readonly runs: readonly {
    readonly name: string;
    readonly file: string;
    readonly format: string;
    readonly rows: number;
  }[];
  readonly notices: readonly Notice[];
  readonly versions: Readonly<Record<string, string>>;
}

/** A table of runs of logs, and what there is to know of it. @throws CliError where no row can be made */
export const importLogs = (found: readonly Log[], choices: ImportChoices): ImportDocument => {
  const { logs, notices: twice } = once(found);
  const notices = [...twice];
  const names = namesOf(logs);
  const sources = sourcesOf(names, choices.columns, choices.rules);
  const histories = logs.map(historyOf);
  notices.push(...histories.flatMap((history) => history.notices));
  const kept = choices.keepUnfinished ? histories : finished(histories, notices);
  if (kept.length === 0) {
    const [first] = notices.filter(({ kind }) => kind === "unfinished");
    throw inputError(`no run is finished: ${first?.runs[0]}: ${first?.message}`);
  }
  const constants = constantsOf(
    kept,
    sources,
    choices.keep.map((name) => wholeName(names.all, name)),
  );
  const made = kept.map((history) => ({ history, ...rowsOf(history, sources, choices, constants) }));
  const rows = made.flatMap((one) => one.rows);
  notices.push(...leftOut(made.flatMap(({ without }) => without)));
  if (rows.length === 0) {
    const [why] = notices.filter(({ kind }) => kind === "incomplete" || kind === "step-zero");
    throw inputError(`there is no row: ${why ? `${why.runs[0]}: ${why.message}` : "no log has a loss"}`);
  }
  notices.push(...diverged(rows), ...unitDoubts(rows, sources.fields), ...tooFast(rows, choices.peak));
  const columns = columnsOf(rows, constants);
  notices.push(...refusedRows(columns, rows));
  const fields = [...sources.fields].map(
    ([field, source]) => [field, "column" in source ? { column: source.column } : { rule: source.rule.text }] as const,
  );
  const guessed = [...sources.fields].flatMap(([field, source]) =>
    "guessed" in source && source.guessed ? [field] : [],
  );
  return {
    command: "import",
    columns,
    fields: Object.fromEntries(fields),
    guessed,
    rows,
    runs: made.map(({ history: { log }, rows: own }) => ({
      name: log.name,
      file: log.file,
      format: log.format,
      rows: own.length,
    })),
    notices: merged(notices),
    versions: versions("@isoflop/scaling"),
  };
};

const wholeName = (names: readonly string[], asked: string): string => {
  const name = nameIn(names, asked);
  if (name === undefined) throw inputError(`no log has "${asked}" (for --keep); there are: ${names.join(", ")}`);
  return name;
};

const finished = (histories: readonly History[], notices: Notice[]): readonly History[] =>
  histories.filter((history) => {
    const why = unfinishedText(history);
    if (why === undefined) return true;
    const message = `${why}, and is left out; --keep-unfinished takes it as it is`;
    notices.push({ kind: "unfinished", runs: [history.log.name], message });
    return false;
  });

/** More than this is prose, which no table needs. */
const LONGEST = 120;

/** Names of constants that are not the same in all runs, which a sweep is told by, and those that were asked for. */
const constantsOf = (histories: readonly History[], sources: Sources, keep: readonly string[]): readonly string[] => {
  const used = new Set<string>([...firstColumns, ...keep]);
  for (const source of sources.fields.values()) {
    if ("column" in source) used.add(source.column);
    else if (source.rule.names[0] === source.rule.text) used.add(sources.wholeNames.get(source.rule.text) ?? "");
  }
  // Tables of runs do not tell constants from last values.
  const atOnce = histories.every(({ log: { entries } }) => entries.length === 1);
  const saidOf = ({ log: { config, entries } }: History) => ({ ...config, ...(atOnce && entries[0]!.values) });
  const all = histories.map(saidOf);
  const names = new Set(all.flatMap((said) => Object.keys(said)));
  const varying = [...names].filter((name) => {
    if (used.has(name) || lastPart(name).startsWith("_")) return false;
    const values = all.map((said): Value | undefined => said[name]);
    return (
      values.some((value) => !Object.is(value, values[0])) && values.every((value) => !(String(value).length > LONGEST))
    );
  });
  return [...keep, ...varying];
};

const columnsOf = (rows: readonly Row[], constants: readonly string[]): readonly string[] => {
  const there = new Set(rows.flatMap((row) => Object.keys(row)));
  const first = firstColumns.filter((name) => there.has(name));
  const others = [...there].filter((name) => !(first as readonly string[]).includes(name) && !constants.includes(name));
  return [...first, ...others, ...constants.filter((name) => there.has(name))];
};

/** Moments of a run that are no rows, in one line for each reason. */
const leftOut = (without: ReturnType<typeof rowsOf>["without"]): readonly Notice[] => {
  const groups = new Map<string, { readonly first: (typeof without)[number]; readonly count: number }>();
  for (const one of without) {
    const key = `${one.kind} ${one.run}`;
    const { first, count } = groups.get(key) ?? { first: one, count: 0 };
    groups.set(key, { first, count: count + 1 });
  }
  return [...groups.values()].map(({ first: { kind, run, message }, count }) => ({
    kind,
    runs: [run],
    message: `${plural(count, "row is", "rows are")} left out: ${message}`,
  }));
};

const diverged = (rows: readonly Row[]): readonly Notice[] => {
  const runs = [...new Set(rows.filter(({ loss }) => Number.isNaN(loss)).map(({ label }) => String(label)))];
  const message = "its loss is not a number: it diverged, and its rows say NaN";
  return runs.map((run) => ({ kind: "not-finite", runs: [run], message }));
};

/** Work that its devices cannot have done. */
const tooFast = (rows: readonly Row[], peak: number | undefined): readonly Notice[] => {
  if (peak === undefined) return [];
  const timed = rows.flatMap(({ label, seconds, C, N, D }) => {
    const work = typeof C === "number" ? C : typeof N === "number" && typeof D === "number" ? 6 * N * D : undefined;
    return typeof seconds === "number" && seconds > 0 && work !== undefined
      ? [{ run: String(label), utilisation: work / (seconds * peak) }]
      : [];
  });
  if (timed.length === 0)
    return [{ kind: "utilisation", runs: [], message: "--peak is given, but no log says how many seconds a run took" }];
  const worst = new Map<string, number>();
  for (const { run, utilisation } of timed)
    if (utilisation > 1) worst.set(run, Math.max(utilisation, worst.get(run) ?? 0));
  return [...worst].map(([run, utilisation]) => ({
    kind: "utilisation",
    runs: [run],
    message: `C / (seconds · peak) is ${Number(utilisation.toPrecision(3))}, and no device does more than its peak: C counts too much, or the seconds or devices too few`,
  }));
};

/** What every other command will say of rows that cannot be right. */
const refusedRows = (columns: readonly string[], rows: readonly Row[]): readonly Notice[] => {
  const text = csvOf(
    columns,
    rows.map((row) => columns.map((name) => row[name])),
  );
  const { dropped } = within("the table", () => runsInTable(readTable(text, "csv"), { badRows: "drop" }));
  const bad = dropped.filter(({ reason }) => reason === "bad-row");
  return bad.map(({ row, message }) => ({
    kind: "incomplete",
    runs: [String(rows[row - 1]?.label ?? row)],
    message: `other commands will refuse ${message}`,
  }));
};

/** The same of several runs is said once. */
const merged = (notices: readonly Notice[]): readonly Notice[] => {
  const groups = new Map<string, Notice>();
  for (const notice of notices) {
    const key = `${notice.kind} ${notice.message}`;
    const runs = [...(groups.get(key)?.runs ?? []), ...notice.runs];
    groups.set(key, { ...notice, runs: [...new Set(runs)] });
  }
  return [...groups.values()];
};
