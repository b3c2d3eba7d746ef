import type { CallKernel } from "../../../compile/kernel.js";
import type { Attrs } from "../../../graph/aval.js";
import { sizesOf } from "../../../shape.js";
import { Command } from "../opcodes.js";
import type { CommandStream } from "./stream.js";
import { cut } from "./tasks.js";

/** A kernel over the rows of its first operand [rows, columns]. Layout: `RowsWord` in opcodes.ts. */
const rowsEncoder =
  (command: Command, cost: number, flag: string) =>
  (stream: CommandStream, { inputs, outputs, attrs }: CallKernel<Attrs, ["rows", ...string[]]>): void => {
    const [rows, columns] = sizesOf(inputs[0].shape, 2);
    if (rows * columns === 0) return;
    const { tasks, perTask } = cut(rows, rows * (columns * cost + 100));
    stream.begin(command, tasks);
    stream.push(rows, columns, perTask, attrs[flag] ? 1 : 0);
    stream.pushFloat(Number(attrs.eps ?? 0));
    stream.pushAddress(...inputs, ...outputs);
    stream.end();
  };

export const encodeSoftmax = rowsEncoder(Command.Softmax, 14, "log");
export const encodeSoftmaxBackward = rowsEncoder(Command.SoftmaxBackward, 3, "log");
export const encodeNormalize = rowsEncoder(Command.Normalize, 4, "center");
export const encodeNormalizeBackward = rowsEncoder(Command.NormalizeBackward, 4, "center");
