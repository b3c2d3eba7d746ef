import { attrsKey, identityOf } from "../graph/key.js";
import type { Node } from "../graph/tensor.js";
import { type Graph, refOf, walk } from "./graph.js";

/** Equal for graphs that compute the same from inputs of the same shapes: the key under which eager programs are kept. */
export const fingerprintOf = (graph: Graph): string => {
  const numbers = new Map<string, number>();
  const parts: string[] = [];
  for (const input of graph.inputs) {
    numbers.set(refOf(input), numbers.size);
    parts.push(`${input.dtype}${input.shape.join("x")}`);
  }
  const visit = ({ id, op, inputs, attrs, outputs }: Node): void => {
    parts.push(`${identityOf(op)}(${inputs.map((input) => numbers.get(refOf(input))).join()})${attrsKey(attrs)}`);
    outputs.forEach((_, index) => {
      const key = `${id}.${index}`;
      if (!numbers.has(key)) numbers.set(key, numbers.size);
    });
  };
  walk(graph.outputs, (tensor) => numbers.has(refOf(tensor)), visit);
  parts.push(graph.outputs.map((output) => numbers.get(refOf(output))).join());
  return parts.join(";");
};
