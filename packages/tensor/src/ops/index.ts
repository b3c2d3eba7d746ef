import type { Op } from "../graph/tensor.js";
import { permutationOp } from "../random/permutation-op.js";
import { randomBitsOp } from "../random/random-bits.js";
import { randomKeysOp } from "../random/random-keys.js";
import { absOp } from "./abs.js";
import { adamwOp } from "./adamw.js";
import { addOp } from "./add.js";
import { aliasOp } from "./alias.js";
import { attentionOp } from "./attention.js";
import { attentionBackwardOp } from "./attention-backward.js";
import { barrierOp } from "./barrier.js";
import { bitAndOp } from "./bit-and.js";
import { bitOrOp } from "./bit-or.js";
import { bitXorOp } from "./bit-xor.js";
import { bitcastOp } from "./bitcast.js";
import { broadcastToOp, sumOp } from "./broadcast-and-sum.js";
import { castOp } from "./cast.js";
import { ceilOp } from "./ceil.js";
import { concatOp } from "./concat.js";
import { constantOp } from "./constant.js";
import { cumsumOp } from "./cumsum.js";
import { divOp } from "./div.js";
import { equalOp } from "./equal.js";
import { erfOp } from "./erf.js";
import { expOp } from "./exp.js";
import { floorOp } from "./floor.js";
import { gatherBackwardOp, gatherOp } from "./gather.js";
import { geluOp } from "./gelu.js";
import { geluGradOp } from "./gelu-grad.js";
import { iotaOp } from "./iota.js";
import { lessOp } from "./less.js";
import { lessEqualOp } from "./less-equal.js";
import { logOp } from "./log.js";
import { logSumExpOp } from "./log-sum-exp.js";
import { logicalNotOp } from "./logical-not.js";
import { matmulOp } from "./matmul.js";
import { maxOp } from "./max.js";
import { maximumOp } from "./maximum.js";
import { minOp } from "./min.js";
import { minimumOp } from "./minimum.js";
import { mulOp } from "./mul.js";
import { negOp } from "./neg.js";
import { normalCdfOp } from "./normal-cdf.js";
import { normalizeOp } from "./normalize.js";
import { normalizeBackwardOp } from "./normalize-backward.js";
import { permuteOp } from "./permute.js";
import { powOp } from "./pow.js";
import { quotientOp } from "./quotient.js";
import { reciprocalOp } from "./reciprocal.js";
import { remainderOp } from "./remainder.js";
import { reshapeOp } from "./reshape.js";
import { roundOp } from "./round.js";
import { rsqrtOp } from "./rsqrt.js";
import { selectOp } from "./select.js";
import { shiftLeftOp } from "./shift-left.js";
import { shiftRightOp } from "./shift-right.js";
import { sigmoidOp } from "./sigmoid.js";
import { signOp } from "./sign.js";
import { cosOp, sinOp } from "./sine-and-cosine.js";
import { padOp, sliceOp } from "./slice-and-pad.js";
import { softmaxOp } from "./softmax.js";
import { softmaxBackwardOp } from "./softmax-backward.js";
import { softplusOp } from "./softplus.js";
import { splitOp } from "./split.js";
import { sqrtOp } from "./sqrt.js";
import { stopGradientOp } from "./stop-gradient.js";
import { subOp } from "./sub.js";
import { scatterAddOp, takeOp } from "./take-and-scatter.js";
import { tanhOp } from "./tanh.js";

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
