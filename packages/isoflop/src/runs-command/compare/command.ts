import type { Command } from "commander";
import { usageError } from "../../exit.js";
import { versions } from "../../versions.js";
import { emit } from "../../words/emit.js";
import { idFor, runsIn } from "../find.js";
import { type StoreChoices, storeFor, storeOptions } from "../options.js";
import { compareRuns } from "./compare.js";
import { compareWords } from "./words.js";

const help = `
Holds runs against the first of them sample by sample: every run meets the same held-out images at the same noise and times, and what both
find hard cancels. Runs must have been validated on the same samples by the same objective; what differs is said. The error is of the validation:
whether a recipe is better is told by several seeds of each, as "isoflop compare" does of two folders.

Example:
  isoflop runs compare 3f0c 81b2`;

export const configure = (command: Command): void => {
  storeOptions(
    command.argument(
      "<run...>",
      "ids, or as much of their beginnings as no other run has; the first is that of reference",
    ),
  )
    .addHelpText("after", help)
    .action(async (given: readonly string[], options: StoreChoices) => {
      if (given.length < 2) throw usageError("there is nothing to compare with; expected two runs or more");
      const store = storeFor(options);
      const ids: string[] = [];
      for (const text of given) ids.push(await idFor(store, text));
      const again = ids.find((id, i) => ids.indexOf(id) < i);
      if (again !== undefined) throw usageError(`run ${again} is given twice`);
      const comparison = await compareRuns(store, await runsIn(store, ids));
      const document = { command: "runs compare", store, ...comparison, versions: versions("@isoflop/sweep") };
      await emit(options.json, document, () => compareWords(comparison));
    });
};
