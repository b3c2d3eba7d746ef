import { didYouMean } from "@isoflop/spec";
import { wordsOf } from "./words-of.js";

/** The most words that a message lists. */
const LISTED = 24;

/** The id of the padding word. A caption of padding only is the empty caption, which guidance uses as "no caption". */
const PADDING_ID = 0;

/** Words that carry no information in our captions; they are read over unless a data set uses them as names. */
const FILLERS = new Set(["a", "an", "the", "of", "on", "at", "in", "photo", "background"]);

/** The word that stands for all words out of a table. */
const UNKNOWN = "<unk>";

/** How captions are read beyond the words themselves. */
export interface VocabularyReading {
  /**
   * Captions are anybody's sentences: all words count, those out of the table are the word `<unk>` of id 1, and what does not fit is
   * cut. Default false: an unknown word is an error.
   */
  readonly open?: boolean;
  /** What the words stand for, in the words' order, such as names with spaces: a caption that is one of them is its word. */
  readonly names?: readonly string[];
}

/** The words of a data set and their ids. Id 0 is padding. */
export class Vocabulary {
  /** Words by id; `words[0]` is the padding word. */
  readonly words: readonly string[];
  /** Number of ids, padding included: the rows of a learned word table. */
  readonly size: number;
  readonly #ids: ReadonlyMap<string, number>;
  readonly #open: boolean;
  readonly #names: ReadonlyMap<string, number>;

  /** @param words the words without padding and `<unk>`, each unique, lower case and without spaces */
  constructor(words: readonly string[], { open = false, names = [] }: VocabularyReading = {}) {
    this.words = ["<pad>", ...(open ? [UNKNOWN] : []), ...words];
    this.#open = open;
    this.#names = new Map(names.map((name, i) => [folded(name), i + 1]));
    this.size = this.words.length;
    this.#ids = new Map(this.words.map((word, id) => [word, id]));
    if (this.#ids.size !== this.size) throw new Error("Vocabulary: words must be unique, and none may be <pad>");
    const bad = words.find((word) => !/^[^\s,.A-Z]+$/.test(word));
    if (bad !== undefined)
      throw new Error(`Vocabulary: "${bad}" is not one lower-case word without spaces, commas and dots`);
  }

  /** The id of a word. @throws RangeError when the word is unknown, with the known word that is spelled like it, or else the known words */
  id(word: string): number {
    const id = this.#ids.get(word);
    if (id !== undefined) return id;
    const known = this.words.slice(1);
    const more = known.length > LISTED ? `, and ${known.length - LISTED} more` : "";
    const right = didYouMean(word, known) || `known words are ${known.slice(0, LISTED).join(", ")}${more}`;
    throw new RangeError(`caption: unknown word "${word}"; ${right}`);
  }

  /**
   * The ids of a caption such as "a taco left of a rocket on a red background", padded to `length`. Articles, "of", "on"
   * and "background" are read over, unless the vocabulary is open.
   * @throws RangeError on an unknown word or on more than `length` words, unless the vocabulary is open
   */
  encode(text: string, length: number): Int32Array {
    const named = this.#names.get(folded(text));
    if (named !== undefined && length > 0)
      return Int32Array.from({ length }, (_, slot) => (slot === 0 ? named : PADDING_ID));
    if (this.#open) return this.#encodeAny(text, length);
    const words = text
      .toLowerCase()
      .split(/[\s,.]+/)
      .filter((word) => word !== "" && (this.#ids.has(word) || !FILLERS.has(word)));
    if (words.length > length)
      throw new RangeError(`caption: "${text}" has ${words.length} words that count, at most ${length} fit`);
    const ids = new Int32Array(length);
    words.forEach((word, slot) => {
      ids[slot] = this.id(word);
    });
    return ids;
  }

  #encodeAny(text: string, length: number): Int32Array {
    const ids = new Int32Array(length);
    for (const [slot, word] of wordsOf(text).slice(0, length).entries())
      ids[slot] = this.#ids.get(word) ?? this.id(UNKNOWN);
    return ids;
  }

  /** The words of a caption's ids, without padding, joined by spaces. @throws RangeError on an id outside the table */
  decode(ids: ArrayLike<number>): string {
    const words: string[] = [];
    for (let slot = 0; slot < ids.length; slot++) {
      const id = ids[slot]!;
      const word = this.words[id];
      if (word === undefined) throw new RangeError(`caption: id ${id} is outside 0 … ${this.size - 1}`);
      if (id !== PADDING_ID) words.push(word);
    }
    return words.join(" ");
  }
}

const folded = (name: string): string => name.trim().toLowerCase();
