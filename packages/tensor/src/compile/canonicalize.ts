import type { Capabilities } from "../backends/backend.js";
import type { Op } from "../graph/define.js";
import type { Node, Tensor } from "../graph/tensor.js";
import { aliasOp } from "../ops/alias.js";
import { constantOp, full } from "../ops/constant.js";
import { permute, permuteOp } from "../ops/permute.js";
import { stopGradientOp } from "../ops/stop-gradient.js";
import { sameShape } from "../shape.js";
import type { Rule } from "./rewrite.js";

const constantValue = (tensor: Tensor): number | undefined =>
  tensor.node.op === (constantOp as unknown as Op) ? (tensor.node.attrs.value as number) : undefined;

/** Names that only matter while recording. */
const dropNames: Rule = (node, inputs) =>
  node.op === (aliasOp as Op) || node.op === (stopGradientOp as Op) ? inputs : undefined;

/** A rearranged constant is a constant; a view that changes nothing is nothing. */
const dropViews: Rule = (node, [x]) => {
  if (node.op.lowering.kind !== "view") return undefined;
  const value = constantValue(x!);
  const { shape, dtype } = node.outputs[0]!;
  if (value !== undefined) return [full(shape, value, dtype)];
  return (node.op.name === "reshape" || node.op.name === "broadcastTo") && sameShape(shape, x!.shape)
    ? [x!]
    : undefined;
};

/** Two permutations in a row are one, or none. */
const joinPermutations: Rule = (node, [x]) => {
  if (node.op !== (permuteOp as Op) || x!.node.op !== node.op) return undefined;
  const inner = x!.node.attrs.order as readonly number[];
  return [
    permute(
      x!.node.inputs[0]!,
      (node.attrs.order as readonly number[]).map((axis) => inner[axis]!),
    ) as Tensor,
  ];
};

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
};

/** x + -0, x - 0, x * 1, x / 1, -(-x), and arithmetic on f32 constants, rounded as a backend would. (-0 + 0 is 0, so x + 0 is not always x.) */
const simplifyArithmetic: Rule = (node, [a, b]) => {
  const { name } = node.op;
  if (name === "neg" && a!.node.op === node.op) return [a!.node.inputs[0]!];
  const f = arithmetic[name];
  const [{ shape, dtype }] = node.outputs as readonly [{ shape: readonly number[]; dtype: string }];
  if (!f || !b || dtype !== "f32") return undefined;
  const x = constantValue(a!);
  const y = constantValue(b);
  if (x !== undefined && y !== undefined) return [full(shape, Math.fround(f(Math.fround(x), Math.fround(y))))];
  if ((name === "add" && Object.is(x, -0)) || (name === "mul" && x === 1)) return [b];
  const nothing = name === "add" ? -0 : name === "sub" ? 0 : 1;
  if (Object.is(y, nothing)) return [a!];
  return undefined;
};

/** Replaces what the backend has no kernel for by smaller ops. */
const decomposeUnsupported =
  ({ calls, scalars }: Pick<Capabilities, "calls" | "scalars">): Rule =>
  (node, inputs) => {
    const { lowering, name } = node.op;
    const native =
      lowering.kind === "call"
        ? calls.has(name)
        : lowering.kind === "scalar"
          ? scalars.has(lowering.scalar)
          : lowering.kind !== "composite";
    return native ? undefined : node.op.decompose?.(inputs, node.attrs);
  };

const firstOf =
  (...rules: readonly Rule[]): Rule =>
  (node: Node, inputs) => {
    for (const rule of rules) {
      const replacement = rule(node, inputs);
      if (replacement) return replacement;
    }
    return undefined;
  };

/** The graph a user recorded, without names and arithmetic that does nothing. Same ops, so FLOPs are counted on it. */
export const cleanRule: Rule = firstOf(dropNames, dropViews, joinPermutations, simplifyArithmetic);

/** The same in ops the backend knows. */
export const nativeRule = (capabilities: Capabilities): Rule => firstOf(cleanRule, decomposeUnsupported(capabilities));
