/** Four ways to fit one table of language-model runs, with intervals, in one report. */

import { threadExecutor } from "@isoflop/scaling/node";
import { textOf } from "isoflop/words";
import { analyse } from "./analysis.js";
import { OptionError, readOptions, usage } from "./options.js";
import { reportHtml } from "./report.js";
import { loadRuns } from "./runs.js";
import { sections } from "./sections.js";
import { writeFileIn } from "./write.js";

const main = async (argv: readonly string[]): Promise<void> => {
  const options = readOptions(argv);
  if (options.help) {
    console.log(usage);
    return;
  }
  const loaded = await loadRuns(options);
  const executor = threadExecutor();
  try {
    const analysis = await analyse(loaded, { ...options, executor });
    await writeFileIn(options.report, reportHtml(analysis));
    console.log(options.json ? JSON.stringify(analysis, null, 2) : textOf(Object.values(sections(analysis))));
    console.error(`\nwritten: ${options.report}`);
  } finally {
    await executor.close();
  }
};

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error((error as Error).message.trim().replace(/\s*\n\s*/g, " "));
  process.exitCode = error instanceof OptionError ? 2 : 1;
}
