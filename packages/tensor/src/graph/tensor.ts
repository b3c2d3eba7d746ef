/// <reference lib="esnext.disposable" preserve="true" />
import type { DataOf, DType } from "../dtype.js";
import { formatShape, TensorError } from "../errors.js";
import { type Shape, sizeOf } from "../shape.js";
import type { Attrs, Aval, Each, Names, ReferenceArray } from "./aval.js";
import type { Lowering } from "./lowering.js";
import type { Storage } from "./storage.js";

/** One case for the generated checks: shapes, attributes, and values inside the op's domain. */
export interface OpExample<A> {
  readonly inputs: readonly {
    readonly shape: Shape;
    readonly dtype?: DType;
    /** Uniform range of the values; [-2, 2] unless told. Keep away from kinks and poles. */
    readonly range?: readonly [number, number];
    /** These values instead. */
    readonly values?: readonly number[];
  }[];
  readonly attrs: A;
}

export interface VjpContext<A, I extends Names = ["x"], O extends Names = ["out"]> {
  readonly inputs: Each<I, Tensor>;
  readonly outputs: Each<O, Tensor>;
  readonly attrs: A;
  /** d loss / d output, one per output; zeros where nothing flows back. */
  readonly cotangents: Each<O, Tensor>;
  /** Whether the gradient of input `i` is wanted: the others need not be computed. */
  needs(i: number): boolean;
  /** Whether anything flows back into output `i`; if not, its cotangent is all zeros. */
  flows(i: number): boolean;
}

/**
 * Everything that is known about an operation, in one place. Autodiff, FLOP counts, the float64 reference, both generated
 * checks and the lowering to every backend follow from it. `I` and `O` name its operands and results.
 */
export interface Op<A extends Attrs = Attrs, I extends Names = Names, O extends Names = Names> {
  readonly name: string;
  /** Shape and dtype rule. Throws a TensorError that names the op and the operand shapes. */
  infer(inputs: Each<I, Aval>, attrs: A): Each<O, Aval>;
  readonly lowering: Lowering<A, I>;
  /** Floating-point operations; a multiply-add counts 2. Absent: counted on the decomposition, or none. */
  flops?(inputs: Each<I, Aval>, outputs: Each<O, Aval>, attrs: A): number;
  /** Gradients of the inputs, undefined where there is none. Absent or "decompose": differentiated through the decomposition. */
  vjp?(context: VjpContext<A, I, O>): Each<I, Tensor | undefined> | "decompose";
  /** The op in float64. Absent: the decomposition's. */
  reference?(inputs: Each<I, ReferenceArray>, attrs: A, outputs: Each<O, Aval>): Each<O, Float64Array>;
  /** The same result in smaller ops. */
  decompose?(inputs: Each<I, Tensor>, attrs: A): Each<O, Tensor>;
  /** The same result for less, to the bit, where operands are such that there is one: the compiler asks once it has simplified them. */
  simplify?(inputs: Each<I, Tensor>, attrs: A, outputs: Each<O, Aval>): Each<O, Tensor> | undefined;
  /** False for ops no gradient passes through (comparisons, random bits, `stopGradient`). */
  readonly differentiable?: boolean;
  readonly examples: readonly OpExample<A>[];
}

let created = 0;

/** The id the next node will get: everything recorded from now on is at or above it. */
export const nextNodeId = (): number => created;

/** A recorded operation. Immutable but for `storages`, which hold results once something has computed them. */
export class Node {
  /** Creation order: inputs always have smaller ids, so ids are a topological order. */
  readonly id = created++;
  readonly storages: (Storage | undefined)[];
  #inputs: readonly Tensor[];
  constructor(
    readonly op: Op,
    inputs: readonly Tensor[],
    readonly attrs: Attrs,
    readonly outputs: readonly Aval[],
  ) {
    this.#inputs = inputs;
    this.storages = new Array(outputs.length);
  }

  get inputs(): readonly Tensor[] {
    return this.#inputs;
  }

  /** Keeps a computed result. Once all are there, what they were computed from is forgotten, so a long loop does not hold its whole past. */
  settle(index: number, storage: Storage): void {
    this.storages[index] = storage;
    if (this.storages.length === this.outputs.length && !this.storages.includes(undefined)) this.#inputs = [];
  }
}

/** A node that records an op of these attributes and operands. */
export interface NodeOf<A extends Attrs, I extends Names> extends Node {
  readonly attrs: A;
  readonly inputs: Each<I, Tensor>;
}

/**
 * A lazy n-dimensional array: the `index`-th result of a recorded node. Nothing is computed until a value is read
 * (`await x.data()`), realised (`device.evaluate`) or a program runs.
 */
export class Tensor<S extends Shape = Shape, D extends DType = DType> {
  readonly shape: S;
  readonly dtype: D;
  constructor(
    readonly node: Node,
    readonly index: number,
  ) {
    const aval = node.outputs[index]!;
    this.shape = aval.shape as S;
    this.dtype = aval.dtype as D;
  }

  get rank(): number {
    return this.shape.length;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** Where the value lies, if it has been computed and not disposed. */
  get storage(): Storage | undefined {
    return this.node.storages[this.index];
  }

  /**
   * Reads the value, computing it first if need be. The device is that of the operands; name one for values that have
   * none (constants, ranges).
   * @throws TensorError `disposed`, `device`, `traced` (inside `jit`), `kernel`
   */
  async data(device?: { read(tensor: Tensor): Promise<unknown> }): Promise<DataOf<D>> {
    const reader = device ?? deviceOf([this]);
    if (!reader)
      throw new TensorError(
        "device",
        `data: the value of ${this} depends on no tensor that lives on a device; name one: x.data(device)`,
      );
    if (typeof reader.read !== "function")
      throw new TensorError("argument", `data: the device is ${typeof reader}; pass what createDevice returned`);
    return (await reader.read(this)) as DataOf<D>;
  }

  /** The value of a tensor with one element. */
  async item(device?: { read(tensor: Tensor): Promise<unknown> }): Promise<number> {
    if (this.size !== 1)
      throw new TensorError("shape", `item: ${this} has ${this.size} elements; item() reads exactly one`);
    return (await this.data(device))[0]!;
  }

  /** Frees the value's memory now. Using the tensor afterwards is an error; disposing twice is not. */
  dispose(): void {
    this.storage?.release();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  toString(): string {
    return `${this.node.op.name}: ${this.dtype}${formatShape(this.shape)}`;
  }

  /** A tensor has no value at the time it is recorded, so arithmetic and comparison by JavaScript operators cannot work. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === "string") return this.toString();
    throw new TensorError(
      "traced",
      `a tensor (${this}) was used as a plain number or condition; control flow cannot depend on a value that is not computed yet. Use select(condition, a, b) inside the graph, or await x.item() outside jit`,
    );
  }
}

/** The one device the computed values below these tensors live on. */
export const deviceOf = (roots: readonly Tensor[]): Storage["device"] | undefined => {
  const seen = new Set<Node>();
  let found: Storage["device"] | undefined;
  const stack = [...roots];
  while (stack.length > 0) {
    const { node, index } = stack.pop()!;
    const storage = node.storages[index];
    if (storage) {
      if (found && found !== storage.device)
        throw new TensorError(
          "device",
          `operands live on two devices, ${found.name} and ${storage.device.name}; move one with device.tensor(await x.data(), x.shape)`,
        );
      found = storage.device;
      continue;
    }
    if (seen.has(node)) continue;
    seen.add(node);
    for (const input of node.inputs) stack.push(input);
  }
  return found;
};
