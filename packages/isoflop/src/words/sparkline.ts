const HEIGHTS = "▁▂▃▄▅▆▇█";

/** Values as a row of bars from the least to the greatest; a value that is not there is a space. */
export const sparkline = (values: readonly (number | undefined)[]): string => {
  const known = values.filter((value) => value !== undefined);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const steps = HEIGHTS.length - 1;
  return values
    .map((value) => {
      if (value === undefined) return " ";
      return HEIGHTS[high > low ? Math.round((steps * (value - low)) / (high - low)) : 0];
    })
    .join("");
};
