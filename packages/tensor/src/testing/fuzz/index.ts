import type { Device } from "../../device/device.js";
import { anyTrial, generate } from "./generate.js";
import { codeOf } from "./print.js";
import { Choices } from "./random.js";
import { type Failing, reduceFailure } from "./reduce.js";
import { compare, type Difference, expectations } from "./trial.js";

/** Disturbed evaluations that set the tolerance: a few at first, many before a difference is called one. */
const SAMPLES = 3;
const MANY_SAMPLES = 24;

export interface FuzzFailure {
  readonly seed: number;
  /** What differs, or the error that was thrown. */
  readonly what: string;
  /** The smallest program found that still fails, as code. */
  readonly code: string;
}

const describe = ({ result, element, expected, actual, tolerance }: Difference): string =>
  `${result}[${element}] is ${actual}, expected ${expected} (within ${tolerance.toExponential(1)})`;

/** What is wrong with a program's results on a device, or undefined. */
const verdict = async ({ program, trial }: Failing, device: Device, seed: number): Promise<string | undefined> => {
  // Samples beyond the first few cost time, so they are drawn only where something seems to differ.
  for (const samples of [SAMPLES, MANY_SAMPLES]) {
    const expected = expectations(program, trial, new Choices(seed + 0x40000000), samples);
    try {
      const difference = await compare(program, trial, device, expected);
      if (!difference) return undefined;
      if (samples === MANY_SAMPLES) return describe(difference);
    } catch (error) {
      return String(error);
    }
  }
  return undefined;
};

/**
 * Runs the random program of a seed on a device, forward and backward, eagerly or compiled, and compares every element with the float64 reference. The
 * tolerance of an element is how far the reference strays when each value is disturbed by a few roundings, so a difference is an error and not
 * the program's condition.
 * @returns undefined, or the failure with the smallest program that still shows it
 */
export const fuzz = async (seed: number, device: Device): Promise<FuzzFailure | undefined> => {
  const choices = new Choices(seed);
  const program = generate(choices);
  const failing = { program, trial: anyTrial(choices, program) };
  const what = await verdict(failing, device, seed);
  if (what === undefined) return undefined;
  const smallest = await reduceFailure(failing, async (candidate) => {
    try {
      return (await verdict(candidate, device, seed)) !== undefined;
    } catch {
      return false; // It cannot be recorded.
    }
  });
  return {
    seed,
    what: (await verdict(smallest, device, seed)) ?? what,
    code: codeOf(smallest.program, smallest.trial),
  };
};
