import type { KernelOf, View } from "../../../compile/kernel.js";
import { BYTES_PER_ELEMENT } from "../../../dtype.js";
import { TensorError } from "../../../errors.js";
import type { attentionBackwardOp, attentionOp } from "../../../ops/attention.js";
import type { maskedAttentionBackwardOp, maskedAttentionOp } from "../../../ops/masked-attention.js";
import { sizesOf } from "../../../shape.js";
import { Command } from "../opcodes.js";
import { gemmScratchBytes } from "./matmul.js";
import type { CommandStream } from "./stream.js";
import { cut } from "./tasks.js";

/** Two score blocks of this size stay in the second-level cache beside the packed keys. */
const BLOCK_QUERIES = 96;
const BLOCK_KEYS = 256;

const roundUp = (bytes: number): number => Math.ceil(bytes / 64) * 64;

type AnyAttention =
  | KernelOf<typeof attentionOp | typeof attentionBackwardOp>
  | KernelOf<typeof maskedAttentionOp | typeof maskedAttentionBackwardOp>;

/** Layout: `AttentionWord` in opcodes.ts. `operands` are q, k, v, out and, backward, dout, dq, dk, dv. */
const encode = (
  stream: CommandStream,
  kernel: AnyAttention,
  lse: View,
  lengths: View | undefined,
  operands: readonly [q: View, k: View, ...View[]],
  backward: boolean,
): void => {
  const [batch, queries, heads, width] = sizesOf(operands[0].shape, 4);
  const [, keys] = sizesOf(operands[1].shape, 4);
  if (batch * queries * heads * width === 0) return;
  for (const { strides } of operands)
    if (width > 1 && strides[3] !== 1)
      throw new TensorError(
        "kernel",
        `wasm: ${kernel.name}: the last dimension has stride ${strides[3]}; it must be 1`,
      );
  const blockQ = Math.min(queries, BLOCK_QUERIES);
  const blockK = Math.min(keys, BLOCK_KEYS);
  const blocksQ = Math.ceil(queries / blockQ);
  const units = batch * heads * (backward ? 1 : blocksQ);
  const cost = batch * heads * queries * keys * ((backward ? 10 : 4) * (width / 5) + 15);
  const { tasks, perTask } = cut(units, cost);
  stream.begin(backward ? Command.AttentionBackward : Command.Attention, tasks);
  stream.push(batch, heads, queries, keys, width);
  stream.pushFloat(kernel.attrs.scale);
  const block = roundUp(blockQ * blockK * BYTES_PER_ELEMENT);
  const state = 2 * block;
  const scaled = state + roundUp(blockQ * 8);
  const work = scaled + roundUp(blockQ * width * BYTES_PER_ELEMENT);
  stream.push(blockQ, blockK, blocksQ, perTask, 0, block, state, scaled, work);
  stream.pushAddress(lse);
  if (lengths) stream.pushAddress(lengths);
  else stream.push(0);
  for (const view of operands) {
    stream.pushAddress(view);
    stream.push(...view.strides.slice(0, 3).map((stride) => stride * BYTES_PER_ELEMENT));
  }
  stream.end();
  const products = Math.max(gemmScratchBytes(blockK, width), gemmScratchBytes(width, Math.max(blockQ, blockK)));
  stream.needScratch(work + products);
};

export const encodeAttention = (stream: CommandStream, kernel: KernelOf<typeof attentionOp>): void => {
  const [q, k, v] = kernel.inputs;
  const [out, lse] = kernel.outputs;
  encode(stream, kernel, lse, undefined, [q, k, v, out], false);
};

export const encodeAttentionBackward = (stream: CommandStream, kernel: KernelOf<typeof attentionBackwardOp>): void => {
  const [q, k, v, out, lse, dout] = kernel.inputs;
  encode(stream, kernel, lse, undefined, [q, k, v, out, dout, ...kernel.outputs], true);
};

export const encodeMaskedAttention = (stream: CommandStream, kernel: KernelOf<typeof maskedAttentionOp>): void => {
  const [q, k, v, lengths] = kernel.inputs;
  const [out, lse] = kernel.outputs;
  encode(stream, kernel, lse, lengths, [q, k, v, out], false);
};

export const encodeMaskedAttentionBackward = (
  stream: CommandStream,
  kernel: KernelOf<typeof maskedAttentionBackwardOp>,
): void => {
  const [q, k, v, lengths, out, lse, dout] = kernel.inputs;
  encode(stream, kernel, lse, lengths, [q, k, v, out, dout, ...kernel.outputs], true);
};
