/** What a scene shows: one big object, one small object at a place, or two objects in a relation. */
export type SceneKind = "big" | "small" | "pair";

/** Where a small object is. */
export const places = ["left", "right", "top", "bottom", "middle"] as const;
/** How the first of two objects lies to the second. */
export const relations = ["left", "right", "above", "below"] as const;

/** Everything that a scene's picture and caption follow from. One is filled again and again. */
export interface Layout {
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
export function emptyLayout(): Layout {
  const placed = () => ({ sprite: 0, x: 0, y: 0, size: 0 });
  return { kind: "big", background: 0, shade: 0, where: 0, first: placed(), second: placed() };
}

/** 32-bit hash (FNV-1a over whole words, with MurmurHash3's finish) of all that a layout fixes but the shade. */
export function layoutHash({ kind, background, where, first, second }: Layout): number {
  let hash = 0x811c9dc5;
  hash = step(hash, kind === "big" ? 1 : kind === "small" ? 2 : 3);
  hash = step(hash, background);
  hash = step(hash, where);
  hash = step(step(step(step(hash, first.sprite), first.x), first.y), first.size);
  if (kind === "pair") hash = step(step(step(step(hash, second.sprite), second.x), second.y), second.size);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function step(hash: number, value: number): number {
  return Math.imul(hash ^ value, 0x01000193);
}
