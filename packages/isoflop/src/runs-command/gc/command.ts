import type { StoredRun } from "@isoflop/sweep/node";
import type { Command } from "commander";
import { emit } from "../../words/emit.js";
import { plural } from "../../words/numbers.js";
import { table } from "../../words/passage.js";
import { note } from "../../words/printable.js";
import { ageWords, bytesWords } from "../../words/sizes.js";
import { runsIn } from "../find.js";
import { duration, type StoreChoices, storeFor, storeOptions } from "../options.js";
import { Users } from "../users.js";

interface Options extends StoreChoices {
  readonly dryRun?: boolean;
  readonly olderThan: number;
}

const help = `
Removes the runs that no study under --runs names, if nothing was written to them lately and no process holds them; also what was left of
runs that were being removed. Runs of studies elsewhere that share the store are not known here: give their folder with --runs, or look
first with --dry-run.

Example:
  isoflop runs gc --dry-run`;

const DAY = 86_400;

export const configure = (command: Command): void => {
  storeOptions(command)
    .option("--dry-run", "say what would be removed, and remove nothing")
    .option("--older-than <time>", "keep runs that were changed later than so long ago: 90s, 12h, 1d", duration, DAY)
    .addHelpText("after", help)
    .action(async (options: Options) => {
      const { removeRemains } = await import("@isoflop/sweep/node");
      const { dryRun = false, olderThan } = options;
      const store = storeFor(options);
      const users = new Users(options.runs, store);
      users.checkAll();
      const now = Date.now();
      const ageOf = ({ changed }: StoredRun): number => (now - changed) / 1000;
      const all = await runsIn(store);
      const unused = all.filter(({ id }) => users.of(id).length === 0);
      const old = unused.filter((run) => ageOf(run) >= olderThan);
      const free = old.filter(({ holders }) => holders.every(({ standing }) => standing === "dead"));
      const removed: StoredRun[] = [];
      for (const run of free) if (dryRun || (await couldRemove(store, run))) removed.push(run);
      if (!dryRun) await removeRemains(store);
      const bytes = removed.reduce((sum, run) => sum + run.bytes, 0);
      const kept = {
        used: all.length - unused.length,
        young: unused.length - old.length,
        held: old.length - removed.length,
      };
      const document = {
        ...{ command: "runs gc", store, dryRun, bytes, kept },
        removed: removed.map(({ id, bytes, changed }) => ({ id, bytes, changed: new Date(changed).toISOString() })),
      };
      await emit(options.json, document, () => [
        removed.length > 0 &&
          table(
            ["run", "age", "size"],
            removed.map((run) => [run.id, ageWords(ageOf(run)), bytesWords(run.bytes)]),
          ),
        `${dryRun ? "would remove" : "removed"} ${plural(removed.length, "run")}, ${bytesWords(bytes)}; kept ${kept.used} that studies use, ${kept.young} younger than ${ageWords(olderThan)}, ${kept.held} in use`,
      ]);
    });
};

/** False for a run that someone has taken meanwhile. */
const couldRemove = async (store: string, { id }: StoredRun): Promise<boolean> => {
  const { removeRun } = await import("@isoflop/sweep/node");
  try {
    await removeRun(store, id, { wait: false });
    return true;
  } catch (error) {
    note((error as Error).message);
    return false;
  }
};
