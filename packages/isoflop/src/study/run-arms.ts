import { join } from "node:path";
import { type ComparisonSummary, readStudy } from "@isoflop/plot";
import { writeComparison } from "@isoflop/plot/node";
import { writeRecord } from "@isoflop/scaling";
import { digest } from "@isoflop/spec";
import { dataOpener } from "@isoflop/sweep/node";
import { pairedWith } from "../compare/paired.js";
import { type Arm as ArmSummary, compareStudies } from "../compare/studies.js";
import { isUnsound, unsound } from "../exit.js";
import { unlikeNumbers } from "../runs/comparable.js";
import { type Arm, comparedFields, requireUnlike } from "./arms.js";
import type { ResolvedStudy } from "./file/read.js";
import { studyText } from "./file/text.js";
import { StudyFolder } from "./folder.js";
import { claim, placeOf } from "./place.js";
import { planStudy } from "./plan.js";
import { runStudy, type StudyRun } from "./run.js";

/** A study of several, compared. */
export interface ArmsDone {
  readonly folder: string;
  readonly summary: ComparisonSummary;
  readonly files: readonly string[];
}

/**
 * Does the studies of a study one after the other, each in a folder of its own within the study's, with one store of runs for all, and
 * compares them.
 * @throws as `runStudy` does, where some of them give no law after all are done and compared
 */
export const runArms = async (
  resolved: ResolvedStudy,
  arms: readonly Arm[],
  options: Omit<StudyRun, "study">,
): Promise<ArmsDone> => {
  const { file } = resolved;
  const { say, signal, onNote, onData, reproduce } = options;
  const openData = dataOpener({ signal, ...(onData && { onProgress: onData }) });
  const hashes: string[] = [];
  for (const { study } of arms) hashes.push((await planStudy(study, openData)).hash);
  requireUnlike(resolved.name, arms, hashes);
  const hash = digest(hashes).slice(0, 8);
  const known = { ...resolved, name: file.name, hash };
  const { path, runs } = placeOf(options, known);
  const modules = resolved.modules.map((module) => ({ path: module.path, digest: module.digest }));
  const folder = new StudyFolder(path, { signal, onWait: onNote }, runs);
  await folder.keepManifest({ ...claim(folder, known), arms: arms.map(({ name }) => ({ name, folder: name })) });
  const done: ArmSummary[] = [];
  const lawless: string[] = [];
  for (const { name, study } of arms) {
    say(`${name}:`);
    const own = join(path, name);
    const summary = await runStudy({ ...options, study, out: own, store: runs, openData })
      .then((ended) => ended.summary)
      .catch((error: unknown) => {
        // A finding about one of them stops no other.
        const written = isUnsound(error) ? new StudyFolder(own).summary() : undefined;
        if (!written) throw error;
        lawless.push(`${name}: ${(error as Error).message}`);
        return readStudy(written);
      });
    done.push({ name, folder: name, summary, paired: await pairedWith(join(path, done[0]?.name ?? name), own) });
    signal.throwIfAborted();
  }
  const summary = compareStudies(done, {
    numbersDiffer: (metric) =>
      unlikeNumbers(
        done.map(({ name }) => join(path, name)),
        metric,
      ),
    ...{ name: file.name, compared: comparedFields(file.compare), reproduce },
    file: { name: file.name, hash, text: studyText(file) },
    ...(modules.length > 0 && { modules }),
  });
  const files = await folder.change(async (write) => {
    const written = await writeComparison(summary, path, { write });
    await write(folder.files.summary, `${writeRecord(summary)}\n`);
    return [...written, folder.files.summary];
  });
  if (lawless.length > 0) throw unsound(`${lawless.join("; ")}; ${folder.files.report} shows what there is`);
  return { folder: path, summary, files };
};
