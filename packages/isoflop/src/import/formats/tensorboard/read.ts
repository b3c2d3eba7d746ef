import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Entry, Log, Notice, RunState, Value } from "../../log.js";
import { readEvent } from "./event.js";
import { recordsIn } from "./records.js";

export const isEventFile = (file: string): boolean => basename(file).includes("tfevents");

/**
 * One run of TensorBoard: the event files of a folder, which are several where it was resumed, in the order of their names, which begin
 * with the second at which they were opened.
 */
export const readEventFiles = (files: readonly string[], name: string, folder: string): Log => {
  const entries: Entry[] = [];
  const config: Record<string, Value> = {};
  const notices: Notice[] = [];
  let state: RunState | undefined;
  for (const file of [...files].sort()) {
    const { records, flaw } = recordsIn(readFileSync(file));
    if (flaw) notices.push({ kind: flaw.kind, runs: [name], message: flawText(file, flaw) });
    for (const [i, record] of records.entries()) {
      try {
        const { wallTime, step, scalars, config: said, ended } = readEvent(record);
        Object.assign(config, said);
        state = ended ?? state;
        if (Object.keys(scalars).length > 0) entries.push({ step, seconds: wallTime, values: scalars });
      } catch (error) {
        const message = `${basename(file)}: record ${i + 1} is no event, and is left out: ${(error as Error).message}`;
        notices.push({ kind: "corrupt", runs: [name], message });
      }
    }
  }
  return { name, file: folder, format: "tensorboard", config, entries: gathered(entries), state, notices };
};

const flawText = (file: string, { kind, at }: { readonly kind: string; readonly at: number }): string =>
  kind === "truncated"
    ? `${basename(file)}: the last record is cut off at byte ${at}, as in a log that is being written; what is before it counts`
    : `${basename(file)}: a checksum at byte ${at} does not hold; what is before it counts`;

/** Scalars of one step are events of their own, one after the other. */
const gathered = (entries: readonly Entry[]): readonly Entry[] => {
  const out: Entry[] = [];
  for (const entry of entries) {
    const last = out.at(-1);
    const joins =
      last?.step === entry.step && !Object.keys(entry.values).some((tag) => Object.hasOwn(last!.values, tag));
    if (joins) out[out.length - 1] = { ...last!, ...entry, values: { ...last!.values, ...entry.values } };
    else out.push(entry);
  }
  return out;
};
