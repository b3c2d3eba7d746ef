import type { Command } from "commander";
import { CliError, exitCodes, usageError } from "../../exit.js";
import { emit } from "../../words/emit.js";
import { plural } from "../../words/numbers.js";
import { note } from "../../words/printable.js";
import { bytesWords } from "../../words/sizes.js";
import { holderWords } from "../facts.js";
import { idFor, runsIn } from "../find.js";
import { type StoreChoices, storeFor, storeOptions } from "../options.js";
import { Users } from "../users.js";

interface Options extends StoreChoices {
  readonly force?: boolean;
}

const help = `
A run that a study names is removed only with --force, and a run that a process holds never: stop that process first. All runs are
looked at before the first is removed. What is removed is whole or gone, whenever it is cut off.

Example:
  isoflop runs rm 3f0c 81b2`;

export const configure = (command: Command): void => {
  storeOptions(command.argument("<run...>", "ids, or as much of their beginnings as no other run has"))
    .option("--force", "remove runs that studies use; those train them again when they are done again")
    .addHelpText("after", help)
    .action(async (given: readonly string[], options: Options) => {
      const { removeRun } = await import("@isoflop/sweep/node");
      const store = storeFor(options);
      const ids = new Set<string>();
      for (const text of given) ids.add(await idFor(store, text));
      const runs = await runsIn(store, [...ids]);
      const users = new Users(options.runs, store);
      if (!options.force) {
        users.checkAll();
        for (const { id } of runs) {
          const studies = users.of(id);
          if (studies.length > 0)
            throw usageError(`run ${id} is used by ${studies.join(", ")}; add --force to remove it all the same`);
        }
      }
      for (const run of runs)
        if (run.holders.some(({ standing }) => standing === "alive"))
          throw new CliError(exitCodes.failed, `run ${run.id} is in use by ${holderWords(run)}; stop it first`);
      for (const { id } of runs) await removeRun(store, id, { onWait: note });
      const removed = runs.map(({ id, bytes }) => ({ id, bytes }));
      const bytes = runs.reduce((sum, run) => sum + run.bytes, 0);
      await emit(options.json, { command: "runs rm", store, removed, bytes }, () => [
        `removed ${plural(removed.length, "run")}, ${bytesWords(bytes)}`,
      ]);
    });
};
