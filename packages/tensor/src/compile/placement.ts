import type { Node, Tensor } from "../graph/tensor.js";
import { known } from "../lookup.js";
import { type Shape, sizeOf } from "../shape.js";
import type { OperandSource, Unit } from "./cluster.js";
import { firstOperand, firstResult, type Graph, refOf } from "./graph.js";
import { contiguous, isContiguous, type Layout, reshapeLayout } from "./layout.js";
import { readsWhole, sourceOf } from "./legalize.js";
import { resultOf, type Value, Values, type ValueView } from "./values.js";

/** Decides, before any step is made, which reductions take in what comes before them, and which values live inside others. */
export class Placement {
  readonly values = new Values();
  /** Values that live inside another one: an operand of a concatenation is written where it is needed. */
  readonly placements = new Map<Value, ValueView>();
  /** Pointwise clusters that the reduction after them takes in: nobody else reads them. */
  readonly absorbed = new Set<Unit>();
  readonly #outputs: ReadonlySet<string>;

  constructor(
    units: readonly Unit[],
    graph: Graph,
    /** Readers of each stored value. */
    readonly consumers: ReadonlyMap<string, readonly Node[]>,
    readonly unitOf: ReadonlyMap<Node, Unit>,
    /** Whether a kernel may read one part of a buffer and write another: WebGPU binds a written buffer once only. */
    readonly sharesBuffers: boolean,
  ) {
    this.#outputs = new Set(graph.outputs.map((output) => refOf(sourceOf(output).base)));
    this.#decide(units);
  }

  #decide(units: readonly Unit[]): void {
    for (const unit of units) {
      const node = unit.nodes[0];
      if (node.op.lowering.kind === "reduce") this.#absorb(node);
      if (node.op.lowering.kind === "windows") this.#placeInside(node);
    }
    if (!this.sharesBuffers) for (const unit of units) this.#separate(unit);
  }

  /** Takes a result out of the value that holds it where the kernel that computes it reads another part of that value. */
  #separate(unit: Unit): void {
    const node = unit.nodes[0];
    const { kind } = node.op.lowering;
    // Pointwise kernels bind a buffer once for all they read and write in it.
    if (kind !== "reduce" && kind !== "call") return;
    const read = new Set(this.#readsOf(node).map((tensor) => this.#holder(this.values.of(tensor))));
    for (let index = 0; index < node.outputs.length; index++) {
      const value = this.values.of(resultOf(node, index));
      if (this.placements.has(value) && read.has(this.#holder(value))) this.placements.delete(value);
    }
  }

  /** The stored values a kernel reads: those of the cluster it has absorbed, or its own operands. */
  #readsOf(node: Node): Tensor[] {
    return node.inputs.flatMap((input) => {
      const { base } = sourceOf(input);
      const unit = this.unitOf.get(base.node);
      return unit && this.absorbed.has(unit) ? [...unit.loads()].map((load) => load.base) : [base];
    });
  }

  /** The value whose memory a value lies in. */
  #holder(value: Value): Value {
    let holder = value;
    for (let at = this.placements.get(holder); at; at = this.placements.get(holder)) holder = at.value;
    return holder;
  }

  #isOutput(tensor: Tensor): boolean {
    return this.#outputs.has(refOf(tensor));
  }

  #absorb(reduce: Node): void {
    const operand = firstOperand(reduce);
    const { base, layout } = sourceOf(operand);
    const unit = this.unitOf.get(base.node);
    if (!unit?.pointwise || !readsWhole(base, layout) || this.#isOutput(base) || !this.#firstResult(unit, base.node))
      return;
    if (known(this.consumers, refOf(base)).length !== 1) return;
    if ([...unit.operands.values()].flat().every((source) => this.#survives(source, operand.shape)))
      this.absorbed.add(unit);
  }

  #survives(source: OperandSource, shape: Shape): boolean {
    if (source.kind === "load") return reshapeLayout(source.load.layout, shape) !== undefined;
    return source.kind === "member" || source.node.op.lowering.kind === "constant";
  }

  /** Whether no other member of the cluster is read from outside. */
  #firstResult(unit: Unit, result: Node): boolean {
    return this.resultsOf(unit).every((node) => node === result);
  }

  /** Members of a cluster that something outside reads, or that are outputs. */
  resultsOf(unit: Unit): Node[] {
    const members = new Set(unit.nodes);
    return unit.nodes.filter((node) => {
      const key = `${node.id}.0`;
      return this.#outputs.has(key) || (this.consumers.get(key) ?? []).some((reader) => !members.has(reader));
    });
  }

  #placeInside(windows: Node): void {
    const { lowering } = windows.op;
    if (lowering.kind !== "windows") return;
    const { shape } = firstResult(windows);
    const parent = this.values.of(resultOf(windows));
    const layouts = lowering.windows(contiguous(shape), windows.inputs, windows.attrs);
    // Where a fill comes first, it would overwrite what was put in place before.
    if (!coversWhole(layouts, shape)) return;
    const seen = new Set<string>();
    windows.inputs.forEach((input, i) => {
      const { base, layout } = sourceOf(input);
      const unit = this.unitOf.get(base.node);
      const value = this.values.of(base);
      const free =
        unit &&
        !this.#isOutput(base) &&
        !this.placements.has(value) &&
        !seen.has(refOf(base)) &&
        readsWhole(base, layout);
      seen.add(refOf(base));
      // The window has the size of what is joined, which may be a part of a larger value.
      const window = free ? reshapeLayout(layouts[i]!, base.shape) : undefined;
      // Everyone else who reads the value reads it through the same window, so it must be without gaps.
      if (window && isContiguous(window) && !this.absorbed.has(unit!))
        this.placements.set(value, { value: parent, layout: window });
    });
  }
}

/** Windows never overlap, so they cover the output if their sizes add up to its size. */
export const coversWhole = (windows: readonly Layout[], shape: Shape): boolean =>
  windows.reduce((sum, window) => sum + sizeOf(window.shape), 0) === sizeOf(shape);
