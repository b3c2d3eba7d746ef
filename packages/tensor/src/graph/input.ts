import type { Aval } from "./aval.js";
import { defineOp } from "./define.js";
import type { Storage } from "./storage.js";
import { Node, Tensor } from "./tensor.js";

type InputAttrs = { readonly role: "value" | "argument" };

/** A leaf of the graph: a stored value, or an argument of a function being traced. */
export const inputOp = defineOp<InputAttrs, [], string[]>({
  name: "input",
  lowering: { kind: "composite" },
  infer: () => [],
  differentiable: false,
  examples: [],
});

/** A tensor whose value lies in `storage`. */
export const stored = (aval: Aval, storage: Storage): Tensor => {
  const node = new Node(inputOp, [], { role: "value" }, [aval]);
  node.storages[0] = storage;
  return new Tensor(node, 0);
};

/** Stands for an argument while a function is traced. It has no value. */
export const argument = (aval: Aval): Tensor => new Tensor(new Node(inputOp, [], { role: "argument" }, [aval]), 0);

export const isInput = (node: Node): boolean => node.op === inputOp;

export const isArgument = ({ node }: Tensor): boolean => isInput(node) && node.attrs.role === "argument";
