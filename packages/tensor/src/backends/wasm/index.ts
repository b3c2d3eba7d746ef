import type { Backend } from "../backend.js";
import { Allocator } from "./allocator.js";
import { WasmBackend } from "./backend.js";
import { type KernelExports, selectModule } from "./module.js";

export interface WasmOptions {
  /** Threads that compute, the calling one included. Default: hardware threads, at most 8. */
  readonly threads?: number;
  /** Use fused multiply-add where the engine has it. Default: true. */
  readonly relaxedSimd?: boolean;
}

const PAGE = 65536;
const FIRST_ADDRESS = 4096;

/** Kernels compiled to WebAssembly: runs on any machine and in any browser. */
export const createWasmBackend = async ({ relaxedSimd = true }: WasmOptions = {}): Promise<Backend> => {
  const { bytes, fma } = selectModule(relaxedSimd, true);
  const memory = new WebAssembly.Memory({ initial: (16 << 20) / PAGE, maximum: PAGE, shared: true });
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  const description = `wasm: 1 thread, ${fma ? "fused multiply-add" : "no fused multiply-add"}`;
  return new WasmBackend(
    description,
    new Allocator(memory, FIRST_ADDRESS),
    instance.exports as unknown as KernelExports,
  );
};
