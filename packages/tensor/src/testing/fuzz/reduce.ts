import { sizeOf } from "../../shape.js";
import { type Input, mapLeaves, type Program, renumbered, withoutDead } from "./program.js";
import type { Trial } from "./trial.js";

export interface Failing {
  readonly program: Program;
  readonly trial: Trial;
}

/** Tries at most this many smaller programs. */
const ATTEMPTS = 600;

function* smallerTrials({ program, trial }: Failing): Generator<Failing> {
  if (trial.donate.length > 0) yield { program, trial: { ...trial, donate: [] } };
  if (trial.wanted === "second") yield { program, trial: { ...trial, wanted: "gradient" } };
  if (trial.wanted === "gradient") yield { program, trial: { ...trial, wanted: "values" } };
  if (trial.way !== "eager") yield { program, trial: { ...trial, way: "eager", donate: [] } };
  if (trial.way === "checkpoint") yield { program, trial: { ...trial, way: "jit" } };
}

function* fewerOutputs({ program, trial }: Failing): Generator<Failing> {
  for (const output of program.outputs)
    if (program.outputs.length > 1)
      yield { program: withoutDead({ ...program, outputs: program.outputs.filter((o) => o !== output) }), trial };
}

/** Every use of one value becomes another value. */
const substitute = ({ inputs, calls, outputs }: Program, from: number, to: number): Program => {
  const moved = (leaf: number): number => (leaf === from ? to : leaf);
  return withoutDead({
    inputs,
    calls: calls.map((call) => renumbered(call, moved)),
    outputs: [...new Set(outputs.map(moved))],
  });
};

/** Calls bypassed by an earlier value, if its shape will do. */
function* fewerCalls({ program, trial }: Failing): Generator<Failing> {
  const { inputs, calls } = program;
  for (let value = inputs.length + calls.length - 1; value >= inputs.length; value--)
    for (let other = value - 1; other >= 0; other--) yield { program: substitute(program, value, other), trial };
}

/** One extent made smaller everywhere it stands. */
function* smallerExtents({ program, trial }: Failing): Generator<Failing> {
  const extents = new Set(program.inputs.flatMap(({ shape }) => shape).filter((n) => n > 1));
  for (const extent of [...extents].sort((a, b) => b - a))
    for (const smaller of [1, 2, 3, Math.floor(extent / 2), extent - 1]) {
      if (smaller < 1 || smaller >= extent) continue;
      const inputs = program.inputs.map((input): Input => {
        const shape = input.shape.map((n) => (n === extent ? smaller : n));
        return {
          ...input,
          shape,
          values: input.values.slice(0, sizeOf(shape)),
        };
      });
      const calls = program.calls.map((call) => mapLeaves(call, (leaf) => (leaf === extent ? smaller : leaf)));
      yield { program: { ...program, inputs, calls }, trial };
    }
}

/**
 * The smallest program found that still fails: fewer outputs and calls, smaller extents, a simpler way of running. `fails` is asked about each
 * candidate; one that cannot even be recorded does not fail.
 */
export const reduceFailure = async (
  failing: Failing,
  fails: (candidate: Failing) => Promise<boolean>,
): Promise<Failing> => {
  let best = { ...failing, program: withoutDead(failing.program) };
  let attempts = 0;
  for (let progress = true; progress && attempts < ATTEMPTS; ) {
    progress = false;
    for (const ways of [smallerTrials, fewerOutputs, fewerCalls, smallerExtents])
      for (const candidate of ways(best)) {
        if (++attempts > ATTEMPTS) break;
        const { program, trial } = candidate;
        const smaller = { program, trial: { ...trial, donate: trial.donate.filter((i) => i < program.inputs.length) } };
        if (!(await fails(smaller))) continue;
        best = smaller;
        progress = true;
        break;
      }
  }
  return best;
};
