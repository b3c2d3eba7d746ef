import type { Node, Tensor } from "../graph/tensor.js";
import { known } from "../lookup.js";
import { type Shape, sameShape, sizeOf } from "../shape.js";
import { firstResult, type Graph, isInline, refOf, walkGraph } from "./graph.js";
import { type Layout, reshapeLayout } from "./layout.js";
import { copyOp, readsWhole, type Source, sourceOf } from "./legalize.js";
import { UnitOrder } from "./unit-order.js";

/** How a pointwise node gets an operand. */
export type OperandSource =
  /** Computed by another node of the cluster. */
  | { readonly kind: "member"; readonly node: Node }
  /** Read from where it is stored, over the iteration space of the cluster. */
  | { readonly kind: "load"; readonly load: Source }
  /** A constant or a coordinate, computed in place. */
  | { readonly kind: "inline"; readonly node: Node; readonly layout: Layout };

/** How a value is read: constants and coordinates are computed, others loaded. */
export const operandOf = ({ base, layout }: Source): OperandSource =>
  isInline(base.node) ? { kind: "inline", node: base.node, layout } : { kind: "load", load: { base, layout } };

/** Pointwise nodes that become one kernel, or a single other node. */
export class Unit {
  readonly nodes: [Node, ...Node[]];
  /** Iteration space of a cluster. */
  shape: Shape;
  /** Operands of each member, in the iteration space. */
  operands: ReadonlyMap<Node, readonly OperandSource[]> = new Map();
  /** Set when another unit has taken this one in. */
  mergedInto: Unit | undefined;
  constructor(
    node: Node,
    readonly pointwise: boolean,
  ) {
    this.nodes = [node];
    this.shape = firstResult(node).shape;
  }

  /** Id of the last member: where the unit was recorded. */
  get last(): number {
    return this.nodes.at(-1)!.id;
  }

  /** What `f` makes of the operands of every member. */
  mapOperands(f: (source: OperandSource) => OperandSource): Map<Node, readonly OperandSource[]> {
    return new Map([...this.operands].map(([node, row]) => [node, row.map(f)]));
  }

  *loads(): Generator<Source> {
    for (const row of this.operands.values()) for (const source of row) if (source.kind === "load") yield source.load;
  }
}

/** An operand whose stored value lies otherwise in the iteration space. */
export const rearranged =
  (arrange: (layout: Layout) => Layout) =>
  (source: OperandSource): OperandSource =>
    source.kind === "load"
      ? { kind: "load", load: { base: source.load.base, layout: arrange(source.load.layout) } }
      : source;

const isPointwise = (node: Node): boolean => node.op.lowering.kind === "scalar" || node.op === copyOp;

/** Limits beyond which a kernel gets slower, or a backend cannot bind it. */
export interface ClusterLimits {
  readonly maxBuffers: number;
  readonly maxNodes: number;
}

/**
 * Groups pointwise nodes over one iteration space into clusters, greedily in topological order. A cluster may have several results; it never
 * waits for something that waits for it.
 */
export const cluster = (graph: Graph, limits: ClusterLimits): Unit[] => {
  const order: Node[] = [];
  walkGraph(graph, (node) => order.push(node));
  return new Clustering(graph, order, limits).run();
};

class Clustering {
  readonly #units = new Map<Node, Unit>();
  readonly #consumers = new Map<Node, Node[]>();
  readonly #leaves: ReadonlySet<string>;
  readonly #outputs: Set<Node>;
  readonly #placed = new UnitOrder<Unit>();

  constructor(
    graph: Graph,
    readonly order: readonly Node[],
    readonly limits: ClusterLimits,
  ) {
    this.#leaves = new Set(graph.inputs.map(refOf));
    this.#outputs = new Set(graph.outputs.map((output) => sourceOf(output).base.node));
    for (const node of order) {
      if (node.op.lowering.kind === "view") continue;
      for (const input of node.inputs) {
        const { node: source } = sourceOf(input).base;
        const list = this.#consumers.get(source) ?? [];
        this.#consumers.set(source, list);
        list.push(node);
      }
    }
  }

  run(): Unit[] {
    const units: Unit[] = [];
    for (const node of this.order) {
      if (node.op.lowering.kind === "view" || isInline(node)) continue;
      const unit = new Unit(node, isPointwise(node));
      this.#units.set(node, unit);
      this.#placed.append(unit);
      units.push(unit);
      if (unit.pointwise) this.#grow(unit, node);
    }
    return units.filter((unit) => !unit.mergedInto);
  }

  #unitOf(tensor: Tensor): Unit | undefined {
    return this.#leaves.has(refOf(tensor)) ? undefined : this.#units.get(tensor.node);
  }

  /** Reads the operands of a new pointwise node, then tries to join it with the clusters that produce them. */
  #grow(unit: Unit, node: Node): void {
    const sources = node.inputs.map((input) => sourceOf(input));
    unit.operands = new Map([[node, sources.map(operandOf)]]);
    for (const { base, layout } of sources) {
      const producer = this.#unitOf(base);
      if (producer?.pointwise && readsWhole(base, layout) && producer !== this.#units.get(node))
        this.#tryMerge(producer, known(this.#units, node));
    }
  }

  /** Joins a cluster and one that reads it, if nothing comes between them. */
  #tryMerge(into: Unit, from: Unit): void {
    if (into.nodes.length + from.nodes.length > this.limits.maxNodes) return;
    const awaited = this.#awaitedBetween(into, from);
    if (!awaited) return;
    const shape = [into.shape, from.shape].find(
      (candidate) => this.#fits(into, candidate) && this.#fits(from, candidate),
    );
    if (!shape) return;
    if (this.#buffers(into, from) > this.limits.maxBuffers) return;
    this.#placed.merge(into, from, awaited);
    this.#reshape(into, shape);
    this.#reshape(from, shape);
    into.nodes.push(...from.nodes);
    into.nodes.sort((a, b) => a.id - b.id);
    into.operands = new Map([...into.operands, ...from.operands]);
    for (const node of from.nodes) this.#units.set(node, into);
    from.mergedInto = into;
    this.#internalise(into);
  }

  /** Loads of values the cluster itself computes become references to its members. */
  #internalise(unit: Unit): void {
    const members = new Set(unit.nodes);
    unit.operands = unit.mapOperands((source) => {
      if (source.kind !== "load" || !members.has(source.load.base.node)) return source;
      const { base, layout } = source.load;
      return readsWhole(base, layout) ? { kind: "member", node: base.node } : source;
    });
  }

  /**
   * What `late` waits for among the units placed after `early`. Undefined if any of it waits for `early` in turn, or if `late` reads `early`
   * rearranged: one kernel cannot be both before and after another.
   */
  #awaitedBetween(early: Unit, late: Unit): Set<Unit> | undefined {
    const awaited = new Set<Unit>();
    const stack: Unit[] = [];
    const push = (unit: Unit | undefined): void => {
      if (!unit || unit === late || awaited.has(unit) || this.#placed.isBefore(unit, early)) return;
      awaited.add(unit);
      stack.push(unit);
    };
    for (const node of late.nodes)
      for (const input of node.inputs) {
        const { base, layout } = sourceOf(input);
        const unit = this.#unitOf(base);
        if (unit !== early) push(unit);
        else if (!readsWhole(base, layout)) return undefined;
      }
    while (stack.length > 0) {
      for (const node of stack.pop()!.nodes)
        for (const input of node.inputs) {
          const unit = this.#unitOf(sourceOf(input).base);
          if (unit === early) return undefined;
          push(unit);
        }
    }
    return awaited;
  }

  /** Whether everything a cluster reads can be read over another shape. */
  #fits(unit: Unit, shape: Shape): boolean {
    if (sameShape(unit.shape, shape)) return true;
    if (sizeOf(unit.shape) !== sizeOf(shape)) return false;
    for (const row of unit.operands.values())
      for (const source of row) {
        if (source.kind === "load" && !reshapeLayout(source.load.layout, shape)) return false;
        if (source.kind === "inline" && source.node.op.lowering.kind === "iota") return false;
      }
    return true;
  }

  #reshape(unit: Unit, shape: Shape): void {
    if (sameShape(unit.shape, shape)) return;
    unit.shape = shape;
    unit.operands = unit.mapOperands(rearranged((layout) => reshapeLayout(layout, shape)!));
  }

  /** Buffers the joint kernel may touch: what it reads, and every member something else may still read. */
  #buffers(a: Unit, b: Unit): number {
    const members = new Set([...a.nodes, ...b.nodes]);
    const reads = new Set<string>();
    for (const unit of [a, b]) for (const { base } of unit.loads()) if (!members.has(base.node)) reads.add(refOf(base));
    let writes = 0;
    for (const node of members)
      if (this.#outputs.has(node) || (this.#consumers.get(node) ?? []).some((consumer) => !members.has(consumer)))
        writes++;
    return reads.size + writes;
  }
}
