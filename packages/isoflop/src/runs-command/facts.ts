import { basename } from "node:path";
import type { StoredRun } from "@isoflop/sweep/node";

type Loose = Readonly<Record<string, unknown>>;

const part = (value: unknown): Loose => (typeof value === "object" && value !== null ? (value as Loose) : {});
const numberIn = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
const textIn = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** What a record of any version says of itself, as far as it does. */
export interface Facts {
  readonly budget?: number | undefined;
  readonly width?: number | undefined;
  readonly seed?: number | undefined;
  /** Steps that it is to have. */
  readonly of?: number | undefined;
  readonly loss?: number | undefined;
  readonly lossStdErr?: number | undefined;
  readonly data?: string | undefined;
  /** Parts of one's own that it needs. */
  readonly modules: readonly string[];
}

export const factsOf = ({ content }: Pick<StoredRun, "content">): Facts => {
  const spec = part(content.spec);
  const result = part(content.result);
  const { modules } = part(spec.content);
  return {
    budget: numberIn(spec.budget),
    width: numberIn(part(spec.model).width),
    seed: numberIn(spec.seed),
    of: numberIn(spec.steps),
    loss: numberIn(result.loss),
    lossStdErr: numberIn(result.lossStdErr),
    data: dataWords(spec.data, result.data),
    modules: Array.isArray(modules) ? modules.flatMap((module) => textIn(part(module).path) ?? []) : [],
  };
};

/** The source, with what tells one use of it from another. */
const dataWords = (written: unknown, seen: unknown): string | undefined => {
  if (typeof written === "string") return written;
  const { source, size, path } = part(written);
  const name = textIn(source) ?? textIn(part(seen).name);
  if (name === undefined) return undefined;
  const where = textIn(path);
  return [name, where && basename(where), typeof size === "number" ? `${size} px` : undefined]
    .filter(Boolean)
    .join(" ");
};

/** How a run stands: its state, and of one that is not done what has become of who trained it. */
export type Standing = "done" | "failed" | "running" | "killed" | "silent" | "stopped" | "unreadable";

/** Seconds after which an owner of whom nobody can tell whether he lives should have shown himself several times. */
const SILENT = 120;

export const standingOf = ({ state, holders }: Pick<StoredRun, "state" | "holders">): Standing => {
  if (state !== "unfinished") return state;
  const isHere = ({ standing, silent }: StoredRun["holders"][number]) =>
    standing === "alive" || (standing === "unknown" && silent < SILENT);
  if (holders.some(isHere)) return "running";
  if (holders.some(({ standing }) => standing === "unknown")) return "silent";
  return holders.length > 0 ? "killed" : "stopped";
};

/** Who holds a run, in words. */
export const holderWords = ({ holders }: Pick<StoredRun, "holders">): string =>
  holders
    .map(({ pid, host, standing, silent }) => {
      const said = { alive: "", dead: ", which has ended", unknown: `, last heard of ${Math.round(silent)} s ago` };
      return `process ${pid} on ${host}${said[standing]}`;
    })
    .join("; ");
