import { TensorError } from "../../errors.js";
import { Draft } from "./draft.js";
import type { Maker } from "./maker.js";
import type { Program } from "./program.js";
import type { Choices } from "./random.js";
import { structure } from "./structure.js";
import type { Trial } from "./trial.js";
import { arithmetic } from "./vocabulary.js";

const makers = [...arithmetic, ...structure];
const total = makers.reduce((sum, [weight]) => sum + weight, 0);

const anyMaker = (choices: Choices): Maker => {
  let at = choices.uniform() * total;
  for (const [weight, maker] of makers) {
    at -= weight;
    if (at < 0) return maker;
  }
  return makers.at(-1)![1];
};

/** Whether the call could be recorded; refusals of the library end a proposal, anything else is a fault of its own. */
const accepts = (draft: Draft, maker: Maker): boolean => {
  const call = maker(draft);
  if (!call) return false;
  try {
    return draft.call(call);
  } catch (error) {
    if (error instanceof TensorError) return false;
    throw error;
  }
};

/** A random program of the package's functions: shapes, dtypes and values fit together, and values stay where an f32 says something. */
export const generate = (choices: Choices): Program => {
  const draft = new Draft(choices);
  const rank = choices.integer(0, 4);
  draft.input(draft.newShape(rank), "f32");
  if (choices.chance(0.7)) draft.input(draft.newShape(rank), "f32");
  if (choices.chance(0.4)) draft.input(draft.newShape(), choices.pick(["i32", "u32", "bool"] as const));
  const length = choices.integer(2, choices.chance(0.2) ? 40 : 16);
  let calls = 0;
  for (let attempt = 0; calls < length && attempt < 8 * length; attempt++) {
    if (choices.chance(0.04)) draft.of(draft.newShape(), choices.pick(["f32", "f32", "i32", "u32"] as const));
    if (accepts(draft, anyMaker(choices))) calls++;
  }
  const last = draft.values.length - 1;
  const others = Array.from({ length: choices.integer(0, 3) }, () => choices.integer(0, last));
  return draft.finish([...new Set([last, ...others])]);
};

/** How a program is run. Every seed has one program and one trial. */
export const anyTrial = (choices: Choices, { inputs }: Program): Trial => {
  const way = choices.pick(["eager", "jit", "jit", "checkpoint"] as const);
  const wanted = choices.pick(["values", "gradient", "gradient", "second"] as const);
  const donate =
    way !== "eager" && choices.chance(0.4) ? inputs.flatMap((_, i) => (choices.chance(0.6) ? [i] : [])) : [];
  return { way, wanted, donate };
};
