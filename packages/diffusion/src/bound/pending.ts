import { stack, type Tensor } from "@isoflop/tensor";

/** Results are read so many at once: none is waited for as it comes, and few lie on the device. */
const AT_ONCE = 64;

/** Tensors [n] of a program that is run often, read late and in order. */
export class Pending {
  readonly #waiting: { readonly tensor: Tensor; readonly use: (values: ArrayLike<number>) => void }[] = [];

  /** @param use what to do with the values, once they are read */
  async add(tensor: Tensor, use: (values: ArrayLike<number>) => void): Promise<void> {
    this.#waiting.push({ tensor, use });
    if (this.#waiting.length >= AT_ONCE) await this.read();
  }

  /** Reads all that waits. */
  async read(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const joined = stack(this.#waiting.map(({ tensor }) => tensor));
    try {
      const values = (await joined.data()) as Float32Array;
      const size = values.length / this.#waiting.length;
      for (const [i, { use }] of this.#waiting.entries()) use(values.subarray(i * size, (i + 1) * size));
    } finally {
      joined.dispose();
      this.dispose();
    }
  }

  /** Forgets what waits. */
  dispose(): void {
    for (const { tensor } of this.#waiting) tensor.dispose();
    this.#waiting.length = 0;
  }
}
