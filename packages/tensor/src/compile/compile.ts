import type { Capabilities } from "../backends/backend.js";
import { TensorError } from "../errors.js";
import type { Node } from "../graph/tensor.js";
import { foldAddends } from "./addend.js";
import { nativeRule } from "./canonicalize.js";
import { cluster, type Unit } from "./cluster.js";
import { type Graph, refOf } from "./graph.js";
import { legalize, sourceOf } from "./legalize.js";
import { Placement } from "./placement.js";
import { type MemoryPlan, planMemory } from "./plan.js";
import { rewrite } from "./rewrite.js";
import { StepBuilder } from "./step-builder.js";
import { turnProducts } from "./turn.js";
import type { Step } from "./values.js";

export interface Compiled {
  readonly steps: readonly Step[];
  readonly plan: MemoryPlan;
}

/** Fusing more than this many nodes into one kernel gains nothing and strains registers. */
const MAX_FUSED_NODES = 128;

/** Graph to kernels: replace what has no kernel, fold additions into products, make strides legal, fuse, order, plan memory. */
export const compile = (graph: Graph, capabilities: Capabilities, donated: ReadonlySet<number>): Compiled => {
  const legal = legalize(foldAddends(turnProducts(rewrite(graph, nativeRule(capabilities)))));
  const units = cluster(legal, { maxBuffers: capabilities.maxBuffersPerKernel, maxNodes: MAX_FUSED_NODES });
  const unitOf = new Map<Node, Unit>(units.flatMap((unit) => unit.nodes.map((node) => [node, unit] as const)));
  const placement = new Placement(units, legal, consumersOf(units), unitOf, capabilities.memory === "arena");
  const builder = new StepBuilder(placement, unitOf);
  const steps = inOrder(units, unitOf).flatMap((unit) => builder.steps(unit));
  const storedBy = (tensor: Graph["inputs"][number]) => placement.values.of(sourceOf(tensor).base);
  const plan = planMemory({
    steps,
    placements: placement.placements,
    inputs: legal.inputs.map(storedBy),
    outputs: legal.outputs.map(storedBy),
    donated,
    strategy: capabilities.memory,
  });
  return { steps, plan };
};

/** Nodes that read each stored value, looking through views. */
const consumersOf = (units: readonly Unit[]): Map<string, Node[]> => {
  const consumers = new Map<string, Node[]>();
  for (const unit of units)
    for (const node of unit.nodes)
      for (const input of node.inputs) {
        const key = refOf(sourceOf(input).base);
        const list = consumers.get(key) ?? [];
        consumers.set(key, list);
        list.push(node);
      }
  return consumers;
};

/**
 * Units in an order in which everything is computed before it is read, otherwise as recorded. Units that wait for each other have none: running
 * them would read memory that nothing has written.
 */
export const inOrder = (units: readonly Unit[], unitOf: ReadonlyMap<Node, Unit>): Unit[] => {
  const placed = new Set<Unit>();
  const waiting = new Set<Unit>();
  const order: Unit[] = [];
  const visit = (root: Unit): void => {
    const stack: { unit: Unit; needs: Iterator<Unit> }[] = [];
    const enter = (unit: Unit): void => {
      if (placed.has(unit)) return;
      if (waiting.has(unit)) throw circle([...waiting]);
      waiting.add(unit);
      stack.push({ unit, needs: needsOf(unit, unitOf) });
    };
    enter(root);
    while (stack.length > 0) {
      const frame = stack.at(-1)!;
      const next = frame.needs.next();
      if (!next.done) {
        enter(next.value);
        continue;
      }
      const { unit } = stack.pop()!;
      waiting.delete(unit);
      placed.add(unit);
      order.push(unit);
    }
  };
  for (const unit of [...units].sort((a, b) => a.last - b.last)) visit(unit);
  return order;
};

const circle = (units: readonly Unit[]): TensorError =>
  new TensorError(
    "kernel",
    `compile: fused kernels wait for each other, which is a fault of the compiler: ${units.map(({ nodes }) => nodes.map(({ op }) => op.name).join("+")).join(" <- ")}`,
  );

function* needsOf(unit: Unit, unitOf: ReadonlyMap<Node, Unit>): Generator<Unit> {
  for (const node of unit.nodes)
    for (const input of node.inputs) {
      const other = unitOf.get(sourceOf(input).base.node);
      if (other && other !== unit) yield other;
    }
}
