import { featureRecord, type StoredFeatures } from "../../finite/features.js";
import type { Opening } from "../../opening.js";
import { blocks, type OpenFiles } from "../arrays/joined.js";
import { keptSet } from "../records/kept-set.js";
import type { FeatureParts } from "./parts.js";
import { featureRows } from "./rows.js";

/** Captions as vectors, and whose they are. */
export interface KeptFeatures {
  readonly parts: FeatureParts;
  /** Rows that there are. */
  readonly rows: number;
  /** Rows in the order of the records, each of which has one. */
  readonly rowOf: (record: number) => number;
  readonly count: number;
  /** A name, of letters and digits, for all that they depend on. */
  readonly key: string;
  /** @throws Error where a file has changed since its digest was taken */
  readonly check: () => Promise<void>;
}

/** The vectors of records, read once and kept in the records' order. @throws Error naming a row that is no good */
export const keptFeatures = async (
  files: OpenFiles,
  { parts, rows, rowOf, count, key, check }: KeptFeatures,
  { cacheFolder, signal, onProgress }: Opening,
): Promise<StoredFeatures> => {
  const { store, hashes } = await keptSet({
    ...{ folder: cacheFolder, key },
    write: async (writer) => {
      const features = await featureRows(files, parts, rows);
      for (const { start, count: some } of blocks(count, [features.width])) {
        signal?.throwIfAborted();
        for (const { row, values, length, reason } of await inRuns(features, start, some, rowOf)) {
          if (reason !== undefined) throw new Error(`row ${row}: ${reason}`);
          const { buffer } = featureRecord(values, length, features.dim);
          writer.append(new Uint8Array(buffer), "", "");
        }
        onProgress?.({ stage: "decoding", done: start + some, of: count, unit: "images" });
      }
      await check();
      return { shape: [1, 1 + features.tokens, features.dim], values: "f32", bad: [], remarks: [] };
    },
  });
  return { store, hashes, masked: parts.extent !== undefined };
};

/** The rows of some records: those that lie side by side are read at once. */
const inRuns = async (
  features: Awaited<ReturnType<typeof featureRows>>,
  start: number,
  count: number,
  rowOf: (record: number) => number,
) => {
  const out = [];
  for (let at = start; at < start + count; ) {
    const first = rowOf(at);
    let run = 1;
    while (at + run < start + count && rowOf(at + run) === first + run) run++;
    const read = await features.rows(first, run);
    out.push(...read.map((row, i) => ({ ...row, row: first + i })));
    at += run;
  }
  return out;
};
