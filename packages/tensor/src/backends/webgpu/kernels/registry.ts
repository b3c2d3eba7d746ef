import type { Variant } from "../variant.js";
import { attentionVariants } from "./attention.js";
import { cumsum } from "./cumsum.js";
import { gather, gatherBackward } from "./gather.js";
import { matmulRegisters } from "./matmul/registers.js";
import { matmulTiled } from "./matmul/tiled.js";
import { normalizeVariants } from "./normalize.js";
import { permutation, randomBits, randomKeys } from "./random.js";
import { softmaxVariants } from "./softmax.js";
import { scatterAdd, take } from "./take.js";
import { windowVariants } from "./windows.js";

/** Every call kernel of this backend, most demanding variant of an op first. A new kernel joins here. */
export const VARIANTS: readonly Variant[] = [
  matmulTiled,
  matmulRegisters,
  ...softmaxVariants,
  ...normalizeVariants,
  ...attentionVariants,
  take,
  scatterAdd,
  gather,
  gatherBackward,
  cumsum,
  randomBits,
  randomKeys,
  permutation,
  ...windowVariants,
];
