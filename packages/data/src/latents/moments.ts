/** Mean and standard deviation of the values of each channel. */
export interface ChannelMoments {
  /** Values seen of each channel. */
  readonly count: number;
  readonly means: readonly number[];
  /** Over `count`, not `count − 1`. */
  readonly deviations: readonly number[];
}

/**
 * Moments of values that come bit by bit: those of each bit around its own mean, joined to what was before (Chan, Golub, LeVeque 1979),
 * so that nothing is lost where means are large beside deviations.
 */
export class Moments {
  readonly #means: Float64Array;
  /** Sums of squared differences from the means. */
  readonly #squares: Float64Array;
  #count = 0;

  constructor(readonly channels: number) {
    this.#means = new Float64Array(channels);
    this.#squares = new Float64Array(channels);
  }

  /** @param record `[channels, …]` */
  add(record: Float32Array): void {
    const each = record.length / this.channels;
    const total = this.#count + each;
    for (let channel = 0; channel < this.channels; channel++) {
      const [begin, end] = [channel * each, (channel + 1) * each];
      let sum = 0;
      for (let i = begin; i < end; i++) sum += record[i]!;
      const mean = sum / each;
      let squares = 0;
      for (let i = begin; i < end; i++) squares += (record[i]! - mean) ** 2;
      const apart = mean - this.#means[channel]!;
      this.#means[channel]! += (apart * each) / total;
      this.#squares[channel]! += squares + (apart * apart * this.#count * each) / total;
    }
    this.#count = total;
  }

  result(): ChannelMoments {
    const deviations = Array.from(this.#squares, (squares) => Math.sqrt(squares / this.#count));
    return { count: this.#count, means: [...this.#means], deviations };
  }
}
