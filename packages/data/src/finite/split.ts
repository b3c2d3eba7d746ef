import { bytesToHex } from "@noble/hashes/utils.js";
import { HASH_BYTES } from "./hash.js";

/** Which records are held out: a share of them above 0 and below 1, or the names of files and folders. */
export type HeldOut = number | readonly string[];

/** Record numbers of both splits, in the order of their content. */
export interface Splits {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
  /** How many records that were not named are held out because they equal one that was. */
  readonly equals: number;
}

/** What is split. */
export interface Splittable {
  readonly name: string;
  /** `[count, 32]`. */
  readonly hashes: Uint8Array;
  /** Record numbers in the order of their content. */
  readonly order: Uint32Array;
  /** The name of a record's file, with "/" between folders. */
  nameOf(record: number): string;
}

/**
 * Splits by content: of a share, each record by its hash alone, so that no file that is added, renamed or moved moves another; of
 * names, the records of these names and all that equal them. So no image is in both splits.
 * @throws Error naming a name that is not there, or the split that would be empty
 */
export const splitByContent = (set: Splittable, heldOut: HeldOut): Splits => {
  const [isHeldOut, named] = typeof heldOut === "number" ? byShare(set, heldOut) : byNames(set, heldOut);
  const validation = set.order.filter(isHeldOut);
  const train = set.order.filter((record) => !isHeldOut(record));
  const { name, order } = set;
  if (validation.length === 0)
    throw new Error(
      `${name}: a share of ${heldOut} holds out none of ${order.length} images; give validation a greater share, or the names of files`,
    );
  if (train.length === 0)
    throw new Error(`${name}: validation takes all ${order.length} images; nothing is left to train on`);
  return { train, validation, equals: named === undefined ? 0 : validation.length - named };
};

type Choice = readonly [isHeldOut: (record: number) => boolean, named?: number];

/** The hash's first 32 bits are a uniform draw that belongs to the content. */
const byShare = ({ hashes }: Splittable, share: number): Choice => {
  const view = new DataView(hashes.buffer, hashes.byteOffset, hashes.byteLength);
  return [(record) => view.getUint32(record * HASH_BYTES) < share * 2 ** 32];
};

const byNames = (set: Splittable, names: readonly string[]): Choice => {
  const wanted = new Map(names.map((name) => [name.replace(/^\.\//, "").replace(/\/$/, ""), name]));
  const found = new Set<string>();
  const chosen = set.order.filter((record) => {
    const by = prefixesOf(set.nameOf(record)).filter((prefix) => wanted.has(prefix));
    for (const prefix of by) found.add(prefix);
    return by.length > 0;
  });
  const missing = [...wanted].find(([prefix]) => !found.has(prefix));
  if (missing)
    throw new Error(
      `${set.name}: validation names "${missing[1]}", which no image has; names are such as "${set.nameOf(0)}"`,
    );
  const hashOf = (record: number) => bytesToHex(set.hashes.subarray(record * HASH_BYTES, (record + 1) * HASH_BYTES));
  const held = new Set(Array.from(chosen, hashOf));
  return [(record) => held.has(hashOf(record)), chosen.length];
};

/** A file's name with and without its ending, and the folders above it. */
const prefixesOf = (name: string): string[] => {
  const parts = name.split("/");
  const folders = parts.slice(0, -1).map((_, i) => parts.slice(0, i + 1).join("/"));
  return [name, name.replace(/\.[^./]+$/, ""), ...folders];
};
