/** The scaling laws of "Scaling Laws For Diffusion Transformers": recovered, extrapolated, doubted and planned, in one report. */

import { textOf } from "isoflop/words";
import { analyse } from "./analysis.js";
import { OptionError, readOptions, usage } from "./options.js";
import { reportHtml } from "./report.js";
import { sections } from "./sections.js";
import { writeFileIn } from "./write.js";

const main = async (argv: readonly string[]): Promise<void> => {
  const options = readOptions(argv);
  if (options.help) {
    console.log(usage);
    return;
  }
  const analysis = analyse(options);
  await writeFileIn(options.report, reportHtml(analysis));
  console.log(options.json ? JSON.stringify(analysis, null, 2) : textOf(Object.values(sections(analysis))));
  console.error(`\nwritten: ${options.report}`);
};

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error((error as Error).message.trim().replace(/\s*\n\s*/g, " "));
  process.exitCode = error instanceof OptionError ? 2 : 1;
}
