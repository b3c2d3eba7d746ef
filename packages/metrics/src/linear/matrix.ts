/** A dense row-major matrix in float64. */
export interface DenseMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

export const zeros = (rows: number, columns: number): DenseMatrix => ({
  rows,
  columns,
  data: new Float64Array(rows * columns),
});

export const rowOf = ({ data, columns }: DenseMatrix, i: number): Float64Array =>
  data.subarray(i * columns, (i + 1) * columns);

export const transpose = (a: DenseMatrix): DenseMatrix => {
  const out = zeros(a.columns, a.rows);
  for (let i = 0; i < a.rows; i++)
    for (let j = 0; j < a.columns; j++) out.data[j * a.rows + i] = a.data[i * a.columns + j]!;
  return out;
};

/** A Bᵀ, both row-major: inner loops run along memory, over some rows of B at a time so that they stay in the cache. */
export const timesTransposed = (a: DenseMatrix, b: DenseMatrix): DenseMatrix => {
  const out = zeros(a.rows, b.rows);
  const block = 32;
  for (let first = 0; first < b.rows; first += block)
    for (let i = 0; i < a.rows; i++)
      for (let j = first; j < Math.min(first + block, b.rows); j++) {
        let sum = 0;
        for (let k = 0; k < a.columns; k++) sum += a.data[i * a.columns + k]! * b.data[j * b.columns + k]!;
        out.data[i * b.rows + j] = sum;
      }
  return out;
};

export const trace = (a: DenseMatrix): number => {
  let sum = 0;
  for (let i = 0; i < a.rows; i++) sum += a.data[i * a.columns + i]!;
  return sum;
};
