import os from "node:os";
import type { RecordCaptions } from "../../finite/captions.js";
import { classes } from "../../finite/classes.js";
import { type FiniteSplit, finiteSource } from "../../finite/finite.js";
import { noCaptions } from "../../finite/no-captions.js";
import { compareTexts } from "../../finite/order.js";
import { words } from "../../finite/words.js";
import type { PictureOptions, SquareOptions } from "../../pictures/options.js";
import type { DataSource } from "../../source.js";
import { sha256 } from "../hash.js";
import { inOrder } from "../records/in-order.js";
import { type InputFile, inputsOf } from "../records/inputs.js";
import { keptSet } from "../records/kept-set.js";
import type { Opening } from "../records/opening.js";
import type { StoredSet } from "../records/read-set.js";
import { loadSharp, rendererName } from "../sharp.js";
import { BadItems, refusal, remarkOn } from "./bad-items.js";
import { BadImage, decodePicture } from "./decode.js";
import { type FoundItem, isBad } from "./item.js";

/** What captions are, once it is known. */
export type CaptionKind = "words" | "classes" | "none";

/** A set of encoded pictures in files. */
export interface PictureSet {
  /** The kind of the source, which messages and the description begin with. */
  readonly name: string;
  /** All files that decide what the set holds, in an order that their names decide. */
  readonly files: readonly InputFile[];
  readonly captions: CaptionKind;
  /** What decides, beside files and options of decoding, which items there are. */
  readonly reading: Readonly<Record<string, unknown>>;
  /** Classes by label, where they are known beside the images. */
  readonly classes?: readonly string[] | undefined;
  readonly licence?: string;
  readonly package?: string | null;
  items(): AsyncIterable<FoundItem>;
}

/** Changes whenever the same files would be decoded otherwise. */
const DECODING_VERSION = 1;

/** The source of a set: its pictures are decoded once and kept. @throws Error naming what cannot be used; the signal's reason */
export const pictureSource = async (
  set: PictureSet,
  options: PictureOptions,
  opening: Opening,
): Promise<DataSource<FiniteSplit>> => {
  const { signal, cacheFolder } = opening;
  const { name, captions } = set;
  const [sharp, inputs] = await Promise.all([loadSharp(), inputsOf(set.files, opening)]);
  signal?.throwIfAborted();
  const renderer = rendererName(sharp);
  const squares = squareOf(options);
  const decisive = [DECODING_VERSION, renderer, name, captions, set.reading, squares, inputs.sha256];
  const key = sha256(JSON.stringify(decisive)).slice(0, 32);
  const stored = await keptSet({
    ...{ folder: cacheFolder, key },
    write: async (writer) => {
      const bad = new BadItems(name, options.bad);
      const decoded = inOrder(set.items(), AT_ONCE, async (item) => {
        signal?.throwIfAborted();
        if (isBad(item)) return item;
        try {
          return { ...item, record: await decodePicture(sharp, await item.bytes(), squares) };
        } catch (error) {
          if (error instanceof BadImage) return { name: item.name, reason: error.message };
          throw error;
        }
      });
      let done = 0;
      for await (const item of decoded) {
        if (isBad(item)) bad.add(item);
        else writer.append(item.record, item.name, item.caption);
        done++;
        opening.onProgress?.({ stage: "decoding", done, unit: "images" });
      }
      bad.end();
      if (done === 0) throw new Error(`${name}: there are no images`);
      if (done === bad.items.length) throw refusal(name, bad.items);
      const { size, channels } = squares;
      return {
        ...{ shape: [channels, size, size], values: "u8", bad: bad.items, remarks: [] },
        ...(set.classes && { classes: set.classes }),
      };
    },
  });
  const { bad, remarks } = stored.head;
  if (options.bad === "refuse" && bad.length > 0) throw refusal(name, bad);
  return finiteSource({
    ...{ name: `${name}-${options.size}`, store: stored.store, hashes: stored.hashes },
    captions: captionsOf(stored, captions, options),
    nameOf: stored.nameOf,
    validation: options.validation,
    seed: options.seed,
    provenance: {
      name,
      package: set.package ?? null,
      licence: set.licence ?? "not stated",
      files: inputs.files,
      renderer,
      remarks: [...remarks, ...remarkOn(bad)],
    },
    settings: { ...squares, enlarge: String(squares.enlarge) },
  });
};

/** Images that are decoded at once: enough to keep sharp's threads busy. */
const AT_ONCE = Math.min(16, 2 * os.availableParallelism());

const squareOf = ({ size, fit, kernel, background, channels, enlarge }: SquareOptions): SquareOptions => ({
  ...{ size, fit, kernel, background, channels, enlarge },
});

const captionsOf = ({ head, captionOf }: StoredSet, kind: CaptionKind, options: PictureOptions): RecordCaptions => {
  if (kind === "none") return noCaptions;
  if (kind === "words") return words(captionOf, options);
  const given = Array.from({ length: head.count }, (_, record) => captionOf(record));
  const names = head.classes ?? [...new Set(given)].sort(compareTexts);
  const ids = new Map(names.map((name, id) => [name, id]));
  const labels = Uint32Array.from(given, (name) => ids.get(name)!);
  return classes(names, (record) => labels[record]!);
};
