import { modules } from "./generated/modules.js";
import { isNode } from "./workers.js";

/** What the compiled kernels export. Addresses are unsigned but cross the boundary as i32. */
export interface KernelExports {
  /** From which programs call functions that are made for them. */
  readonly table: WebAssembly.Table;
  run(command: number, end: number, scratch: number, stride: number, threads: number, mayBlock: boolean): void;
}

const decode = (base64: string): Uint8Array<ArrayBuffer> => {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
};

const unsigned = (bytes: Uint8Array, at: number): { value: number; next: number } => {
  let value = 0;
  let next = at;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[next++]!;
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return { value, next };
  }
};

const IMPORT_SECTION = 2;
const SHARED = 2;

/**
 * The modules import a shared memory. Where there is none, clearing one bit of that import makes the same code accept
 * an ordinary memory.
 */
const unshare = (bytes: Uint8Array): void => {
  let at = 8;
  while (at < bytes.length) {
    const id = bytes[at]!;
    const size = unsigned(bytes, at + 1);
    if (id === IMPORT_SECTION) {
      let p = unsigned(bytes, size.next).next;
      for (let name = 0; name < 2; name++) {
        const length = unsigned(bytes, p);
        p = length.next + length.value;
      }
      bytes[p + 1]! &= ~SHARED;
      return;
    }
    at = size.next + size.value;
  }
};

/** Node 20 has relaxed SIMD behind a flag that can still be set before the module is compiled. */
const allowRelaxedSimd = (module: Uint8Array<ArrayBuffer>): boolean => {
  if (WebAssembly.validate(module)) return true;
  if (!isNode) return false;
  process.getBuiltinModule("node:v8").setFlagsFromString("--experimental-wasm-relaxed-simd");
  return WebAssembly.validate(module);
};

/** Bytes of the kernels for this engine; `fma` tells whether multiplication and addition are fused. */
export const selectModule = (
  relaxedSimd: boolean,
  shared: boolean,
): { bytes: Uint8Array<ArrayBuffer>; fma: boolean } => {
  const relaxed = relaxedSimd ? decode(modules.relaxed) : undefined;
  const fma = relaxed !== undefined && allowRelaxedSimd(relaxed);
  const bytes = fma ? relaxed : decode(modules.plain);
  if (!shared) unshare(bytes);
  return { bytes, fma };
};
