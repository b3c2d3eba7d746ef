import type { NormKind, Part } from "@isoflop/flops";
import { type MapTree, random, type Tensor } from "@isoflop/tensor";
import { draw, type Initializer, xavier, zeroInit } from "./initializers.js";

/**
 * What of a parameter grows with the width, which decides how its law and its learning rate follow it (arXiv 2203.03466, table 3).
 * - `input`: a matrix whose fan-in stays (patch embedding, first layer of the time MLP, projection of features).
 * - `hidden`: a matrix whose fan-in and fan-out grow (blocks, modulation).
 * - `output`: a matrix whose fan-out stays (readout, router of experts).
 * - `vector`: one number per channel, or some rows of such (biases, norms, tables of modulation).
 * - `table`: rows that are looked up or added, and take part in no product (words, labels, positions).
 */
export type Role = "input" | "hidden" | "output" | "vector" | "table";

/** A parameter before it exists: its shape, the distribution it is drawn from, where its work is booked, and its role. */
export class Spec {
  constructor(
    readonly shape: readonly number[],
    readonly init: Initializer,
    readonly part: Part,
    readonly role: Role,
  ) {}

  /** Look-up tables and positions, which take part in no product. */
  get embedding(): boolean {
    return this.role === "table";
  }

  get size(): number {
    return this.shape.reduce((product, n) => product * n, 1);
  }
}

/** The specs of a record of parameters: the same structure, specs at the leaves. */
export type SpecsOf<P> = MapTree<P, Spec>;

/** A weight stored (out, in), as PyTorch's Linear keeps it, and its bias. */
export interface Linear {
  readonly weight: Tensor;
  readonly bias: Tensor;
}

/** Scale and shift of a layer norm; a root-mean-square norm has no shift. */
export interface Norm {
  readonly weight: Tensor;
  readonly bias?: Tensor;
}

/** `init` is that of the weight: Xavier uniform on the whole (out, in) matrix unless told; biases start at 0. */
export const linearSpec = (
  part: Part,
  inputs: number,
  outputs: number,
  init?: Initializer,
  role: "input" | "hidden" | "output" = "hidden",
): SpecsOf<Linear> => ({
  weight: new Spec([outputs, inputs], init ?? xavier(inputs, outputs), part, role),
  bias: new Spec([outputs], zeroInit, part, "vector"),
});

export const normSpec = (part: Part, width: number, kind: NormKind = "layer"): SpecsOf<Norm> => ({
  weight: new Spec([width], { kind: "ones" }, part, "vector"),
  ...(kind === "layer" && { bias: new Spec([width], zeroInit, part, "vector") }),
});

const visit = (tree: unknown, path: string, leaf: (spec: Spec, path: string) => unknown): unknown => {
  if (tree instanceof Spec) return leaf(tree, path);
  const at = (key: string | number) => (path === "" ? `${key}` : `${path}.${key}`);
  if (Array.isArray(tree)) return tree.map((item, i) => visit(item, at(i), leaf));
  const record = tree as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, visit(value, at(key), leaf)]));
};

/** Specs by name, in the order of the state dict. */
export type NamedSpecs = readonly (readonly [name: string, spec: Spec])[];

/** Every spec with its name as the official code spells it, such as `blocks.0.attn.qkv.weight`. */
export const namedSpecs = (specs: unknown): NamedSpecs => {
  const all: (readonly [string, Spec])[] = [];
  visit(specs, "", (spec, name) => all.push([name, spec]));
  return all;
};

/** The same structure with other specs. */
export const mapSpecs = <P>(specs: SpecsOf<P>, leaf: (spec: Spec, name: string) => Spec): SpecsOf<P> =>
  visit(specs, "", leaf) as SpecsOf<P>;

/** Builds parameters from specs, one leaf at a time. */
export const build = <P>(specs: SpecsOf<P>, leaf: (spec: Spec, name: string) => Tensor): P =>
  visit(specs, "", leaf) as P;

/**
 * Draws parameters from their initializers, `count` of them in turn. Each has a key of its own, so the same key gives the same weights on
 * every backend.
 */
export const drawFrom = (key: random.Key, count: number): ((spec: Spec) => Tensor) => {
  const keys = random.split(key, count);
  let at = 0;
  return ({ shape, init }) => draw(init, keys[at++]!, shape);
};
