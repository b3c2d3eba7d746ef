import { type Command, Option } from "commander";
import { usageError } from "../exit.js";
import { csvOf } from "../files/csv.js";
import { decodeTables } from "../files/parquet.js";
import { type OutputFile, outputFile } from "../files/write.js";
import { type ColumnMap, columnMap } from "../options/columns.js";
import { forceOption, jsonOption } from "../options/common.js";
import { nameList } from "../options/named.js";
import { count, positive } from "../options/values.js";
import { emit, print } from "../words/emit.js";
import { note, printableJson } from "../words/printable.js";
import { textOf } from "../words/text.js";
import type { ImportDocument } from "./import.js";
import type { Rule } from "./rules.js";

interface Options {
  readonly out?: string;
  readonly as?: TableKind;
  readonly columns?: ColumnMap;
  readonly rule?: readonly string[];
  readonly point: "last" | "best";
  readonly every?: boolean;
  readonly smooth: number;
  readonly keep?: readonly string[];
  readonly keepUnfinished?: boolean;
  readonly peak?: number;
  readonly json?: boolean;
  readonly force?: boolean;
}

const tableKinds = ["csv", "json", "jsonl"] as const;
type TableKind = (typeof tableKinds)[number];

const help = `
A path is a folder of W&B runs (wandb/run-…), event files of TensorBoard (one run for each folder), logs as CSV, JSONL or Parquet (one
run for each file, or rows that name their runs), what W&B exports of a chart or of its table of runs, a trainer_state.json, or a folder
of any of these. Constants beside a log (config.yaml, hparams.yaml, args.json, …) are read with it.

A rule is of numbers, names, + - * / % ^, brackets and sqrt, exp, log, log2, log10, abs, min, max, round, floor, ceil. Names are those of
constants and columns (model.width, "val/loss"), of other fields, and step and seconds of the moment. N counts parameters, D tokens and C
FLOPs, each in units of one. What is odd about a log is said in a line that begins with "caution", and units are offered, never changed.

Examples:
  isoflop import wandb --columns N=model.n_params --rule "D=(_step+1)*batch_size*seq_len" --out runs.csv
  isoflop import tensorboard_logs --rule "N=12*layers*width^2" --rule "D=step*batch*tokens" --point best --smooth 20 --out runs.csv
  isoflop import lightning_logs --every --columns loss=val_loss,N=n_params,D=tokens --out curves.csv`;

export const configure = (command: Command): void => {
  forceOption(jsonOption(command.argument("<path...>", "logs, or folders of logs")))
    .option(
      "--out <file>",
      "write the table there (default: standard output, and what is said of it to standard error)",
    )
    .addOption(
      new Option("--as <format>", "of the table (default: by the ending of --out, else csv)").choices(tableKinds),
    )
    .option("--columns <map>", "which name of the logs is what: N=…,D=…,C=…,loss=…,seed=…,seconds=…,label=…", columnMap)
    .option(
      "--rule <field=expression>",
      "how a field follows, such as D=step*batch*seq_len; several times for several",
      rule,
    )
    .addOption(
      new Option("--point <which>", "the moment of a history that is taken").choices(["last", "best"]).default("last"),
    )
    .option("--every", "take all moments at which there is a loss: curves, as Approach 1 wants them")
    .option("--smooth <n>", "average each loss with those before it, n in all", count, 1)
    .option("--keep <name,…>", "further names that become columns; constants that vary do by themselves", nameList)
    .option("--keep-unfinished", "take runs that crashed, are still running or ended early as they are")
    .option("--peak <FLOP/s>", "of all devices of a run together: names runs that would have done more", positive)
    .addHelpText("after", help)
    .action(async (paths: readonly string[], options: Options) => {
      const kind = kindOf(options);
      const out = options.out === undefined ? undefined : tableFile(options.out, paths, options.force);
      const { readRule } = await import("./rules.js");
      const rules = (options.rule ?? []).map((text) => ruled(text, readRule));
      await decodeTables(paths);
      const { findLogs } = await import("./find.js");
      const { importLogs } = await import("./import.js");
      const { importWords } = await import("./words.js");
      const document = importLogs(findLogs(paths), {
        columns: columnsOf(options.columns),
        rules,
        point: options.point,
        every: options.every === true,
        smooth: options.smooth,
        keep: options.keep ?? [],
        keepUnfinished: options.keepUnfinished === true,
        peak: options.peak,
      });
      const words = () => importWords(document, options.out);
      const text = tableText(document, kind);
      if (out) await out.write(text);
      if (out || options.json) await emit(options.json, document, words);
      else {
        for (const line of textOf(words()).split("\n")) note(line);
        await print(text);
      }
    });
};

const tableFile = (path: string, inputs: readonly string[], force: boolean | undefined): OutputFile =>
  // A table does not say who made it.
  outputFile(path, { option: "--out", inputs, isOurs: () => false, force });

const rule = (text: string, earlier: readonly string[] = []): readonly string[] => [...earlier, text];

const ruled = (text: string, read: (text: string) => Rule): Rule => {
  try {
    return read(text);
  } catch (error) {
    throw usageError(`--rule: ${(error as Error).message}`);
  }
};

const fields = ["C", "N", "D", "loss", "seed", "seconds", "label"];

const columnsOf = (columns: ColumnMap = {}): ColumnMap => {
  const unknown = Object.keys(columns).find((field) => !fields.includes(field));
  if (unknown === undefined) return columns;
  throw usageError(
    `--columns has "${unknown}"; expected ${fields.join(", ")}; --keep takes any other name as a column`,
  );
};

const kindOf = ({ as, out }: Options): TableKind => {
  const ending = tableKinds.find((kind) => out?.endsWith(`.${kind}`));
  return as ?? ending ?? "csv";
};

/** NaN is a word in JSON: a run that diverged. */
const tableText = ({ columns, rows }: ImportDocument, kind: TableKind): string => {
  if (kind === "csv")
    return csvOf(
      columns,
      rows.map((row) => columns.map((name) => row[name])),
    );
  const lines = rows.map((row) =>
    printableJson(JSON.stringify(row, (_, value) => (Number.isNaN(value) ? "NaN" : value))),
  );
  return kind === "jsonl" ? `${lines.join("\n")}\n` : `[\n${lines.join(",\n")}\n]\n`;
};
