import { type Features, features } from "../src/index.js";
import { splitMix32 } from "../src/random.js";

/** Standard normal numbers by Box and Muller. */
export const normals = (count: number, seed: number): Float64Array => {
  const next = splitMix32(seed);
  const uniform = () => (next() + 0.5) / 2 ** 32;
  return Float64Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
};

/** Rows of normals, each column with a mean and a scale of its own. */
export const cloud = (count: number, dim: number, seed: number, mean = 0, scale = (_column: number) => 1): Features => {
  const data = normals(count * dim, seed).map((value, i) => mean + scale(i % dim) * value);
  return features("normals", dim, data);
};
