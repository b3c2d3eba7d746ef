import { existsSync } from "node:fs";
import { join } from "node:path";
import { isOurPage } from "../files/ours.js";
import { outputFile } from "../files/write.js";

/** Where things lie in a study's folder. Its runs lie where its manifest says. */
export const layoutOf = (folder: string) => ({
  manifest: join(folder, "study.json"),
  figures: join(folder, "figures"),
  report: join(folder, "report.html"),
  summary: join(folder, "summary.json"),
  prediction: join(folder, "prediction.json"),
  nextRuns: join(folder, "next-runs.json"),
});

/** The runs of a folder without a manifest: of a study that an older version wrote, or of nothing but runs. */
export const runsIn = (folder: string): string => {
  const runs = join(folder, "runs");
  return existsSync(runs) ? runs : folder;
};

/** How the program begins the documents of a study, in this version and in those before. */
const ours = {
  manifest: (head: string) => head.startsWith('{\n  "record": "manifest"'),
  report: isOurPage,
  summary: (head: string) => /^\{\n {2}"(record": "study"|record": "studies"|preset": )/.test(head),
  prediction: (head: string) => /^\{\n {2}"(from|record)": /.test(head),
  nextRuns: (head: string) => head.startsWith('{\n  "record": "next-runs"'),
};

/**
 * Checks files that are written at the top of a study's folder.
 * @throws CliError `usage` for one that is somebody else's
 */
export const checkStudyFiles = (
  folder: string,
  force: boolean | undefined,
  names: readonly (keyof typeof ours)[] = ["manifest", "report", "summary", "prediction"],
): void => {
  const files = layoutOf(folder);
  for (const name of names) outputFile(files[name], { option: "the study's", inputs: [], isOurs: ours[name], force });
};
