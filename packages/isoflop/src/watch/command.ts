import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { jsonOption } from "../options/common.js";
import { studyPath } from "../study/find.js";
import { emit } from "../words/emit.js";

interface Options {
  readonly once?: boolean;
  readonly json?: boolean;
}

const help = `
Shows a study that another process trains, on this machine or on another one that shares the folder: how far all of it is, what is running, which
runs were left by processes that are no more, and the best loss of each size at each budget. Reads its study.json and the files of its
runs; takes no lock and writes nothing. Ends with status 0 when the study is done.
Speeds are those of runs that are done, and of steps while it watches.

Examples:
  isoflop watch runs/quick
  isoflop watch runs/quick --once --json`;

/** Between two looks. */
const LOOK_MS = 1000;

export const configure = (command: Command): void => {
  jsonOption(command.argument("<study>", "the folder of a study", studyPath))
    .option("--once", "look once and end")
    .addHelpText("after", help)
    .action(async (folder: string, { once, json }: Options) => {
      const { Observer } = await import("./observer.js");
      const { seenDocument, seenWords, watchFace } = await import("./words.js");
      const { reporter } = await import("../progress/reporter.js");
      const { untilStopped } = await import("../stop.js");
      const observer = new Observer(folder);
      const shown = reporter(watchFace);
      const seen = await untilStopped("stopped watching; the study goes on without it", async (signal) => {
        for (;;) {
          const now = await observer.look();
          if (once || now.state === "done") return now;
          shown.update(now);
          await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
          signal.throwIfAborted();
        }
      }).finally(() => shown.end());
      await emit(json, seenDocument(seen, folder), () => seenWords(seen));
    });
};
