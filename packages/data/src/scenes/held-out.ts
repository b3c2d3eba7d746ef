import { keyOf } from "../random/key.js";

/** One sprite in this many is held out, and at least two, so that a pair can be composed. */
const HELD_OUT_SHARE = 10;

/**
 * The sprites that only "validation-emoji" shows: those whose names hash lowest. By name and not by position or seed, so
 * that a longer selection moves few names between the splits and every seed trains on the same ones.
 */
export const heldOutSprites = (names: readonly string[]): number[] => {
  const ranked = names.map((name, sprite) => ({ sprite, rank: keyOf(0, `held-out/${name}`)[0] }));
  ranked.sort((a, b) => a.rank - b.rank || a.sprite - b.sprite);
  const count = Math.max(2, Math.round(names.length / HELD_OUT_SHARE));
  return ranked
    .slice(0, count)
    .map(({ sprite }) => sprite)
    .sort((a, b) => a - b);
};
