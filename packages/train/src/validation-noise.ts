import { random, type Tensor } from "@isoflop/tensor";

/** Seed of the validation noise: one for all runs, so that every model meets the same. */
const NOISE_SEED = 0x15f10b;

/** The noise of a block of held-out images, of their shape. @param index u32, which block it is */
export const validationNoise = (index: Tensor, shape: readonly number[]): Tensor =>
  random.normal(random.foldIn(random.key(NOISE_SEED), index), shape);
