#!/usr/bin/env node
import { exitCodes, reasonOf } from "./exit.js";
import { run } from "./run.js";
import { isClosed } from "./words/emit.js";

/** What was said on the way and did not arrive; the document itself is checked where it is written. */
let lost: Error | undefined;
process.stdout.on("error", (error) => {
  if (!isClosed(error)) lost ??= error;
});
// There is nowhere left to say it.
process.stderr.on("error", () => {});
process.on("exit", (status) => {
  if (status !== exitCodes.ok || !lost) return;
  console.error(`isoflop: cannot write standard output: ${reasonOf(lost)}`);
  process.exitCode = exitCodes.failed;
});

process.exitCode = await run(process.argv.slice(2));
