import { readFileSync } from "node:fs";
import os from "node:os";

/** A process beyond doubt: ids are used again, ids with start times are not. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** Clock ticks from boot to the process's start where the system tells (Linux), else "0". */
  readonly start: string;
}

const startOf = (pid: number): string => {
  try {
    // Field 22 of proc_pid_stat(5); field 2 is the command in brackets and may hold spaces.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "0";
  } catch {
    return "0";
  }
};

export const thisProcess = (): ProcessIdentity => ({
  host: os.hostname(),
  pid: process.pid,
  start: startOf(process.pid),
});

/**
 * Whether a process may still be running. One on another machine may: only a person can tell.
 */
export const mayBeAlive = ({ host, pid, start }: ProcessIdentity): boolean => {
  if (host !== os.hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: there is such a process, of another user.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return start === "0" || startOf(pid) === start;
};
