/** A dense matrix as rows. */
export type Matrix = readonly (readonly number[])[];

export interface LeastSquares {
  readonly coefficients: readonly number[];
  /** (XᵀWX)⁻¹: multiply by the noise variance for the covariance of the coefficients. */
  readonly unscaledCovariance: Matrix;
  /** Weighted residual sum of squares. */
  readonly rss: number;
  /** Rows minus columns. */
  readonly degreesOfFreedom: number;
  readonly residuals: readonly number[];
}

/** Relative size below which a column counts as a combination of the others. */
const RANK_TOLERANCE = 1e-12;

/**
 * Weighted linear least squares by Householder QR. Columns are scaled first, so that mixed units do no harm.
 * @returns undefined when the columns are linearly dependent or there are fewer rows than columns.
 */
export const leastSquares = (
  x: Matrix,
  y: readonly number[],
  weights?: readonly number[],
): LeastSquares | undefined => {
  const n = y.length;
  const p = x[0]?.length ?? 0;
  if (n < p || p === 0) return undefined;
  const a = x.map((row, i) => row.map((v) => v * Math.sqrt(weights?.[i] ?? 1)));
  const b = y.map((v, i) => v * Math.sqrt(weights?.[i] ?? 1));
  const scale = columnNorms(a, p);
  if (scale.some((s) => !(s > 0) || !Number.isFinite(s))) return undefined;
  for (const row of a) for (let j = 0; j < p; j++) row[j]! /= scale[j]!;

  for (let j = 0; j < p; j++) if (!reflect(a, b, j, RANK_TOLERANCE)) return undefined;

  const coefficients = backSubstitute(a, b, p).map((c, j) => c / scale[j]!);
  const inverseR = identity(p).map((column) => backSubstitute(a, column, p));
  const gram = multiply(transpose(inverseR), inverseR);
  const unscaledCovariance = gram.map((row, i) => row.map((s, j) => s / (scale[i]! * scale[j]!)));
  const residuals = y.map((v, i) => v - dot(x[i]!, coefficients));
  let rss = 0;
  for (let i = 0; i < n; i++) rss += (weights?.[i] ?? 1) * residuals[i]! ** 2;
  return { coefficients, unscaledCovariance, rss, degreesOfFreedom: n - p, residuals };
};

/**
 * As many rows as columns with the same least-squares solutions, whatever rows are added to them: R and Qᵀy of x = QR. A search that
 * damps its steps solves many problems that differ in those rows alone.
 */
export const compressed = (x: Matrix, y: readonly number[]): { readonly x: Matrix; readonly y: readonly number[] } => {
  const p = x[0]?.length ?? 0;
  if (x.length <= p) return { x, y };
  const a = x.map((row) => [...row]);
  const b = [...y];
  for (let j = 0; j < p; j++) reflect(a, b, j, 0);
  return { x: a.slice(0, p).map((row, i) => row.map((v, j) => (j < i ? 0 : v))), y: b.slice(0, p) };
};

/**
 * Householder's reflection of rows `j` and below that makes column `j` zero below its diagonal, in place.
 * @returns false where what is left of the column is no longer than `least`
 */
const reflect = (a: number[][], b: number[], j: number, least: number): boolean => {
  const n = b.length;
  const p = a[0]!.length;
  let squares = 0;
  for (let i = j; i < n; i++) squares += a[i]![j]! ** 2;
  const norm = Math.sqrt(squares);
  if (norm < least || norm === 0) return false;
  const alpha = a[j]![j]! > 0 ? -norm : norm;
  const v = new Float64Array(n);
  v[j] = a[j]![j]! - alpha;
  for (let i = j + 1; i < n; i++) v[i] = a[i]![j]!;
  let vv = 0;
  for (let i = j; i < n; i++) vv += v[i]! * v[i]!;
  for (let k = j; k < p; k++) {
    let dot = 0;
    for (let i = j; i < n; i++) dot += v[i]! * a[i]![k]!;
    const factor = (2 * dot) / vv;
    for (let i = j; i < n; i++) a[i]![k]! -= factor * v[i]!;
  }
  let dot = 0;
  for (let i = j; i < n; i++) dot += v[i]! * b[i]!;
  const factor = (2 * dot) / vv;
  for (let i = j; i < n; i++) b[i]! -= factor * v[i]!;
  return true;
};

const columnNorms = (a: Matrix, p: number): number[] => {
  const norms = new Array<number>(p).fill(0);
  for (const row of a) for (let j = 0; j < p; j++) norms[j]! += row[j]! ** 2;
  return norms.map(Math.sqrt);
};

/** Solves the upper triangle of the first p rows of `r`. */
const backSubstitute = (r: Matrix, b: readonly number[], p: number): number[] => {
  const out = new Array<number>(p).fill(0);
  for (let i = p - 1; i >= 0; i--) {
    let s = b[i]!;
    for (let k = i + 1; k < p; k++) s -= r[i]![k]! * out[k]!;
    out[i] = s / r[i]![i]!;
  }
  return out;
};

export const dot = (a: readonly number[], b: readonly number[]): number => {
  let s = 0;
  for (let i = 0; i < a.length; i++) s += a[i]! * b[i]!;
  return s;
};

/** M g. */
export const apply = (m: Matrix, g: readonly number[]): number[] => m.map((row) => dot(row, g));

/** gᵀ M g: the delta method's variance for a gradient and a covariance. */
export const quadraticForm = (m: Matrix, g: readonly number[]): number => dot(g, apply(m, g));

/** Lower Cholesky factor, or undefined when the matrix is not positive definite. */
export const cholesky = (m: Matrix): number[][] | undefined => {
  const n = m.length;
  const l = zeros(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let s = m[i]![j]!;
      for (let k = 0; k < j; k++) s -= l[i]![k]! * l[j]![k]!;
      if (i === j) {
        if (!(s > 0)) return undefined;
        l[i]![i] = Math.sqrt(s);
      } else l[i]![j] = s / l[j]![j]!;
    }
  }
  return l;
};

/** Solves m x = b for a symmetric positive definite m, or undefined when it is not. */
export const solvePositive = (m: Matrix, b: readonly number[]): number[] | undefined => {
  const l = cholesky(m);
  if (!l) return undefined;
  const n = b.length;
  const z = new Array<number>(n).fill(0);
  for (let i = 0; i < n; i++) {
    let s = b[i]!;
    for (let k = 0; k < i; k++) s -= l[i]![k]! * z[k]!;
    z[i] = s / l[i]![i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    let s = z[i]!;
    for (let k = i + 1; k < n; k++) s -= l[k]![i]! * z[k]!;
    z[i] = s / l[i]![i]!;
  }
  return z;
};

/** Inverse of a symmetric positive definite matrix, or undefined when it is not. Diagonal scaling keeps mixed units apart. */
export const invertPositive = (m: Matrix): number[][] | undefined => {
  const d = m.map((row, i) => Math.sqrt(row[i]!));
  if (d.some((v) => !(v > 0))) return undefined;
  const scaled = m.map((row, i) => row.map((v, j) => v / (d[i]! * d[j]!)));
  const columns = identity(m.length).map((column) => solvePositive(scaled, column));
  if (!columns.every((column) => column !== undefined)) return undefined;
  return m.map((_, i) => m.map((_, j) => (columns[j]![i]! + columns[i]![j]!) / 2 / (d[i]! * d[j]!)));
};

/** ln det of a symmetric positive definite matrix; NaN where it is not. */
export const logDeterminant = (m: Matrix): number =>
  (cholesky(m) ?? [[Number.NaN]]).reduce((sum, row, i) => sum + 2 * Math.log(row[i]!), 0);

export const zeros = (n: number): number[][] => Array.from({ length: n }, () => new Array<number>(n).fill(0));

export const identity = (n: number): number[][] => zeros(n).map((row, i) => row.with(i, 1));

/** A larger matrix that has the small one in these rows and columns, and zeros elsewhere. */
export const embedded = (small: Matrix, index: readonly number[], size: number): number[][] => {
  const out = zeros(size);
  for (const [a, i] of index.entries()) for (const [b, j] of index.entries()) out[i]![j] = small[a]![b]!;
  return out;
};

export const multiply = (a: Matrix, b: Matrix): number[][] =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((s, v, k) => s + v * b[k]![j]!, 0)));

export const transpose = (m: Matrix): number[][] => m[0]!.map((_, j) => m.map((row) => row[j]!));

export const scaled = (m: Matrix, factor: number): number[][] => m.map((row) => row.map((v) => v * factor));

/** J M Jᵀ: the covariance of what depends on parameters by the Jacobian J. */
export const congruence = (jacobian: Matrix, m: Matrix): number[][] =>
  multiply(multiply(jacobian, m), transpose(jacobian));

/** Eigenvalues of a symmetric matrix by Jacobi rotations, ascending. */
export const symmetricEigenvalues = (matrix: Matrix): number[] => {
  const a = matrix.map((row) => [...row]);
  const n = a.length;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) off += a[i]![j]! ** 2;
    if (off < 1e-300) break;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (a[p]![q] === 0) continue;
        const theta = (a[q]![q]! - a[p]![p]!) / (2 * a[p]![q]!);
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const c = 1 / Math.hypot(t, 1);
        const s = t * c;
        for (let k = 0; k < n; k++) {
          const kp = a[k]![p]!;
          const kq = a[k]![q]!;
          a[k]![p] = c * kp - s * kq;
          a[k]![q] = s * kp + c * kq;
        }
        for (let k = 0; k < n; k++) {
          const pk = a[p]![k]!;
          const qk = a[q]![k]!;
          a[p]![k] = c * pk - s * qk;
          a[q]![k] = s * pk + c * qk;
        }
      }
    }
  }
  return a.map((row, i) => row[i]!).sort((x, y) => x - y);
};
