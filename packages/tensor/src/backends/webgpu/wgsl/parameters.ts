import { bitsOf } from "../../../dtype.js";

/** A zero that no compiler knows to be one: the first word of every uniform block. */
export const ZERO = "P[0].x";

/**
 * Numbers a kernel reads from its uniform block instead of from its text, so that one pipeline serves every shape. Each
 * method stores a value and returns the WGSL expression that reads it back. Values keep infinities and NaN, which WGSL
 * literals cannot express.
 */
export class Parameters {
  readonly #words = [0];

  u32(value: number): string {
    const index = this.#words.push(value >>> 0) - 1;
    return `P[${index >> 2}].${"xyzw"[index & 3]}`;
  }

  i32(value: number): string {
    return `bitcast<i32>(${this.u32(value)})`;
  }

  f32(value: number): string {
    return `bitcast<f32>(${this.u32(bitsOf(value))})`;
  }

  /** Rows of four words: the uniform address space has no tighter array. */
  get rows(): number {
    return Math.ceil(this.#words.length / 4);
  }

  toArray(): Uint32Array {
    const words = new Uint32Array(this.rows * 4);
    words.set(this.#words);
    return words;
  }
}
