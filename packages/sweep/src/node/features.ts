import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { FeatureStore } from "@isoflop/train";
import { makeFolder, writeAtomically } from "@isoflop/train/node";
import { NUMERICS } from "../spec.js";

const HASH_BYTES = 32;

const hashOf = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

/**
 * Features of data beside the runs of a store, `.features/vN-KEY`: the SHA-256 of what follows, and f64 numbers. They may be removed at any time, and whoever may not
 * write does without.
 */
export const fileFeatures = (store: string): FeatureStore => {
  const folder = path.join(store, ".features");
  const fileOf = (key: string): string => path.join(folder, `v${NUMERICS}-${key}`);
  return {
    async read(key) {
      const bytes = await readFile(fileOf(key)).catch(() => undefined);
      if (bytes === undefined || bytes.length <= HASH_BYTES || (bytes.length - HASH_BYTES) % 8 !== 0) return undefined;
      const numbers = Uint8Array.from(bytes.subarray(HASH_BYTES));
      return hashOf(numbers).equals(bytes.subarray(0, HASH_BYTES)) ? new Float64Array(numbers.buffer) : undefined;
    },
    async write(key, rows) {
      const numbers = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
      try {
        await makeFolder(folder);
        await writeAtomically(fileOf(key), [hashOf(numbers), numbers]);
      } catch {
        // What is not kept is computed again.
      }
    },
  };
};
