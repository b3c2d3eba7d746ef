import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { gathered, inOrder } from "../../finite/in-order.js";
import type { Opening } from "../../opening.js";
import type { InputFile } from "../records/inputs.js";
import { callOptions, loadHub, type Repo, type RepoFile } from "./repo.js";
import { explained, type LocalSnapshot } from "./snapshot.js";

const AT_ONCE = 4;

/** Files of a snapshot on this machine: those that are not there are downloaded. @throws Error naming a file that does not come whole */
export const downloaded = async (
  repo: Repo,
  { commit, folder }: LocalSnapshot,
  files: readonly RepoFile[],
  { onProgress, signal }: Opening,
): Promise<InputFile[]> => {
  const of = files.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  const told = (bytes: number) => {
    done += bytes;
    onProgress?.({ stage: "loading", done, of, unit: "bytes" });
  };
  const fetched = inOrder(files, AT_ONCE, async (file): Promise<InputFile> => {
    signal?.throwIfAborted();
    const place = placeOf(folder, file.path);
    const found = await stat(place).catch(() => undefined);
    if (found?.size === file.size) told(file.size);
    else await download({ ...repo, revision: commit }, file, place, signal, told);
    return { path: place, name: file.path };
  });
  return gathered(fetched);
};

/** A repository names its files: none of them may lie elsewhere. */
const placeOf = (folder: string, name: string): string => {
  const place = path.resolve(folder, ...name.split("/"));
  if (!place.startsWith(folder + path.sep)) throw new Error(`hub: "${name}" is no name of a file within a data set`);
  return place;
};

const download = async (
  repo: Repo,
  { path: name, size, sha256 }: RepoFile,
  place: string,
  signal: AbortSignal | undefined,
  told: (bytes: number) => void,
): Promise<void> => {
  const { downloadFile } = await loadHub();
  await mkdir(path.dirname(place), { recursive: true, mode: 0o700 });
  const half = `${place}.${randomUUID()}.half`;
  const file = await open(half, "wx", 0o600);
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    const blob = await downloadFile({
      ...callOptions(repo, signal),
      ...repo,
      repo: `datasets/${repo.repo}`,
      path: name,
    });
    if (blob === null) throw new Error(`hub: ${repo.repo} has no file ${name} any more`);
    for await (const chunk of blob.stream() as unknown as AsyncIterable<Uint8Array>) {
      await file.write(chunk);
      hash.update(chunk);
      bytes += chunk.length;
      told(chunk.length);
    }
    const whole = bytes === size && (sha256 === undefined || hash.digest("hex") === sha256);
    if (!whole) throw new Error(`hub: ${name} came with ${bytes} of ${size} bytes, or with others; run the same again`);
    await file.sync();
    await file.close();
    await rename(half, place);
  } catch (cause) {
    signal?.throwIfAborted();
    if ((cause as Error).message.startsWith("hub: ")) throw cause;
    throw explained(cause as Error, (cause as { readonly statusCode?: number }).statusCode, repo);
  } finally {
    await file.close().catch(() => {});
    await rm(half, { force: true });
  }
};
