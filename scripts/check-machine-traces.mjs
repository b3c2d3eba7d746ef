// Fails when a committed file names an absolute path of one machine or a registry host: both break elsewhere.
import { join } from "node:path";
import { committedFiles, readText } from "./lib/committed.mjs";
import { machineTraces } from "./lib/machine-traces.mjs";
import { root } from "./lib/workspace.mjs";

const files = committedFiles(root);
let count = 0;
for (const file of files) {
  for (const { line, found, what } of machineTraces(readText(join(root, file)) ?? "")) {
    count++;
    console.error(`${file}:${line}: ${found} is ${what}; write it relative to the repository or leave it out`);
  }
}
console.log(`machine traces: ${files.length} files, ${count} found`);
process.exitCode = count > 0 ? 1 : 0;
