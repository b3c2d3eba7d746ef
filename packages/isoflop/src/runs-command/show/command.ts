import type { Command } from "commander";
import { versions } from "../../versions.js";
import { emit } from "../../words/emit.js";
import { runDocument } from "../document.js";
import { idFor } from "../find.js";
import { type StoreChoices, storeFor, storeOptions } from "../options.js";
import { Users } from "../users.js";
import { showWords } from "./words.js";

const help = `
Example:
  isoflop runs show 3f0c`;

export const configure = (command: Command): void => {
  storeOptions(command.argument("<run>", "the run's id, or as much of its beginning as no other run has"))
    .addHelpText("after", help)
    .action(async (given: string, options: StoreChoices) => {
      const { fileRunStore, storedRun } = await import("@isoflop/sweep/node");
      const store = storeFor(options);
      const id = await idFor(store, given);
      const run = (await storedRun(store, id))!;
      const runs = fileRunStore(store);
      const losses = (await runs.metrics(id)).map(({ loss }) => loss);
      // What cannot be read is told by verify; all else can be shown.
      const validated = await runs.losses(id).catch(() => undefined);
      const { spec, result, failure } = run.content;
      const about = runDocument(run, new Users(options.runs, store));
      const document = {
        ...{ command: "runs show", ...about, spec },
        ...(result !== undefined && { result }),
        ...(failure !== undefined && { failure }),
        ...(validated && { validated: validated.samples }),
        versions: versions("@isoflop/sweep"),
      };
      await emit(options.json, document, () => showWords(run, about, losses, validated?.samples));
    });
};
