import type { KernelOf } from "../../../compile/kernel.js";
import type { permutationOp, randomBitsOp, randomKeysOp } from "../../../random/ops.js";
import { halfBits } from "../../../random/permutation.js";
import { Command } from "../opcodes.js";
import type { CommandStream } from "./stream.js";
import { cut } from "./tasks.js";

/** Tasks start at multiples of this many elements, so that vectors of four do not straddle two tasks. */
const GRAIN = 256;

type RandomKernel = KernelOf<typeof permutationOp | typeof randomBitsOp | typeof randomKeysOp>;

/** Layout: `RandomWord` in opcodes.ts. */
const randomEncoder =
  (command: Command, cost: number) =>
  (stream: CommandStream, { inputs: [key], outputs: [output] }: RandomKernel): void => {
    const [count = 0] = output.shape;
    if (count === 0) return;
    const { tasks, perTask } = cut(Math.ceil(count / GRAIN), count * cost);
    stream.begin(command, tasks);
    stream.push(count, perTask * GRAIN);
    stream.pushAddress(key, output);
    stream.push(command === Command.Permutation ? halfBits(count) : 0);
    stream.end();
  };

export const encodeRandomBits = randomEncoder(Command.RandomBits, 12);
export const encodeRandomKeys = randomEncoder(Command.RandomKeys, 45);
export const encodePermutation = randomEncoder(Command.Permutation, 1000);
