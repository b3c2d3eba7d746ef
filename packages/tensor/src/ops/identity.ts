import type { Attrs } from "../graph/aval.js";
import type { Op } from "../graph/tensor.js";
import { viewReference } from "./view.js";

/** What ops that hand their operand through have in common: they only mean something to a transform or to the compiler. */
export const identity: Pick<Op<Attrs, ["x"], ["out"]>, "lowering" | "infer" | "flops"> & {
  readonly reference: NonNullable<Op<Attrs, ["x"], ["out"]>["reference"]>;
} = {
  lowering: { kind: "view", layout: (input) => input },
  infer: ([{ shape, dtype }]) => [{ shape, dtype }],
  flops: () => 0,
  reference: viewReference((input) => input),
};
