/** What metrics have in common that measure the same weights: it goes when they go. */
const byWeights = new WeakMap<object, Map<string, unknown>>();

/** What was made under a key for these weights; made now, where it was not. */
export const sharedBy = <T>(weights: object, key: string, make: () => T): T => {
  const known = byWeights.get(weights) ?? new Map<string, unknown>();
  byWeights.set(weights, known);
  if (!known.has(key)) known.set(key, make());
  return known.get(key) as T;
};
