import type { Point } from "./marks.js";

/** Words beside a point. The chart moves labels apart until none overlap. */
export interface PointLabel extends Point {
  readonly text: string;
  readonly color: string;
  /** Side of the point on which the label stands. */
  readonly side?: "left" | "right";
  /** Pixels by which it stands above the point, or below where negative. */
  readonly lift?: number;
  /** Pixels by which its point stands to the right of x. */
  readonly shift?: number;
  readonly bold?: boolean;
}

const lineHeight = 15;

/** Moves labels down, in reading order, past every earlier one that they would touch; never out of the frame. */
export const apart = (labels: readonly PointLabel[], top: number, bottom: number): PointLabel[] => {
  const done: PointLabel[] = [];
  const span = ({ x, text, side }: PointLabel): readonly [from: number, to: number] => {
    const width = text.length * 6.8 + 10;
    return side === "left" ? [x - width, x] : [x, x + width];
  };
  for (const label of [...labels].sort((a, b) => a.y - b.y)) {
    const [from, to] = span(label);
    const near = done.filter((other) => span(other)[0] < to && span(other)[1] > from);
    let y = Math.min(Math.max(label.y, top + 4), bottom);
    for (const other of near) if (Math.abs(y - other.y) < lineHeight) y = other.y + lineHeight;
    if (y > bottom) {
      // No room below: stack upwards from the lowest free line instead.
      y = bottom;
      for (const other of [...near].reverse()) if (Math.abs(y - other.y) < lineHeight) y = other.y - lineHeight;
    }
    done.push({ ...label, y });
  }
  return done;
};
