import { TensorError } from "../errors.js";
import type { Node, Tensor } from "../graph/tensor.js";
import { type Shape, sizeOf } from "../shape.js";
import { type OperandSource, readsWhole, type Unit } from "./cluster.js";
import { type Graph, refOf } from "./graph.js";
import type { CallKernel } from "./kernel.js";
import { contiguous, isContiguous, type Layout, permuteLayout, reshapeLayout } from "./layout.js";
import { sourceOf } from "./legalize.js";
import { ProgramBuilder } from "./program-builder.js";
import { rearranged, reduceOrder } from "./reduction.js";
import { resultOf, type Step, type Value, Values, type ValueView, whole } from "./values.js";

const nameOf = (unit: Unit): string => {
  const names = unit.nodes.map((node) => node.op.name);
  return names.length <= 4 ? names.join("+") : `${names.slice(0, 3).join("+")}+${names.length - 3}`;
};

/** Turns ordered units into steps: decides which reductions absorb what comes before them, and what is written in place. */
export class Lowering {
  readonly values = new Values();
  /** Values that live inside another one: an operand of a concatenation is written where it is needed. */
  readonly placements = new Map<Value, ValueView>();
  readonly #outputs: ReadonlySet<string>;

  constructor(
    graph: Graph,
    /** Readers of each stored value. */
    readonly consumers: ReadonlyMap<string, readonly Node[]>,
    readonly unitOf: ReadonlyMap<Node, Unit>,
  ) {
    this.#outputs = new Set(graph.outputs.map((output) => refOf(sourceOf(output)!.base)));
  }

  /** Reductions that take in the pointwise cluster before them: nobody else reads it. */
  readonly absorbed = new Set<Unit>();

  /** Decides placements and absorptions before any step is made. */
  prepare(units: readonly Unit[]): void {
    for (const unit of units) {
      const node = unit.nodes[0]!;
      if (node.op.lowering.kind === "reduce") this.#absorb(node);
      if (node.op.lowering.kind === "windows") this.#placeInside(node);
    }
  }

  #isOutput(tensor: Tensor): boolean {
    return this.#outputs.has(refOf(tensor));
  }

  #absorb(reduce: Node): void {
    const { base, layout } = sourceOf(reduce.inputs[0]!)!;
    const unit = this.unitOf.get(base.node);
    if (!unit?.pointwise || !readsWhole(base, layout) || this.#isOutput(base) || !this.#onlyResult(unit, base.node))
      return;
    if (this.consumers.get(refOf(base))!.length !== 1) return;
    if ([...unit.operands.values()].flat().every((source) => this.#survives(source, reduce.inputs[0]!.shape)))
      this.absorbed.add(unit);
  }

  #survives(source: OperandSource, shape: Shape): boolean {
    if (source.kind === "load") return reshapeLayout(source.load.layout, shape) !== undefined;
    return source.kind === "member" || source.node.op.lowering.kind === "constant";
  }

  /** Whether no other member of the cluster is read from outside. */
  #onlyResult(unit: Unit, result: Node): boolean {
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
    const [output] = windows.outputs;
    const parent = this.values.of(resultOf(windows));
    const layouts = lowering.windows(contiguous(output!.shape), windows.inputs, windows.attrs);
    // Where a fill comes first, it would overwrite what was put in place before.
    if (!coversWhole(layouts, output!.shape)) return;
    const seen = new Set<string>();
    windows.inputs.forEach((input, i) => {
      const { base, layout } = sourceOf(input)!;
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

  steps(unit: Unit): Step[] {
    const node = unit.nodes[0]!;
    if (unit.pointwise) return this.absorbed.has(unit) ? [] : [this.#pointwise(unit)];
    const { kind } = node.op.lowering;
    if (kind === "reduce") return [this.#reduce(node)];
    if (kind === "windows") return this.#windows(node);
    if (kind === "call") return [this.#call(node)];
    throw new TensorError("kernel", `${node.op.name}: the backend has no kernel for it, and it has no decomposition`);
  }

  #pointwise(unit: Unit): Step {
    const builder = new ProgramBuilder(this.values, unit.shape);
    builder.addUnit(unit);
    const results = this.resultsOf(unit);
    const writes = results.map((node) => whole(this.values.of(resultOf(node)), unit.shape));
    const name = nameOf(unit);
    return {
      name,
      pointwise: true,
      reads: builder.loads,
      writes,
      flops: unit.nodes.reduce((sum, node) => sum + (node.op.flops?.(node.inputs, node.outputs, node.attrs) ?? 0), 0),
      kernel: (place) => ({
        kind: "pointwise",
        name,
        program: builder.finish(
          results.map((node) => builder.resultOf(node)),
          place,
        ),
        outputs: writes.map(place),
      }),
    };
  }

  #reduce(node: Node): Step {
    const { lowering } = node.op;
    if (lowering.kind !== "reduce") throw new TensorError("kernel", `${node.op.name}: not a reduction`);
    const input = node.inputs[0]!;
    const axes = node.attrs.axes as readonly number[];
    const plan = reduceOrder(input.shape, axes);
    const shape = plan.order.map((axis) => input.shape[axis]!);
    const builder = new ProgramBuilder(this.values, shape);
    const arrange = (layout: Layout): Layout => permuteLayout(reshapeLayout(layout, input.shape)!, plan.order);
    const source = sourceOf(input)!;
    const unit = this.unitOf.get(source.base.node);
    const absorbed = unit && this.absorbed.has(unit) ? unit : undefined;
    if (absorbed) builder.addUnit(rearranged(absorbed, arrange));
    const result = absorbed ? builder.resultOf(source.base.node) : builder.operand(operandOf(source, arrange));
    const write = whole(this.values.of(resultOf(node)), [sizeOf(node.outputs[0]!.shape)]);
    const name = absorbed ? `${node.op.name}(${nameOf(absorbed)})` : node.op.name;
    return {
      name,
      pointwise: false,
      reads: builder.loads,
      writes: [write],
      flops: sizeOf(input.shape),
      kernel: (place) => ({
        kind: "reduce",
        name,
        reduce: lowering.reduce,
        program: builder.finish([result], place),
        outer: plan.outer,
        reduced: plan.reduced,
        inner: plan.inner,
        output: place(write),
      }),
    };
  }

  #windows(node: Node): Step[] {
    const { lowering } = node.op;
    if (lowering.kind !== "windows") return [];
    const [output] = node.outputs;
    const value = this.values.of(resultOf(node));
    const steps: Step[] = [];
    const layouts = lowering.windows(contiguous(output!.shape), node.inputs, node.attrs);
    if (lowering.fill && !coversWhole(layouts, output!.shape))
      steps.push(this.#fill(node.op.name, whole(value, output!.shape), lowering.fill(node.attrs)));
    node.inputs.forEach((input, i) => {
      const source = sourceOf(input)!;
      if (
        this.placements.get(this.values.of(source.base))?.value === value &&
        readsWhole(source.base, source.layout) &&
        !this.#placedElsewhere(node, i)
      )
        return;
      const builder = new ProgramBuilder(this.values, input.shape);
      const result = builder.operand(operandOf(source, (layout) => layout));
      const write = { value, layout: layouts[i]! };
      steps.push({
        name: node.op.name,
        pointwise: false,
        reads: builder.loads,
        writes: [write],
        flops: 0,
        kernel: (place) => ({
          kind: "pointwise",
          name: node.op.name,
          program: builder.finish([result], place),
          outputs: [place(write)],
        }),
      });
    });
    return steps;
  }

  /** The same value may be an operand twice; only its first window is its home. */
  #placedElsewhere(windows: Node, index: number): boolean {
    const base = refOf(sourceOf(windows.inputs[index]!)!.base);
    return windows.inputs.findIndex((input) => refOf(sourceOf(input)!.base) === base) !== index;
  }

  #fill(name: string, write: ValueView, value: number): Step {
    const { dtype } = write.value;
    return {
      name: `${name}(fill)`,
      pointwise: false,
      reads: [],
      writes: [write],
      flops: 0,
      kernel: (place) => ({
        kind: "pointwise",
        name: `${name}(fill)`,
        program: { shape: write.layout.shape, loads: [], body: [{ op: "constant", value, dtype }], results: [0] },
        outputs: [place(write)],
      }),
    };
  }

  #call(node: Node): Step {
    const reads = node.inputs.map((input) => {
      const { base, layout } = sourceOf(input)!;
      return { value: this.values.of(base), layout };
    });
    const writes = node.outputs.map((output, index) => whole(this.values.of(resultOf(node, index)), output.shape));
    return {
      name: node.op.name,
      pointwise: false,
      reads,
      writes,
      flops: node.op.flops?.(node.inputs, node.outputs, node.attrs) ?? 0,
      kernel: (place) => ({
        kind: "call",
        op: node.op.name,
        name: node.op.name,
        inputs: reads.map(place),
        outputs: writes.map(place),
        attrs: node.attrs as CallKernel["attrs"],
      }),
    };
  }
}

const operandOf = (
  { base, layout }: { base: Tensor; layout: Layout },
  arrange: (layout: Layout) => Layout,
): OperandSource => {
  const { kind } = base.node.op.lowering;
  return kind === "constant" || kind === "iota"
    ? { kind: "inline", node: base.node, layout }
    : { kind: "load", load: { base, layout: arrange(layout) } };
};

/** Windows never overlap, so they cover the output if their sizes add up to its size. */
const coversWhole = (windows: readonly Layout[], shape: Shape): boolean =>
  windows.reduce((sum, window) => sum + sizeOf(window.shape), 0) === sizeOf(shape);
