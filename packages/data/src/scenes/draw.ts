import type { Stream } from "../random/stream.js";
import { type Placed, places, relations, type Scene, type SceneKind } from "./layout.js";
import { backgrounds, SHADE_RANGE } from "./palette.js";

/** Sprite sizes in pixels, smallest and largest, for an image of a given width. */
export interface Sizes {
  readonly big: readonly [number, number];
  readonly small: readonly [number, number];
  readonly pair: readonly [number, number];
}

/** Sizes as parts of the image: a pair just fits side by side, and nothing is below 7 of 16 px. */
export const sizesFor = (width: number): Sizes => {
  const unit = width / 16;
  return { big: [12 * unit, 15 * unit], small: [8 * unit, 9 * unit], pair: [7 * unit, 8 * unit] };
};

/** Draws the kind of a scene: a pair every second time, else one big or one small object. */
export const drawKind = (stream: Stream): SceneKind => {
  const quarter = stream.below(4);
  return quarter === 0 ? "big" : quarter === 1 ? "small" : "pair";
};

/** How often `drawKind` draws each. */
export const kindShares: Readonly<Record<SceneKind, number>> = { big: 1 / 4, small: 1 / 4, pair: 1 / 2 };

/** Draws all of a layout but its kind from the next values of a stream; every choice is uniform. `placementsOf` lists what it may give. */
export const drawLayout = (stream: Stream, sprites: Uint16Array, width: number, sizes: Sizes, out: Scene): void => {
  const { first, second } = out;
  out.background = stream.below(backgrounds.length);
  out.shade = (stream.uniform() * 2 - 1) * SHADE_RANGE;
  out.where = 0;
  first.sprite = sprites[stream.below(sprites.length)]!;
  if (out.kind === "pair") {
    out.where = stream.below(relations.length);
    second.sprite = sprites[stream.below(sprites.length)]!;
    drawPair(stream, out, width, sizes.pair);
    return;
  }
  const [low, high] = sizes[out.kind];
  first.size = stream.between(low, high);
  const room = width - first.size;
  if (out.kind === "small") {
    out.where = stream.below(places.length);
    drawPlace(stream, first, places[out.where]!, room);
  } else {
    first.x = stream.below(room + 1);
    first.y = stream.below(room + 1);
  }
};

/** A small object lies at the side it is said to be at, and near the middle of the other axis. */
const drawPlace = (stream: Stream, object: Placed, place: (typeof places)[number], room: number): void => {
  const slack = Math.round(room / 8);
  const gap = stream.below(slack + 1);
  const middleX = Math.floor(room / 2) + stream.between(-slack, slack);
  const middleY = Math.floor(room / 2) + stream.between(-slack, slack);
  object.x = place === "left" ? gap : place === "right" ? room - gap : middleX;
  object.y = place === "top" ? gap : place === "bottom" ? room - gap : middleY;
};

/** Each object keeps to its own half along the relation's axis and stays near the middle of the other. */
const drawPair = (
  stream: Stream,
  { where, first, second }: Scene,
  width: number,
  [low, high]: readonly [number, number],
): void => {
  const half = width / 2;
  const slack = width / 8;
  const relation = relations[where]!;
  const columns = relation === "left" || relation === "right";
  const firstLeads = relation === "left" || relation === "above";
  for (let turn = 0; turn < 2; turn++) {
    const object = turn === 0 ? first : second;
    object.size = stream.between(low, high);
    const along = ((turn === 0) === firstLeads ? 0 : half) + stream.below(half - object.size + 1);
    const across = Math.floor((width - object.size) / 2) + stream.between(-slack, slack);
    object.x = columns ? along : across;
    object.y = columns ? across : along;
  }
};
