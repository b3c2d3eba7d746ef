import { checkpoint, less, random, select, Tensor } from "@isoflop/tensor";
import { operandText } from "./condition.js";
import { must } from "./errors.js";

/**
 * Is shown a value of a forward pass by its name, such as `blocks.3.attn`, while the pass is traced. What it returns stands in the value's
 * place; undefined leaves it.
 */
export type OnActivation = (name: string, value: Tensor) => Tensor | undefined;

/** How the blocks of a trunk are run. What is left out is left off. */
export interface Run {
  /** "blocks": a gradient computes each block again from its input instead of keeping what is inside (arXiv 1604.06174). */
  readonly checkpointing?: "none" | "blocks";
  /** Share of samples that the branches of the last block leave out where there is a key; it rises linearly from block to block. */
  readonly dropPath?: number;
  /** Of stochastic depth. Without one no branch is dropped. */
  readonly key?: random.Key;
  readonly onActivation?: OnActivation;
}

/** A block that is being run. */
export interface Running {
  /** What a branch gives to its stream, [n, ...]: of the samples that stochastic depth leaves out 0, of the others in proportion more. */
  branch(name: string, value: Tensor): Tensor;
  /** A value of the block under its name: itself, or what `onActivation` puts in its place. */
  seen(name: string, value: Tensor): Tensor;
}

/** A block by itself: every branch counts, nobody watches. */
export const alone: Running = { branch: (_, value) => value, seen: (_, value) => value };

/**
 * A value under its name: itself, or what `onActivation` puts in its place.
 * @throws DitError("shape") for another shape or dtype
 */
export const seen = ({ onActivation }: Run, name: string, value: Tensor): Tensor => {
  const other = onActivation?.(name, value);
  if (other === undefined) return value;
  const [given, right] = [operandText(other), operandText(value)];
  must(given === right, "shape", `onActivation gave ${given} in place of ${name}, which is ${right}.`);
  return other;
};

/** y [n, ...] with whole samples left out at a rate, and the others scaled so that the mean stays what it was. */
const dropSamples = (y: Tensor, rate: number, key: random.Key): Tensor => {
  const [n, ...rest] = y.shape as [number, ...number[]];
  const kept = less(random.uniform(key, [n]), 1 - rate);
  return y.mul(select(kept, 1 / (1 - rate), 0).reshape([n, ...rest.map(() => 1)]));
};

const running = (run: Run, name: string, rate: number, key: random.Key | undefined): Running => {
  let branches = 0;
  return {
    branch(part, value) {
      const shown = seen(run, `${name}.${part}`, value);
      return key && rate > 0 ? dropSamples(shown, rate, random.foldIn(key, branches++)) : shown;
    },
    seen: (part, value) => seen(run, `${name}.${part}`, value),
  };
};

/**
 * Runs the blocks of a trunk one after another from `state`, a tensor or a record of tensors. `name` is the path of their parameters.
 *
 * Stochastic depth (Huang et al., arXiv 1603.09382, eq. 4): block l of L leaves its branches out at the rate dropPath · l / L, each for
 * each sample by itself; what is kept is scaled by 1 / (1 - rate) while training, so that nothing is to be done when it is over.
 */
export const runBlocks = <B, S>(
  blocks: readonly B[],
  state: S,
  block: (params: B, state: S, running: Running) => S,
  run: Run = {},
  name = "blocks",
): S => {
  const { checkpointing = "none", dropPath = 0, key } = run;
  return blocks.reduce((before: S, params, i) => {
    const at = `${name}.${i}`;
    const rate = (dropPath * (i + 1)) / blocks.length;
    const here = (input: S): S => {
      const out = block(params, input, running(run, at, rate, key && random.foldIn(key, i)));
      return out instanceof Tensor ? (seen(run, at, out) as S & Tensor) : out;
    };
    return checkpointing === "blocks" ? checkpoint(here)(before) : here(before);
  }, state);
};
