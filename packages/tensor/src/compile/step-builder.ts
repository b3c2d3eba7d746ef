import { TensorError } from "../errors.js";
import type { Node } from "../graph/tensor.js";
import { sizeOf } from "../shape.js";
import type { OperandSource, Unit } from "./cluster.js";
import { firstOperand, firstResult, isInline, refOf } from "./graph.js";
import { contiguous, type Layout, permuteLayout, reshapeLayout } from "./layout.js";
import { readsWhole, type Source, sourceOf } from "./legalize.js";
import { coversWhole, type Placement } from "./placement.js";
import { ProgramBuilder } from "./program-builder.js";
import { rearranged, reduceOrder } from "./reduction.js";
import { resultOf, type Step, type Values, type ValueView, whole } from "./values.js";

const nameOf = (unit: Unit): string => {
  const names = unit.nodes.map((node) => node.op.name);
  return names.length <= 4 ? names.join("+") : `${names.slice(0, 3).join("+")}+${names.length - 3}`;
};

/** Turns ordered units into steps, as `placement` has decided. */
export class StepBuilder {
  readonly #values: Values;

  constructor(
    readonly placement: Placement,
    readonly unitOf: ReadonlyMap<Node, Unit>,
  ) {
    this.#values = placement.values;
  }

  steps(unit: Unit): Step[] {
    const node = unit.nodes[0];
    if (unit.pointwise) return this.placement.absorbed.has(unit) ? [] : [this.#pointwise(unit)];
    const { kind } = node.op.lowering;
    if (kind === "reduce") return [this.#reduce(node)];
    if (kind === "windows") return this.#windows(node);
    if (kind === "call") return [this.#call(node)];
    throw new TensorError("kernel", `${node.op.name}: the backend has no kernel for it, and it has no decomposition`);
  }

  #pointwise(unit: Unit): Step {
    const builder = new ProgramBuilder(this.#values, unit.shape);
    builder.addUnit(unit);
    const results = this.placement.resultsOf(unit);
    const writes = results.map((node) => whole(this.#values.of(resultOf(node)), unit.shape));
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
    const input = firstOperand(node);
    const axes = lowering.axes(node.attrs);
    const plan = reduceOrder(input.shape, axes);
    const shape = plan.order.map((axis) => input.shape[axis]!);
    const builder = new ProgramBuilder(this.#values, shape);
    const arrange = (layout: Layout): Layout => permuteLayout(reshapeLayout(layout, input.shape)!, plan.order);
    const source = sourceOf(input);
    const unit = this.unitOf.get(source.base.node);
    const absorbed = unit && this.placement.absorbed.has(unit) ? unit : undefined;
    if (absorbed) builder.addUnit(rearranged(absorbed, arrange));
    const result = absorbed ? builder.resultOf(source.base.node) : builder.operand(operandOf(source, arrange));
    const write = whole(this.#values.of(resultOf(node)), [sizeOf(firstResult(node).shape)]);
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
    const { shape } = firstResult(node);
    const value = this.#values.of(resultOf(node));
    const steps: Step[] = [];
    const layouts = lowering.windows(contiguous(shape), node.inputs, node.attrs);
    if (lowering.fill && !coversWhole(layouts, shape))
      steps.push(this.#fill(node.op.name, whole(value, shape), lowering.fill(node.attrs)));
    node.inputs.forEach((input, i) => {
      const source = sourceOf(input);
      if (
        this.placement.placements.get(this.#values.of(source.base))?.value === value &&
        readsWhole(source.base, source.layout) &&
        !this.#placedElsewhere(node, i)
      )
        return;
      const builder = new ProgramBuilder(this.#values, input.shape);
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
    const base = refOf(sourceOf(windows.inputs[index]!).base);
    return windows.inputs.findIndex((input) => refOf(sourceOf(input).base) === base) !== index;
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
      const { base, layout } = sourceOf(input);
      return { value: this.#values.of(base), layout };
    });
    const writes = node.outputs.map((output, index) => whole(this.#values.of(resultOf(node, index)), output.shape));
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
        attrs: node.attrs,
      }),
    };
  }
}

const operandOf = ({ base, layout }: Source, arrange: (layout: Layout) => Layout): OperandSource =>
  isInline(base.node)
    ? { kind: "inline", node: base.node, layout }
    : { kind: "load", load: { base, layout: arrange(layout) } };
