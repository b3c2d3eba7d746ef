import { kindShares, type Sizes } from "./draw.js";
import { emptyLayout, places, relations, type Scene, type SceneKind } from "./layout.js";
import { backgrounds } from "./palette.js";
import { type Placement, placementsOf } from "./placements.js";
import { type CaptionIds, type Reading, readingsOf } from "./readings.js";

/** Which scenes there may be: those of some sprites that are not turned down. */
export interface ScenePrior {
  readonly name: string;
  readonly sprites: Uint16Array;
  /** Whether a layout can be seen and belongs to the prior; its shade has no part in it. */
  has(layout: Scene): boolean;
}

/** Scenes that one reading of a caption leaves open: a placement of each object, and the shade. */
export interface OpenScenes {
  readonly reading: Reading;
  readonly first: readonly Placement[];
  /** Of a pair; a single object has one entry, null. */
  readonly second: readonly (Placement | null)[];
  /** `[first, second]`, the probability of both; 0 where the prior does not have the layout. Of all readings of a caption they sum to 1. */
  readonly shares: Float64Array;
}

const wheres: Readonly<Record<SceneKind, number>> = { big: 1, small: places.length, pair: relations.length };

/** The scenes that captions leave open, with their probabilities, of images of one width. */
export const supports = (ids: CaptionIds, width: number, sizes: Sizes) => {
  const scene = emptyLayout();

  /** Of one reading, not yet normalized: the chance that a draw of this reading gives the layout. */
  const openOf = (prior: ScenePrior, reading: Reading): OpenScenes => {
    const { kind, where } = reading;
    const first = placementsOf(kind, where, 0, width, sizes);
    const second = kind === "pair" ? placementsOf(kind, where, 1, width, sizes) : [null];
    const shares = new Float64Array(first.length * second.length);
    let at = 0;
    for (const one of first)
      for (const other of second)
        shares[at++] = prior.has(sceneOf(reading, one, other, scene)) ? one.share * (other?.share ?? 1) : 0;
    return { reading, first, second, shares };
  };

  /** The chance that a draw of a kind is accepted, by going through all of them: needed only where a caption may be of two kinds. */
  const accepted = (prior: ScenePrior, kind: SceneKind): number => {
    const { sprites } = prior;
    const seconds = kind === "pair" ? Array.from(sprites) : [0];
    let chance = 0;
    for (let background = 0; background < backgrounds.length; background++)
      for (let where = 0; where < wheres[kind]; where++)
        for (const first of Array.from(sprites))
          for (const second of seconds) chance += sum(openOf(prior, { kind, background, where, first, second }).shares);
    return chance / drawsOf(prior, kind);
  };

  const chances = new Map<string, number>();
  const acceptedOnce = (prior: ScenePrior, kind: SceneKind): number => {
    const key = `${prior.name} ${kind}`;
    const known = chances.get(key) ?? accepted(prior, kind);
    chances.set(key, known);
    return known;
  };

  /** @throws RangeError for a caption that no scene of the prior has */
  return (prior: ScenePrior, caption: ArrayLike<number>): readonly OpenScenes[] => {
    const words = Array.from(caption);
    while (words.at(-1) === 0) words.pop();
    const own = Array.from(prior.sprites);
    const readings = readingsOf(ids, words).filter(
      ({ kind, first, second }) => own.includes(first) && (kind !== "pair" || own.includes(second)),
    );
    const open = readings.map((reading) => openOf(prior, reading));
    // The kind is drawn before layouts are turned down: within a kind all readings are as likely.
    if (new Set(readings.map(({ kind }) => kind)).size > 1)
      for (const { reading, shares } of open) {
        const { kind } = reading;
        scale(shares, kindShares[kind] / (acceptedOnce(prior, kind) * drawsOf(prior, kind)));
      }
    const total = open.reduce((all, { shares }) => all + sum(shares), 0);
    if (!(total > 0)) throw new RangeError(`no scene of ${prior.name} has the caption [${words.join(", ")}]`);
    for (const { shares } of open) scale(shares, 1 / total);
    return open;
  };
};

/** How many readings of a kind are drawn, all as often. */
const drawsOf = ({ sprites }: ScenePrior, kind: SceneKind): number =>
  backgrounds.length * wheres[kind] * sprites.length ** (kind === "pair" ? 2 : 1);

/** The layout of placements, but for the shade; fills `out`. */
const sceneOf = (reading: Reading, one: Placement, other: Placement | null, out: Scene): Scene => {
  const { kind, background, where, first, second } = reading;
  Object.assign(out, { kind, background, where });
  place(first, one, out.first);
  if (other) place(second, other, out.second);
  return out;
};

const place = (sprite: number, { x, y, size }: Placement, out: Scene["first"]): void => {
  out.sprite = sprite;
  out.x = x;
  out.y = y;
  out.size = size;
};

const sum = (list: Float64Array): number => list.reduce((all, value) => all + value, 0);
const scale = (list: Float64Array, factor: number): void => {
  for (let i = 0; i < list.length; i++) list[i]! *= factor;
};
