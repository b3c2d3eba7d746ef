import { FeaturesError } from "./errors.js";

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/**
 * A file's bytes: of a path or a file URL in Node, of an address elsewhere.
 * @throws FeaturesError `file` where it cannot be read
 */
export const readBytes = async (place: string | URL): Promise<Uint8Array<ArrayBuffer>> => {
  const isAddress = /^(https?|blob|data):/.test(String(place));
  const node = isAddress ? undefined : globalThis.process?.getBuiltinModule?.("node:fs/promises");
  try {
    if (node) return new Uint8Array(await node.readFile(place));
    const response = await fetch(place);
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw new FeaturesError("file", `${place} cannot be read: ${reasonOf(cause)}`, { cause });
  }
};
