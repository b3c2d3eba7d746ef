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
export const captionsOf = (names: readonly string[]) => {
  const backgroundWords = backgrounds.map(({ name }) => name);
  const words = [
    ...backgroundWords,
    ...sizeWords,
    ...places,
    ...relations,
    ...names.flatMap((name) => name.split(" ")),
  ];
  const vocabulary = new Vocabulary([...new Set(words)]);
  const idsOf = (list: readonly string[]): Int32Array => Int32Array.from(list, (word) => vocabulary.id(word));
  const nameIds = names.map((name) => idsOf(name.split(" ")));
  const [sizeIds, placeIds, relationIds] = [idsOf(sizeWords), idsOf(places), idsOf(relations)];
  const backgroundIds = idsOf(backgroundWords);
  const longest = Math.max(...nameIds.map((ids) => ids.length));
  const length = Math.max(2 * longest + 2, longest + 3);
  const writeName = (sprite: number, out: Int32Array, slot: number): number => {
    const ids = nameIds[sprite]!;
    for (let i = 0; i < ids.length; i++) out[slot + i] = ids[i]!;
    return slot + ids.length;
  };
  return {
    vocabulary,
    length,
    ids: { names: nameIds, sizes: sizeIds, places: placeIds, relations: relationIds, backgrounds: backgroundIds },
    /** Fills the caption that starts at `at`. */
    write({ kind, first, second, where, background }: Scene, out: Int32Array, at: number): void {
      let slot = at;
      if (kind !== "pair") out[slot++] = sizeIds[kind === "big" ? 0 : 1]!;
      slot = writeName(first.sprite, out, slot);
      if (kind === "small") out[slot++] = placeIds[where]!;
      if (kind === "pair") {
        out[slot++] = relationIds[where]!;
        slot = writeName(second.sprite, out, slot);
      }
      out[slot++] = backgroundIds[background]!;
      out.fill(0, slot, at + length);
    },
    /** The caption as a sentence. */
    sentence({ kind, first, second, where, background }: Scene): string {
      const name = names[first.sprite]!;
      const ground = `on ${withArticle(backgrounds[background]!.name)} background`;
      if (kind === "big") return `${withArticle(`big ${name}`)} ${ground}`;
      if (kind === "small") return `${withArticle(`small ${name}`)} ${placePhrases[places[where]!]} ${ground}`;
      const other = withArticle(names[second.sprite]!);
      return `${withArticle(name)} ${relationPhrases[relations[where]!]} ${other} ${ground}`;
    },
  };
};

/** English articles; words in -s but not -ss or -us are plurals and take none. */
const withArticle = (words: string): string => {
  if (/[^su]s$/.test(words)) return words;
  return `${/^(?!uni)[aeiou]/.test(words) ? "an" : "a"} ${words}`;
};
