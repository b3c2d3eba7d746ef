import type { Command } from "commander";
import { forceOption, jsonOption } from "../options/common.js";
import { checkStudyFiles } from "../study/own-files.js";
import { emit } from "../words/emit.js";
import { note } from "../words/printable.js";

const help = `
The folder is that of "isoflop reproduce", finished or not, or any in which "isoflop train" has put runs: then what is done so far is
fitted and shown. Numbers of a finished study are those of its summary.json; nothing is trained.

Example:
  isoflop report runs/quick`;

export const configure = (command: Command): void => {
  forceOption(jsonOption(command.argument("<folder>", "folder of a study, or of runs")))
    .addHelpText("after", help)
    .action(async (folder: string, { json, force }: { readonly json?: boolean; readonly force?: boolean }) => {
      checkStudyFiles(folder, force, ["report.html"]);
      const { rebuildReport } = await import("../report/rebuild.js");
      const { studyTables } = await import("../study/tables.js");
      const { study, files } = await rebuildReport(folder, note);
      const { curves: _, samples: __, ...numbers } = study;
      await emit(json, { command: "report", files, study: numbers }, () => [
        { text: studyTables(study) },
        `written: ${files[0]}`,
      ]);
    });
};
