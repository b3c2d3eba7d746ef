/** What belongs to one thread. Module globals are private to each thread's instance. */

/** Start of this thread's scratch memory, 64-byte aligned. */
export let scratch: usize = 0;

export function setScratch(address: usize): void {
  scratch = address;
}
