import { Control, Head } from "../src/backends/wasm/opcodes";
import { execute } from "./dispatch";
import { share } from "./pool";
import { setScratch } from "./thread";

export { work } from "./pool";

/**
 * Runs the commands in [command, end). Thread t works in the memory at `scratch` + t * `stride`. `mayBlock`: the calling
 * thread may sleep (the main thread of a browser may not).
 */
export function run(command: usize, end: usize, scratch: usize, stride: u32, threads: u32, mayBlock: bool): void {
  setScratch(scratch);
  store<usize>(Control.Scratch, scratch);
  store<u32>(Control.ScratchStride, stride);
  while (command < end) {
    const tasks = load<u32>(command, Head.Tasks);
    if (threads > 1 && tasks > 1) share(command, tasks, mayBlock);
    else for (let task: u32 = 0; task < tasks; task++) execute(command, task);
    command += load<u32>(command, Head.Bytes);
  }
}
