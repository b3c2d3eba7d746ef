import type { PointwiseKernel } from "../../../compile/kernel.js";
import { checkPoints, sizeOf } from "../../../shape.js";
import { Command, Tile } from "../opcodes.js";
import { TileProgram } from "./program.js";
import type { CommandStream } from "./stream.js";
import { cut } from "./tasks.js";

/** [count, elements per task, program]. */
export const encodePointwise = (stream: CommandStream, { name, program, outputs }: PointwiseKernel): void => {
  checkPoints(name, program.shape);
  const count = sizeOf(program.shape);
  if (count === 0) return;
  const tiles = new TileProgram(program, outputs);
  const { tasks, perTask } = cut(Math.ceil(count / Tile.Elements), count * tiles.cost);
  stream.begin(Command.Pointwise, tasks);
  stream.push(count, perTask * Tile.Elements);
  tiles.write(stream);
  stream.end();
};
