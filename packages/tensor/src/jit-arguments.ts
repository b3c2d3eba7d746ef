import type { Device } from "./device/device.js";
import { formatShape, TensorError } from "./errors.js";
import { keyOf } from "./graph/key.js";
import type { Storage } from "./graph/storage.js";
import { Tensor } from "./graph/tensor.js";
import { rebuild } from "./tree.js";

/** A leaf of the arguments: a tensor, or a number that will be uploaded as an f32 scalar. */
export type ArgumentLeaf = Tensor | number;

export interface FlatArguments {
  readonly args: readonly unknown[];
  readonly leaves: readonly ArgumentLeaf[];
  readonly donated: ReadonlySet<number>;
  /** Equal exactly for arguments of the same structure, shapes, dtypes and values that are not data. */
  readonly key: string;
}

export const isArgumentLeaf = (leaf: unknown): leaf is ArgumentLeaf =>
  leaf instanceof Tensor || typeof leaf === "number";

/** The leaves of a call's arguments, checked, and the key of the program that runs them. */
export const flatten = (args: readonly unknown[], donate: readonly number[], device: Device): FlatArguments => {
  const absent = donate.find((position) => position >= args.length);
  if (absent !== undefined)
    throw new TensorError("argument", `jit: argument ${absent} is to be donated, but there are only ${args.length}`);
  const leaves: ArgumentLeaf[] = [];
  const donated = new Set<number>();
  const keyOfLeaf = (leaf: unknown, path: string): string => {
    if (!isArgumentLeaf(leaf)) {
      const key = keyOf(leaf);
      if (key !== undefined) return key;
      throw new TensorError(
        "argument",
        `jit: argument ${path} is a ${typeof leaf === "object" ? leaf?.constructor?.name : typeof leaf}; pass arrays as tensors (device.tensor(data, shape)), and otherwise numbers, strings, booleans, null, undefined and functions`,
      );
    }
    leaves.push(leaf);
    if (typeof leaf === "number") return "number";
    if (leaf.storage && leaf.storage.device !== device)
      throw new TensorError(
        "device",
        `jit: argument ${path}, ${leaf}, lives on ${leaf.storage.device.name}, not on the program's device ${device.name}; move it with device.tensor(await x.data(), x.shape)`,
      );
    return `${leaf.dtype}${formatShape(leaf.shape)}`;
  };
  const keys = args.map((arg, position) => {
    const first = leaves.length;
    const key = rebuild(arg, keyOfLeaf, `${position}`);
    if (donate.includes(position))
      for (let i = first; i < leaves.length; i++) if (leaves[i] instanceof Tensor) donated.add(i);
    return key;
  });
  return { args, leaves, donated, key: JSON.stringify(keys) };
};

/** A program may overwrite what is donated, so nothing else that it reads may lie in the same memory. */
export const checkDonation = (
  leaves: readonly ArgumentLeaf[],
  donated: ReadonlySet<number>,
  captured: readonly Tensor[],
): void => {
  if (donated.size === 0) return;
  const owners = new Map<Storage, number>();
  [...leaves, ...captured].forEach((leaf, index) => {
    const storage = leaf instanceof Tensor ? leaf.storage : undefined;
    if (!storage) return;
    const other = owners.get(storage);
    if (other !== undefined && (donated.has(other) || donated.has(index)))
      throw new TensorError(
        "argument",
        `jit: one tensor (${(leaf as Tensor).dtype}${formatShape((leaf as Tensor).shape)}) is ${index < leaves.length ? "passed twice" : "closed over, passed"} and donated; the program would overwrite it while reading it. Pass a copy`,
      );
    owners.set(storage, index);
  });
};
