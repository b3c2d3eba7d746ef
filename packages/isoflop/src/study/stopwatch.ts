/** Wall-clock seconds in total, and by named lap. */
export class Stopwatch {
  readonly #started = performance.now();
  readonly #laps: Record<string, number> = {};

  get total(): number {
    return (performance.now() - this.#started) / 1000;
  }

  get laps(): Readonly<Record<string, number>> {
    return { ...this.#laps };
  }

  /** Adds the time of `work` to a lap. */
  async time<R>(name: string, work: () => R | Promise<R>): Promise<R> {
    const from = performance.now();
    try {
      return await work();
    } finally {
      this.#laps[name] = (this.#laps[name] ?? 0) + (performance.now() - from) / 1000;
    }
  }
}
