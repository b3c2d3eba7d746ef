/** Largest difference of two arrays, relative to the peak of the second. */
export const relativeError = (actual: ArrayLike<number>, wanted: ArrayLike<number>): number => {
  const values = Array.from(wanted);
  const peak = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return values.reduce((most, value, i) => Math.max(most, Math.abs(value - actual[i]!)), 0) / peak;
};
