/** A stream of 32-bit integers from a seed (SplitMix32): the same on every machine. */
export const splitMix32 = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
};

/** `size` different indices below `count`, by the first steps of a Fisher–Yates shuffle. */
export const choose = (count: number, size: number, next: () => number): Int32Array => {
  const all = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = 0; i < size; i++) {
    const j = i + Math.floor((next() / 2 ** 32) * (count - i));
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all.subarray(0, size);
};
