import { installMethods } from "./methods.js";

installMethods();

export { checkpoint } from "./autodiff/checkpoint.js";
export { type Gradient, grad, valueAndGrad, vjp } from "./autodiff/grad.js";
export { createDevice, type DeviceKind, type DeviceOptions } from "./device/create.js";
export { Device } from "./device/device.js";
export type { DataOf, DType } from "./dtype.js";
export type { FlopCount, KernelReport, MemoryReport } from "./engine/report.js";
export { TensorError } from "./errors.js";
export { apply, applyAll } from "./graph/apply.js";
export {
  type Aval,
  defineOp,
  type Lowering,
  type Op,
  type OpExample,
  type ReferenceArray,
  type VjpContext,
} from "./graph/define.js";
export { Tensor } from "./graph/tensor.js";
export { type JitArguments, type JitOptions, type Jitted, jit, type Program, spec } from "./jit.js";
export { abs } from "./ops/abs.js";
export { clamp, geluErf, leakyRelu, relu, silu, softplus, square } from "./ops/activations.js";
export { type AdamWOptions, adamw } from "./ops/adamw.js";
export { add } from "./ops/add.js";
export { attention } from "./ops/attention.js";
export { bitAnd } from "./ops/bit-and.js";
export { bitOr } from "./ops/bit-or.js";
export { bitXor } from "./ops/bit-xor.js";
export { bitcast } from "./ops/bitcast.js";
export { broadcastTo } from "./ops/broadcast-to.js";
export { cast } from "./ops/cast.js";
export { concat, stack } from "./ops/concat.js";
export { constant, full, ones, zeros } from "./ops/constant.js";
export { averagePool, type ConvolutionOptions, conv2d, upsampleNearest } from "./ops/convolution.js";
export { cos } from "./ops/cos.js";
export { cumsum } from "./ops/cumsum.js";
export { div } from "./ops/div.js";
export { equal } from "./ops/equal.js";
export { erf } from "./ops/erf.js";
export { exp } from "./ops/exp.js";
export { floor } from "./ops/floor.js";
export { gather } from "./ops/gather.js";
export { gelu } from "./ops/gelu.js";
export { coreOps } from "./ops/index.js";
export { arange, iota } from "./ops/iota.js";
export { less } from "./ops/less.js";
export { lessEqual } from "./ops/less-equal.js";
export { log } from "./ops/log.js";
export { logicalNot } from "./ops/logical-not.js";
export { binaryCrossEntropy, crossEntropy, huberLoss, meanSquaredError } from "./ops/losses.js";
export { dot, linear, matmul } from "./ops/matmul.js";
export { max, min } from "./ops/max.js";
export { maximum } from "./ops/maximum.js";
export { minimum } from "./ops/minimum.js";
export { mul } from "./ops/mul.js";
export { neg } from "./ops/neg.js";
export { groupNorm, layerNorm, type NormOptions, rmsNorm } from "./ops/normalize.js";
export type { Operand } from "./ops/operands.js";
export { pad } from "./ops/pad.js";
export { permute, transpose } from "./ops/permute.js";
export { pow } from "./ops/pow.js";
export { quotient } from "./ops/quotient.js";
export { reciprocal } from "./ops/reciprocal.js";
export { remainder } from "./ops/remainder.js";
export { reshape } from "./ops/reshape.js";
export { round } from "./ops/round.js";
export { rsqrt } from "./ops/rsqrt.js";
export { scatterAdd } from "./ops/scatter-add.js";
export { select } from "./ops/select.js";
export { shiftLeft } from "./ops/shift-left.js";
export { shiftRight } from "./ops/shift-right.js";
export { sigmoid } from "./ops/sigmoid.js";
export { sign } from "./ops/sign.js";
export { sin } from "./ops/sin.js";
export { flip, type Range, slice } from "./ops/slice.js";
export { logSoftmax, logSumExp, softmax } from "./ops/softmax.js";
export { split } from "./ops/split.js";
export { sqrt } from "./ops/sqrt.js";
export { mean, norm, standardDeviation, type VarianceOptions, variance } from "./ops/statistics.js";
export { stopGradient } from "./ops/stop-gradient.js";
export { sub } from "./ops/sub.js";
export { sum } from "./ops/sum.js";
export { take } from "./ops/take.js";
export { tanh } from "./ops/tanh.js";
export type { Key } from "./random/index.js";
export * as random from "./random/index.js";
export { type ByteSource, bytesSource, openSafetensors, SafetensorsFile } from "./safetensors/read.js";
export { safetensorsChunks, type Writable, writeSafetensors } from "./safetensors/write.js";
export type { Shape } from "./shape.js";
export { leavesOf, type MapTree, mapTree, namedLeaves, type Tree } from "./tree.js";
export type { BroadcastShape, MatmulShape, PermuteShape, ReduceShape } from "./types/shape.js";
