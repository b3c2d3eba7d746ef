/** A part of a set that could not be used: which, and why. */
export interface BadItem {
  readonly name: string;
  readonly reason: string;
}

/** An image of a set that is yet to be decoded. */
export interface PictureItem {
  /** The name of its file within the set, with "/" between folders. */
  readonly name: string;
  /** Its caption or class, "" where the set has none. */
  readonly caption: string;
  /** The encoded image. */
  bytes(): Promise<Uint8Array>;
}

/** What a set is told to hold: images, and what cannot be one. */
export type FoundItem = PictureItem | BadItem;

export const isBad = (item: object): item is BadItem => "reason" in item;

/** An image that cannot be used. */
export class BadImage extends Error {}
