import { randomBytes } from "node:crypto";
import { type ProcessIdentity, UNKNOWN } from "./process.js";

/** Whose lock it is stands in its name, so that there is no moment at which a lock has no owner. */
const LOCK = /^lock~([A-Za-z0-9._-]+)(?:~([0-9a-f]{32}|-)~(\d+-\d+|-))?~(\d{1,10})~(\d+)~[0-9a-f]+$/;

/** A lock that was taken from its owner or given back, and is being removed. */
const GONE = /^lock~gone~[0-9a-f]+$/;

const LARGEST_PID = 2 ** 31 - 1;

const token = (): string => randomBytes(8).toString("hex");

/** A new name for a lock of this process; every name is used once. */
export const lockName = ({ host, boot, namespace, pid, start }: ProcessIdentity): string =>
  `lock~${host}~${boot}~${namespace}~${pid}~${start}~${token()}`;

/** The owner in a lock's name, undefined for any other name. A name without machine and namespace is of nobody knows whom. */
export const ownerIn = (name: string): ProcessIdentity | undefined => {
  const [whole, host = "", boot = UNKNOWN, namespace = UNKNOWN, pid, start = "0"] = LOCK.exec(name) ?? [];
  if (whole === undefined || Number(pid) < 1 || Number(pid) > LARGEST_PID) return undefined;
  return { host, boot, namespace, pid: Number(pid), start };
};

export const goneName = (): string => `lock~gone~${token()}`;

export const isGone = (name: string): boolean => GONE.test(name);
