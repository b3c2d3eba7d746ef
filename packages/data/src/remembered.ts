/**
 * A function that computes what it says of an object and numbers once, for as long as the object is there. Sources that differ in their order alone
 * share what is made of one sheet, which nobody may write to.
 */
export const remembered = <K extends object, A extends readonly number[], R>(
  make: (of: K, ...rest: A) => R,
): ((of: K, ...rest: A) => R) => {
  const known = new WeakMap<K, Map<string, R>>();
  return (of, ...rest) => {
    const made = known.get(of) ?? new Map<string, R>();
    known.set(of, made);
    const key = rest.join();
    if (!made.has(key)) made.set(key, make(of, ...rest));
    return made.get(key)!;
  };
};
