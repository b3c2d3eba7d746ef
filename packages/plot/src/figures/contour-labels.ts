import type { Annotation, FramePlace } from "../chart/chart.js";
import type { Point } from "../chart/marks.js";

/** A contour to be named. */
interface NamedContour {
  readonly lines: readonly (readonly Point[])[];
  readonly text: string;
  readonly color: string;
}

/** Distance in pixels beyond which more distance from a dot no longer helps. */
const clear = 26;
/** Nearer than this a label would hide a dot. */
const touching = 11;

/**
 * Names each contour once, on its line, where it is furthest from `obstacles` and from the names before; a contour that is
 * crowded all along stays without a name, and its colour in the key says what it is.
 */
export const contourLabels = (
  contours: readonly NamedContour[],
  obstacles: readonly Point[],
  frame: FramePlace,
): Annotation[] => {
  const taken = obstacles.map((point) => ({ x: frame.x(point.x), y: frame.y(point.y), half: 0 }));
  const out: Annotation[] = [];
  for (const { lines, text, color } of contours) {
    const half = text.length * 3.4 + 4;
    let best: { x: number; y: number; room: number } | undefined;
    for (const point of lines.flat()) {
      const [x, y] = [frame.x(point.x), frame.y(point.y)];
      if (x - half < frame.left || x + half > frame.right || y - 8 < frame.top || y + 8 > frame.bottom) continue;
      const room = taken.reduce((least, other) => Math.min(least, gap({ x, y, half }, other)), clear);
      if (room >= touching && (!best || room > best.room)) best = { x, y, room };
    }
    if (!best) continue;
    out.push({ x: best.x, y: best.y, text, color });
    taken.push({ x: best.x, y: best.y, half });
  }
  return out;
};

interface Box extends Point {
  /** Half of its width; words are wide and not tall. */
  readonly half: number;
}

const gap = (a: Box, b: Box): number => Math.hypot(Math.max(0, Math.abs(a.x - b.x) - a.half - b.half), a.y - b.y);
