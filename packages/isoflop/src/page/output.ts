import { isOurPage } from "../files/ours.js";
import { type OutputFile, outputFile } from "../files/write.js";

/** What `--report` and `--force` say. */
export interface ReportChoices {
  readonly report?: string;
  readonly force?: boolean;
}

/**
 * The page that is asked for, if one is.
 * @param inputs files that the command reads
 * @throws CliError `usage` for a file that is not to be replaced
 */
export const reportOutput = (
  { report, force }: ReportChoices,
  ...inputs: readonly (string | undefined)[]
): OutputFile | undefined =>
  report === undefined ? undefined : outputFile(report, { option: "--report", inputs, isOurs: isOurPage, force });
