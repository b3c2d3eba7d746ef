import { createDevice } from "@isoflop/tensor";
import { runSpec, runSweep, trainRunner } from "../src/index.js";
import { fileRunStore } from "../src/node.js";
import { openShapes, tinyRun } from "./tiny.js";

/** Runs that take a moment each. */
export const longRuns = [0, 1].map((seed) => runSpec(tinyRun({ seed, steps: 400 })));

/** What the test's child process does: a sweep in the folder it is told, saying so after every report. */
export const sweepIn = async (folder: string, say: (line: string) => void): Promise<void> => {
  const device = await createDevice("wasm", { wasm: { threads: 1 } });
  const runner = trainRunner({ device, openData: openShapes, checkpointSeconds: 0 });
  await runSweep(longRuns, {
    store: fileRunStore(folder),
    runners: [runner],
    onProgress: ({ done, running }) => say(`${done} ${running[0]?.step ?? 0}`),
  });
  device.destroy();
};
