/** Index i of the segment x_i … x_(i+1) of ascending x in which a value lies; the first or the last where it is outside. */
export const segmentOf = (x: readonly number[], value: number): number => {
  let low = 0;
  let high = x.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (x[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
};
