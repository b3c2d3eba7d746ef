import { createHash } from "node:crypto";
import type { Log, Notice } from "./log.js";

/** Every run once, under a name of its own, and which were there twice: of those the log that goes further counts. */
export const once = (logs: readonly Log[]): { readonly logs: readonly Log[]; readonly notices: readonly Notice[] } => {
  const byKey = new Map<string, number>();
  const kept: Log[] = [];
  const notices: Notice[] = [];
  for (const log of logs) {
    const keys = [...(log.id === undefined ? [] : [`id ${log.id}`]), `digest ${digestOf(log)}`];
    const known = keys.map((key) => byKey.get(key)).find((at) => at !== undefined);
    const at = known ?? kept.length;
    for (const key of keys) byKey.set(key, at);
    if (known === undefined) {
      kept.push(log);
      continue;
    }
    const before = kept[at]!;
    if (reach(log) > reach(before)) kept[at] = log;
    const why =
      log.id !== undefined && log.id === before.id ? `run ${log.id} is there twice` : "the same run is there twice";
    const where = log.file === before.file ? "" : ` in ${before.file} and ${log.file}`;
    notices.push({ kind: "same-run", runs: [kept[at]!.name], message: `${why}${where}; it counts once` });
  }
  return { logs: named(kept), notices };
};

/** Of all that a log says; JSON alone has one word for every number that is none. */
const digestOf = ({ config, entries, name }: Log): string => {
  const said = entries.length > 0 ? [config, entries] : name;
  const text = JSON.stringify(said, (_, value) => (typeof value === "number" ? String(value) : value));
  return createHash("sha256").update(text).digest("hex");
};

const reach = ({ entries }: Log): number => entries.reduce((most, { step = 0 }) => Math.max(most, step), 0);

/** Of several with one name those that are not the first have what tells them apart beside it. */
const named = (logs: readonly Log[]): readonly Log[] => {
  const seen = new Map<string, string>();
  return logs.map((log) => {
    const first = seen.get(log.name);
    let name = log.name;
    if (first !== undefined) name = `${log.name} (${log.id ?? (first === log.file ? 2 : log.file)})`;
    for (let i = 2; seen.has(name); i++) name = `${log.name} (${i})`;
    seen.set(name, log.file);
    const notices = log.notices.map((notice) => ({ ...notice, runs: notice.runs.map(() => name) }));
    return { ...log, name, notices };
  });
};
