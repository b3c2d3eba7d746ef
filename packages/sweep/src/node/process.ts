import { readFileSync, readlinkSync } from "node:fs";
import os from "node:os";

/** A process beyond doubt: a number is used again, and is another process in another container or on another machine. */
export interface ProcessIdentity {
  /** The machine's name, as far as it can stand in a file's name. */
  readonly host: string;
  /** The machine's boot id in 32 hex digits, or UNKNOWN. */
  readonly boot: string;
  /** Within which process numbers and start times mean something: Linux's PID and time namespaces, or UNKNOWN. */
  readonly namespace: string;
  readonly pid: number;
  /** Clock ticks from boot to the process's start, or "0" where the system does not tell. */
  readonly start: string;
}

export const UNKNOWN = "-";

/** What can be said of a process that may be on another machine. */
export type Standing = "alive" | "dead" | "unknown";

const tryTo = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};

const text = (file: string): string | undefined => tryTo(() => readFileSync(file, "utf8"));

const bootId = (): string => {
  const id = text("/proc/sys/kernel/random/boot_id")?.trim().replaceAll("-", "") ?? "";
  return /^[0-9a-f]{32}$/.test(id) ? id : UNKNOWN;
};

/** The inode of one of this process's namespaces, "0" where the kernel has no such kind. */
const namespaceInode = (kind: string): string =>
  /\d+/.exec(tryTo(() => readlinkSync(`/proc/self/ns/${kind}`)) ?? "")?.[0] ?? "0";

const namespaces = (): string => {
  const pid = namespaceInode("pid");
  return pid === "0" ? UNKNOWN : `${pid}-${namespaceInode("time")}`;
};

/** State and start (fields 3 and 22) of proc_pid_stat(5); field 2 is the command in brackets and may hold spaces. */
const statOf = (process: number | "self"): { readonly state: string; readonly start: string } | undefined => {
  const stat = text(`/proc/${process}/stat`);
  const [state, ...rest] = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? [];
  const start = rest[18];
  return state !== undefined && start !== undefined ? { state, start } : undefined;
};

/**
 * Whether /proc numbers processes as this process does. With `unshare --pid` alone it is that of the namespace around, where
 * the same number is another process; then NSpid of proc_pid_status(5) has a number for each of the two.
 */
const procIsOurs = (): boolean => /^NSpid:\s+\d+$/m.test(text("/proc/self/status") ?? "");

let self: ProcessIdentity | undefined;

export const thisProcess = (): ProcessIdentity => {
  self ??= {
    host:
      os
        .hostname()
        .replaceAll(/[^A-Za-z0-9.-]/g, "_")
        .slice(0, 64) || "_",
    boot: bootId(),
    namespace: namespaces(),
    pid: process.pid,
    start: statOf("self")?.start ?? "0",
  };
  return self;
};

/**
 * Whether a process lives, as far as `me` can tell: only of its own namespaces, on its own machine, since its boot. A
 * process that has ended and whom nobody waits for (a zombie) is dead.
 */
export const standingOf = (owner: ProcessIdentity, me: ProcessIdentity): Standing => {
  const near = owner.host === me.host && owner.boot === me.boot && owner.namespace === me.namespace;
  if (!near || me.boot === UNKNOWN || me.namespace === UNKNOWN) return "unknown";
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ESRCH") return "dead";
    // EPERM: there is such a process, of another user.
    if (code !== "EPERM") return "unknown";
  }
  const found = procIsOurs() ? statOf(owner.pid) : undefined;
  if (!found || owner.start === "0") return "unknown";
  return found.start === owner.start && found.state !== "Z" && found.state !== "X" ? "alive" : "dead";
};
