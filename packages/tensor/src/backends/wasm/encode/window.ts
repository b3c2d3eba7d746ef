import type { View } from "../../../compile/kernel.js";
import { BYTES_PER_ELEMENT } from "../../../dtype.js";
import type { CommandStream } from "./stream.js";

/** A view with every dimension of one element dropped and neighbours merged where one stride serves both. */
export interface Window {
  readonly slot: number;
  readonly offset: number;
  /** Innermost first. */
  readonly dimensions: readonly { readonly size: number; readonly stride: number }[];
}

export const windowOf = (view: View): Window => {
  const dimensions: { size: number; stride: number }[] = [];
  for (let d = view.shape.length - 1; d >= 0; d--) {
    const size = view.shape[d]!;
    const stride = view.strides[d]!;
    if (size === 1) continue;
    const inner = dimensions.at(-1);
    if (inner && stride === inner.size * inner.stride) inner.size *= size;
    else dimensions.push({ size, stride });
  }
  return { slot: view.slot, offset: view.offset, dimensions };
};

/** One value everywhere. */
export const isUniform = (window: Window): boolean => window.dimensions.every(({ stride }) => stride === 0);

export const isContiguous = ({ dimensions }: Window): boolean =>
  dimensions.length === 0 || (dimensions.length === 1 && dimensions[0]!.stride === 1);

/** First and last element touched, relative to the slot. */
export const extentOf = ({ offset, dimensions }: Window): { first: number; last: number } => {
  let first = offset;
  let last = offset;
  for (const { size, stride } of dimensions) {
    if (stride < 0) first += (size - 1) * stride;
    else last += (size - 1) * stride;
  }
  return { first, last };
};

export const overlap = (a: Window, b: Window): boolean => {
  if (a.slot !== b.slot) return false;
  const x = extentOf(a);
  const y = extentOf(b);
  return x.first <= y.last && y.first <= x.last;
};

/** Writes the descriptor that `assembly/gather.ts` walks. */
export const pushWindow = (stream: CommandStream, window: Window): void => {
  const dimensions = window.dimensions.length ? window.dimensions : [{ size: 1, stride: 1 }];
  stream.pushAddress(window);
  stream.push(dimensions.length);
  for (const { size, stride } of dimensions) stream.push(size, stride * BYTES_PER_ELEMENT);
};

/** Words that `pushWindow` writes. */
export const windowWords = (window: Window): number => 2 + 2 * Math.max(1, window.dimensions.length);
