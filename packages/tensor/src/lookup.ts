import { TensorError } from "./errors.js";

/** What a map holds under a key that is known to be there: a fault of this package otherwise. */
export const known = <K, V extends NonNullable<unknown>>(map: ReadonlyMap<K, V>, key: K): V => {
  const value = map.get(key);
  if (value === undefined)
    throw new TensorError("kernel", `nothing is known of ${String(key)}, which is a fault of this package`);
  return value;
};
