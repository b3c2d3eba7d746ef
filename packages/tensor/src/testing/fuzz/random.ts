import { pseudoRandom } from "../inputs.js";

/** A reproducible stream of choices. */
export class Choices {
  #next = 0;
  constructor(readonly seed: number) {}

  /** Uniform on [0, 1). */
  uniform(): number {
    return pseudoRandom(this.seed, this.#next++);
  }

  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.integer(0, items.length - 1)]!;
  }

  shuffle<T>(items: readonly T[]): T[] {
    const out = [...items];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.integer(0, i);
      [out[i], out[j]] = [out[j]!, out[i]!];
    }
    return out;
  }
}
