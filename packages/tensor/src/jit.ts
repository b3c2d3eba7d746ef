import { storedLeaves } from "./compile/graph.js";
import type { Device } from "./device/device.js";
import type { CompiledGraph } from "./engine/engine.js";
import type { FlopCount, KernelReport, MemoryReport, ProgramReport } from "./engine/report.js";
import { formatShape, TensorError } from "./errors.js";
import type { Aval } from "./graph/define.js";
import { argument, isArgument } from "./graph/input.js";
import type { Storage } from "./graph/storage.js";
import { deviceOf, Tensor } from "./graph/tensor.js";
import { constant } from "./ops/constant.js";
import { leavesOf, rebuild, structureOf } from "./tree.js";

/** Arguments of a compiled function: where it takes an f32 scalar, a number will do. Numbers are data, never part of the program. */
export type JitArguments<A> = A extends Tensor
  ? A | number
  : A extends readonly unknown[]
    ? { [I in keyof A]: JitArguments<A[I]> }
    : A extends object
      ? { [K in keyof A]: JitArguments<A[K]> }
      : A;

export interface JitOptions {
  /** Needed only where no argument is a computed tensor. */
  readonly device?: Device;
  /** Positions of arguments whose tensors the program may overwrite; they are disposed by the call. */
  readonly donate?: readonly number[];
}

/** A function traced, optimised and planned for given shapes. */
export interface Program {
  readonly flops: FlopCount;
  readonly memory: MemoryReport;
  readonly kernels: readonly KernelReport[];
  /** What one run asks of the backend: kernels started, and command buffers submitted (one on `wasm`). */
  readonly execution: { readonly dispatches: number; readonly submits: number };
  /** Resolves when all that can be prepared ahead of the first run (GPU pipelines) is. */
  readonly ready: Promise<void>;
}

export interface Jitted<A extends readonly unknown[], R> {
  (...args: JitArguments<A>): R;
  /** The program these arguments (or others of the same shapes; see `spec`) would run, without running it. */
  program(...args: JitArguments<A>): Program;
  /** Frees compiled programs. The function can still be called. */
  dispose(): void;
}

/** Stands for an argument of a shape when asking for a program before there is data. */
export const spec = (shape: readonly number[], dtype: Aval["dtype"] = "f32"): Tensor => argument({ shape, dtype });

/**
 * Compiles a function of pytrees of tensors. It is traced once for every combination of shapes and dtypes (and of arguments that are not tensors or
 * numbers); a call then runs the program without touching the graph. Results are new tensors; dispose them, or donate them to the next call.
 *
 * @throws TensorError `traced` if the function reads a value or branches on one, `disposed`, `device`, `argument`
 */
export const jit = <A extends readonly unknown[], R>(f: (...args: A) => R, options: JitOptions = {}): Jitted<A, R> => {
  const entries = new Map<string, Entry>();

  const entryFor = (flat: FlatArguments, device: Device): Entry => {
    let entry = entries.get(flat.key);
    if (entry && entry.device !== device) entry = undefined;
    if (!entry) {
      entry = new Entry(f as (...args: readonly unknown[]) => unknown, flat, device);
      entries.set(flat.key, entry);
    }
    return entry;
  };

  const call = (...args: JitArguments<A>): R => {
    if (leavesOf(args).some(dependsOnArgument)) return f(...(promoteNumbers(args) as A));
    const device = pickDevice(args, options);
    device.evaluate(args);
    const flat = flatten(args, options.donate ?? []);
    return entryFor(flat, device).run(flat) as R;
  };
  return Object.assign(call, {
    program: (...args: JitArguments<A>): Program => {
      const flat = flatten(args, options.donate ?? []);
      return entryFor(flat, pickDevice(args, options)).report();
    },
    dispose: (): void => {
      for (const entry of entries.values()) entry.destroy();
      entries.clear();
    },
  });
};

const promoteNumbers = (args: unknown): unknown =>
  rebuild(args, (leaf) => (typeof leaf === "number" ? constant(leaf) : leaf));

/** True while an outer function is being traced: the inner one is then simply part of it. */
const dependsOnArgument = (tensor: Tensor): boolean => {
  const seen = new Set<unknown>();
  const visit = (at: Tensor): boolean => {
    if (at.storage || seen.has(at.node)) return false;
    seen.add(at.node);
    return isArgument(at) || at.node.inputs.some(visit);
  };
  return visit(tensor);
};

const pickDevice = (args: unknown, options: JitOptions): Device => {
  const device = (options.device ?? deviceOf(leavesOf(args).filter((leaf) => !isArgument(leaf)))) as Device | undefined;
  if (!device)
    throw new TensorError(
      "device",
      "jit: no argument lives on a device; pass a computed tensor, or name one: jit(f, { device })",
    );
  return device;
};

/** A leaf of the arguments: a tensor, or a number that will be uploaded as an f32 scalar. */
type ArgumentLeaf = Tensor | number;

interface FlatArguments {
  readonly args: readonly unknown[];
  readonly leaves: readonly ArgumentLeaf[];
  readonly donated: ReadonlySet<number>;
  readonly key: string;
}

const flatten = (args: readonly unknown[], donate: readonly number[]): FlatArguments => {
  const leaves: ArgumentLeaf[] = [];
  const donated = new Set<number>();
  const avals: string[] = [];
  args.forEach((arg, position) => {
    rebuild(arg, (leaf) => {
      if (!(leaf instanceof Tensor) && typeof leaf !== "number") return leaf;
      if (donate.includes(position) && leaf instanceof Tensor) donated.add(leaves.length);
      leaves.push(leaf);
      avals.push(leaf instanceof Tensor ? `${leaf.dtype}${leaf.shape.join("x")}` : "number");
      return leaf;
    });
  });
  const structure = structureOf(rebuild(args, (leaf) => (typeof leaf === "number" ? "\u0000number" : leaf)));
  return { args, leaves, donated, key: `${structure}|${avals.join()}` };
};

/** One traced and compiled version of a function. */
class Entry {
  readonly #compiled: CompiledGraph<unknown>;
  readonly #captured: readonly Tensor[];
  readonly #outputs: readonly Aval[];
  readonly #result: unknown;

  constructor(
    f: (...args: readonly unknown[]) => unknown,
    flat: FlatArguments,
    readonly device: Device,
  ) {
    const inputs: Tensor[] = [];
    const symbolic = flat.args.map((arg) =>
      rebuild(arg, (leaf) => {
        if (!(leaf instanceof Tensor) && typeof leaf !== "number") return leaf;
        const input = argument(
          leaf instanceof Tensor ? { shape: leaf.shape, dtype: leaf.dtype } : { shape: [], dtype: "f32" },
        );
        inputs.push(input);
        return input;
      }),
    );
    this.#result = f(...symbolic);
    if (this.#result instanceof Promise)
      throw new TensorError(
        "traced",
        "jit: the function must be synchronous; it is recorded, not run. Await values outside it",
      );
    const outputs = leavesOf(this.#result);
    const foreign = deviceOf(outputs);
    if (foreign && foreign !== device)
      throw new TensorError(
        "device",
        `jit: the function uses a tensor on ${foreign.name}, but its arguments live on ${device.name}`,
      );
    this.#captured = storedLeaves(outputs, inputs);
    this.#outputs = outputs.map(({ shape, dtype }) => ({ shape, dtype }));
    this.#compiled = device.engine.compile({ inputs: [...inputs, ...this.#captured], outputs }, flat.donated);
  }

  report(): Program {
    const { flops, memory, kernels, execution }: ProgramReport = this.#compiled.report;
    return { flops, memory, kernels, execution, ready: this.#compiled.ready };
  }

  run({ leaves, donated }: FlatArguments): unknown {
    const { engine } = this.device;
    checkDonation(leaves, donated);
    const numbers: unknown[] = [];
    const buffers = leaves.map((leaf) => {
      if (leaf instanceof Tensor) return leaf.storage!.buffer;
      const buffer = engine.upload(Float32Array.of(leaf), { shape: [], dtype: "f32" });
      numbers.push(buffer);
      return buffer;
    });
    const results = this.#compiled.run([...buffers, ...this.#captured.map((tensor) => tensor.storage!.buffer)]);
    for (const buffer of numbers) engine.free(buffer);
    for (const index of donated) {
      const storage = (leaves[index] as Tensor).storage!;
      if (this.#compiled.consumed.has(index)) storage.take();
      else storage.release();
    }
    let at = 0;
    return rebuild(this.#result, (leaf) =>
      leaf instanceof Tensor ? this.device.adopt(this.#outputs[at]!, results[at++]) : leaf,
    );
  }

  destroy(): void {
    this.#compiled.destroy();
  }
}

const checkDonation = (leaves: readonly ArgumentLeaf[], donated: ReadonlySet<number>): void => {
  if (donated.size === 0) return;
  const owners = new Map<Storage, number>();
  leaves.forEach((leaf, index) => {
    const storage = leaf instanceof Tensor ? leaf.storage : undefined;
    if (!storage) return;
    const other = owners.get(storage);
    if (other !== undefined && (donated.has(other) || donated.has(index)))
      throw new TensorError(
        "argument",
        `jit: one tensor (${(leaf as Tensor).dtype}${formatShape((leaf as Tensor).shape)}) is passed twice and donated; the program would overwrite it while reading it. Pass a copy`,
      );
    owners.set(storage, index);
  });
};
