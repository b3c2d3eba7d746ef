import { idsIn, type StoredRun, storedRun } from "@isoflop/sweep/node";
import { inputError } from "../exit.js";
import { plural } from "../words/numbers.js";
import { printable } from "../words/printable.js";

/** All runs of a store, or those of some ids that are there. */
export const runsIn = async (store: string, ids?: readonly string[]): Promise<readonly StoredRun[]> => {
  const found: StoredRun[] = [];
  // One after the other: thousands at once would be more open files than a process may have.
  for (const id of ids ?? (await idsIn(store))) {
    const run = await storedRun(store, id);
    if (run) found.push(run);
  }
  return found;
};

/** Names that are shown of several. */
const SHOWN = 5;

/** The id that begins so. @throws CliError where none does, or several do */
export const idFor = async (store: string, given: string): Promise<string> => {
  const ids = await idsIn(store);
  const matching = ids.filter((id) => id.startsWith(given.toLowerCase()));
  const [id] = matching;
  if (id !== undefined && matching.length === 1 && given !== "") return id;
  if (matching.length > 1)
    throw inputError(
      `"${printable(given)}" begins ${plural(matching.length, "run")}: ${matching.slice(0, SHOWN).join(", ")}${matching.length > SHOWN ? ", …" : ""}; give more of the id`,
    );
  throw inputError(
    `there is no run "${printable(given)}" in ${printable(store)}; isoflop runs list --store ${printable(store)} lists the ${plural(ids.length, "run")}`,
  );
};
