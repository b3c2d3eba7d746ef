import { cleanRule } from "../compile/canonicalize.js";
import { type Graph, refOf, walk } from "../compile/graph.js";
import { rewrite } from "../compile/rewrite.js";
import { type AnyData, type DType, viewAs } from "../dtype.js";
import { TensorError } from "../errors.js";
import type { Aval, ReferenceArray } from "../graph/aval.js";
import type { Node, Tensor } from "../graph/tensor.js";
import { known } from "../lookup.js";
import type { CompiledGraph, Engine } from "./engine.js";
import { bytesOf, countFlops } from "./report.js";

/**
 * Evaluates a graph in float64, op by op, by each op's reference or its decomposition. With `disturb`, every value becomes what it makes of it, and
 * kernels are evaluated in their parts, so that what they round inside is disturbed too.
 */
export const evaluateReference = (
  outputs: readonly Tensor[],
  leaves: ReadonlyMap<string, Float64Array>,
  disturb?: (data: Float64Array, aval: Aval) => Float64Array,
): Float64Array[] => {
  const values = new Map<Node, readonly Float64Array[]>();
  const dataOf = (tensor: Tensor): Float64Array =>
    leaves.get(refOf(tensor)) ?? known(values, tensor.node)[tensor.index]!;
  const arrayOf = (tensor: Tensor): ReferenceArray => ({
    shape: tensor.shape,
    dtype: tensor.dtype,
    data: dataOf(tensor),
  });
  const compute = ({ op, attrs, inputs, outputs: results }: Node): readonly Float64Array[] => {
    const inParts = disturb && op.decompose && op.lowering.kind !== "scalar";
    if (op.reference && !inParts) return op.reference(inputs.map(arrayOf), attrs, results);
    if (!op.decompose)
      throw new TensorError("kernel", `${op.name}: has neither a reference nor a decomposition to evaluate`);
    const operands = new Map(inputs.map((input) => [refOf(input), dataOf(input)]));
    return evaluateReference(op.decompose(inputs, attrs), operands, disturb);
  };
  walk(
    outputs,
    (tensor) => leaves.has(refOf(tensor)),
    (node) => {
      const computed = compute(node);
      values.set(node, disturb ? computed.map((data, i) => disturb(data, node.outputs[i]!)) : computed);
    },
  );
  return outputs.map(dataOf);
};

/** What JavaScript says where an array is too large. */
const withinMemory = <R>(f: () => R): R => {
  try {
    return f();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new TensorError("limit", `reference: a value does not fit the engine's memory: ${error.message}`);
  }
};

/** The meaning of every op, in float64 and without optimisation: what the backends are checked against. */
export class ReferenceEngine implements Engine<Float64Array> {
  readonly name = "reference";
  readonly description = "reference: float64 in plain JavaScript, for checking; slow by design";
  #bytes = 0;
  #peak = 0;
  #buffers = 0;

  get memory(): { bytes: number; peakBytes: number; buffers: number } {
    return { bytes: this.#bytes, peakBytes: this.#peak, buffers: this.#buffers };
  }

  #keep(data: Float64Array): Float64Array {
    this.#bytes += data.byteLength;
    this.#peak = Math.max(this.#peak, this.#bytes);
    this.#buffers++;
    return data;
  }

  upload(data: AnyData, _: Aval): Float64Array {
    return this.#keep(withinMemory(() => Float64Array.from(data)));
  }

  async download(buffer: Float64Array, dtype: DType, length: number): Promise<AnyData> {
    const out = withinMemory(() => viewAs(dtype, new ArrayBuffer(4 * length)));
    out.set(buffer.subarray(0, length));
    return out;
  }

  free(buffer: Float64Array): void {
    this.#bytes -= buffer.byteLength;
    this.#buffers--;
  }

  compile(graph: Graph): CompiledGraph<Float64Array> {
    const clean = rewrite(graph, cleanRule);
    const inputs = bytesOf(graph.inputs);
    const outputs = bytesOf(graph.outputs);
    return {
      run: (buffers) => {
        const leaves = new Map(clean.inputs.map((input, i) => [refOf(input), buffers[i]!]));
        const results = withinMemory(() => evaluateReference(clean.outputs, leaves).map((data) => data.slice()));
        return results.map((data) => this.#keep(data));
      },
      consumed: new Set(),
      ready: Promise.resolve(),
      report: {
        flops: countFlops(graph),
        memory: { inputs, outputs, temporaries: 0, temporariesUnshared: 0, updatedInPlace: 0, peak: inputs + outputs },
        kernels: [],
        execution: { dispatches: 0, submits: 0 },
      },
      destroy() {},
    };
  }

  destroy(): void {}
}
