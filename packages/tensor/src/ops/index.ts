import type { Op } from "../graph/tensor.js";
import { permutationOp, randomBitsOp, randomKeysOp } from "../random/ops.js";
import { absOp, signOp } from "./abs-and-sign.js";
import { adamwOp } from "./adamw.js";
import { addOp, divOp, mulOp, negOp, reciprocalOp, subOp } from "./arithmetic.js";
import { attentionBackwardOp, attentionOp } from "./attention.js";
import { bitcastOp } from "./bitcast.js";
import {
  bitAndOp,
  bitOrOp,
  bitXorOp,
  logicalNotOp,
  quotientOp,
  remainderOp,
  shiftLeftOp,
  shiftRightOp,
} from "./bits.js";
import { broadcastToOp, sumOp } from "./broadcast-and-sum.js";
import { castOp } from "./cast.js";
import { equalOp, lessEqualOp, lessOp } from "./comparison.js";
import { concatOp, splitOp } from "./concat-and-split.js";
import { constantOp } from "./constant.js";
import { cumsumOp } from "./cumsum.js";
import { erfOp } from "./erf.js";
import { expOp, logOp } from "./exp-and-log.js";
import { gatherBackwardOp, gatherOp } from "./gather.js";
import { geluGradOp, geluOp } from "./gelu.js";
import { aliasOp, barrierOp, stopGradientOp } from "./identity.js";
import { iotaOp } from "./iota.js";
import { matmulOp } from "./matmul.js";
import { maxOp, minOp } from "./max-and-min.js";
import { maximumOp, minimumOp } from "./maximum-and-minimum.js";
import { normalCdfOp } from "./normal-cdf.js";
import { normalizeBackwardOp, normalizeOp } from "./normalize.js";
import { permuteOp } from "./permute.js";
import { powOp } from "./pow.js";
import { reshapeOp } from "./reshape.js";
import { rsqrtOp, sqrtOp } from "./roots.js";
import { ceilOp, floorOp, roundOp } from "./rounding.js";
import { selectOp } from "./select.js";
import { sigmoidOp, tanhOp } from "./sigmoid-and-tanh.js";
import { cosOp, sinOp } from "./sine-and-cosine.js";
import { padOp, sliceOp } from "./slice-and-pad.js";
import { logSumExpOp, softmaxBackwardOp, softmaxOp } from "./softmax.js";
import { softplusOp } from "./softplus.js";
import { scatterAddOp, takeOp } from "./take-and-scatter.js";

/** Every op of the core, registered once. Checks are generated from this list. */
export const coreOps: readonly Op[] = [
  absOp,
  adamwOp,
  addOp,
  attentionBackwardOp,
  attentionOp,
  bitAndOp,
  bitOrOp,
  bitXorOp,
  bitcastOp,
  broadcastToOp,
  castOp,
  ceilOp,
  concatOp,
  constantOp,
  cosOp,
  cumsumOp,
  divOp,
  equalOp,
  erfOp,
  expOp,
  floorOp,
  gatherBackwardOp,
  gatherOp,
  geluGradOp,
  geluOp,
  aliasOp,
  stopGradientOp,
  barrierOp,
  iotaOp,
  lessEqualOp,
  lessOp,
  logOp,
  logSumExpOp,
  logicalNotOp,
  matmulOp,
  maxOp,
  maximumOp,
  minOp,
  minimumOp,
  mulOp,
  negOp,
  normalCdfOp,
  normalizeBackwardOp,
  normalizeOp,
  padOp,
  permuteOp,
  powOp,
  quotientOp,
  reciprocalOp,
  remainderOp,
  reshapeOp,
  roundOp,
  rsqrtOp,
  scatterAddOp,
  selectOp,
  shiftLeftOp,
  shiftRightOp,
  sigmoidOp,
  signOp,
  sinOp,
  sliceOp,
  softmaxBackwardOp,
  softmaxOp,
  softplusOp,
  splitOp,
  sqrtOp,
  subOp,
  sumOp,
  takeOp,
  tanhOp,
  permutationOp,
  randomBitsOp,
  randomKeysOp,
];
