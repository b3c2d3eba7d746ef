import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { inputError } from "../../exit.js";
import { printable } from "../../words/printable.js";
import type { Values } from "../log.js";
import { flattened } from "../values.js";

/** What trainers call the file of a run's constants beside its log. */
const names = [
  ...["config.yaml", "config.yml", "hparams.yaml", "args.yaml", "params.yaml", ".hydra/config.yaml"],
  ...["config.json", "hparams.json", "args.json", "params.json"],
];

/** The constants of a run whose log is in a folder: of all such files in it, the earlier named before the later. */
export const configBeside = (folder: string): Values => {
  const found = names.map((name) => join(folder, name)).filter((file) => existsSync(file));
  return Object.assign({}, ...found.reverse().map((file) => flattened(yamlIn(file))));
};

/**
 * YAML or JSON of a file. Tags of Python objects are read past.
 * @throws CliError with the line of what is neither
 */
export const yamlIn = (file: string): unknown => {
  const document = parseDocument(readFileSync(file, "utf8"), { logLevel: "error", uniqueKeys: false });
  const [error] = document.errors;
  if (error) throw inputError(`${printable(file)}: ${error.message.split("\n")[0]}`);
  return document.toJS();
};
