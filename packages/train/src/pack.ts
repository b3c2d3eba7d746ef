import { concat, mapTree, namedLeaves, reshape, split, type Tensor } from "@isoflop/tensor";
import { must } from "./errors.js";

/** Where a parameter lies in the flat vector. */
export interface Slot {
  /** Its path in the tree as the field spells it, such as `blocks.0.attn.qkv.weight`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly size: number;
}

/** A tree of parameters as one vector, and the way back. */
export interface Packing<P> {
  readonly slots: readonly Slot[];
  /** Number of parameters. */
  readonly size: number;
  /** One f32 vector `[size]` with the leaves in order. */
  pack(params: P): Tensor;
  /** The tree as views of the vector. */
  unpack(flat: Tensor): P;
}

const named = (tree: unknown): [name: string, leaf: Tensor][] =>
  namedLeaves(tree).map(([path, leaf]) => [path.replace(/\[(\d+)\]/g, ".$1"), leaf]);

/**
 * All parameters as one vector, so that a gradient with respect to it is one vector too, written in place by every
 * part of the backward pass, and an optimizer is one kernel instead of one per parameter.
 * @param params a tree of f32 tensors; only its structure and shapes are used
 * @throws TrainError `spec` if there are no parameters, or one is not f32
 */
export const packTree = <P>(params: P): Packing<P> => {
  let size = 0;
  const slots = named(params).map(([name, leaf]): Slot => {
    must(leaf.dtype === "f32", "spec", `parameter ${name} is ${leaf.dtype}; only f32 parameters can be trained`);
    const slot = { name, shape: leaf.shape, offset: size, size: leaf.size };
    size += leaf.size;
    return slot;
  });
  must(slots.length > 0, "spec", "the model has no parameters; init must return a tree of tensors");
  return {
    slots,
    size,
    pack(tree) {
      const leaves = named(tree);
      const misfit = slots.find(
        ({ name, shape }, i) => leaves[i]?.[0] !== name || leaves[i]?.[1].shape.join() !== shape.join(),
      );
      const wrong = `the parameters differ from the packed ones at ${misfit?.name ?? leaves[slots.length]?.[0]}`;
      const alike = !misfit && leaves.length === slots.length;
      must(alike, "spec", `${wrong}; they must have the same names and shapes`);
      return concat(leaves.map(([, leaf]) => reshape(leaf, [leaf.size])));
    },
    unpack(flat) {
      const parts = split(
        flat,
        slots.map((slot) => slot.size),
      );
      let at = 0;
      return mapTree((leaf) => reshape(parts[at++]!, leaf.shape), params) as P;
    },
  };
};
