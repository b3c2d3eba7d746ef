/** One command, one task: finds the kernel. */
import { Op } from "../src/backends/wasm/opcodes";
import { matmul } from "./matmul";
import { pointwise } from "./program";
import { reduce } from "./reduce";

export function execute(command: usize, task: u32): void {
  switch (load<u32>(command)) {
    case Op.Pointwise: pointwise(command, task); break;
    case Op.Reduce: reduce(command, task); break;
    case Op.Matmul: matmul(command, task); break;
    default: unreachable();
  }
}
