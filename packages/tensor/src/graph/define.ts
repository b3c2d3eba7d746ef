import type { Attrs, Names } from "./aval.js";
import type { Node, NodeOf, Op } from "./tensor.js";

/**
 * Declares an op of attributes `A`, by default of one operand and one result. The op goes to `apply`; the core's own are found by their
 * files, which `ops/index.ts` lists.
 */
export const defineOp = <A extends Attrs, I extends Names = ["x"], O extends Names = ["out"]>(
  op: Op<A, I, O>,
): Op<A, I, O> => op;

/** Whether a node records `op`: its attributes and operands are then those of the op. */
export const isNodeOf = <A extends Attrs, I extends Names, O extends Names>(
  node: Node,
  op: Op<A, I, O>,
): node is NodeOf<A, I> => node.op === op;
