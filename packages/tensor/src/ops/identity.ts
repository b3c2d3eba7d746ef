import type { Aval, Lowering, Op } from "../graph/define.js";
import { viewReference } from "./view.js";

/** What ops that hand their operand through have in common: they only mean something to a transform or to the compiler. */
export const identity = {
  lowering: { kind: "view", layout: (input) => input } as Lowering<never>,
  infer: ([x]: readonly Aval[]): Aval[] => [{ shape: x!.shape, dtype: x!.dtype }],
  flops: (): number => 0,
  reference: viewReference((input) => input),
} satisfies Partial<Op<never>>;
