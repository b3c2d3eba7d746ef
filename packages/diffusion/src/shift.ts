import { positive } from "@isoflop/spec";
import { type Arithmetic, numbers } from "./arithmetic.js";
import { check, count, unit } from "./checks.js";

export const shiftOf = <T>(m: Arithmetic<T>, t: T, by: number): T => m.div(m.mul(t, by), m.add(m.mul(t, by - 1), 1));

/**
 * S t / (1 + (S - 1) t): later times for larger images (SD3, arXiv 2403.03206, equation 23).
 * @throws DiffusionError("option") unless t is in 0..1 and by > 0
 */
export const shiftTime = (t: number, by: number): number => {
  check(unit, t, "shiftTime: t");
  check(positive, by, "shiftTime: by");
  return shiftOf(numbers, t, by);
};

/**
 * exp μ, with μ from 0.5 at 256 image tokens to 1.15 at 4096, linear in tokens (`black-forest-labs/flux: sampling.py`).
 * @throws DiffusionError("option") unless tokens is a whole number of at least 1
 */
export const shiftForTokens = (tokens: number): number => {
  check(count, tokens, "shiftForTokens: tokens");
  return Math.exp(0.5 + ((1.15 - 0.5) * (tokens - 256)) / (4096 - 256));
};

/**
 * Times from 1 (noise) to 0 (data) in `steps` equal steps, before `shift` moves them towards noise.
 * @throws DiffusionError("option") unless steps is a whole number of at least 1 and shift a finite number above 0
 */
export const uniformTimes = (steps: number, shift = 1): number[] => {
  check(count, steps, "uniformTimes: steps");
  check(positive, shift, "uniformTimes: shift");
  return Array.from({ length: steps + 1 }, (_, i) => shiftOf(numbers, 1 - i / steps, shift));
};
