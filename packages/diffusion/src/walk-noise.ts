import { concat, random, slice, type Tensor } from "@isoflop/tensor";
import { checkTensor } from "./checks.js";
import { must } from "./errors.js";

/** Where fresh noise comes from: a key, folded with the number of the step, or a function that gives the draws of a step. */
export type Draws = random.Key | ((step: number) => readonly Tensor[]);

/** Samples from one to before another. */
export interface Rows {
  readonly start: number;
  readonly stop: number;
}

/** What a walk draws from, and for which state. */
export interface Drawing {
  readonly start: Tensor;
  readonly draws?: Draws | undefined;
  /** The rows of the draws that are meant, where a function gives those of more samples. */
  readonly rows?: Rows | undefined;
}

/** Samples come in blocks, each with noise of its own, so that it is the same however many are computed at once: of so many, or more where they are small. */
const [BLOCK_SAMPLES, BLOCK_NUMBERS] = [64, 2 ** 14];

/** Standard normal numbers for samples `first` on, of a shape: rows of whole blocks. */
const blockwise = (key: random.Key, first: number, [n = 1, ...rest]: readonly number[]): Tensor => {
  const size = rest.reduce((product, length) => product * length, 1);
  const block = Math.max(BLOCK_SAMPLES, Math.ceil(BLOCK_NUMBERS / Math.max(size, 1)));
  const [low, high] = [Math.floor(first / block), Math.ceil((first + n) / block)];
  const blocks = Array.from({ length: high - low }, (_, i) =>
    random.normal(random.foldIn(key, low + i), [block, ...rest]),
  );
  const all = blocks.length === 1 ? blocks[0]! : concat(blocks);
  const start = first - low * block;
  return slice(all, [{ start, stop: start + n }]) as Tensor;
};

/** The draws of a step, and those of them that are to be disposed. @throws DiffusionError("option") where there are none, or too few */
export const drawn = ({ draws, rows, start: x }: Drawing, count: number, step: number, name: string) => {
  if (count === 0) return { noise: [], own: [] };
  must(draws, "option", `${name} draws noise; give a run its key, such as random.key(seed).`);
  if (typeof draws !== "function") {
    const keys = random.split(random.foldIn(draws, step), count);
    const noise = keys.map((key) => blockwise(key, rows?.start ?? 0, x.shape));
    return { noise, own: noise };
  }
  const given = draws(step);
  const enough = (given?.length ?? 0) >= count;
  must(enough, "option", `${name} takes ${count} draws a step; it was given ${given?.length ?? 0}.`);
  const noise = given.slice(0, count).map((draw) => (rows ? (slice(draw, [rows]) as Tensor) : draw));
  for (const draw of noise) checkTensor("a draw of a step is", draw, x);
  return { noise, own: rows ? noise : [] };
};
