import { cleanRule } from "../compile/canonicalize.js";
import { type Graph, refOf, walk } from "../compile/graph.js";
import { rewrite } from "../compile/rewrite.js";
import { BYTES_PER_ELEMENT } from "../dtype.js";
import type { Node, Tensor } from "../graph/tensor.js";
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

export interface ProgramReport {
  readonly flops: FlopCount;
  readonly memory: MemoryReport;
  readonly kernels: readonly KernelReport[];
  readonly execution: { readonly dispatches: number; readonly submits: number };
}

const PRODUCTS = new Set(["matmul", "attention", "attentionBackward"]);

/** FLOPs of the ops a user recorded, each counted once however often it is written down. */
export const countFlops = (graph: Graph): FlopCount => {
  const clean = rewrite(graph, cleanRule);
  const leaves = new Set(clean.inputs.map(refOf));
  const byOp: Record<string, number> = {};
  const count = (node: Node): void => {
    const flops = flopsOf(node);
    for (const [op, n] of Object.entries(flops)) byOp[op] = (byOp[op] ?? 0) + n;
  };
  walk(clean.outputs, (tensor) => leaves.has(refOf(tensor)), count);
  const sum = (keep: (op: string) => boolean): number =>
    Object.entries(byOp).reduce((total, [op, n]) => (keep(op) ? total + n : total), 0);
  const products = sum((op) => PRODUCTS.has(op));
  const other = sum((op) => !PRODUCTS.has(op));
  return { products, other, total: products + other, byOp };
};

const flopsOf = (node: Node): Record<string, number> => {
  if (node.op.flops) {
    const n = node.op.flops(node.inputs, node.outputs, node.attrs);
    return n > 0 ? { [node.op.name]: n } : {};
  }
  if (!node.op.decompose) return {};
  const parts = node.op.decompose(node.inputs, node.attrs);
  const known = new Set(node.inputs.map(refOf));
  const totals: Record<string, number> = {};
  walk(
    parts,
    (tensor: Tensor) => known.has(refOf(tensor)),
    (part) => {
      for (const [op, n] of Object.entries(flopsOf(part))) totals[op] = (totals[op] ?? 0) + n;
    },
  );
  return totals;
};

export const bytesOf = (tensors: readonly { readonly shape: readonly number[] }[]): number =>
  tensors.reduce((sum, { shape }) => sum + sizeOf(shape) * BYTES_PER_ELEMENT, 0);
