import type { Command } from "commander";
import { forceOption, jsonOption } from "../options/common.js";
import { studyPath } from "../study/find.js";
import { checkStudyFiles } from "../study/layout.js";
import { manifestIn } from "../study/manifest.js";
import { emit } from "../words/emit.js";
import { note } from "../words/printable.js";

const help = `
The folder is that of "isoflop study", finished or not, or any in which "isoflop train" has put runs: then what is done so far is
fitted and shown, as is a study whose summary.json another version wrote. Numbers of a finished study are those of its summary.json;
nothing is trained.

Example:
  isoflop report runs/quick`;

export const configure = (command: Command): void => {
  forceOption(jsonOption(command.argument("<folder>", "folder of a study, or of runs", studyPath)))
    .addHelpText("after", help)
    .action(async (folder: string, { json, force }: { readonly json?: boolean; readonly force?: boolean }) => {
      checkStudyFiles(folder, force, ["report"]);
      const manifest = manifestIn(folder);
      if (manifest && manifest.arms.length > 0) {
        const { rebuildComparison } = await import("./arms.js");
        const { comparedWords } = await import("../study/arms-words.js");
        const { summary, files } = await rebuildComparison(folder, manifest, note);
        const document = { command: "report", files, study: summary };
        return emit(json, document, () => [...comparedWords(summary), `written: ${files[0]}`]);
      }
      const { rebuildReport } = await import("./rebuild.js");
      const { studyWords } = await import("../study/words.js");
      const { summary, files } = await rebuildReport(folder, note);
      const document = { command: "report", files, study: summary };
      return emit(json, document, () => [...studyWords(summary), `written: ${files[0]}`]);
    });
};
