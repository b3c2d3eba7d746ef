import { nearest } from "./nearest.js";

/** What a registry lists: anything with a name of its own. */
export interface Named {
  readonly name: string;
}

/** Named parts of one sort. A part from outside is one `add`. */
export interface Registry<E extends Named> extends Iterable<E> {
  /** What the parts are, for messages: "timestep density". */
  readonly what: string;
  /** In the order in which they were added. */
  readonly names: readonly string[];
  /** @throws RegistryError naming the nearest and all names there are */
  get(name: string): E;
  has(name: string): boolean;
  /** @throws RegistryError for a name that is taken by another part */
  add(entry: E): void;
}

/** A name that is not there, or one that is taken. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
}

/** A registry with these parts to begin with. */
export const registry = <E extends Named>(what: string, entries: readonly E[] = []): Registry<E> => {
  const parts = new Map<string, E>();
  const made: Registry<E> = {
    what,
    get names() {
      return [...parts.keys()];
    },
    get(name) {
      const entry = parts.get(name);
      if (entry) return entry;
      const names = [...parts.keys()];
      const meant = nearest(String(name), names);
      throw new RegistryError(
        `there is no ${what} "${name}"${meant === undefined ? "" : `, did you mean "${meant}"`}; there are ${names.join(", ")}`,
      );
    },
    has: (name) => parts.has(name),
    add(entry) {
      if ((parts.get(entry.name) ?? entry) !== entry)
        throw new RegistryError(`there is a ${what} "${entry.name}" already; give yours a name of its own`);
      parts.set(entry.name, entry);
    },
    [Symbol.iterator]: () => parts.values(),
  };
  for (const entry of entries) made.add(entry);
  return made;
};
