import type { Key } from "./key.js";
import { threefry2x32 } from "./threefry.js";

const ROUNDS = 8;

/**
 * A keyed permutation of 0 … count − 1 which gives the image of any single index without a table: a balanced Feistel
 * network (Luby and Rackoff 1988) over the next even power of two, walked until it falls inside the range (Black and
 * Rogaway 2002). So an epoch's order costs no memory and can be read from anywhere.
 */
export class Permutation {
  readonly count: number;
  readonly #half: number;
  readonly #mask: number;
  readonly #words = new Uint32Array(2);

  constructor(count: number) {
    this.count = count;
    this.#half = Math.max(1, Math.ceil((32 - Math.clz32(count - 1)) / 2));
    this.#mask = 2 ** this.#half - 1;
  }

  /** Where `index` goes under `key`. */
  at(key: Key, index: number): number {
    let value = index;
    do value = this.#encrypt(key, value);
    while (value >= this.count);
    return value;
  }

  #encrypt(key: Key, value: number): number {
    let left = value >>> this.#half;
    let right = value & this.#mask;
    for (let round = 0; round < ROUNDS; round++) {
      threefry2x32(key[0], key[1], right, round, this.#words);
      const mixed = left ^ (this.#words[0]! & this.#mask);
      left = right;
      right = mixed;
    }
    return left * (this.#mask + 1) + right;
  }
}
