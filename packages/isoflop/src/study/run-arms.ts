import { join } from "node:path";
import type { StudySummary } from "@isoflop/plot";
import { digest } from "@isoflop/spec";
import { dataOpener } from "@isoflop/sweep/node";
import { usageError } from "../exit.js";
import type { Arm } from "./arms.js";
import type { ResolvedStudy } from "./file/read.js";
import { StudyFolder } from "./folder.js";
import { planStudy } from "./plan.js";
import { runStudy, type StudyRun } from "./run.js";

/** A study of several, and what came of each. */
export interface ArmsDone {
  readonly folder: StudyFolder;
  readonly arms: readonly { readonly name: string; readonly folder: string; readonly summary: StudySummary }[];
}

/**
 * Does the studies of a study one after the other, each in a folder of its own within the study's, with one store of runs for all.
 * @throws as `runStudy` does
 */
export const runArms = async (
  { file, modules }: ResolvedStudy,
  arms: readonly Arm[],
  options: Omit<StudyRun, "study">,
): Promise<ArmsDone> => {
  const { root, out, store, say, signal, onNote } = options;
  const openData = dataOpener();
  const hashes: string[] = [];
  for (const { study } of arms) hashes.push((await planStudy(study, openData)).hash);
  const hash = digest(hashes).slice(0, 8);
  const path = out ?? join(root, `${file.name}-${hash}`);
  const runs = store ?? (out === undefined ? join(root, "store") : join(path, "runs"));
  const folder = new StudyFolder(path, { signal, onWait: onNote }, runs);
  const before = folder.manifest;
  if (before ? before.hash !== hash : folder.hasDocuments)
    throw usageError(`${path} has another study; choose another folder`);
  await folder.keepManifest({
    ...{ record: "manifest", name: file.name, hash, store: folder.fromHere(runs), file, modules },
    ...{ tune: [], runs: [], heldOut: [], added: [], arms: arms.map(({ name }) => ({ name, folder: name })) },
  });
  const done: { name: string; folder: string; summary: StudySummary }[] = [];
  for (const { name, study } of arms) {
    say(`${name}:`);
    const { summary, folder: own } = await runStudy({
      ...options,
      study,
      out: join(path, name),
      store: runs,
      openData,
    });
    done.push({ name, folder: own, summary });
    signal.throwIfAborted();
  }
  return { folder, arms: done };
};
