/// <reference lib="esnext.disposable" preserve="true" />
import { type Graph, storedLeaves } from "../compile/graph.js";
import { type AnyData, checkDType, type DataOf, type DType } from "../dtype.js";
import type { Engine } from "../engine/engine.js";
import { formatShape, TensorError } from "../errors.js";
import type { Aval } from "../graph/aval.js";
import { stored } from "../graph/input.js";
import { Storage, type StorageOwner } from "../graph/storage.js";
import { deviceOf, Tensor } from "../graph/tensor.js";
import { tracedBelow } from "../graph/tracing.js";
import { checkShape, type Shape, sizeOf } from "../shape.js";
import { leavesOf } from "../tree.js";
import { checkData, dtypeOfData, toTyped } from "./data.js";
import { Programs } from "./programs.js";

/** Where tensors live and programs run. Made by `createDevice`; nothing about it is global. */
export class Device implements StorageOwner {
  readonly #engine: Engine;
  /** What was compiled. @internal */
  readonly programs = new Programs(() => this.engine);
  readonly #scopes: Set<Storage>[] = [];
  #destroyed = false;

  /** @internal */
  constructor(
    engine: Engine,
    /** Why this device was picked. */
    readonly reason: string,
  ) {
    this.#engine = engine;
  }

  /** Whether `destroy` was called. */
  get destroyed(): boolean {
    return this.#destroyed;
  }

  /** `wasm`, `webgpu` or `reference`. */
  get name(): string {
    return this.#engine.name;
  }

  /** One line: what it is, and why it was picked. */
  get description(): string {
    return this.reason ? `${this.#engine.description} (${this.reason})` : this.#engine.description;
  }

  /** Bytes now allocated, their peak, and the number of buffers. */
  get memory(): Engine["memory"] {
    return this.#engine.memory;
  }

  /** The machinery below: for programs, benches and tools. @internal */
  get engine(): Engine {
    if (this.#destroyed) throw new TensorError("disposed", `the device ${this.name} was used after destroy()`);
    return this.#engine;
  }

  /**
   * Copies data to the device. A plain number array needs no dtype to be f32; the shape defaults to one dimension.
   * @throws TensorError `shape` if the data does not fill the shape, `argument` for data that are not flat numbers or do not fit the dtype, `dtype`,
   * `limit` if it is larger than a buffer may be
   */
  tensor<const S extends Shape = readonly [number]>(data: Int32Array, shape?: S, dtype?: "i32"): Tensor<S, "i32">;
  tensor<const S extends Shape = readonly [number], D extends "u32" | "bool" = "u32">(
    data: Uint32Array,
    shape?: S,
    dtype?: D,
  ): Tensor<S, D>;
  tensor<const S extends Shape = readonly [number]>(data: Float32Array, shape?: S, dtype?: "f32"): Tensor<S, "f32">;
  tensor<const S extends Shape = readonly [number], D extends DType = "f32">(
    data: readonly number[] | AnyData,
    shape?: S,
    dtype?: D,
  ): Tensor<S, D>;
  tensor(data: AnyData | readonly number[], shape?: Shape, dtype: DType = dtypeOfData(data)): Tensor {
    const values = checkData("tensor", data);
    if (shape !== undefined && !Array.isArray(shape))
      throw new TensorError("argument", `tensor: the shape is ${shape}, not an array of sizes such as [2, 3]`);
    const aval = { shape: [...(shape ?? [values.length])], dtype };
    checkDType("tensor", dtype);
    checkShape("tensor", aval.shape);
    if (sizeOf(aval.shape) !== values.length)
      throw new TensorError(
        "shape",
        `tensor: ${values.length} values do not fill ${formatShape(aval.shape)}, which holds ${sizeOf(aval.shape)}`,
      );
    return this.adopt(aval, this.engine.upload(toTyped("tensor", values, dtype), aval));
  }

  /** Computes tensors now, together. They keep their values until disposed. */
  evaluate(tree: unknown): void {
    const pending = [...new Set(leavesOf(tree))].filter((tensor) => !tensor.storage);
    if (pending.length === 0) return;
    const graph = this.#graphOf(pending);
    const program = this.programs.take(graph, new Set());
    try {
      const buffers = program.run(graph.inputs.map((input) => input.storage!.buffer));
      pending.forEach((tensor, i) => {
        tensor.node.settle(tensor.index, this.#storage(buffers[i], tensor.toString()));
      });
    } finally {
      this.programs.release(program);
    }
  }

  #graphOf(outputs: readonly Tensor[]): Graph {
    const owner = deviceOf(outputs);
    if (owner && owner !== this)
      throw new TensorError(
        "device",
        `the operands live on ${owner.name}, not on ${this.name}; move them with device.tensor(await x.data(), x.shape)`,
      );
    const traced = tracedBelow(outputs);
    if (traced)
      throw new TensorError(
        "traced",
        `a value was read inside jit (or grad), while the function is only being recorded: it depends on ${traced}, which has no value yet. Return it from the function and read it outside`,
      );
    return { inputs: storedLeaves(outputs), outputs };
  }

  /** Reads a value, computing it first if need be. */
  async read<D extends DType>(tensor: Tensor<Shape, D>): Promise<DataOf<D>> {
    if (!(tensor instanceof Tensor))
      throw new TensorError("argument", `read: takes a tensor, got ${tensor === null ? "null" : typeof tensor}`);
    if (!tensor.storage) this.evaluate([tensor]);
    const storage = tensor.storage!;
    if (storage.device !== this)
      throw new TensorError(
        "device",
        `${tensor} lives on ${storage.device.name}; it cannot be read through ${this.name}`,
      );
    return (await this.engine.download(storage.buffer, tensor.dtype, tensor.size)) as DataOf<D>;
  }

  /** Wraps memory as a tensor of this device. */
  adopt(aval: Aval, buffer: unknown): Tensor {
    return stored(aval, this.#storage(buffer, `${aval.dtype}${formatShape(aval.shape)}`));
  }

  #storage(buffer: unknown, label: string): Storage {
    const storage = new Storage<unknown>(this, buffer, label);
    this.#scopes.at(-1)?.add(storage);
    return storage;
  }

  /** Called by a storage that is released. @internal */
  free(storage: Storage): void {
    if (!this.#destroyed) this.#engine.free(storage.buffer);
  }

  /**
   * Runs `f`, then disposes every value computed on this device meanwhile, except what `f` returns. Scopes nest; an
   * asynchronous scope must end before another begins outside it.
   * @throws TensorError `argument` when a scope ends before one that began inside it
   */
  scope<R>(f: () => R): R {
    if (typeof f !== "function") throw new TensorError("argument", `scope: takes a function, got ${typeof f}`);
    const mine = new Set<Storage>();
    this.#scopes.push(mine);
    const succeed = <T>(result: T): T => {
      try {
        this.evaluate(result);
        this.#close(mine, leavesOf(result));
      } catch (error) {
        return fail(error);
      }
      return result;
    };
    const fail = (error: unknown): never => {
      if (this.#scopes.includes(mine)) this.#close(mine, []);
      throw error;
    };
    let result: R;
    try {
      result = f();
    } catch (error) {
      return fail(error);
    }
    return isThenable(result) ? (Promise.resolve(result).then(succeed, fail) as R) : succeed(result);
  }

  #close(scope: Set<Storage>, keep: readonly Tensor[]): void {
    const at = this.#scopes.lastIndexOf(scope);
    const overlaps = at < this.#scopes.length - 1;
    this.#scopes.splice(at, 1);
    const kept = new Set(overlaps ? [] : keep.map((tensor) => tensor.storage));
    const outer = this.#scopes.at(-1);
    for (const storage of scope) {
      if (kept.has(storage)) outer?.add(storage);
      else storage.release();
    }
    if (overlaps)
      throw new TensorError(
        "argument",
        "scope: a scope ended before one that began after it; values could no longer be told apart. Await one asynchronous scope before the next begins",
      );
  }

  /** Frees everything, threads and GPU objects included. */
  destroy(): void {
    if (this.#destroyed) return;
    this.programs.destroy();
    this.#engine.destroy();
    this.#destroyed = true;
  }

  [Symbol.dispose](): void {
    this.destroy();
  }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
