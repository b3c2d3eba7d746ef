import type { Capabilities } from "../backends/backend.js";
import { constantValue, full } from "../ops/constant.js";
import type { Rule } from "./rewrite.js";

/** What ops say of themselves. */
const simplify: Rule = ({ op, attrs, outputs }, inputs) => op.simplify?.(inputs, attrs, outputs);

/** A rearranged constant is a constant. */
const dropViews: Rule = ({ op, outputs: [output] }, [x]) => {
  const value = op.lowering.kind === "view" && x ? constantValue(x) : undefined;
  return value === undefined || !output ? undefined : [full(output.shape, value, output.dtype)];
};

/** Replaces what the backend has no kernel for by smaller ops. */
const decomposeUnsupported =
  ({ calls }: Pick<Capabilities, "calls">): Rule =>
  ({ op, attrs }, inputs) => {
    const { kind } = op.lowering;
    const native = kind === "call" ? calls.has(op.name) : kind !== "composite";
    return native ? undefined : op.decompose?.(inputs, attrs);
  };

const firstOf =
  (...rules: readonly Rule[]): Rule =>
  (node, inputs) => {
    for (const rule of rules) {
      const replacement = rule(node, inputs);
      if (replacement) return replacement;
    }
    return undefined;
  };

/** The graph a user recorded, without names and arithmetic that does nothing. Same ops, so FLOPs are counted on it. */
export const cleanRule: Rule = firstOf(dropViews, simplify);

/** The same in ops the backend knows. */
export const nativeRule = (capabilities: Capabilities): Rule => firstOf(cleanRule, decomposeUnsupported(capabilities));
