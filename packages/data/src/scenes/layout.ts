import { threefry2x32 } from "../random/threefry.js";

/** What a scene shows: one big object, one small object at a place, or two objects in a relation. */
export type SceneKind = "big" | "small" | "pair";

/** Where a small object is. */
export const places = ["left", "right", "top", "bottom", "middle"] as const;
/** How the first of two objects lies to the second. */
export const relations = ["left", "right", "above", "below"] as const;

/** Everything that a scene's picture and caption follow from. One is filled again and again. */
export interface Scene {
  kind: SceneKind;
  background: number;
  /** Offset of the background from its middle shade, in levels of 0 … 255. */
  shade: number;
  /** Index into `places` for a small object, into `relations` for a pair; 0 otherwise. */
  where: number;
  /** The objects; `second` counts only in a pair. */
  readonly first: Placed;
  readonly second: Placed;
}

/** A sprite at a place: its top left corner and its width and height in pixels. */
export interface Placed {
  sprite: number;
  x: number;
  y: number;
  size: number;
}

/** An empty layout to be filled. */
export const emptyLayout = (): Scene => {
  const placed = () => ({ sprite: 0, x: 0, y: 0, size: 0 });
  return { kind: "big", background: 0, shade: 0, where: 0, first: placed(), second: placed() };
};

const words = new Uint32Array(2);

/**
 * A 32-bit hash of all that a layout fixes but the shade. Threefry serves as the hash, because layouts are small numbers
 * in a grid and a weaker one would favour some places or colours.
 */
export const layoutHash = ({ kind, background, where, first, second }: Scene): number => {
  const scene = (kind === "big" ? 0 : kind === "small" ? 1 : 2) | (background << 2) | (where << 16);
  threefry2x32(pack(first), kind === "pair" ? pack(second) : 0, scene, 0, words);
  return words[0]!;
};

/** Sixteen bits of sprite and five each of place and size, which are below 32 px. */
const pack = ({ sprite, x, y, size }: Placed): number => (sprite << 15) | (x << 10) | (y << 5) | size;
