import { TensorError } from "./errors.js";
import { Tensor } from "./graph/tensor.js";
import { isRecord } from "./plain.js";

/**
 * Pytrees: plain nested arrays and records whose leaves are tensors (or numbers, strings, booleans, null, functions). Parameters and optimizer
 * states are pytrees; there is no class to subclass.
 */
export type Tree<L> = L | readonly Tree<L>[] | { readonly [key: string]: Tree<L> };

/** The same structure with every tensor leaf replaced. */
export type MapTree<T, L> = T extends Tensor
  ? L
  : T extends (...args: never) => unknown
    ? T
    : T extends readonly unknown[]
      ? { [I in keyof T]: MapTree<T[I], L> }
      : T extends object
        ? { [K in keyof T]: MapTree<T[K], L> }
        : T;

const isContainer = (value: unknown): value is unknown[] | Record<string, unknown> =>
  typeof value === "object" && value !== null && !(value instanceof Tensor) && !ArrayBuffer.isView(value);

/** Deeper than any model; a tree that holds itself is found here too. */
const MAX_DEPTH = 1000;

const checkContainer = (tree: readonly unknown[] | object, path: string, depth: number): void => {
  if (depth > MAX_DEPTH)
    throw new TensorError(
      "argument",
      `tree: ${path.slice(0, 60)}... nests more than ${MAX_DEPTH} deep; does the tree hold itself?`,
    );
  if (!Array.isArray(tree) && !isRecord(tree))
    throw new TensorError(
      "argument",
      `tree: ${path || "the root"} is a ${tree.constructor?.name}; trees are plain arrays and records`,
    );
  if (Object.getOwnPropertySymbols(tree).length > 0)
    throw new TensorError("argument", `tree: ${path || "the root"} has symbols as keys; keys are strings`);
};

const pathOf = (path: string, key: string): string => (path ? `${path}.${key}` : key);

/** Visits the leaves in a fixed order: records by sorted key. */
const visitLeaves = (tree: unknown, visit: (leaf: unknown, path: string) => void, path = "", depth = 0): void => {
  if (!isContainer(tree)) {
    visit(tree, path);
    return;
  }
  checkContainer(tree, path, depth);
  if (Array.isArray(tree)) {
    for (let i = 0; i < tree.length; i++) visitLeaves(tree[i], visit, `${path}[${i}]`, depth + 1);
    return;
  }
  for (const key of Object.keys(tree).sort()) visitLeaves(tree[key], visit, pathOf(path, key), depth + 1);
};

/** The same structure of what `visit` returns for the leaves, in the same order. */
export const rebuild = (
  tree: unknown,
  visit: (leaf: unknown, path: string) => unknown,
  path = "",
  depth = 0,
): unknown => {
  if (!isContainer(tree)) return visit(tree, path);
  checkContainer(tree, path, depth);
  if (Array.isArray(tree)) return Array.from(tree, (item, i) => rebuild(item, visit, `${path}[${i}]`, depth + 1));
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(tree).sort()) {
    const value = rebuild(tree[key], visit, pathOf(path, key), depth + 1);
    // Assigned to, this one key would be the prototype.
    if (key === "__proto__")
      Object.defineProperty(out, key, { value, enumerable: true, writable: true, configurable: true });
    else out[key] = value;
  }
  return out;
};

/** The tensor leaves in order. */
export const leavesOf = (tree: unknown): Tensor[] => {
  const leaves: Tensor[] = [];
  visitLeaves(tree, (leaf) => {
    if (leaf instanceof Tensor) leaves.push(leaf);
  });
  return leaves;
};

/** The tensor leaves with their paths, such as `blocks[0].attn.qkv.weight`. */
export const namedLeaves = (tree: unknown): [path: string, leaf: Tensor][] => {
  const leaves: [string, Tensor][] = [];
  visitLeaves(tree, (leaf, path) => {
    if (leaf instanceof Tensor) leaves.push([path, leaf]);
  });
  return leaves;
};

/** Applies `f` to every tensor leaf (and to the leaves at the same places of further trees of the same structure). */
export const mapTree = <T, R>(
  f: (leaf: Tensor, ...others: Tensor[]) => R,
  tree: T,
  ...others: readonly unknown[]
): MapTree<T, R> => {
  const columns = others.map(namedLeaves);
  const paths = namedLeaves(tree).map(([path]) => path);
  columns.forEach((column, i) => {
    const at = paths.findIndex((path, j) => column[j]?.[0] !== path);
    if (at >= 0 || column.length !== paths.length)
      throw new TensorError(
        "argument",
        `mapTree: tree ${i + 2} has ${column.length} tensors, the first has ${paths.length}; structures must match, but ${at < 0 ? column[paths.length]![0] : paths[at]} is in one of them only`,
      );
  });
  let at = 0;
  return rebuild(tree, (leaf) => {
    if (!(leaf instanceof Tensor)) return leaf;
    const row = columns.map((column) => column[at]![1]);
    at++;
    return f(leaf, ...row);
  }) as MapTree<T, R>;
};
