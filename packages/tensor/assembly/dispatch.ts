/** One command, one task: finds the kernel. */
import { Op } from "../src/backends/wasm/opcodes";
import { attention, attentionBackward } from "./attention";
import { cumsum, gather, gatherBackward, scatterAdd, take } from "./indexing";
import { matmul } from "./matmul";
import { pointwise } from "./program";
import { permutation, randomBits, randomKeys } from "./random";
import { reduce } from "./reduce";
import { normalize, normalizeBackward, softmax, softmaxBackward } from "./rows";

export function execute(command: usize, task: u32): void {
  switch (load<u32>(command)) {
    case Op.Pointwise: pointwise(command, task); break;
    case Op.Reduce: reduce(command, task); break;
    case Op.Matmul: matmul(command, task); break;
    case Op.Softmax: softmax(command, task); break;
    case Op.SoftmaxBackward: softmaxBackward(command, task); break;
    case Op.Normalize: normalize(command, task); break;
    case Op.NormalizeBackward: normalizeBackward(command, task); break;
    case Op.Attention: attention(command, task); break;
    case Op.AttentionBackward: attentionBackward(command, task); break;
    case Op.Take: take(command, task); break;
    case Op.ScatterAdd: scatterAdd(command, task); break;
    case Op.Gather: gather(command, task); break;
    case Op.GatherBackward: gatherBackward(command, task); break;
    case Op.CumSum: cumsum(command, task); break;
    case Op.RandomBits: randomBits(command, task); break;
    case Op.RandomKeys: randomKeys(command, task); break;
    case Op.Permutation: permutation(command, task); break;
    default: unreachable();
  }
}
