import os from "node:os";
import { withFeatures } from "../../finite/features.js";
import { type FiniteSplit, finiteSource } from "../../finite/finite.js";
import { inOrder } from "../../finite/in-order.js";
import type { Opening } from "../../opening.js";
import { BadItems, refusal, remarkOn } from "../../pictures/bad-items.js";
import { captionsOf } from "../../pictures/captions.js";
import { BadImage, type FoundItem, isBad } from "../../pictures/item.js";
import type { CaptionKind, PictureOptions, SquareOptions } from "../../pictures/options.js";
import type { DataSource } from "../../source.js";
import { sha256 } from "../hash.js";
import { type InputFile, inputsOf } from "../records/inputs.js";
import { keptSet } from "../records/kept-set.js";
import { loadSharp, rendererName } from "../sharp.js";
import { decodePicture } from "./decode.js";
import { pictureFeatures } from "./features.js";
import { Sizes } from "./sizes.js";

/** Where files come from. */
export interface Origin {
  /** The kind of the source, with which messages begin. */
  readonly name: string;
  /** What the set is called where it comes from. */
  readonly title?: string;
  readonly licence?: string;
}

/** A set of encoded pictures in files. */
export interface PictureSet extends Origin {
  /** All files that decide what the set holds, in an order that their names decide. */
  readonly files: readonly InputFile[];
  readonly captions: CaptionKind;
  /** What decides, beside files and options of decoding, which items there are. */
  readonly reading: Readonly<Record<string, unknown>>;
  /** Classes by label, where they are known beside the images. */
  readonly classes?: readonly string[] | undefined;
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
      const sizes = new Sizes();
      const decoded = inOrder(set.items(), AT_ONCE, async (item) => {
        signal?.throwIfAborted();
        if (isBad(item)) return item;
        try {
          return { ...item, ...(await decodePicture(sharp, await item.bytes(), squares)) };
        } catch (error) {
          if (error instanceof BadImage) return { name: item.name, reason: error.message };
          throw error;
        }
      });
      let done = 0;
      for await (const item of decoded) {
        if (isBad(item)) bad.add(item);
        else {
          writer.append(item.record, item.name, item.caption);
          sizes.add(item.width, item.height);
        }
        done++;
        opening.onProgress?.({ stage: "decoding", done, unit: "images" });
      }
      bad.end();
      if (done === 0) throw new Error(`${name}: there are no images`);
      if (done === bad.items.length) throw refusal(name, bad.items);
      // Else files would be kept under what others held.
      await inputs.check();
      const { size, channels, fit } = squares;
      return {
        ...{ shape: [channels, size, size], values: "u8", bad: bad.items, remarks: [sizes.remark(fit)] },
        ...(set.classes && { classes: set.classes }),
      };
    },
  });
  const { bad, remarks } = stored.head;
  if (options.bad === "refuse" && bad.length > 0) throw refusal(name, bad);
  const beside = options.features && (await pictureFeatures(name, options.features, stored, key, opening));
  const read = captionsOf({ ...stored.head, captionOf: stored.captionOf }, captions, options);
  return finiteSource({
    ...{ name: `${name}-${options.size}`, store: stored.store, hashes: stored.hashes },
    captions: beside ? withFeatures(read, beside.features) : read,
    nameOf: stored.nameOf,
    validation: options.validation,
    seed: options.seed,
    provenance: {
      name: set.title ?? name,
      package: null,
      licence: set.licence ?? "not stated",
      files: [...inputs.files, ...(beside?.files ?? [])],
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
