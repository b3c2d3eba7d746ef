import { basename, dirname, extname } from "node:path";
import { readTable } from "@isoflop/scaling";
import { readInput } from "../../files/read.js";
import { within } from "../../runs/tables.js";
import type { Entry, Log, Notice, Values } from "../log.js";
import { flattened, isEpochName, isStepName, plainName, readCell, secondsIn, stepIn } from "../values.js";
import { configBeside } from "./config.js";
import { parsedJson } from "./json.js";
import { stateOf } from "./wandb.js";

/** Rows of named values, as a log or a table has them. */
interface Rows {
  readonly names: readonly string[];
  readonly rows: readonly Values[];
  readonly config: Values;
  readonly format: "csv" | "jsonl" | "json";
  readonly notices: readonly Notice[];
}

/** The runs of a CSV, JSON or JSONL file: one whose history it is, or those of its rows or columns. */
export const readTextLogs = (file: string, name: string): readonly Log[] => {
  const { text } = readInput(file);
  const read = /^\uFEFF?\s*[[{]/.test(text) ? jsonRows(text, file, name) : csvRows(text, file, name);
  const config = { ...configBeside(dirname(file)), ...read.config };
  const whole = { ...read, config };
  return panelRuns(whole, file) ?? runsByName(whole, file, name) ?? [historyOf(whole, file, name)];
};

const csvRows = (text: string, file: string, name: string): Rows => {
  const { header, rows, dropped } = within(file, () => readTable(text, "csv", "drop"));
  const named = tagOf(file, header);
  const values = rows.map((cells) => entriesOf(header.map((column, i) => [named(column), readCell(cells[i]!)])));
  const notices = brokenRows(dropped, rows.length, name);
  return { names: header.map(named), rows: values, config: {}, format: "csv", notices };
};

const entriesOf = (pairs: readonly (readonly [string, Values[string] | undefined])[]): Values =>
  Object.fromEntries(pairs.filter((pair): pair is readonly [string, Values[string]] => pair[1] !== undefined));

/** A log that is being written ends in the midst of a line. */
const brokenRows = (
  dropped: readonly { readonly row: number; readonly message: string }[],
  kept: number,
  name: string,
): readonly Notice[] =>
  dropped.map(({ row, message }) => ({
    kind: row > kept ? "truncated" : "corrupt",
    runs: [name],
    message: row > kept ? `its last line is not whole (${message}); what is before it counts` : message,
  }));

/** TensorBoard downloads a tag as `run-NAME-tag-TAG.csv` with the columns Wall time, Step, Value. */
const tagOf = (file: string, header: readonly string[]): ((column: string) => string) => {
  const tag = /(?:^|-)tag-(.+)\.csv$/.exec(basename(file))?.[1];
  const isTag = header.length === 3 && ["Wall time", "Step", "Value"].every((column) => header.includes(column));
  return (column) => (isTag && column === "Value" ? (tag ?? "loss") : column);
};

/** An array of rows, a line for each, or the state of a trainer with its history in it. */
const jsonRows = (text: string, file: string, name: string): Rows => {
  const whole = parsedJson(text);
  if (whole === undefined || isRecordWithout(whole, "log_history")) return lineRows(text, file, name);
  const { log_history: history, ...state } = Array.isArray(whole)
    ? { log_history: whole }
    : (whole as { readonly log_history: unknown });
  const rows = (Array.isArray(history) ? history : []).map((row) => flattened(row));
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  // What a trainer says of its best checkpoint is none of the run.
  return { names, rows, config: flattened(state), format: "json", notices: [] };
};

const isRecordWithout = (value: unknown, name: string): boolean =>
  !Array.isArray(value) && !(typeof value === "object" && value !== null && name in value);

const lineRows = (text: string, file: string, name: string): Rows => {
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== "");
  const broken: { readonly row: number; readonly message: string }[] = [];
  const read: Values[] = [];
  let config: Values = {};
  for (const [i, line] of lines.entries()) {
    const record = parsedJson(line);
    if (typeof record !== "object" || record === null || Array.isArray(record)) {
      broken.push({ row: i + 1, message: `row ${i + 1} is not a JSON record` });
      continue;
    }
    const constants = configOf(record as Readonly<Record<string, unknown>>);
    if (constants) config = { ...config, ...constants };
    else read.push(flattened(record));
  }
  if (read.length === 0 && broken.length > 0) within(file, () => readTable(text, "jsonl"));
  const names = [...new Set(read.flatMap((row) => Object.keys(row)))];
  const last = Math.max(lines.length - 1, 0);
  return { names, rows: read, config, format: "jsonl", notices: brokenRows(broken, last, name) };
};

/** A line that has nothing but the constants of the run, as loggers begin with. */
const configOf = (record: Readonly<Record<string, unknown>>): Values | undefined => {
  const [key, ...others] = Object.keys(record);
  const only = others.length === 0 && ["config", "hparams", "args", "params"].includes(key ?? "");
  return only && typeof record[key!] === "object" ? flattened(record[key!]) : undefined;
};

/** A chart that W&B exports: a step, and for each run a column "NAME - METRIC" with its __MIN and __MAX. */
const panelRuns = (read: Rows, file: string): readonly Log[] | undefined => {
  const columns = read.names.flatMap((column) => {
    const [, run, metric] = /^(.+) - ([^ ].*)$/.exec(column) ?? [];
    return run === undefined || /__(MIN|MAX)$/.test(column) ? [] : [{ column, run, metric: metric! }];
  });
  const paired = columns.some(({ column }) => read.names.includes(`${column}__MIN`));
  if (!paired) return undefined;
  const steps = read.rows.map((row) => stepIn(row));
  return [...new Set(columns.map(({ run }) => run))].map((run) => {
    const own = columns.filter((column) => column.run === run);
    const entries = read.rows.flatMap((row, i): Entry[] => {
      const values = entriesOf(own.map(({ column, metric }) => [metric, row[column]]));
      return Object.keys(values).length > 0 ? [{ step: steps[i], seconds: secondsIn(row), values }] : [];
    });
    return { name: run, file, format: "wandb-chart", config: read.config, entries, notices: read.notices };
  });
};

/** What a column is called that names runs. */
const NAMES = ["run", "name", "runname", "runid", "id", "label", "experiment"];

/** Rows that name their runs: each is one, or one moment of one. */
const runsByName = (read: Rows, file: string, name: string): readonly Log[] | undefined => {
  const column = NAMES.map((one) => read.names.find((other) => plainName(other) === one)).find(
    (one) => one !== undefined,
  );
  const counts = read.names.some((one) => isStepName(one) || isEpochName(one));
  if (column === undefined && counts) return undefined;
  const groups = new Map<string, Values[]>();
  for (const [i, row] of read.rows.entries()) {
    const run = column === undefined ? `${name}:${i + 1}` : String(row[column] ?? `${name}:${i + 1}`);
    // Names are not unique in W&B: rows of a table of runs are told apart by what else they say of themselves.
    const key = counts && !isTableOfRuns(read.names) ? run : `${run}\u0000${i}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups].map(([key, rows]) => {
    const run = key.split("\u0000")[0]!;
    const log = historyOf({ ...read, rows, notices: [] }, file, run);
    const single = rows.length === 1 ? rows[0]! : {};
    const { ID, id = ID, State, state = State } = single;
    const own = rows.length === 1 ? { ...log, entries: [{ ...log.entries[0]!, step: stepIn(single) }] } : log;
    return { ...own, state: stateOf(state), ...(id !== undefined && { id: String(id) }) };
  });
};

/** As W&B exports it: rows are runs, although they say their last step. */
const isTableOfRuns = (names: readonly string[]): boolean =>
  names.includes("Name") && ["State", "Runtime", "Created", "User", "ID"].some((name) => names.includes(name));

const historyOf = ({ rows, config, format, notices }: Rows, file: string, name: string): Log => ({
  name,
  file,
  format,
  config,
  entries: rows.map((values) => ({ step: stepIn(values), seconds: secondsIn(values), values })),
  notices,
});

/** Names of logs that say nothing of their run. */
const GENERIC = /^(metrics?|logs?|history|progress|train(ing)?(_log)?|results?|trainer_state|summary|data|run)$/i;

/** Whether a run is better called by its folder than by its file. */
export const isGeneric = (file: string): boolean =>
  GENERIC.test(basename(file).replace(/\.gz$/, "").replace(extname(file), ""));
