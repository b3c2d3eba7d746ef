import { shown } from "@isoflop/spec";
import { check, count } from "../checks.js";
import { must } from "../errors.js";

/**
 * Which steps of a process are kept: their indices; how many in each of several equal parts, such as "10,15,20" or "250"; or "ddim50" for 50
 * of an equal whole stride, as in DDIM.
 */
export type Spacing = string | readonly number[];

/** To the nearest whole number, halves to the even one, as Python rounds. */
export const toEven = (x: number): number => {
  const low = Math.floor(x);
  const above = x - low;
  return above < 0.5 || (above === 0.5 && low % 2 === 0) ? low : low + 1;
};

const RIGHT =
  'counts such as "250" or "10,15,20", a stride such as "ddim50", or rising indices such as [0, 500, 999] of which there are two or more';

/** The whole stride of which exactly `count` steps fit, if there is one. */
const strided = (steps: number, count: number): readonly number[] | undefined => {
  for (let stride = 1; stride < steps; stride++)
    if (Math.ceil(steps / stride) === count) return Array.from({ length: count }, (_, i) => i * stride);
  return undefined;
};

/** `count` indices of `size`, from the first to the last. */
const section = (start: number, size: number, count: number): readonly number[] => {
  const stride = count === 1 ? 1 : (size - 1) / (count - 1);
  const kept: number[] = [];
  // A running sum of strides, as DDPM's code has it: its rounding decides the halves.
  for (let at = 0; kept.length < count; at += stride) kept.push(start + toEven(at));
  return kept;
};

/**
 * The indices of the steps that are kept, rising (Nichol and Dhariwal, arXiv 2102.09672, section 4, and `space_timesteps` of their code, rounding
 * as Python does).
 * @throws DiffusionError("option") for a text or indices that make no sense of so many steps
 */
export const spacedIndices = (steps: number, spacing: Spacing): readonly number[] => {
  check(count, steps, "respaced: steps");
  const wrong = (why: string): string => `respaced: spacing is ${shown(spacing)}${why}; it takes ${RIGHT}.`;
  if (Array.isArray(spacing)) {
    const indices: readonly number[] = spacing;
    const rising = indices.every(
      (index, i) => Number.isInteger(index) && index >= 0 && index < steps && (i === 0 || index > indices[i - 1]!),
    );
    must(rising && indices.length > 0, "option", wrong(` of a process of ${steps} steps`));
    return indices;
  }
  const ddim = typeof spacing === "string" ? /^ddim([1-9]\d*)$/.exec(spacing) : null;
  if (ddim) {
    const found = strided(steps, Number(ddim[1]));
    must(found, "option", wrong(`, and no whole stride over ${steps} steps has so many`));
    return found;
  }
  must(typeof spacing === "string" && /^[1-9]\d*(,[1-9]\d*)*$/.test(spacing), "option", wrong(""));
  const counts = spacing.split(",").map(Number);
  const extra = steps % counts.length;
  let start = 0;
  return counts.flatMap((count, i) => {
    const size = Math.floor(steps / counts.length) + (i < extra ? 1 : 0);
    must(count <= size, "option", wrong(`, and its part ${i + 1} of ${steps} steps has ${size}`));
    const found = section(start, size, count);
    start += size;
    return found;
  });
};
