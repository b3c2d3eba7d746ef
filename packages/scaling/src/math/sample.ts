import { extent } from "./extent.js";

/** Multiples of the golden ratio are spread evenly and follow no period of the rows. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Indices of about `most` of `n` rows, spread evenly over them; all of them where they are no more. */
export const evenSample = (n: number, most: number): number[] => {
  const rows: number[] = [];
  for (let i = 0; i < n; i++) if (n <= most || (i * GOLDEN) % 1 < most / n) rows.push(i);
  return rows;
};

/**
 * Indices of about `most` rows, half of them spread evenly over the rows and half over the range of their values: of steps on a log
 * axis the first thousand are a small part of the rows and half of the curve.
 */
export const sampleAlong = (values: readonly number[], most: number): number[] => {
  if (values.length <= most) return evenSample(values.length, most);
  const [low, high] = extent(values);
  const bins = most / 2;
  const inBin = new Map(values.map((value, i) => [Math.floor((bins * (value - low)) / (high - low)), i]));
  const rows = new Set([...evenSample(values.length, most - bins), ...inBin.values()]);
  return [...rows].sort((a, b) => a - b);
};
