import { attrsKey } from "../graph/key.js";
import type { Node, Op } from "../graph/tensor.js";
import { type Graph, refOf, walk } from "./graph.js";

/** Numbers ops so that two of one name are told apart. */
export class Fingerprints {
  readonly #ops = new Map<Op, number>();

  /** Equal for graphs that compute the same from inputs of the same shapes: the key under which eager programs are kept. */
  of(graph: Graph): string {
    const numbers = new Map<string, number>();
    const parts: string[] = [];
    for (const input of graph.inputs) {
      numbers.set(refOf(input), numbers.size);
      parts.push(`${input.dtype}${input.shape.join("x")}`);
    }
    const visit = (node: Node): void => {
      const op = this.#ops.get(node.op) ?? this.#ops.size;
      this.#ops.set(node.op, op);
      parts.push(`${op}(${node.inputs.map((input) => numbers.get(refOf(input))).join()})${attrsKey(node.attrs)}`);
      node.outputs.forEach((_, index) => {
        const key = `${node.id}.${index}`;
        if (!numbers.has(key)) numbers.set(key, numbers.size);
      });
    };
    walk(graph.outputs, (tensor) => numbers.has(refOf(tensor)), visit);
    parts.push(graph.outputs.map((output) => numbers.get(refOf(output))).join());
    return parts.join(";");
  }
}
