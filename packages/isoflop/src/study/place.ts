import { join } from "node:path";
import { usageError } from "../exit.js";
import type { StudyFolder } from "./folder.js";
import type { Manifest } from "./manifest.js";
import type { StudyPlan } from "./plan.js";

/** Where a person wants a study. */
export interface Wanted {
  /** Where studies and their run store go: each in a folder of its name and hash. */
  readonly root: string;
  /** The study's folder, with its runs in it, instead of one under `root`. */
  readonly out?: string | undefined;
  /** The run store, which studies may share. Default: `store` under the root, or `runs` in `out`. */
  readonly store?: string | undefined;
}

/** What a study is known by. */
type Known = Pick<StudyPlan, "name" | "hash">;

/** Where a study lies: a folder of its name and hash, or the one that was asked for; and where its runs do. */
export const placeOf = ({ root, out, store }: Wanted, { name, hash }: Known) => {
  const path = out ?? join(root, `${name}-${hash}`);
  return { path, runs: store ?? (out === undefined ? join(root, "store") : join(path, "runs")) };
};

/**
 * The manifest with which a study goes on in a folder, or begins there.
 * @throws CliError `usage` if the folder is another study's: its report would be replaced, its runs pooled
 */
export const claim = (folder: StudyFolder, study: Known & Pick<StudyPlan, "file" | "base" | "modules">): Manifest => {
  const { name, hash } = study;
  const before = folder.manifest;
  if (before && before.hash !== hash)
    throw usageError(
      `${folder.path} has another study: ${before.name} ${before.hash}, and this one is ${name} ${hash}; choose another folder`,
    );
  if (!before && folder.hasDocuments)
    throw usageError(
      `${folder.path} was written by an older version, whose runs cannot be continued: isoflop report and every fit still read them; choose another folder`,
    );
  const { tune = [], runs = [], heldOut = [], added = [], arms = [] } = before ?? {};
  return {
    ...{ record: "manifest", name, hash, store: folder.fromHere(folder.runs), ...folder.written(study) },
    ...{ tune, runs, heldOut, added, arms },
  };
};
