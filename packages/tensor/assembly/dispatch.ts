/** One command, one task: finds the kernel. */
import { Command } from "../src/backends/wasm/opcodes";
import { attention, attentionBackward } from "./attention";
import { convolution } from "./convolution";
import { depthwise, maxPool } from "./windows";
import { cumsum, gather, gatherBackward, scatterAdd, take } from "./indexing";
import { matmul } from "./matmul";
import { pointwise } from "./program";
import { permutation, randomBits, randomKeys } from "./random";
import { reduce } from "./reduce";
import { normalize, normalizeBackward, softmax, softmaxBackward } from "./rows";

export function execute(command: usize, task: u32): void {
  switch (load<u32>(command)) {
    case Command.Pointwise: pointwise(command, task); break;
    case Command.Reduce: reduce(command, task); break;
    case Command.Matmul: matmul(command, task); break;
    case Command.Softmax: softmax(command, task); break;
    case Command.SoftmaxBackward: softmaxBackward(command, task); break;
    case Command.Normalize: normalize(command, task); break;
    case Command.NormalizeBackward: normalizeBackward(command, task); break;
    case Command.Attention: attention(command, task); break;
    case Command.AttentionBackward: attentionBackward(command, task); break;
    case Command.Take: take(command, task); break;
    case Command.ScatterAdd: scatterAdd(command, task); break;
    case Command.Gather: gather(command, task); break;
    case Command.GatherBackward: gatherBackward(command, task); break;
    case Command.CumSum: cumsum(command, task); break;
    case Command.RandomBits: randomBits(command, task); break;
    case Command.RandomKeys: randomKeys(command, task); break;
    case Command.Permutation: permutation(command, task); break;
    case Command.Convolution: convolution(command, task); break;
    case Command.Depthwise: depthwise(command, task); break;
    case Command.MaxPool: maxPool(command, task); break;
    default: unreachable();
  }
}
