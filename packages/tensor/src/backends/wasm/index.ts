import { messageOf, TensorError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import type { Backend } from "../backend.js";
import { Allocator } from "./allocator.js";
import { WasmBackend } from "./backend.js";
import { type KernelExports, selectModule } from "./module.js";
import { Control } from "./opcodes.js";
import { type Helper, hardwareThreads, sharingObstacle, startHelpers } from "./workers.js";

export interface WasmOptions {
  /** Threads that compute, the calling one included. Default: the machine's hardware threads, at most 8. */
  readonly threads?: number;
  /** Use fused multiply-add (relaxed SIMD) where the engine has it. Default: true. */
  readonly relaxedSimd?: boolean;
}

const PAGE = 65536;
const INITIAL_PAGES = (16 << 20) / PAGE;
const MAX_DEFAULT_THREADS = 8;
const MAX_THREADS = 64;

/** Reserves as much address space as the engine grants: 4 GiB, or less where it refuses (mobile browsers). */
const createMemory = (shared: boolean): WebAssembly.Memory => {
  for (const maximum of [PAGE, PAGE / 2, PAGE / 4])
    try {
      return new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum, shared });
    } catch {
      // Try a smaller reservation.
    }
  throw new TensorError("limit", `wasm: the engine refuses a memory of ${PAGE / 4} pages (1 GiB)`);
};

interface Instance {
  readonly memory: WebAssembly.Memory;
  readonly exports: KernelExports;
  readonly helpers: readonly Helper[];
  readonly fma: boolean;
}

const instantiate = async (threads: number, relaxedSimd: boolean): Promise<Instance> => {
  const shared = threads > 1;
  const { bytes, fma } = selectModule(relaxedSimd, shared);
  const memory = createMemory(shared);
  const module = await WebAssembly.compile(bytes);
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  const helpers = await startHelpers(module, memory, threads - 1);
  return { memory, exports: instance.exports as unknown as KernelExports, helpers, fma };
};

/**
 * Kernels compiled to WebAssembly, on threads over shared memory where there is any: runs on any machine and in any
 * browser. The numbers do not depend on the number of threads.
 * @throws TensorError `argument` for a thread count that is not 1 to 64, and for unknown options.
 */
export const createWasmBackend = async (options: WasmOptions = {}): Promise<Backend> => {
  checkOptions("wasm", options, ["threads", "relaxedSimd"]);
  const { threads, relaxedSimd = true } = options;
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= MAX_THREADS))
    throw new TensorError(
      "argument",
      `wasm: threads is ${threads}; it must be a whole number from 1 to ${MAX_THREADS}`,
    );
  if (typeof relaxedSimd !== "boolean")
    throw new TensorError("argument", `wasm: relaxedSimd is ${relaxedSimd}; it must be true or false`);
  const wanted = threads ?? Math.max(1, Math.min(hardwareThreads(), MAX_DEFAULT_THREADS));
  let obstacle = wanted > 1 ? sharingObstacle() : undefined;
  let instance: Instance | undefined;
  if (wanted > 1 && !obstacle)
    try {
      instance = await instantiate(wanted, relaxedSimd);
    } catch (error) {
      obstacle = `workers could not start (${messageOf(error)})`;
    }
  instance ??= await instantiate(1, relaxedSimd);
  const count = instance.helpers.length + 1;
  const description = [
    `wasm: ${count === 1 ? "1 thread" : `${count} threads over shared memory`}${obstacle ? ` because ${obstacle}` : ""}`,
    instance.fma ? "fused multiply-add" : "no fused multiply-add",
  ].join(", ");
  return new WasmBackend(description, new Allocator(instance.memory, Control.End), instance.exports, instance.helpers);
};
