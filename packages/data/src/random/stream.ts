import type { Key } from "./key.js";
import { threefry2x32 } from "./threefry.js";

/** The random draws that belong to one index of one key. `seek` once, then draw; nothing is allocated. */
export class Stream {
  readonly #key: Key;
  readonly #words = new Uint32Array(2);
  #index0 = 0;
  #index1 = 0;
  #drawn = 0;

  constructor(key: Key) {
    this.#key = key;
  }

  /** Go to the first draw of `index`, a non-negative safe integer. */
  seek(index: number): void {
    threefry2x32(this.#key[0], this.#key[1], index >>> 0, Math.floor(index / 2 ** 32), this.#words);
    this.#index0 = this.#words[0]!;
    this.#index1 = this.#words[1]!;
    this.#drawn = 0;
  }

  /** The next uniform value in [0, 1), a multiple of 2^-32. */
  uniform(): number {
    const odd = this.#drawn & 1;
    if (odd === 0) threefry2x32(this.#index0, this.#index1, this.#drawn >>> 1, 0, this.#words);
    this.#drawn++;
    return this.#words[odd]! / 2 ** 32;
  }

  /** The next integer in [0, count); the bias is at most count / 2^32. */
  below(count: number): number {
    return Math.floor(this.uniform() * count);
  }

  /** The next integer in [low, high], both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }
}
