import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { inputError } from "../../exit.js";
import { printable } from "../../words/printable.js";
import type { Log, Notice, RunState, Values } from "../log.js";
import { flattened, secondsIn, stepIn } from "../values.js";
import { yamlIn } from "./config.js";
import { jsonIn } from "./json.js";

/** The folder in which W&B keeps what a run uploads. */
const FILES = "files";

const summaryOf = (folder: string) => join(folder, FILES, "wandb-summary.json");
const configOf = (folder: string) => join(folder, FILES, "config.yaml");

/** Whether a folder is one of `wandb/run-*` or `wandb/offline-run-*`. */
export const isWandbRun = (folder: string): boolean =>
  /^(offline-)?run-/.test(basename(folder)) && [summaryOf(folder), configOf(folder)].some(existsSync);

/**
 * A run as W&B keeps it on the machine where it was trained: its constants and last values. The history is in a binary file, which only
 * its own service reads.
 * @throws CliError for a summary that is not JSON, or a config that is not YAML
 */
export const readWandbRun = (folder: string): Log => {
  const id = basename(folder).split("-").at(-1)!;
  const config = existsSync(configOf(folder)) ? constantsIn(yamlIn(configOf(folder))) : {};
  const summary = existsSync(summaryOf(folder))
    ? jsonIn(readFileSync(summaryOf(folder), "utf8"), summaryOf(folder))
    : {};
  const { state, name } = metadataOf(folder);
  const notices: Notice[] = [];
  const values = flattened(summary);
  if (Object.keys(values).length === 0)
    notices.push({ kind: "no-history", runs: [id], message: `${printable(summaryOf(folder))} has no values` });
  return {
    name: name ?? id,
    id,
    file: folder,
    format: "wandb",
    config,
    entries: Object.keys(values).length > 0 ? [{ step: stepIn(values), seconds: secondsIn(values), values }] : [],
    state,
    notices,
  };
};

/** A constant is `{ value, desc }`; what W&B says of itself is none. */
const constantsIn = (config: unknown): Values => {
  if (typeof config !== "object" || config === null) return {};
  const own = Object.entries(config).filter(([name]) => name !== "_wandb" && name !== "wandb_version");
  return flattened(
    Object.fromEntries(
      own.map(([name, held]) => [
        name,
        typeof held === "object" && held !== null && "value" in held ? held.value : held,
      ]),
    ),
  );
};

/** States of W&B in ours. */
const states: Readonly<Record<string, RunState>> = {
  running: "running",
  pending: "running",
  finished: "finished",
  crashed: "crashed",
  failed: "crashed",
  killed: "crashed",
  preempted: "crashed",
  preempting: "crashed",
};

export const stateOf = (said: unknown): RunState | undefined =>
  typeof said === "string" && Object.hasOwn(states, said.toLowerCase()) ? states[said.toLowerCase()] : undefined;

/** Only older versions say a state here, and none says a name that is not given. */
const metadataOf = (folder: string): { readonly state?: RunState | undefined; readonly name?: string } => {
  const file = join(folder, FILES, "wandb-metadata.json");
  if (!existsSync(file)) return {};
  const said = flattened(jsonIn(readFileSync(file, "utf8"), file));
  return { state: stateOf(said.state), ...(typeof said.name === "string" && { name: said.name }) };
};

/** @throws CliError where somebody gives the binary file itself */
export const refuseWandbFile = (file: string): never => {
  throw inputError(
    `${printable(file)} is the binary log of W&B, which only "wandb sync" reads; give its folder ${printable(dirname(file))}, or an export`,
  );
};
