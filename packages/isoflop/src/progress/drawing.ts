import { createRequire } from "node:module";
import { StringDecoder } from "node:string_decoder";
import type { createLogUpdate } from "log-update";
import type sliceAnsi from "slice-ansi";

/** Whether lines can be drawn anew there: on a terminal that obeys, with a person before it. */
export const isDrawable = ({ isTTY }: Pick<NodeJS.WriteStream, "isTTY">): boolean => {
  const { TERM, CI } = process.env;
  return isTTY === true && TERM !== "dumb" && (CI === undefined || CI === "" || CI === "false");
};

/** Lines at the end of the terminal that change while work goes on. */
export interface Drawing {
  draw(lines: readonly string[]): void;
  /** Takes the lines away. */
  end(): void;
}

/** Loaded when something is drawn: most commands are done before. They are asked for where nobody can wait. */
const libraries = () => {
  const require = createRequire(import.meta.url);
  return {
    createLogUpdate: (require("log-update") as { readonly createLogUpdate: typeof createLogUpdate }).createLogUpdate,
    sliceAnsi: (require("slice-ansi") as { readonly default: typeof sliceAnsi }).default,
  };
};

/** Makes a terminal's other lines come whole, between `before` and `after`. @returns what undoes it */
const interceptWrites = (stream: NodeJS.WriteStream, before: () => void, after: () => void): (() => void) => {
  const { write } = stream;
  const decoder = new StringDecoder("utf8");
  let begun = "";
  const put = (text: string): boolean => Reflect.apply(write, stream, [text]) as boolean;
  const intercepted = (
    chunk: Uint8Array | string,
    encoding?: BufferEncoding | ((error?: Error | null) => void),
    callback?: (error?: Error | null) => void,
  ): boolean => {
    begun += typeof chunk === "string" ? chunk : decoder.write(Buffer.from(chunk));
    const end = begun.lastIndexOf("\n") + 1;
    if (end > 0) {
      before();
      put(begun.slice(0, end));
      begun = begun.slice(end);
      after();
    }
    const written = typeof encoding === "function" ? encoding : callback;
    if (written) process.nextTick(written, null);
    return true;
  };
  stream.write = intercepted;
  return () => {
    stream.write = write;
    if (begun !== "") put(begun);
  };
};

/** All that is drawn on a terminal. Whatever else is written there meanwhile stands above it. */
class Board {
  readonly #stream: NodeJS.WriteStream;
  readonly #parts = new Map<Drawing, readonly string[]>();
  readonly #update: ReturnType<typeof createLogUpdate>;
  readonly #slice: typeof sliceAnsi;
  readonly #restore: readonly (() => void)[];
  #banner: string | undefined;

  constructor(stream: NodeJS.WriteStream, others: readonly NodeJS.WriteStream[]) {
    const { createLogUpdate, sliceAnsi } = libraries();
    const write = stream.write.bind(stream);
    // The same terminal, written to past what intercepts the others.
    const own = Object.create(stream, { write: { value: write } }) as NodeJS.WriteStream;
    this.#stream = stream;
    // A cursor that was hidden would stay so where a process is killed.
    this.#update = createLogUpdate(own, { showCursor: true });
    this.#slice = sliceAnsi;
    this.#restore = [stream, ...others].map((each) =>
      interceptWrites(
        each,
        () => this.#update.clear(),
        () => this.#draw(),
      ),
    );
  }

  open(): Drawing {
    const drawing: Drawing = {
      draw: (lines) => {
        if (!this.#parts.has(drawing)) return;
        this.#parts.set(drawing, lines);
        this.#draw();
      },
      end: () => {
        if (!this.#parts.delete(drawing)) return;
        if (this.#parts.size === 0) this.close();
        else this.#draw();
      },
    };
    this.#parts.set(drawing, []);
    return drawing;
  }

  announce(text: string): void {
    this.#banner = text;
    this.#draw();
  }

  close(): void {
    this.#parts.clear();
    this.#update.clear();
    this.#update.done();
    for (const restore of this.#restore) restore();
    board = undefined;
  }

  /** A line that is longer than the terminal is wide would be two, of which one stays. */
  #draw(): void {
    const lines = [...this.#parts.values()].flat();
    if (this.#banner !== undefined) lines.push(this.#banner);
    const { columns } = roomOf(this.#stream);
    if (lines.length > 0) this.#update(lines.map((line) => this.#slice(line, 0, columns)).join("\n"));
    else this.#update.clear();
  }
}

let board: Board | undefined;

/** Room for what is drawn: the last column is left free, where some terminals wrap early. */
export const roomOf = ({ columns, rows }: Pick<NodeJS.WriteStream, "columns" | "rows">) => ({
  columns: Math.max(1, (columns || 80) - 1),
  rows: Math.max(1, (rows || 24) - 1),
});

/** Begins to draw on the terminal behind a stream, standard error if not given; below what is drawn there already. */
export const openDrawing = (
  stream: NodeJS.WriteStream = process.stderr,
  others: readonly NodeJS.WriteStream[] = stream === process.stderr && process.stdout.isTTY ? [process.stdout] : [],
): Drawing => {
  board ??= new Board(stream, others);
  return board.open();
};

/** Says something below what is drawn, until that ends. @returns false where nothing is drawn */
export const announce = (text: string): boolean => {
  board?.announce(text);
  return board !== undefined;
};

/** Takes everything away that is drawn, so that the next line begins on a clean one. */
export const endDrawings = (): void => board?.close();
