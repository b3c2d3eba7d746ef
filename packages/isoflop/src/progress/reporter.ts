import { type Colours, coloursOf } from "./colours.js";
import { type Drawing, isDrawable, openDrawing, roomOf } from "./drawing.js";

/** Between two drawings on a terminal, and two plain lines elsewhere. */
const DRAW_MS = 200;
const LINE_MS = 10_000;

/** What may be used of a terminal. */
export interface Room {
  readonly columns: number;
  readonly rows: number;
  readonly colours: Colours;
}

/** How a state of work is shown: lines that are drawn anew on a terminal, or one line for a log. */
export interface Face<S> {
  lines(state: S, room: Room): readonly string[];
  sentence(state: S): string;
}

/** Shows how work goes on, in one way or the other, never both. */
export interface Reporter<S> {
  update(state: S): void;
  /** Takes away what is drawn, and says what came of it. */
  end(closing?: string): void;
}

/** What progress is written to: lines on a terminal are drawn anew. */
export interface LineStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

export interface ReporterOptions {
  readonly stream?: LineStream;
  /** Milliseconds in which nothing is drawn, if any: what is quickly done needs no words, and no line of a log within ten seconds. */
  readonly quiet?: number;
}

/** Reports on standard error. */
export const reporter = <S>(
  face: Face<S>,
  { stream: given = process.stderr, quiet = 0 }: ReporterOptions = {},
): Reporter<S> => {
  const stream = given as NodeJS.WriteStream;
  const start = performance.now();
  const drawable = isDrawable(stream);
  const [silent, every] = drawable ? [quiet, DRAW_MS] : [quiet > 0 ? LINE_MS : 0, LINE_MS];
  let last = Number.NEGATIVE_INFINITY;
  let shown: { readonly drawing: Drawing; readonly colours: Colours; readonly timer: NodeJS.Timeout } | undefined;
  let state: S;
  const draw = (): void => {
    last = performance.now();
    shown?.drawing.draw(face.lines(state, { ...roomOf(stream), colours: shown.colours }));
  };
  return {
    update(next) {
      state = next;
      const now = performance.now();
      if (now - start < silent || now - last < every) return;
      if (drawable) {
        shown ??= {
          drawing: openDrawing(stream),
          colours: coloursOf(stream),
          timer: setInterval(draw, DRAW_MS).unref(),
        };
        draw();
      } else {
        last = now;
        stream.write(`${face.sentence(next)}\n`);
      }
    },
    end(closing) {
      clearInterval(shown?.timer);
      shown?.drawing.end();
      shown = undefined;
      if (closing !== undefined) stream.write(`${closing}\n`);
    },
  };
};
