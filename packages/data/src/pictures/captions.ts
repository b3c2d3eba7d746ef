import type { RecordCaptions } from "../finite/captions.js";
import { classes } from "../finite/classes.js";
import { noCaptions } from "../finite/no-captions.js";
import { compareTexts } from "../finite/order.js";
import { type WordOptions, words } from "../finite/words.js";
import type { CaptionKind } from "./options.js";

/** Stored captions. */
export interface CaptionTexts {
  readonly count: number;
  captionOf(record: number): string;
  /** Names of classes in the order of their ids; those of the captions if not given. */
  readonly classes?: readonly string[] | undefined;
}

/** Captions of a kind. */
export const captionsOf = (texts: CaptionTexts, kind: CaptionKind, options: WordOptions): RecordCaptions => {
  if (kind === "none") return noCaptions;
  if (kind === "words") return words(texts.captionOf, options);
  const given = Array.from({ length: texts.count }, (_, record) => texts.captionOf(record));
  const names = texts.classes ?? [...new Set(given)].sort(compareTexts);
  const ids = new Map(names.map((name, id) => [name, id]));
  const labels = Uint32Array.from(given, (name) => ids.get(name)!);
  return classes(names, (record) => labels[record]!);
};
