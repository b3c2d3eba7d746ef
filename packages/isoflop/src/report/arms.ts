import { join } from "node:path";
import { type ComparisonSummary, readComparison } from "@isoflop/plot";
import { writeComparison } from "@isoflop/plot/node";
import { pairedWith } from "../compare/paired.js";
import { type Arm, compareStudies } from "../compare/studies.js";
import { inputError } from "../exit.js";
import { unlikeNumbers } from "../runs/comparable.js";
import { comparedFields } from "../study/arms.js";
import type { StudyFile } from "../study/file/schema.js";
import { StudyFolder } from "../study/folder.js";
import type { Manifest } from "../study/manifest.js";
import { rebuildReport } from "./rebuild.js";

/**
 * Writes the reports of a study of several again: of each of its studies that has runs, and of all of them beside each other, by its
 * `summary.json` where it is finished.
 * @throws CliError where fewer than two of them have runs; as `rebuildReport` does
 */
export const rebuildComparison = async (
  path: string,
  { arms, name, file }: Manifest,
  onNote: (note: string) => void,
): Promise<{ readonly summary: ComparisonSummary; readonly files: readonly string[] }> => {
  const folder = new StudyFolder(path, { onWait: onNote });
  const begun: Arm[] = [];
  for (const arm of arms) {
    const own = new StudyFolder(join(path, arm.folder));
    if (own.summary() === undefined && (await own.done()).length === 0) continue;
    const paired = await pairedWith(join(path, begun[0]?.folder ?? arm.folder), own.path);
    begun.push({ ...arm, summary: (await rebuildReport(own.path, onNote)).summary, paired });
  }
  if (begun.length < 2)
    throw inputError(
      `${path} has runs in ${begun.length} of its ${arms.length} studies: there is nothing to compare yet`,
    );
  const document = folder.summary();
  const folders = begun.map((arm) => join(path, arm.folder!));
  const numbersDiffer = (metric: string) => unlikeNumbers(folders, metric);
  const compared = comparedFields((file as Pick<StudyFile, "compare">).compare);
  const summary =
    document?.record === "studies"
      ? readComparison(document)
      : compareStudies(begun, { name, compared, numbersDiffer });
  const files = await folder.change((write) => writeComparison(summary, path, { write }));
  return { summary, files };
};
