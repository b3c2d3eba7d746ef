import type { SceneKind } from "./layout.js";

/** What a caption says of a scene: all but places, sizes and the shade. */
export interface Reading {
  readonly kind: SceneKind;
  readonly background: number;
  readonly where: number;
  readonly first: number;
  /** Of a pair; 0 otherwise. */
  readonly second: number;
}

/** The ids of the words that captions are made of. */
export interface CaptionIds {
  /** By sprite: a name may have several words. */
  readonly names: readonly Int32Array[];
  readonly sizes: Int32Array;
  readonly places: Int32Array;
  readonly relations: Int32Array;
  readonly backgrounds: Int32Array;
}

/**
 * All that a caption may say, the words without padding. It is one thing unless names are made of words of place: then every scene that would be
 * captioned so is meant.
 */
export const readingsOf = (ids: CaptionIds, words: ArrayLike<number>): readonly Reading[] => {
  const found: Reading[] = [];
  const background = ids.backgrounds.indexOf(words[words.length - 1]!);
  if (background < 0) return found;
  const end = words.length - 1;
  const single = (kind: "big" | "small", last: number, where: number): void => {
    for (const first of namesAt(ids, words, 1, last)) found.push({ kind, background, where, first, second: 0 });
  };
  if (words[0] === ids.sizes[0]) single("big", end, 0);
  const where = end > 0 ? ids.places.indexOf(words[end - 1]!) : -1;
  if (words[0] === ids.sizes[1] && where >= 0) single("small", end - 1, where);
  for (let at = 1; at < end; at++) {
    const relation = ids.relations.indexOf(words[at]!);
    if (relation < 0) continue;
    for (const first of namesAt(ids, words, 0, at))
      for (const second of namesAt(ids, words, at + 1, end))
        if (second !== first) found.push({ kind: "pair", background, where: relation, first, second });
  }
  return found;
};

/** The sprites that words `from` to before `to` name: one at most, as names are unique. */
const namesAt = ({ names }: CaptionIds, words: ArrayLike<number>, from: number, to: number): number[] => {
  const sprite = names.findIndex((name) => name.length === to - from && name.every((id, i) => id === words[from + i]));
  return sprite < 0 ? [] : [sprite];
};
