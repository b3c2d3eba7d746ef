import type { Rows, StoredParameter } from "./layouts/layout.js";

/** The shape of an array that holds rows of one of `shape`. */
export const shapeOf = (shape: readonly number[], rows: Rows | undefined): readonly number[] =>
  rows ? [(shape[0]! / rows.of) * rows.take.length, ...shape.slice(1)] : shape;

/** The numbers of an array that holds rows of one whose numbers are `data`. */
export const takeRows = (data: Float32Array, rows: Rows | undefined): Float32Array => {
  if (!rows) return data;
  const size = data.length / rows.of;
  const taken = new Float32Array(size * rows.take.length);
  for (const [i, at] of rows.take.entries()) taken.set(data.subarray(at * size, (at + 1) * size), i * size);
  return taken;
};

/** Puts rows back where {@link takeRows} found them. */
const putRows = (whole: Float32Array, { take, of }: Rows, data: Float32Array): void => {
  const size = whole.length / of;
  for (const [i, at] of take.entries()) whole.set(data.subarray(i * size, (i + 1) * size), at * size);
};

/** A parameter of `size` numbers from the arrays that hold its rows. */
export const gatherRows = (
  stored: readonly StoredParameter[],
  size: number,
  dataOf: (name: string) => Float32Array,
): Float32Array => {
  const whole = stored.find(({ rows }) => !rows);
  if (whole) return dataOf(whole.name);
  const data = new Float32Array(size);
  for (const { name, rows } of stored) if (rows) putRows(data, rows, dataOf(name));
  return data;
};
