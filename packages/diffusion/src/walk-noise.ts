import { constant, random, slice, type Tensor } from "@isoflop/tensor";
import { normalBySample, samplesFrom } from "./by-sample.js";
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
  /** Number of the first sample of the state among all that share a key. Default 0. */
  readonly first?: number | undefined;
  /** The rows of the draws that are meant, where a function gives those of more samples. */
  readonly rows?: Rows | undefined;
}

/** The draws of a step, and those of them that are to be disposed. @throws DiffusionError("option") where there are none, or too few */
export const drawn = ({ draws, first = 0, rows, start: x }: Drawing, count: number, step: number, name: string) => {
  if (count === 0) return { noise: [], own: [] };
  must(draws, "option", `${name} draws noise; give a run its key, such as random.key(seed).`);
  if (typeof draws !== "function") {
    const keys = random.split(random.foldIn(draws, step), count);
    const [n = 1, ...rest] = x.shape;
    const samples = samplesFrom(constant(first + (rows?.start ?? 0), "u32"), n);
    // Each sample draws by its own number, so that it draws the same however many are computed at once.
    const noise = keys.map((key) => normalBySample(key, samples, rest));
    return { noise, own: noise };
  }
  const given = draws(step);
  const enough = (given?.length ?? 0) >= count;
  must(enough, "option", `${name} takes ${count} draws a step; it was given ${given?.length ?? 0}.`);
  const noise = given.slice(0, count).map((draw) => (rows ? (slice(draw, [rows]) as Tensor) : draw));
  for (const draw of noise) checkTensor("a draw of a step is", draw, x);
  return { noise, own: rows ? noise : [] };
};
