/**
 * Where a register tile goes and what it starts from. Globals rather than parameters: a parameter would hold a register
 * through the inner loop, and all are taken.
 */
export let target: usize = 0;
export let targetStep: usize = 0;
export let addend: usize = 0;
export let addendStep: usize = 0;

/** Rows of C are `step` bytes apart; D likewise. */
@inline
export function setOutput(c: usize, step: usize, d: usize, dStep: usize): void {
  target = c;
  targetStep = step;
  addend = d;
  addendStep = dStep;
}
