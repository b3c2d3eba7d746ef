import { existsSync, lstatSync, readdirSync, realpathSync } from "node:fs";
import { basename, dirname, extname, join, relative, sep } from "node:path";
import { inputError } from "../exit.js";
import { statusOf } from "../files/status.js";
import { printable } from "../words/printable.js";
import { isEventFile, readEventFiles } from "./formats/tensorboard/read.js";
import { isGeneric, readTextLogs } from "./formats/text.js";
import { isWandbRun, readWandbRun, refuseWandbFile } from "./formats/wandb.js";
import type { Log } from "./log.js";

/** Folders that hold no logs of their own. */
const SKIPPED = new Set(["node_modules", "__pycache__", "latest-run"]);

const TEXT = new Set([".csv", ".tsv", ".jsonl", ".ndjson", ".parquet"]);

/**
 * The logs in files and folders, folders with all that lies below them.
 * @throws CliError for a path that is not there, or where there is no log
 */
export const findLogs = (paths: readonly string[]): readonly Log[] => {
  return paths.flatMap((path) => {
    const status = statusOf(path);
    if (!status) throw inputError(`there is no ${printable(path)}`);
    const found = status.isDirectory() ? logsBelow(path) : logsOf(path);
    if (found.length > 0) return found;
    throw inputError(
      `${printable(path)} has no log; expected folders of W&B runs, event files of TensorBoard, CSV, JSONL or Parquet files`,
    );
  });
};

const logsOf = (file: string): readonly Log[] => {
  if (extname(file) === ".wandb") return refuseWandbFile(file);
  if (isEventFile(file)) return [readEventFiles([file], nameOfFolder(dirname(file)), file)];
  return readTextLogs(file, isGeneric(file) ? nameOfFolder(dirname(file)) : nameOfFile(file));
};

const nameOfFile = (file: string): string => basename(file.replace(/\.gz$/, ""), extname(file.replace(/\.gz$/, "")));

const nameOfFolder = (folder: string): string => basename(realpathSync(folder));

/** By the way from the folder that was given. */
const nameBelow = (root: string, folder: string): string =>
  relative(root, folder).split(sep).join("/") || nameOfFolder(root);

const logsBelow = (root: string): readonly Log[] => {
  const logs: Log[] = [];
  const states = new Map<string, string>();
  const visit = (folder: string): void => {
    if (isWandbRun(folder)) {
      logs.push(readWandbRun(folder));
      return;
    }
    if (existsSync(join(folder, "run.json")) && existsSync(join(folder, "metrics.jsonl")))
      throw inputError(`${printable(root)} has runs of isoflop train, which every command reads as they are: --input`);
    const names = readdirSync(folder).sort();
    const events = names.filter(isEventFile).map((name) => join(folder, name));
    if (events.length > 0) logs.push(readEventFiles(events, nameBelow(root, folder), folder));
    for (const name of names) {
      const path = join(folder, name);
      if (lstatSync(path).isDirectory()) {
        if (!name.startsWith(".") && !SKIPPED.has(name)) visit(path);
      } else if (name === "trainer_state.json") {
        // Each checkpoint has the whole history so far.
        const run = /^checkpoint-\d+$/.test(basename(folder)) ? dirname(folder) : folder;
        if (stepsOf(folder) >= stepsOf(dirname(states.get(run) ?? ""))) states.set(run, path);
      } else if (TEXT.has(extname(name.replace(/\.gz$/, ""))) && statusOf(path)?.isFile()) {
        const run = isGeneric(path) ? nameBelow(root, folder) : nameBelow(root, join(folder, nameOfFile(name)));
        logs.push(...readTextLogs(path, run));
      }
    }
  };
  visit(root);
  for (const [run, file] of states) logs.push(...readTextLogs(file, nameBelow(root, run)));
  return withSubfolders(logs);
};

const stepsOf = (folder: string): number =>
  Number(/^checkpoint-(\d+)$/.exec(basename(folder))?.[1] ?? (folder === "." ? -1 : Number.MAX_SAFE_INTEGER));

/** PyTorch keeps hyperparameters of a run in a folder of their own below it: they are those of the run. */
const withSubfolders = (logs: readonly Log[]): readonly Log[] => {
  const isAside = ({ format, config, entries, file }: Log) =>
    format === "tensorboard" &&
    Object.keys(config).length > 0 &&
    entries.length <= 1 &&
    logs.some((other) => other.format === format && other.file === dirname(file));
  const asides = logs.filter(isAside);
  return logs.flatMap((log) => {
    if (asides.includes(log)) return [];
    const own = asides.filter(({ file }) => dirname(file) === log.file);
    const config = Object.assign({}, ...own.map((aside) => aside.config), log.config);
    return [{ ...log, config, state: log.state ?? own[0]?.state }];
  });
};
