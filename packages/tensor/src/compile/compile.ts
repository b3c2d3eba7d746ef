import type { Capabilities } from "../backends/backend.js";
import type { Node } from "../graph/tensor.js";
import { foldAddends } from "./addend.js";
import { nativeRule } from "./canonicalize.js";
import { cluster, type Unit } from "./cluster.js";
import { type Graph, refOf } from "./graph.js";
import { legalize, sourceOf } from "./legalize.js";
import { Lowering } from "./lower.js";
import { type MemoryPlan, planMemory } from "./plan.js";
import { rewrite } from "./rewrite.js";
import { turnProducts } from "./turn.js";
import type { Step } from "./values.js";

export interface Compiled {
  readonly steps: readonly Step[];
  readonly plan: MemoryPlan;
}

/** Reading more than this many values in one kernel gains nothing and strains registers. */
const MAX_FUSED_NODES = 128;

/** Graph to kernels: replace what has no kernel, fold additions into products, make strides legal, fuse, order, plan memory. */
export const compile = (graph: Graph, capabilities: Capabilities, donated: ReadonlySet<number>): Compiled => {
  const legal = legalize(foldAddends(turnProducts(rewrite(graph, nativeRule(capabilities)))));
  const units = cluster(legal, { maxBuffers: capabilities.maxBuffersPerKernel, maxNodes: MAX_FUSED_NODES });
  const unitOf = new Map<Node, Unit>(units.flatMap((unit) => unit.nodes.map((node) => [node, unit] as const)));
  const lowering = new Lowering(legal, consumersOf(units), unitOf);
  lowering.prepare(units);
  const steps = inOrder(units, unitOf).flatMap((unit) => lowering.steps(unit));
  const storedBy = (tensor: Graph["inputs"][number]) => lowering.values.of(sourceOf(tensor)!.base);
  const plan = planMemory({
    steps,
    placements: lowering.placements,
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
        const key = refOf(sourceOf(input)!.base);
        const list = consumers.get(key) ?? [];
        consumers.set(key, list);
        list.push(node);
      }
  return consumers;
};

/** Units in an order in which everything is computed before it is read, otherwise as recorded. */
const inOrder = (units: readonly Unit[], unitOf: ReadonlyMap<Node, Unit>): Unit[] => {
  const done = new Set<Unit>();
  const order: Unit[] = [];
  const visit = (root: Unit): void => {
    const stack: { unit: Unit; needs: Iterator<Unit> }[] = [];
    const enter = (unit: Unit): void => {
      if (done.has(unit)) return;
      done.add(unit);
      stack.push({ unit, needs: needsOf(unit, unitOf) });
    };
    enter(root);
    while (stack.length > 0) {
      const frame = stack.at(-1)!;
      const next = frame.needs.next();
      if (next.done) order.push(stack.pop()!.unit);
      else enter(next.value);
    }
  };
  for (const unit of [...units].sort((a, b) => a.last - b.last)) visit(unit);
  return order;
};

function* needsOf(unit: Unit, unitOf: ReadonlyMap<Node, Unit>): Generator<Unit> {
  for (const node of unit.nodes)
    for (const input of node.inputs) {
      const other = unitOf.get(sourceOf(input)!.base.node);
      if (other && other !== unit) yield other;
    }
}
