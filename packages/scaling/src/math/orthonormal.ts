/** Below this share of its length what is left of a column is a combination of those before it. */
const DEPENDENT = 1e-7;

/**
 * An orthonormal basis that spans `basis` and the columns, which come one after the other; one that depends on those before it adds
 * nothing. Gram and Schmidt's way, twice, which keeps right angles to rounding.
 * @param basis orthonormal already
 * @returns what was added, one for each column that is new
 */
export const orthonormal = (
  columns: readonly Float64Array[],
  basis: readonly Float64Array[] = [],
): readonly Float64Array[] => {
  const added: Float64Array[] = [];
  for (const column of columns) {
    const left = without(without(column, [...basis, ...added]), [...basis, ...added]);
    const size = length(left);
    if (size > DEPENDENT * length(column)) added.push(left.map((v) => v / size));
  }
  return added;
};

/** What of a vector is at right angles to an orthonormal basis. */
export const without = (vector: Float64Array, basis: readonly Float64Array[]): Float64Array => {
  const left = Float64Array.from(vector);
  for (const unit of basis) {
    const along = inner(left, unit);
    for (let i = 0; i < left.length; i++) left[i]! -= along * unit[i]!;
  }
  return left;
};

/** aᵀ b. */
export const inner = (a: Float64Array, b: Float64Array): number => {
  let s = 0;
  for (let i = 0; i < a.length; i++) s += a[i]! * b[i]!;
  return s;
};

/** √(aᵀ a). */
export const length = (a: Float64Array): number => Math.sqrt(inner(a, a));
