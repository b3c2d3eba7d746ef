import type { CallKernel, View } from "../../../compile/kernel.js";
import { halfBits } from "../../../random/permutation.js";
import { Op } from "../opcodes.js";
import type { CommandStream } from "./stream.js";
import { cut } from "./tasks.js";

/** Tasks start at multiples of this many elements, so that vectors of four do not straddle two tasks. */
const GRAIN = 256;

/** Layout: `RandomWord` in opcodes.ts. */
const randomEncoder =
  (op: Op, cost: number) =>
  (stream: CommandStream, { inputs, outputs }: CallKernel): void => {
    const [key] = inputs as [View];
    const [output] = outputs as [View];
    const count = output.shape[0]!;
    if (count === 0) return;
    const { tasks, perTask } = cut(Math.ceil(count / GRAIN), count * cost);
    stream.begin(op, tasks);
    stream.push(count, perTask * GRAIN);
    stream.pushAddress(key.slot, key.offset);
    stream.pushAddress(output.slot, output.offset);
    stream.push(op === Op.Permutation ? halfBits(count) : 0);
    stream.end();
  };

export const encodeRandomBits = randomEncoder(Op.RandomBits, 12);
export const encodeRandomKeys = randomEncoder(Op.RandomKeys, 45);
export const encodePermutation = randomEncoder(Op.Permutation, 1000);
