/** Gathers the sizes that images had. */
export class Sizes {
  readonly #counts = new Map<string, number>();
  #least = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  #most = [0, 0];
  #oblong = 0;
  #all = 0;

  add(width: number, height: number): void {
    const size = `${width} x ${height}`;
    this.#counts.set(size, (this.#counts.get(size) ?? 0) + 1);
    this.#least = [Math.min(this.#least[0]!, width), Math.min(this.#least[1]!, height)];
    this.#most = [Math.max(this.#most[0]!, width), Math.max(this.#most[1]!, height)];
    if (width !== height) this.#oblong++;
    this.#all++;
  }

  /** What a person should know of them. */
  remark(fit: string): string {
    const [size] = this.#counts.keys();
    const sizes =
      this.#counts.size === 1
        ? `all images were of ${size} pixels`
        : `images were of ${this.#counts.size} sizes, ${this.#least.join(" x ")} to ${this.#most.join(" x ")} pixels`;
    const oblong = this.#oblong > 0 ? `; ${this.#oblong} of ${this.#all} were no squares (fit: ${fit})` : "";
    return sizes + oblong;
  }
}
