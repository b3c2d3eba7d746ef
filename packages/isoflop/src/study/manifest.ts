import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { read, record, text } from "@isoflop/spec";
import * as v from "valibot";
import { inputError } from "../exit.js";
import { plural } from "../words/numbers.js";
import { printable } from "../words/printable.js";
import { layoutOf } from "./layout.js";

/** What a study is: its file as it was understood, and which runs of the store are its own. `study.json` of its folder. */
export interface Manifest {
  readonly record: "manifest";
  readonly name: string;
  /** 8 hex digits of the hash of all that decides the study. */
  readonly hash: string;
  /** The run store, from the study's folder on. */
  readonly store: string;
  /** The folder that paths in the file begin at, from the study's folder on: both may be moved together. */
  readonly base?: string;
  /** The study file with every default. */
  readonly file: Readonly<Record<string, unknown>>;
  /** With paths from the study's folder on. */
  readonly modules: readonly { readonly path: string; readonly digest: string }[];
  /** Ids of the runs that found the learning rate's rule. */
  readonly tune: readonly string[];
  /** Ids of the runs that are fitted. */
  readonly runs: readonly string[];
  /** Ids of the runs that test the predictions, as they become known. */
  readonly heldOut: readonly string[];
  /** Ids of runs that were planned and trained later, to make a prediction more certain. */
  readonly added: readonly string[];
  /** Of a study that compares: the studies of its values, in folders of their own. */
  readonly arms: readonly { readonly name: string; readonly folder: string }[];
}

const ids = v.optional(v.array(text, "a list of ids"), []);

const schema = record({
  record: v.literal("manifest", '"manifest"'),
  name: text,
  hash: text,
  store: text,
  base: v.exactOptional(text),
  file: v.looseObject({}, "a record"),
  modules: v.optional(v.array(record({ path: text, digest: text }), "a list of modules"), []),
  tune: ids,
  runs: ids,
  heldOut: ids,
  added: ids,
  arms: v.optional(v.array(record({ name: text, folder: text }), "a list of arms"), []),
});

/** The manifest of a study's folder, undefined where there is none. @throws CliError for a file that is no manifest */
export const manifestIn = (folder: string): Manifest | undefined => {
  const { manifest: file } = layoutOf(folder);
  if (!existsSync(file)) return undefined;
  const error = (message: string) => inputError(`${printable(file)} is no manifest of a study: ${message}`);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw error((cause as Error).message);
  }
  return read(schema, value, { name: "", error });
};

/** The same of a folder that must be a study's. @throws CliError where there is none */
export const readManifest = (folder: string): Manifest => {
  const manifest = manifestIn(folder);
  if (manifest) return manifest;
  throw inputError(`the folder ${printable(folder)} has no study.json; expected the folder of a study`);
};

/** Where the runs of a study's manifest lie. */
export const storeOf = (folder: string, { store }: Manifest): string => resolve(folder, store);

/** The manifests of a folder and of the folders in it, arms included. Files that cannot be read are told to `onBroken` and left out. */
export const manifestsUnder = (
  root: string,
  onBroken: (error: Error) => void = () => {},
): readonly { readonly folder: string; readonly manifest: Manifest }[] => {
  const readable = <T>(read: () => T, otherwise: T): T => {
    try {
      return read();
    } catch (error) {
      onBroken(error as Error);
      return otherwise;
    }
  };
  const inside = readable(() => foldersIn(root), []);
  return [root, ...inside].flatMap((folder) => {
    const manifest = readable(() => manifestIn(folder), undefined);
    if (!manifest) return [];
    const arms = manifest.arms.flatMap((arm) => manifestsUnder(join(folder, arm.folder), onBroken));
    return [{ folder, manifest }, ...arms];
  });
};

const foldersIn = (folder: string): readonly string[] => {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
};

/** @throws CliError for a store whose runs studies have chosen among: what lies in it is no study */
export const refuseStore = (folder: string): void => {
  const parent = dirname(resolve(folder));
  const own = manifestsUnder(parent).filter((study) => storeOf(study.folder, study.manifest) === resolve(folder));
  const studies = [...new Set(own.filter(({ manifest }) => manifest.arms.length === 0).map((study) => study.folder))];
  if (studies.length === 0) return;
  const named = studies.map((study) => relative(process.cwd(), study) || study);
  throw inputError(
    `${printable(folder)} is the store of ${plural(studies.length, "study", "studies")}, whose runs no law joins; give ${studies.length === 1 ? "the study's folder" : "one of them"}: ${printable(named.join(", "))}`,
  );
};
