/**
 * A function that keeps what it was first asked of each key, unless that failed: a set that is opened in many orders is read and decoded once
 * in a process. What it gives is shared, and nobody may write to it.
 */
export const once = <K extends string | number, T>(make: (key: K) => Promise<T>): ((key: K) => Promise<T>) => {
  const known = new Map<K, Promise<T>>();
  return (key) => {
    const before = known.get(key);
    if (before) return before;
    const made = make(key);
    known.set(key, made);
    made.catch(() => known.delete(key));
    return made;
  };
};
