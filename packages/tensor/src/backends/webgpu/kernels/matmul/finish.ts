import type { Instruction, View } from "../../../../compile/kernel.js";
import type { Dispatch } from "../../dispatch.js";
import type { DispatchContext } from "../../variant.js";

/** out = the sum of `parts` (+ addend), pairwise in an order that their number fixes. */
export const finish = (
  parts: readonly View[],
  { out, addend }: { readonly out: View; readonly addend: View | undefined },
  name: string,
  context: DispatchContext,
): Dispatch[] => {
  const loads = addend ? [...parts, addend] : [...parts];
  const body: Instruction[] = [];
  const add = (a: number, b: number): number => loads.length + body.push({ op: "add", args: [a, b], dtype: "f32" }) - 1;
  const sum = (from: number, to: number): number => {
    if (to - from === 1) return from;
    const middle = (from + to) >> 1;
    return add(sum(from, middle), sum(middle, to));
  };
  const total = sum(0, parts.length);
  const program = { shape: out.shape, loads, body, results: [addend ? add(total, parts.length) : total] };
  return context.dispatches({ kind: "pointwise", name: `${name} (finish)`, program, outputs: [out] });
};
