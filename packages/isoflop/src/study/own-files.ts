import { join } from "node:path";
import { isOurPage } from "../files/ours.js";
import { outputFile } from "../files/write.js";

const beginsWith =
  (start: string) =>
  (head: string): boolean =>
    head.startsWith(start);

const files = {
  "report.html": isOurPage,
  "summary.json": beginsWith('{\n  "preset": '),
  "prediction.json": beginsWith('{\n  "from": '),
};

/**
 * Checks files that are written at the top of a study's folder.
 * @throws CliError `usage` for one that is somebody else's
 */
export const checkStudyFiles = (
  folder: string,
  force: boolean | undefined,
  names: readonly (keyof typeof files)[] = ["report.html", "summary.json", "prediction.json"],
): void => {
  for (const name of names) {
    outputFile(join(folder, name), { option: "the study's", inputs: [], isOurs: files[name], force });
  }
};
