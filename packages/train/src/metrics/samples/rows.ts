/** Rows of numbers of which the first are computed before the later ones, each once: whoever asks for fewer takes what there is. */
export class Rows<A extends Float32Array | Float64Array> {
  #chunks: A[] = [];
  #count = 0;
  /** Of whoever computes more: others wait for it. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @param width numbers in a row */
  constructor(
    readonly width: number,
    readonly make: (length: number) => A,
  ) {}

  /** Bytes that are held. */
  get bytes(): number {
    return this.#chunks.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /**
   * The first `count` rows.
   * @param more gives rows from one on, as they come: what it gave before it throws is kept
   */
  async first(count: number, more: (from: number, count: number) => AsyncIterable<A>): Promise<A> {
    const turn = this.#turn.then(async () => {
      if (this.#count >= count) return;
      for await (const chunk of more(this.#count, count - this.#count)) {
        this.#chunks.push(chunk);
        this.#count += chunk.length / this.width;
      }
    });
    this.#turn = turn.catch(() => {});
    await turn;
    return this.#joined().subarray(0, count * this.width) as A;
  }

  #joined(): A {
    const [only] = this.#chunks;
    if (only && this.#chunks.length === 1) return only;
    const all = this.make(this.#count * this.width);
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    this.#chunks = [all];
    return all;
  }
}
