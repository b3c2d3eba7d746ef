export { checkpoint } from "./autodiff/checkpoint.js";
export { type Gradient, grad, valueAndGrad, vjp } from "./autodiff/grad.js";
export type { ScalarFunction } from "./backends/scalars.js";
export type { WasmOptions } from "./backends/wasm/index.js";
export type { AdapterOptions, GpuLike, WebgpuOptions } from "./backends/webgpu/options.js";
export type { Layout } from "./compile/layout.js";
export { createDevice, type DeviceKind, type DeviceOptions } from "./device/create.js";
export { Device } from "./device/device.js";
export type { AnyData, DataOf, DType } from "./dtype.js";
export type { FlopCount, KernelReport, MemoryReport, ProgramReport } from "./engine/report.js";
export { TensorError } from "./errors.js";
export { apply, applyAll } from "./graph/apply.js";
export type { Attrs, Aval, Each, Names, NoAttrs, ReferenceArray } from "./graph/aval.js";
export { defineOp, isNodeOf } from "./graph/define.js";
export type { Lowering } from "./graph/lowering.js";
export type { Storage, StorageOwner } from "./graph/storage.js";
export type { Node, NodeOf, Op, OpExample, VjpContext } from "./graph/tensor.js";
export { type JitArguments, type JitOptions, type Jitted, jit, type Program, spec } from "./jit.js";
export { Tensor } from "./methods.js";
export { abs, sign } from "./ops/abs-and-sign.js";
export type { Activation } from "./ops/activate.js";
export { clamp, geluErf, leakyRelu, relu, relu6, silu, square } from "./ops/activations.js";
export { type AdamWOptions, adamw } from "./ops/adamw.js";
export { add, div, mul, neg, reciprocal, sub } from "./ops/arithmetic.js";
export { type AttentionOptions, attention } from "./ops/attention.js";
export { averagePool, globalAveragePool } from "./ops/average-pool.js";
export { bitcast } from "./ops/bitcast.js";
export { bitAnd, bitOr, bitXor, logicalNot, quotient, remainder, shiftLeft, shiftRight } from "./ops/bits.js";
export { broadcastTo, sum } from "./ops/broadcast-and-sum.js";
export { cast } from "./ops/cast.js";
export { equal, less, lessEqual } from "./ops/comparison.js";
export { concat, split, stack } from "./ops/concat-and-split.js";
export { constant, full, ones, zeros } from "./ops/constant.js";
export { type ConvolutionOptions, conv2d } from "./ops/conv2d.js";
export { coreOps } from "./ops/core.js";
export { cumsum } from "./ops/cumsum.js";
export type { Pointwise } from "./ops/elementwise.js";
export { erf } from "./ops/erf.js";
export { exp, log } from "./ops/exp-and-log.js";
export { gather } from "./ops/gather.js";
export { gelu } from "./ops/gelu.js";
export { stopGradient } from "./ops/identity.js";
export { arange, iota } from "./ops/iota.js";
export { binaryCrossEntropy, crossEntropy, huberLoss, meanSquaredError } from "./ops/losses.js";
export { dot, linear, matmul } from "./ops/matmul.js";
export { max, min } from "./ops/max-and-min.js";
export { maxPool } from "./ops/max-pool.js";
export { maximum, minimum } from "./ops/maximum-and-minimum.js";
export { groupNorm, layerNorm, type NormOptions, rmsNorm } from "./ops/normalize.js";
export type { Operand } from "./ops/operands.js";
export { permute, transpose } from "./ops/permute.js";
export { pow } from "./ops/pow.js";
export type { ReduceOptions, Reduction } from "./ops/reduce.js";
export { reshape } from "./ops/reshape.js";
export { rsqrt, sqrt } from "./ops/roots.js";
export { ceil, floor, round } from "./ops/rounding.js";
export { select } from "./ops/select.js";
export { sigmoid, tanh } from "./ops/sigmoid-and-tanh.js";
export { cos, sin } from "./ops/sine-and-cosine.js";
export { flip, pad, type Range, slice } from "./ops/slice-and-pad.js";
export { logSoftmax, logSumExp, softmax } from "./ops/softmax.js";
export { softplus } from "./ops/softplus.js";
export { mean, norm, standardDeviation, type VarianceOptions, variance } from "./ops/statistics.js";
export { scatterAdd, take } from "./ops/take-and-scatter.js";
export { upsampleNearest } from "./ops/upsample.js";
export type { ImageLayout, Pair, WindowOptions } from "./ops/windows.js";
export type { Key } from "./random/index.js";
export * as random from "./random/index.js";
export {
  type ByteSource,
  bytesSource,
  type ElementRange,
  openSafetensors,
  SafetensorsFile,
  safetensorsChunks,
  type Writable,
  writeSafetensors,
} from "./safetensors/index.js";
export type { Shape } from "./shape.js";
export { leavesOf, type MapTree, mapTree, namedLeaves, type Tree } from "./tree.js";
export type { BroadcastShape, MatmulShape, PermuteShape, ReduceShape } from "./types/shape.js";
