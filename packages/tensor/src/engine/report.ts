import { cleanRule } from "../compile/canonicalize.js";
import { type Graph, walkGraph } from "../compile/graph.js";
import { rewrite } from "../compile/rewrite.js";
import { BYTES_PER_ELEMENT } from "../dtype.js";
import type { Op } from "../graph/tensor.js";
import { sizeOf } from "../shape.js";

/** Floating-point operations of one run. A multiply-add counts 2. */
export interface FlopCount {
  /** Matrix products and attention: what scaling laws count. */
  readonly products: number;
  /** Everything else: one or a few per element. */
  readonly other: number;
  readonly total: number;
  readonly byOp: Readonly<Record<string, number>>;
}

export interface KernelReport {
  readonly name: string;
  readonly flops: number;
  /** Bytes read and written. */
  readonly bytes: number;
}

/** Bytes of one run, known before it. */
export interface MemoryReport {
  readonly inputs: number;
  readonly outputs: number;
  /** Intermediate values, with their memory reused. */
  readonly temporaries: number;
  /** What the intermediate values would take without reuse. */
  readonly temporariesUnshared: number;
  /** Outputs that take over a donated input's memory. */
  readonly updatedInPlace: number;
  /** inputs + outputs - updatedInPlace + temporaries. */
  readonly peak: number;
}

/** What is known of a program before it runs. */
export interface ProgramReport {
  readonly flops: FlopCount;
  readonly memory: MemoryReport;
  readonly kernels: readonly KernelReport[];
  /** What one run asks of the backend: kernels started, and command buffers submitted (one on `wasm`; `reference` has neither). */
  readonly execution: { readonly dispatches: number; readonly submits: number };
}

const isProduct = ({ lowering }: Op): boolean => lowering.kind === "call" && lowering.product === true;

/** FLOPs of the ops a user recorded, each counted once however often it is written down. */
export const countFlops = (graph: Graph): FlopCount => {
  const byOp: Record<string, number> = {};
  let [products, other] = [0, 0];
  for (const [op, n] of flopsOf(rewrite(graph, cleanRule))) {
    byOp[op.name] = (byOp[op.name] ?? 0) + n;
    if (isProduct(op)) products += n;
    else other += n;
  }
  return { products, other, total: products + other, byOp };
};

/** FLOPs by op of a graph: by each op's rule, or by its decomposition. */
const flopsOf = (graph: Graph): Map<Op, number> => {
  const counts = new Map<Op, number>();
  const add = (op: Op, n: number): void => {
    if (n > 0) counts.set(op, (counts.get(op) ?? 0) + n);
  };
  walkGraph(graph, ({ op, attrs, inputs, outputs }) => {
    if (op.flops) add(op, op.flops(inputs, outputs, attrs));
    else if (op.decompose)
      for (const [part, n] of flopsOf({ inputs, outputs: op.decompose(inputs, attrs) })) add(part, n);
  });
  return counts;
};

export const bytesOf = (tensors: readonly { readonly shape: readonly number[] }[]): number =>
  tensors.reduce((sum, { shape }) => sum + sizeOf(shape) * BYTES_PER_ELEMENT, 0);
