import type { StoredRun } from "@isoflop/sweep/node";
import { factsOf, standingOf } from "./facts.js";
import type { Users } from "./users.js";

/** A run of a store as a document has it, the same from every command. */
export const runDocument = (run: StoredRun, users: Users) => {
  const { id, folder, state, problem, steps, latest, bytes, changed, holders } = run;
  return {
    ...{ id, folder, state, standing: standingOf(run) },
    ...(problem !== undefined && { problem }),
    ...defined(factsOf(run)),
    ...{ steps, ...(latest && { latest }), bytes, changed: new Date(changed).toISOString() },
    ...{ holders, studies: users.of(id) },
  };
};

/** With the metrics that were asked for. */
export type RunDocument = ReturnType<typeof runDocument> & {
  readonly metrics?: Readonly<Record<string, { readonly value: number; readonly stdErr?: number | undefined }>>;
};

const defined = <T extends object>(record: T): T =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
