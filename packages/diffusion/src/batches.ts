import { slice, type Tensor } from "@isoflop/tensor";
import { check, checkTensor, count } from "./checks.js";
import { bracketed, must } from "./errors.js";

/** What a network is given beside x and t, or what gives it for the samples from `start` on. */
export type InputsFor<I> = I | ((start: number, count: number) => I);

/** Some of the samples. */
export interface Part<I> {
  readonly x: Tensor;
  readonly inputs: I;
  /** Number of the first of them, and how many they are. */
  readonly first: number;
  readonly size: number;
}

/** How samples are gone through. */
export interface Batching {
  /** At most so many samples at once; the rest after them. The numbers are the same. Default: all. */
  readonly batch?: number;
  /** Looked at before each evaluation; an abort throws its reason. */
  readonly signal?: AbortSignal;
}

/** @throws DiffusionError("shape") unless x is f32 [n, ...] of at least one number a sample */
export const checkSamples = (what: string, x: Tensor): void => {
  checkTensor(`${what}: x is`, x);
  must(x.rank > 0 && x.size > 0, "shape", `${what}: x is ${bracketed(x.shape)}; it takes [n, ...].`);
};

/** Samples in parts of at most `batch`, one after the other. */
export const inParts = async <I>(
  what: string,
  x: Tensor,
  inputs: InputsFor<I>,
  { batch, signal }: Batching,
  each: (part: Part<I>) => Promise<void>,
): Promise<void> => {
  const n = x.shape[0]!;
  const most = batch === undefined ? n : check(count, batch, `${what}: batch`);
  for (let first = 0; first < n; first += most) {
    signal?.throwIfAborted();
    const size = Math.min(most, n - first);
    const some = size === n ? x : (slice(x, [{ start: first, stop: first + size }]) as Tensor);
    const given = typeof inputs === "function" ? (inputs as (start: number, count: number) => I)(first, size) : inputs;
    try {
      await each({ x: some, inputs: given, first, size });
    } finally {
      if (some !== x) some.dispose();
    }
  }
};
