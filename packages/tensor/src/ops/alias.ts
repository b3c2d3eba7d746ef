import type { NoAttrs } from "../graph/aval.js";
import { defineOp } from "../graph/define.js";
import { type Pointwise, recording } from "./elementwise.js";
import { inEveryDType } from "./examples.js";
import { identity } from "./identity.js";

/** A new name for a value: what a transform differentiates with respect to, distinct from the same value used elsewhere. */
export const aliasOp = defineOp<NoAttrs>({
  name: "alias",
  ...identity,
  simplify: (inputs) => inputs,
  vjp: ({ cotangents: [g] }) => [g],
  examples: inEveryDType({ inputs: [{ shape: [3] }], attrs: {} }),
});

export const alias: Pointwise = recording(aliasOp);
