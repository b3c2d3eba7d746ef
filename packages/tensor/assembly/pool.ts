/**
 * Sharing tasks among threads. The calling thread leads: it publishes one command at a time and takes tasks like the
 * others. Nobody has to arrive: a helper that sleeps or was descheduled simply takes no tasks, and the leader goes on
 * when every task is done. A ticket holds the phase beside the number of tasks left, so that a late helper cannot take
 * a task of a later phase by mistake.
 */
import { Control, Head } from "../src/backends/wasm/opcodes";
import { execute } from "./dispatch";
import { setScratch } from "./thread";

/** Turns of a spin loop before a thread goes to sleep: some tens of microseconds. */
const HELPER_SPINS: i32 = 40000;
const LEADER_SPINS: i32 = 20000;

/** Takes tasks of `phase` until none is left. */
function help(phase: u32, thread: u32): void {
  while (true) {
    const ticket = atomic.load<u64>(Control.Ticket);
    const left = <u32>ticket;
    if (<u32>(ticket >> 32) != phase || left == 0) return;
    if (atomic.cmpxchg<u64>(Control.Ticket, ticket, ticket - 1) != ticket) continue;
    // The task is ours, so the phase cannot end before it does and what the leader published stays as it is.
    const command = load<usize>(Control.Command);
    setScratch(load<usize>(Control.Scratch) + thread * load<u32>(Control.ScratchStride));
    execute(command, load<u32>(command, Head.Tasks) - left);
    atomic.add<u32>(Control.Done, 1);
    if (atomic.load<u32>(Control.LeaderSleeps)) atomic.notify(Control.Done, 1);
  }
}

/** Runs all tasks of one command on every thread that turns up. */
export function share(command: usize, tasks: u32, mayBlock: bool): void {
  const phase = load<u32>(Control.Phase) + 1;
  store<usize>(Control.Command, command);
  store<u32>(Control.Done, 0);
  atomic.store<u64>(Control.Ticket, (<u64>phase << 32) | <u64>tasks);
  atomic.store<u32>(Control.Phase, phase);
  if (atomic.load<u32>(Control.Sleepers)) atomic.notify(Control.Phase, -1);
  help(phase, 0);
  for (let spins = 0; atomic.load<u32>(Control.Done) != tasks; spins++) {
    if (!mayBlock || spins < LEADER_SPINS) continue;
    atomic.store<u32>(Control.LeaderSleeps, 1);
    const done = atomic.load<u32>(Control.Done);
    if (done != tasks) atomic.wait<i32>(Control.Done, done, -1);
    atomic.store<u32>(Control.LeaderSleeps, 0);
  }
}

/** Life of a helper thread: it never returns. */
export function work(thread: u32): void {
  let seen: u32 = 0;
  while (true) {
    for (let spins = 0; atomic.load<u32>(Control.Phase) == seen; spins++) {
      if (spins < HELPER_SPINS) continue;
      atomic.add<u32>(Control.Sleepers, 1);
      atomic.wait<i32>(Control.Phase, seen, -1);
      atomic.sub<u32>(Control.Sleepers, 1);
    }
    seen = atomic.load<u32>(Control.Phase);
    help(seen, thread);
  }
}
