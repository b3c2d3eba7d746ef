import type { Sizes } from "./draw.js";
import { places, relations, type SceneKind } from "./layout.js";

/** A place and size that an object may have, and how likely it is before layouts are turned down. */
export interface Placement {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly share: number;
}

/** First and last, both included. */
type Span = readonly [number, number];

/**
 * Where `drawLayout` may put an object of a scene: every place and size with its share. Objects of a pair are put independently of each other.
 * @param turn 0 for the first object, 1 for the second of a pair
 */
export const placementsOf = (
  kind: SceneKind,
  where: number,
  turn: 0 | 1,
  width: number,
  sizes: Sizes,
): readonly Placement[] => {
  const [low, high] = sizes[kind];
  const found: Placement[] = [];
  for (let size = low; size <= high; size++) {
    const [columns, rows] = spansOf(kind, where, turn, width, size);
    const share = 1 / ((high - low + 1) * lengthOf(columns) * lengthOf(rows));
    for (let x = columns[0]; x <= columns[1]; x++)
      for (let y = rows[0]; y <= rows[1]; y++) found.push({ x, y, size, share });
  }
  return found;
};

const lengthOf = ([from, to]: Span): number => to - from + 1;

const spansOf = (kind: SceneKind, where: number, turn: 0 | 1, width: number, size: number): readonly [Span, Span] => {
  const room = width - size;
  if (kind === "big") return [spanOf(0, room), spanOf(0, room)];
  const middle = Math.floor(room / 2);
  if (kind === "small") {
    const slack = Math.round(room / 8);
    const about = spanOf(middle - slack, middle + slack);
    const [near, far] = [spanOf(0, slack), spanOf(room - slack, room)];
    const place = places[where]!;
    return [
      place === "left" ? near : place === "right" ? far : about,
      place === "top" ? near : place === "bottom" ? far : about,
    ];
  }
  const [half, slack] = [width / 2, width / 8];
  const relation = relations[where]!;
  const leads = (turn === 0) === (relation === "left" || relation === "above");
  const along = leads ? spanOf(0, half - size) : spanOf(half, width - size);
  const across = spanOf(middle - slack, middle + slack);
  return relation === "left" || relation === "right" ? [along, across] : [across, along];
};

const spanOf = (from: number, to: number): Span => [from, to];
