/** Numbers from `low` to `high`, or to the largest there is, even in the logarithm. */
export const spaced = (low: number, high: number, points: number): number[] => {
  const last = Math.min(high, Number.MAX_VALUE);
  const [from, to] = [Math.log(low), Math.log(last)];
  return Array.from({ length: points }, (_, i) =>
    i === 0 ? low : i === points - 1 ? last : Math.exp(from + ((to - from) * i) / (points - 1)),
  );
};
