import { foldIn, type Key } from "../random/key.js";
import { Permutation } from "../random/permutation.js";

/** Where an index goes in a finite set that has another order each epoch. */
export const shuffled = (count: number, key: Key): ((index: number) => number) => {
  const permutation = new Permutation(count);
  let [epoch, epochKey] = [-1, key];
  return (index) => {
    const now = Math.floor(index / count);
    if (now !== epoch) [epoch, epochKey] = [now, foldIn(key, now)];
    return permutation.at(epochKey, index % count);
  };
};
