import { TensorError } from "../errors.js";
import type { Node } from "../graph/tensor.js";
import { sizeOf } from "../shape.js";
import { operandOf, rearranged, type Unit } from "./cluster.js";
import { firstOperand, firstResult, refOf } from "./graph.js";
import { contiguous, type Layout, permuteLayout, reshapeLayout } from "./layout.js";
import { readsWhole, sourceOf } from "./legalize.js";
import { coversWhole, type Placement } from "./placement.js";
import { ProgramBuilder, type ProgramValue } from "./program-builder.js";
import { reduceOrder } from "./reduction.js";
import { resultOf, type Step, type Values, type ValueView, whole } from "./values.js";

const nameOf = (unit: Unit): string => {
  const names = unit.nodes.map((node) => node.op.name);
  return names.length <= 4 ? names.join("+") : `${names.slice(0, 3).join("+")}+${names.length - 3}`;
};

const flopsOf = ({ op, inputs, outputs, attrs }: Node): number => op.flops?.(inputs, outputs, attrs) ?? 0;

/** Stores results of a program, one in each of `writes`. */
const pointwiseStep = (
  name: string,
  builder: ProgramBuilder,
  results: readonly ProgramValue[],
  writes: readonly ValueView[],
): Step => ({
  name,
  pointwise: false,
  reads: builder.loads,
  writes,
  flops: 0,
  kernel: (place) => ({
    kind: "pointwise",
    name,
    program: builder.finish(results, place),
    outputs: writes.map(place),
  }),
});

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
    const nodes = this.placement.resultsOf(unit);
    const results = nodes.map((node) => builder.resultOf(node));
    const writes = nodes.map((node) => whole(this.#values.of(resultOf(node)), unit.shape));
    const flops = unit.nodes.reduce((sum, node) => sum + flopsOf(node), 0);
    return { ...pointwiseStep(nameOf(unit), builder, results, writes), pointwise: true, flops };
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
    const inOrder = rearranged(arrange);
    if (absorbed) builder.addUnit({ nodes: absorbed.nodes, operands: absorbed.mapOperands(inOrder) });
    const result = absorbed ? builder.resultOf(source.base.node) : builder.operand(inOrder(operandOf(source)));
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
    const { name } = node.op;
    const layouts = lowering.windows(contiguous(shape), node.inputs, node.attrs);
    if (lowering.fill && !coversWhole(layouts, shape)) {
      const builder = new ProgramBuilder(this.#values, shape);
      const fill = builder.constant(lowering.fill(node.attrs), value.dtype);
      steps.push(pointwiseStep(`${name}(fill)`, builder, [fill], [whole(value, shape)]));
    }
    node.inputs.forEach((input, i) => {
      const source = sourceOf(input);
      if (
        this.placement.placements.get(this.#values.of(source.base))?.value === value &&
        readsWhole(source.base, source.layout) &&
        !this.#placedElsewhere(node, i)
      )
        return;
      const builder = new ProgramBuilder(this.#values, input.shape);
      const result = builder.operand(operandOf(source));
      steps.push(pointwiseStep(name, builder, [result], [{ value, layout: layouts[i]! }]));
    });
    return steps;
  }

  /** The same value may be an operand twice; only its first window is its home. */
  #placedElsewhere(windows: Node, index: number): boolean {
    const base = refOf(sourceOf(windows.inputs[index]!).base);
    return windows.inputs.findIndex((input) => refOf(sourceOf(input).base) === base) !== index;
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
      flops: flopsOf(node),
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
