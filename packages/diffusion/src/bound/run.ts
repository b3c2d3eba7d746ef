import { only } from "@isoflop/spec";
import { cast, type Device, type JitArguments, jit, leavesOf, square, type Tensor } from "@isoflop/tensor";
import { checkSamples, type InputsFor, inParts, type Part } from "../batches.js";
import { samplesFrom } from "../by-sample.js";
import { check, count } from "../checks.js";
import { must } from "../errors.js";
import { checkOnLevels } from "../levels.js";
import { type BoundRun, boundRunOptions, perSample } from "./bound.js";
import type { CheckedDecoder } from "./decoder.js";
import { Pending } from "./pending.js";

/** A part of the samples as a bound sees it. */
export interface BoundPart<I> extends Part<I> {
  /** Numbers of the samples among all, u32 [n]. */
  readonly samples: Tensor;
  readonly pending: Pending;
  /** To be called after each evaluation. */
  readonly evaluated: () => Promise<void>;
}

/** A compiled function of pytrees, whose types are those of the function. */
export interface Program {
  (...args: readonly unknown[]): Tensor;
  dispose(): void;
}

export interface BoundSetting {
  readonly what: string;
  readonly decoder: CheckedDecoder;
  readonly device: Device | undefined;
}

/** The sums of squares of each sample, f32 [n], and the samples' numbers: one program. */
export const beginning = (device: Device | undefined) =>
  jit(
    (x: Tensor, first: Tensor) => ({
      squares: perSample(square(x)),
      samples: samplesFrom(cast(first, "u32"), x.shape[0]!),
    }),
    device ? { device } : {},
  );

/** How large a run is. */
export interface RunSizes {
  readonly n: number;
  readonly dimensions: number;
  readonly draws: number;
}

/** @throws DiffusionError("option") for no key or no draw, ("shape") for x that holds no samples */
export const runSizes = (what: string, running: BoundRun): RunSizes => {
  check(only(boundRunOptions), running, `${what}.run`);
  const { x, key, draws = 1 } = running;
  checkSamples(what, x);
  must(key, "option", `${what}: noise is drawn; give a run its key, such as random.key(seed).`);
  const n = x.shape[0]!;
  return { n, dimensions: x.size / n, draws: check(count, draws, `${what}: draws`) };
};

/** What all parts of a run came to. */
export interface Ran {
  /** How often the network was asked for a batch. */
  readonly evaluations: number;
  /** The sum of squares of each sample. */
  readonly squares: Float64Array;
}

/**
 * Goes through the samples of a run in parts.
 * @param evaluations of the network for a part
 * @param each evaluates a part
 */
export const runBound = async <I>(
  { what, decoder, device }: BoundSetting,
  begin: ReturnType<typeof beginning>,
  inputs: InputsFor<I>,
  running: BoundRun,
  evaluations: number,
  each: (part: BoundPart<I>) => Promise<void>,
): Promise<Ran> => {
  const { x, onStep, signal } = running;
  if (decoder.levels) await checkOnLevels(what, x, decoder.levels, device);
  const squares = new Float64Array(x.shape[0]!);
  let asked = 0;
  await inParts(what, x, inputs, running, async (part) => {
    const begun = begin(part.x as JitArguments<Tensor>, part.first);
    const pending = new Pending();
    let done = 0;
    try {
      squares.set((await begun.squares.data()) as Float32Array, part.first);
      const evaluated = async (): Promise<void> => {
        asked++;
        await onStep?.({ evaluation: ++done, evaluations, samples: part.first, of: squares.length });
        signal?.throwIfAborted();
      };
      await each({ ...part, samples: begun.samples, pending, evaluated });
      await pending.read();
    } finally {
      pending.dispose();
      for (const tensor of leavesOf(begun)) tensor.dispose();
    }
  });
  return { evaluations: asked, squares };
};

/** @throws DiffusionError("values") naming the first sample whose nats are not finite */
export const checkNats = (what: string, nats: Float64Array): Float64Array => {
  const bad = nats.findIndex((value) => !Number.isFinite(value));
  must(
    bad === -1,
    "values",
    `${what}: the bound of sample ${bad} is ${nats[bad]}; the model gives NaN or infinity, or x holds some.`,
  );
  return nats;
};
