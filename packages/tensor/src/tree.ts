import { TensorError } from "./errors.js";
import { Tensor } from "./graph/tensor.js";

/**
 * Pytrees: plain nested arrays and records whose leaves are tensors (or numbers, strings, booleans, null). Parameters and optimizer
 * states are pytrees; there is no class to subclass.
 */
export type Tree<L> = L | readonly Tree<L>[] | { readonly [key: string]: Tree<L> };

/** The same structure with every tensor leaf replaced. */
export type MapTree<T, L> = T extends Tensor
  ? L
  : T extends readonly unknown[]
    ? { [I in keyof T]: MapTree<T[I], L> }
    : T extends object
      ? { [K in keyof T]: MapTree<T[K], L> }
      : T;

type Leaf = Tensor | string | number | boolean | null | undefined;

const isContainer = (value: unknown): value is readonly unknown[] | Record<string, unknown> =>
  typeof value === "object" && value !== null && !(value instanceof Tensor) && !ArrayBuffer.isView(value);

const keysOf = (record: object): string[] => Object.keys(record).sort();

/** Visits the leaves in a fixed order (records by sorted key) and rebuilds the same structure from what `visit` returns. */
export const rebuild = (tree: unknown, visit: (leaf: unknown, path: string) => unknown, path = ""): unknown => {
  if (!isContainer(tree)) return visit(tree, path);
  if (Array.isArray(tree)) return tree.map((item, i) => rebuild(item, visit, `${path}[${i}]`));
  const prototype = Object.getPrototypeOf(tree);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TensorError(
      "argument",
      `tree: ${path || "the root"} is a ${prototype.constructor?.name}; trees are plain arrays and records`,
    );
  const out: Record<string, unknown> = {};
  for (const k of keysOf(tree))
    out[k] = rebuild((tree as Record<string, unknown>)[k], visit, path ? `${path}.${k}` : k);
  return out;
};

/** The tensor leaves in order. */
export const leavesOf = (tree: unknown): Tensor[] => {
  const leaves: Tensor[] = [];
  rebuild(tree, (leaf) => (leaf instanceof Tensor ? leaves.push(leaf) : 0));
  return leaves;
};

/** The tensor leaves with their paths, such as `blocks[0].attn.qkv.weight`. */
export const namedLeaves = (tree: unknown): [path: string, leaf: Tensor][] => {
  const leaves: [string, Tensor][] = [];
  rebuild(tree, (leaf, path) => (leaf instanceof Tensor ? leaves.push([path, leaf]) : 0));
  return leaves;
};

/** Applies `f` to every tensor leaf (and to the leaves at the same places of further trees of the same structure). */
export const mapTree = <T, R>(
  f: (leaf: Tensor, ...others: Tensor[]) => R,
  tree: T,
  ...others: readonly unknown[]
): MapTree<T, R> => {
  const columns = others.map(leavesOf);
  const count = leavesOf(tree).length;
  columns.forEach((column, i) => {
    if (column.length !== count)
      throw new TensorError(
        "argument",
        `mapTree: tree ${i + 2} has ${column.length} tensors, the first has ${count}; structures must match`,
      );
  });
  let at = 0;
  return rebuild(tree, (leaf) => {
    if (!(leaf instanceof Tensor)) return leaf;
    const row = columns.map((column) => column[at]!);
    at++;
    return f(leaf, ...row);
  }) as MapTree<T, R>;
};

/** A key that is equal exactly for trees of the same structure and the same non-tensor leaves. */
export const structureOf = (tree: unknown): string =>
  JSON.stringify(rebuild(tree, (leaf) => (leaf instanceof Tensor ? "\u0000tensor" : ((leaf as Leaf) ?? null)))) ??
  "undefined";
