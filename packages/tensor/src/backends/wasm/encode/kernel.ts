import type { CallKernel, Kernel } from "../../../compile/kernel.js";
import { TensorError } from "../../../errors.js";
import {
  encodeAttention,
  encodeAttentionBackward,
  encodeMaskedAttention,
  encodeMaskedAttentionBackward,
} from "./attention.js";
import { encodeCumsum, encodeGather, encodeGatherBackward, encodeScatterAdd, encodeTake } from "./indexing.js";
import { encodeMatmul } from "./matmul.js";
import { encodePointwise } from "./pointwise.js";
import { encodePermutation, encodeRandomBits, encodeRandomKeys } from "./random.js";
import { encodeReduce } from "./reduce.js";
import { encodeNormalize, encodeNormalizeBackward, encodeSoftmax, encodeSoftmaxBackward } from "./rows.js";
import type { CommandStream } from "./stream.js";
import { encodeConvolution, encodeDepthwise, encodeMaxPool } from "./windows.js";

/** Writes the command of a call kernel, whose op is the one it is registered for. */
type Encode = { encode(stream: CommandStream, kernel: CallKernel): void }["encode"];

/** Call kernels by op name: to add one, write its encoder and its AssemblyScript side, and name it here. */
const calls: Readonly<Record<string, Encode>> = {
  matmul: encodeMatmul,
  softmax: encodeSoftmax,
  softmaxBackward: encodeSoftmaxBackward,
  normalize: encodeNormalize,
  normalizeBackward: encodeNormalizeBackward,
  attention: encodeAttention,
  attentionBackward: encodeAttentionBackward,
  maskedAttention: encodeMaskedAttention,
  maskedAttentionBackward: encodeMaskedAttentionBackward,
  take: encodeTake,
  scatterAdd: encodeScatterAdd,
  gather: encodeGather,
  gatherBackward: encodeGatherBackward,
  cumsum: encodeCumsum,
  randomBits: encodeRandomBits,
  randomKeys: encodeRandomKeys,
  permutation: encodePermutation,
  convolution: encodeConvolution,
  depthwiseConvolution: encodeDepthwise,
  maxPool: encodeMaxPool,
};

export const callNames: ReadonlySet<string> = new Set(Object.keys(calls));

export const encodeKernel = (stream: CommandStream, kernel: Kernel): void => {
  if (kernel.kind === "pointwise") encodePointwise(stream, kernel);
  else if (kernel.kind === "reduce") encodeReduce(stream, kernel);
  else encodeCall(stream, kernel);
};

const encodeCall = (stream: CommandStream, kernel: CallKernel): void => {
  const encode = calls[kernel.op];
  if (!encode)
    throw new TensorError(
      "kernel",
      `wasm: ${kernel.name}: no kernel "${kernel.op}"; there are ${[...callNames].join(", ")}`,
    );
  encode(stream, kernel);
};
