import { SweepError } from "./errors.js";
import type { RunSpec } from "./spec.js";

/** A run to be done. Its id is that of the spec, so that asking twice is asking once. */
export interface Job {
  readonly id: string;
  readonly spec: RunSpec;
}

/** The right to work on a job, until the lease runs out. */
export interface Claim extends Job {
  /** Tells this claim from an earlier or later one of the same job. */
  readonly token: string;
}

/**
 * Who works on what, nothing more: results are in the run store, so a queue can be deleted and filled again at any time.
 * A claim that is not renewed within the lease goes back to the queue, as its worker must have died.
 */
export interface Queue {
  /** Seconds that a claim lasts. */
  readonly lease: number;
  /** Adds jobs at the end, in order. Jobs already waiting or claimed stay as they are. */
  enqueue(jobs: readonly Job[]): Promise<void>;
  /** The first waiting job, if there is one. */
  claim(): Promise<Claim | undefined>;
  /** Renews a claim. @throws SweepError `claim` if it was lost */
  heartbeat(claim: Claim): Promise<void>;
  /** The job is done. @throws SweepError `claim` if it was lost */
  complete(claim: Claim): Promise<void>;
  /** The job cannot be done. @throws SweepError `claim` if it was lost */
  fail(claim: Claim): Promise<void>;
  /** Puts a job back at the end. Does nothing if the claim was lost. */
  release(claim: Claim): Promise<void>;
  counts(): Promise<{ readonly waiting: number; readonly claimed: number }>;
}

export const lostClaim = ({ id }: Claim): SweepError =>
  new SweepError(
    "claim",
    `the claim on run ${id} was lost: it was not renewed within its lease, and another worker may have it`,
  );

/** A queue for the workers of one process. */
export const memoryQueue = ({
  lease = 60,
  now = Date.now,
}: {
  readonly lease?: number;
  /** The clock, in milliseconds. */
  readonly now?: () => number;
} = {}): Queue => {
  const waiting = new Map<string, Job>();
  const claimed = new Map<string, { readonly claim: Claim; until: number }>();
  let tokens = 0;

  const expire = (): void => {
    for (const [id, { claim, until }] of claimed)
      if (until < now()) {
        claimed.delete(id);
        waiting.set(id, claim);
      }
  };
  const held = (claim: Claim) => {
    expire();
    const entry = claimed.get(claim.id);
    return entry?.claim.token === claim.token ? entry : undefined;
  };
  const end = async (claim: Claim): Promise<void> => {
    if (!held(claim)) throw lostClaim(claim);
    claimed.delete(claim.id);
  };

  return {
    lease,
    async enqueue(jobs) {
      for (const { id, spec } of jobs) if (!waiting.has(id) && !claimed.has(id)) waiting.set(id, { id, spec });
    },
    async claim() {
      expire();
      const [job] = waiting.values();
      if (!job) return undefined;
      waiting.delete(job.id);
      const claim = { id: job.id, spec: job.spec, token: String(tokens++) };
      claimed.set(job.id, { claim, until: now() + 1000 * lease });
      return claim;
    },
    async heartbeat(claim) {
      const entry = held(claim);
      if (!entry) throw lostClaim(claim);
      entry.until = now() + 1000 * lease;
    },
    complete: end,
    fail: end,
    async release(claim) {
      if (!held(claim)) return;
      claimed.delete(claim.id);
      waiting.set(claim.id, claim);
    },
    async counts() {
      expire();
      return { waiting: waiting.size, claimed: claimed.size };
    },
  };
};
