import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { sha256 } from "../hash.js";
import { ownCacheFolder } from "../own-folder.js";
import { askSnapshot, checkToken, loadHub, type Repo, type Snapshot } from "./repo.js";

/** A data set of a hub as it is on this machine. */
export interface LocalSnapshot extends Snapshot {
  /** Where its files lie, or will. */
  readonly folder: string;
}

const COMMIT = /^[0-9a-f]{40}$/;

/**
 * The commit of a revision: asked of the hub, unless the revision is a commit that is known; the last one known where the hub cannot be
 * reached. @throws Error saying what would help where there is none
 */
export const snapshotOf = async (
  repo: Repo,
  cacheFolder: string | undefined,
  signal: AbortSignal | undefined,
): Promise<LocalSnapshot> => {
  const folder = cacheFolder === undefined ? await ownCacheFolder("hub") : path.join(cacheFolder, "hub");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const name = sha256(JSON.stringify([repo.endpoint, repo.repo, repo.revision])).slice(0, 32);
  const memo = path.join(folder, `${name}.json`);
  const known = await remembered(memo);
  const asked = known && COMMIT.test(repo.revision) ? known : await askOr(known, repo, signal);
  if (asked !== known) await keep(memo, asked);
  return { ...asked, folder: path.join(folder, sha256(`${repo.endpoint} ${repo.repo}`).slice(0, 16), asked.commit) };
};

const askOr = async (known: Snapshot | undefined, repo: Repo, signal: AbortSignal | undefined): Promise<Snapshot> => {
  await loadHub();
  checkToken();
  try {
    return await askSnapshot(repo, signal);
  } catch (cause) {
    signal?.throwIfAborted();
    const { statusCode: status } = cause as { readonly statusCode?: number };
    if (known && (status === undefined || status >= 500)) return known;
    throw explained(cause as Error, status, repo);
  }
};

/** An error of the hub's client as one for a person. */
export const explained = (cause: Error, status: number | undefined, { endpoint, repo, revision }: Repo): Error => {
  const failed = (reason: string, advice: string) => new Error(`hub: ${reason}; ${advice}`, { cause });
  if (status === 401 || status === 403)
    return failed(
      `${endpoint} does not give ${repo} (status ${status})`,
      "it is private, gated or not there: check the name, accept its terms in a browser, and set HF_TOKEN to a token that may read it",
    );
  if (status === 404)
    return failed(`${endpoint} has no data set ${repo} with a revision ${revision}`, "check its name and revision");
  if (status !== undefined) return failed(`${endpoint} answers with status ${status}`, "try again later");
  const { cause: inner, message } = cause as Error & { readonly cause?: Error };
  return failed(
    `${endpoint} cannot be reached (${inner?.message || message})`,
    'connect, set HF_ENDPOINT to a mirror, or fetch the files where there is a network and name them here, such as { source: "parquet", path: "./train-*.parquet" }',
  );
};

const remembered = (memo: string): Promise<Snapshot | undefined> =>
  readFile(memo, "utf8").then(
    (text) => JSON.parse(text) as Snapshot,
    () => undefined,
  );

const keep = async (memo: string, snapshot: Snapshot): Promise<void> => {
  const half = `${memo}.${randomUUID()}.half`;
  await writeFile(half, JSON.stringify(snapshot), { flag: "wx", mode: 0o600, flush: true });
  await rename(half, memo);
};
