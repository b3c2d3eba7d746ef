import type { Command } from "commander";
import { forceOption, jsonOption } from "../options/common.js";
import { studyPath } from "../study/find.js";
import { checkStudyFiles } from "../study/layout.js";
import { emit } from "../words/emit.js";
import { note } from "../words/printable.js";

const help = `
The folder is that of "isoflop reproduce", finished or not, or any in which "isoflop train" has put runs: then what is done so far is
fitted and shown, as is a study whose summary.json another version wrote. Numbers of a finished study are those of its summary.json;
nothing is trained.

Example:
  isoflop report runs/quick`;

export const configure = (command: Command): void => {
  forceOption(jsonOption(command.argument("<folder>", "folder of a study, or of runs", studyPath)))
    .addHelpText("after", help)
    .action(async (folder: string, { json, force }: { readonly json?: boolean; readonly force?: boolean }) => {
      checkStudyFiles(folder, force, ["report"]);
      const { rebuildReport } = await import("./rebuild.js");
      const { studyWords } = await import("../study/words.js");
      const { summary, files } = await rebuildReport(folder, note);
      const document = { command: "report", files, study: summary };
      await emit(json, document, () => [...studyWords(summary), `written: ${files[0]}`]);
    });
};
