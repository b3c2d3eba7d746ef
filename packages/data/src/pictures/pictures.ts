import { read, record } from "@isoflop/spec";
import type * as v from "valibot";
import { type FiniteSplit, finiteSource } from "../finite/finite.js";
import { hashRecords } from "../finite/hash.js";
import { inOrder } from "../finite/in-order.js";
import { compareTexts } from "../finite/order.js";
import { memoryStore } from "../finite/store.js";
import type { Opening } from "../opening.js";
import type { DataSource } from "../source.js";
import { BadItems, refusal, remarkOn } from "./bad-items.js";
import { browserDecoder, type PictureDecoder } from "./browser-decoder.js";
import type { ReadRows } from "./caption-table.js";
import { captionsOf } from "./captions.js";
import { BadImage, isBad } from "./item.js";
import { findFiles, itemsOf } from "./named-files.js";
import { setFields, squareFields } from "./options.js";
import { squareOf } from "./square.js";

const { kernel: _, ...areaFields } = squareFields;
const schema = record({ ...areaFields, ...setFields });

/** A file that a person has chosen: a `File`, or what has its parts. */
export interface ChosenFile {
  readonly name: string;
  /** Its path within the folder that was chosen. */
  readonly webkitRelativePath?: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** Pictures of a person's own in a page. */
export type PicturesOptions = v.InferInput<typeof schema> &
  Pick<Opening, "onProgress" | "signal"> & {
    /** Images with their captions, such as those of an `<input type="file" webkitdirectory>`. */
    readonly files: Iterable<ChosenFile>;
    /** What the set is called; "pictures" if not given. */
    readonly name?: string;
    /** Under which licence the images are. */
    readonly licence?: string;
    /** The browser's own if not given. */
    readonly decode?: PictureDecoder;
  };

const AT_ONCE = 4;

/**
 * A source over images in memory, found and captioned as in a folder: by a `captions.jsonl`, a `.txt` beside each image, or folders as
 * classes. For a page, where there is no other place. @throws RangeError naming an option that is wrong, Error naming files that cannot
 * be used, the signal's reason
 */
export const pictures = async (given: PicturesOptions): Promise<DataSource<FiniteSplit>> => {
  const {
    files,
    name = "pictures",
    licence = "not stated",
    decode = browserDecoder,
    onProgress,
    signal,
    ...rest
  } = given;
  const options = read(schema, rest, { name, error: (message) => new RangeError(message) });
  const named = Array.from(files, (file) => ({
    name: nameOf(file),
    bytes: async () => new Uint8Array(await file.arrayBuffer()),
  })).sort((a, b) => compareTexts(a.name, b.name));
  const found = findFiles(name, named, options.captions);
  const bad = new BadItems(name, options.bad);
  const { size, channels, fit, background, enlarge } = options;
  const each = channels * size * size;
  const bytes = new Uint8Array(found.images.length * each);
  const kept: { readonly name: string; readonly caption: string }[] = [];
  const squares = inOrder(itemsOf(found, noCsv), AT_ONCE, async (item) => {
    signal?.throwIfAborted();
    if (isBad(item)) return item;
    try {
      return { ...item, square: squareOf(await decode(await item.bytes()), options) };
    } catch (error) {
      if (error instanceof BadImage) return { name: item.name, reason: error.message };
      throw error;
    }
  });
  let done = 0;
  for await (const item of squares) {
    if (isBad(item)) bad.add(item);
    else {
      bytes.set(item.square, kept.length * each);
      kept.push(item);
    }
    done++;
    onProgress?.({ stage: "decoding", done, of: found.images.length, unit: "images" });
  }
  bad.end();
  if (kept.length === 0) throw refusal(name, bad.items);
  const records = bytes.subarray(0, kept.length * each);
  const texts = { count: kept.length, captionOf: (at: number) => kept[at]!.caption };
  return finiteSource({
    name: `${name}-${size}`,
    store: memoryStore(records, [channels, size, size]),
    hashes: hashRecords(records, kept.length),
    captions: captionsOf(texts, found.kind, options),
    nameOf: (at) => kept[at]!.name,
    validation: options.validation,
    seed: options.seed,
    provenance: {
      ...{ name, package: null, licence, files: [] },
      renderer: decode === browserDecoder ? "createImageBitmap" : "given by the caller",
      remarks: remarkOn(bad.items),
    },
    settings: { size, fit, kernel: "area", background, channels, enlarge: String(enlarge) },
  });
};

/** The folder that was chosen is no part of the names in it. */
const nameOf = ({ name, webkitRelativePath: inFolder }: ChosenFile): string =>
  inFolder ? inFolder.slice(inFolder.indexOf("/") + 1) : name;

const noCsv: ReadRows = async (_, name) => {
  throw new Error(
    `${name}: in a page, a table of captions is captions.jsonl, with a record {"file": …, "text": …} on each line`,
  );
};
