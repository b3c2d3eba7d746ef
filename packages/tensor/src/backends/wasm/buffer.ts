import type { BackendBuffer } from "../backend.js";

/** A block of linear memory. */
export interface WasmBuffer extends BackendBuffer {
  readonly address: number;
}
