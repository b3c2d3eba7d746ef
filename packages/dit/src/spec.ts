import type { NormKind, Part } from "@isoflop/flops";
import { type MapTree, random, type Tensor } from "@isoflop/tensor";
import { draw, type Initializer } from "./initializers.js";

/** A parameter before it exists: its shape, the distribution it is drawn from, and where its work is booked. */
export class Spec {
  constructor(
    readonly shape: readonly number[],
    readonly init: Initializer,
    readonly part: Part,
    /** Look-up tables and positions, which take part in no product. */
    readonly embedding = false,
  ) {}

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

/** `init` "xavier" is Xavier uniform on the whole (out, in) matrix; biases start at 0. */
export const linearSpec = (part: Part, inputs: number, outputs: number, init?: Initializer): SpecsOf<Linear> => ({
  weight: new Spec([outputs, inputs], init ?? { kind: "xavier", fanIn: inputs, fanOut: outputs }, part),
  bias: new Spec([outputs], { kind: "zeros" }, part),
});

export const normSpec = (part: Part, width: number, kind: NormKind = "layer"): SpecsOf<Norm> => ({
  weight: new Spec([width], { kind: "ones" }, part),
  ...(kind === "layer" && { bias: new Spec([width], { kind: "zeros" }, part) }),
});

const visit = (tree: unknown, path: string, leaf: (spec: Spec, path: string) => unknown): unknown => {
  if (tree instanceof Spec) return leaf(tree, path);
  const at = (key: string | number) => (path === "" ? `${key}` : `${path}.${key}`);
  if (Array.isArray(tree)) return tree.map((item, i) => visit(item, at(i), leaf));
  const record = tree as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, visit(value, at(key), leaf)]));
};

export type NamedSpecs = readonly (readonly [name: string, spec: Spec])[];

/** Every spec with its name as the official code spells it, such as `blocks.0.attn.qkv.weight`. */
export const namedSpecs = (specs: unknown): NamedSpecs => {
  const all: (readonly [string, Spec])[] = [];
  visit(specs, "", (spec, name) => all.push([name, spec]));
  return all;
};

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
