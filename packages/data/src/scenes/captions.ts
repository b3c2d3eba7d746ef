import { Vocabulary } from "../vocabulary.js";
import { places, relations, type Scene } from "./layout.js";
import { backgrounds } from "./palette.js";

const sizeWords = ["big", "small"] as const;
const placePhrases = {
  left: "on the left",
  right: "on the right",
  top: "at the top",
  bottom: "at the bottom",
  middle: "in the middle",
};
const relationPhrases = { left: "left of", right: "right of", above: "above", below: "below" };

/**
 * The captions of scenes, as sentences and as ids. Ids keep the words that carry information, in the sentence's order:
 * "a small taco on the left on a red background" is `small taco left red`.
 */
export class Captions {
  readonly vocabulary: Vocabulary;
  readonly length: number;
  readonly #names: readonly string[];
  /** Word ids of every name. */
  readonly #nameIds: readonly Int32Array[];
  readonly #sizeIds: Int32Array;
  readonly #placeIds: Int32Array;
  readonly #relationIds: Int32Array;
  readonly #backgroundIds: Int32Array;

  constructor(names: readonly string[]) {
    const backgroundWords = backgrounds.map(({ name }) => name);
    const words = new Set<string>([...backgroundWords, ...sizeWords, ...places, ...relations]);
    for (const name of names) for (const word of name.split(" ")) words.add(word);
    this.vocabulary = new Vocabulary([...words]);
    const ids = (list: readonly string[]) => Int32Array.from(list, (word) => this.vocabulary.id(word));
    this.#names = names;
    this.#nameIds = names.map((name) => ids(name.split(" ")));
    this.#sizeIds = ids(sizeWords);
    this.#placeIds = ids(places);
    this.#relationIds = ids(relations);
    this.#backgroundIds = ids(backgroundWords);
    const longest = this.#nameIds.reduce((most, name) => Math.max(most, name.length), 0);
    this.length = Math.max(2 * longest + 2, longest + 3);
  }

  /** Fills the caption that starts at `at`. */
  write(layout: Scene, out: Int32Array, at: number): void {
    let slot = at;
    if (layout.kind !== "pair") out[slot++] = this.#sizeIds[layout.kind === "big" ? 0 : 1]!;
    slot = this.#writeName(layout.first.sprite, out, slot);
    if (layout.kind === "small") out[slot++] = this.#placeIds[layout.where]!;
    if (layout.kind === "pair") {
      out[slot++] = this.#relationIds[layout.where]!;
      slot = this.#writeName(layout.second.sprite, out, slot);
    }
    out[slot++] = this.#backgroundIds[layout.background]!;
    out.fill(0, slot, at + this.length);
  }

  #writeName(sprite: number, out: Int32Array, slot: number): number {
    const name = this.#nameIds[sprite]!;
    for (let i = 0; i < name.length; i++) out[slot + i] = name[i]!;
    return slot + name.length;
  }

  /** The caption as a sentence. */
  sentence(layout: Scene): string {
    const first = this.#names[layout.first.sprite]!;
    const ground = `on ${withArticle(backgrounds[layout.background]!.name)} background`;
    if (layout.kind === "big") return `${withArticle(`big ${first}`)} ${ground}`;
    if (layout.kind === "small")
      return `${withArticle(`small ${first}`)} ${placePhrases[places[layout.where]!]} ${ground}`;
    const second = withArticle(this.#names[layout.second.sprite]!);
    return `${withArticle(first)} ${relationPhrases[relations[layout.where]!]} ${second} ${ground}`;
  }
}

/** English articles; words in -s but not -ss or -us are plurals and take none. */
const withArticle = (words: string): string => {
  if (/[^su]s$/.test(words)) return words;
  return `${/^(?!uni)[aeiou]/.test(words) ? "an" : "a"} ${words}`;
};
