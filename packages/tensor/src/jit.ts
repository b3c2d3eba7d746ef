import { storedLeaves } from "./compile/graph.js";
import { toTyped } from "./device/data.js";
import { Device } from "./device/device.js";
import { checkDType } from "./dtype.js";
import type { ProgramReport } from "./engine/report.js";
import { TensorError } from "./errors.js";
import type { Aval } from "./graph/aval.js";
import { argument, isArgument } from "./graph/input.js";
import { deviceOf, Tensor } from "./graph/tensor.js";
import { tracedBelow } from "./graph/tracing.js";
import { type ArgumentLeaf, checkDonation, type FlatArguments, flatten, isArgumentLeaf } from "./jit-arguments.js";
import { constant } from "./ops/constant.js";
import { checkOptions } from "./options.js";
import { checkShape } from "./shape.js";
import { leavesOf, rebuild } from "./tree.js";

/** Arguments of a compiled function: where it takes an f32 scalar, a number will do. Numbers are data, never part of the program. */
export type JitArguments<A> = A extends Tensor
  ? A | number
  : A extends (...args: never) => unknown
    ? A
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
export interface Program extends ProgramReport {
  /** Resolves when all that can be prepared ahead of the first run (GPU pipelines) is. */
  readonly ready: Promise<void>;
}

export interface Jitted<A extends readonly unknown[], R> {
  (...args: JitArguments<A>): R;
  /** The program these arguments (or others of the same shapes; see `spec`) would run, without running it. */
  program(...args: JitArguments<A>): Program;
  /** Gives back compiled programs, of which the device keeps the last ones for whoever computes the same. The function can still be called. */
  dispose(): void;
}

/** Stands for an argument of a shape when asking for a program before there is data. */
export const spec = (shape: readonly number[], dtype: Aval["dtype"] = "f32"): Tensor => {
  checkShape("spec", shape);
  checkDType("spec", dtype);
  return argument({ shape: [...shape], dtype });
};

/**
 * Compiles a function of pytrees of tensors. It is traced once on each device for every combination of shapes and dtypes and of the other values
 * among its arguments: strings, booleans, null and undefined by value, functions by identity. Numbers are data, f32 scalars. A call then runs the
 * program without touching the graph. Results are new tensors; dispose them, or donate them to the next call.
 *
 * @throws TensorError `traced` if the function reads a value or branches on one, `disposed`, `device`, `argument` for arguments that are none
 * of these (a typed array: pass `device.tensor(array)`), for unknown options and positions to donate that do not exist
 */
export const jit = <A extends readonly unknown[], R>(f: (...args: A) => R, options: JitOptions = {}): Jitted<A, R> => {
  checkFunction(f, options);
  const { donate = [] } = options;
  const programs = new Map<Device, Map<string, Entry>>();

  /** Undefined where the function closes over a value of a function being traced: it is then part of that one. */
  const entryFor = (flat: FlatArguments, device: Device): Entry | undefined => {
    for (const other of programs.keys()) if (other.destroyed) programs.delete(other);
    const entries = programs.get(device) ?? new Map<string, Entry>();
    let entry = entries.get(flat.key);
    if (!entry) {
      const trace = traced(f as (...args: readonly unknown[]) => unknown, flat, device);
      if (tracedBelow(trace.outputs, new Set(trace.inputs.map(({ node }) => node)))) return undefined;
      entry = compiled(trace, flat.donated, device);
      programs.set(device, entries.set(flat.key, entry));
    }
    return entry;
  };

  const call = (...args: JitArguments<A>): R => {
    if (tracedBelow(leavesOf(args))) return f(...(promoteNumbers(args) as A));
    const device = pickDevice(args, options);
    const flat = flatten(args, donate, device);
    device.evaluate(args);
    const entry = entryFor(flat, device);
    return entry ? (entry.run(flat) as R) : f(...(promoteNumbers(args) as A));
  };
  return Object.assign(call, {
    program: (...args: JitArguments<A>): Program => {
      const device = pickDevice(args, options);
      const entry = entryFor(flatten(args, donate, device), device);
      if (!entry)
        throw new TensorError(
          "traced",
          "jit: the function closes over a value of a function that is being traced, so it has no program of its own",
        );
      return entry.report();
    },
    dispose: (): void => {
      for (const entries of programs.values()) for (const entry of entries.values()) entry.destroy();
      programs.clear();
    },
  });
};

const checkFunction = (f: unknown, options: JitOptions): void => {
  if (typeof f !== "function")
    throw new TensorError("argument", `jit: the first argument is the function to compile, got ${typeof f}`);
  checkOptions("jit", options, ["device", "donate"]);
  const { device, donate = [] } = options;
  if (device !== undefined && !(device instanceof Device))
    throw new TensorError("argument", `jit: device is ${typeof device}; pass what createDevice returned`);
  const wrong = Array.isArray(donate)
    ? donate.findIndex((position, i) => !(Number.isInteger(position) && position >= 0) || donate.indexOf(position) < i)
    : 0;
  if (wrong >= 0)
    throw new TensorError(
      "argument",
      `jit: donate is ${JSON.stringify(donate)}; it lists positions of arguments, whole numbers from 0, each once`,
    );
};

const promoteNumbers = (args: unknown): unknown =>
  rebuild(args, (leaf) => (typeof leaf === "number" ? constant(leaf) : leaf));

const pickDevice = (args: unknown, options: JitOptions): Device => {
  const device = (options.device ?? deviceOf(leavesOf(args).filter((leaf) => !isArgument(leaf)))) as Device | undefined;
  if (!device)
    throw new TensorError(
      "device",
      "jit: no argument lives on a device; pass a computed tensor, or name one: jit(f, { device })",
    );
  return device;
};

/** What a function does, as a graph. */
interface Trace {
  readonly inputs: readonly Tensor[];
  readonly result: unknown;
  readonly outputs: readonly Tensor[];
}

const traced = (f: (...args: readonly unknown[]) => unknown, { args }: FlatArguments, device: Device): Trace => {
  const inputs: Tensor[] = [];
  const symbolic = args.map((arg) =>
    rebuild(arg, (leaf) => {
      if (!isArgumentLeaf(leaf)) return leaf;
      const { shape, dtype } = leaf instanceof Tensor ? leaf : { shape: [], dtype: "f32" as const };
      const input = argument({ shape, dtype });
      inputs.push(input);
      return input;
    }),
  );
  const result = f(...symbolic);
  if (result instanceof Promise)
    throw new TensorError(
      "traced",
      "jit: the function must be synchronous; it is recorded, not run. Await values outside it",
    );
  const outputs = leavesOf(result);
  const foreign = deviceOf(outputs);
  if (foreign && foreign !== device)
    throw new TensorError(
      "device",
      `jit: the function uses a tensor on ${foreign.name}, but its arguments live on ${device.name}`,
    );
  return { inputs, result, outputs };
};

/** One traced and compiled version of a function. */
interface Entry {
  report(): Program;
  run(given: FlatArguments): unknown;
  destroy(): void;
}

const compiled = ({ inputs, result, outputs }: Trace, donated: ReadonlySet<number>, device: Device): Entry => {
  const captured = storedLeaves(outputs, inputs);
  const avals = outputs.map(({ shape, dtype }) => ({ shape, dtype }));
  const program = device.programs.take({ inputs: [...inputs, ...captured], outputs }, donated);

  /** Uploads numbers, runs, and frees them again, whether or not the run succeeds. */
  const resultsOf = (leaves: readonly ArgumentLeaf[]): readonly unknown[] => {
    const { engine } = device;
    const numbers: unknown[] = [];
    const bufferOf = (leaf: ArgumentLeaf): unknown => {
      if (leaf instanceof Tensor) return leaf.storage!.buffer;
      const buffer = engine.upload(toTyped("jit", [leaf], "f32"), { shape: [], dtype: "f32" });
      numbers.push(buffer);
      return buffer;
    };
    try {
      return program.run([...leaves, ...captured].map(bufferOf));
    } finally {
      for (const buffer of numbers) engine.free(buffer);
    }
  };

  return {
    report: () => ({ ...program.report, ready: program.ready }),
    run({ leaves, donated: given }) {
      checkDonation(leaves, given, captured);
      const results = resultsOf(leaves);
      for (const index of given) {
        const storage = (leaves[index] as Tensor).storage!;
        if (program.consumed.has(index)) storage.take();
        else storage.release();
      }
      let at = 0;
      return rebuild(result, (leaf) => (leaf instanceof Tensor ? device.adopt(avals[at]!, results[at++]) : leaf));
    },
    destroy: () => device.programs.release(program),
  };
};
