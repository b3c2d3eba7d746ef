import { known } from "../lookup.js";
/**
 * A topological order of units that stays one while units merge. A unit waits only for units placed before it, so whatever lies on a path from one
 * unit to another is placed between the two: a search never leaves that stretch (Pearce and Kelly, "A dynamic topological sort algorithm for
 * directed acyclic graphs", JEA 11, 2007).
 */
export class UnitOrder<U> {
  readonly #places: (U | undefined)[] = [];
  readonly #placeOf = new Map<U, number>();

  /** Places a unit that waits for placed ones only, and for which none of them waits. */
  append(unit: U): void {
    this.#placeOf.set(unit, this.#places.length);
    this.#places.push(unit);
  }

  isBefore(a: U, b: U): boolean {
    return known(this.#placeOf, a) < known(this.#placeOf, b);
  }

  /**
   * `late` becomes part of `early`. `awaited` is everything placed between them that `late` waits for, directly or not: it moves before
   * the joined unit, and what else lay between follows it.
   */
  merge(early: U, late: U, awaited: ReadonlySet<U>): void {
    const [first, last] = [known(this.#placeOf, early), known(this.#placeOf, late)];
    const between = this.#places.slice(first + 1, last).filter((unit) => unit !== undefined);
    const moved = [
      ...between.filter((unit) => awaited.has(unit)),
      early,
      ...between.filter((unit) => !awaited.has(unit)),
    ];
    for (let place = first; place <= last; place++) {
      const unit = moved[place - first];
      this.#places[place] = unit;
      if (unit !== undefined) this.#placeOf.set(unit, place);
    }
    this.#placeOf.delete(late);
  }
}
