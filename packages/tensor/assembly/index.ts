import { Head } from "../src/backends/wasm/opcodes";
import { execute } from "./dispatch";
import { setScratch } from "./thread";

/** Runs the commands in [command, end). `scratchBase` is this thread's working memory. */
export function run(command: usize, end: usize, scratchBase: usize): void {
  setScratch(scratchBase);
  while (command < end) {
    const tasks = load<u32>(command, Head.Tasks);
    for (let task: u32 = 0; task < tasks; task++) execute(command, task);
    command += load<u32>(command, Head.Bytes);
  }
}
