import * as T from "../src/index.js";
import { type Device, grad, type Tensor } from "../src/index.js";
import { pseudoRandom } from "../src/testing/index.js";

/** Sums over a long axis of n positive terms: what each gives, and its value in float64. */
export interface LongSum {
  readonly name: string;
  /** Largest error relative to each expected value. */
  error(device: Device, n: number): Promise<number>;
}

/** Uniform on (0, 1): cheap, the same in every run. */
const positives = (n: number, seed: number): Float32Array => {
  let state = Math.floor(pseudoRandom(seed, 0) * 2 ** 32);
  return Float32Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 9) + 0.5) / 2 ** 23;
  });
};

/** Sum of f(i) for i below n, with Neumaier's compensation. */
const exactly = (n: number, f: (i: number) => number): number => {
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < n; i++) {
    const x = f(i);
    const next = sum + x;
    lost += Math.abs(sum) >= Math.abs(x) ? sum - next + x : x - next + sum;
    sum = next;
  }
  return sum + lost;
};

/** Of the elements whose value is given by index. */
const relativeError = async (
  result: Tensor,
  device: Device,
  expected: Iterable<readonly [index: number, value: number]>,
): Promise<number> => {
  const values = await result.data(device);
  result.dispose();
  return [...expected].reduce((worst, [i, e]) => {
    const error = Math.abs(values[i]! - e) / Math.abs(e);
    return Math.max(worst, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
  }, 0);
};

/** A case on one matrix [rows, columns] of positive numbers, rows or columns being `n`. */
const onMatrix = (
  name: string,
  shapeFor: (n: number) => readonly [rows: number, columns: number],
  run: (x: Tensor) => Tensor,
  expected: (at: (r: number, c: number) => number, rows: number, columns: number) => number[],
): LongSum => ({
  name,
  async error(device, n) {
    const [rows, columns] = shapeFor(n);
    const data = positives(rows * columns, 1);
    const x = device.tensor(data, [rows, columns]);
    try {
      return await relativeError(run(x), device, expected((r, c) => data[r * columns + c]!, rows, columns).entries());
    } finally {
      x.dispose();
    }
  },
});

const many = (length: number, f: (i: number) => number): number[] => Array.from({ length }, (_, i) => f(i));
const wide = (rows: number) => (n: number) => [rows, n] as const;
const tall = (columns: number) => (n: number) => [n, columns] as const;
const sumOfRow = (at: (r: number, c: number) => number, columns: number) => (r: number) =>
  exactly(columns, (c) => at(r, c));
const sumOfColumn = (at: (r: number, c: number) => number, rows: number) => (c: number) =>
  exactly(rows, (r) => at(r, c));

export const longSums: readonly LongSum[] = [
  onMatrix(
    "sum of rows",
    wide(2),
    (x) => T.sum(x, 1),
    (at, rows, n) => many(rows, sumOfRow(at, n)),
  ),
  onMatrix(
    "mean of all",
    wide(1),
    (x) => T.mean(x),
    (at, _, n) => [sumOfRow(at, n)(0) / n],
  ),
  ...[1, 3].map((columns) =>
    onMatrix(
      `sum of ${columns} columns`,
      tall(columns),
      (x) => T.sum(x, 0),
      (at, n, c) => many(c, sumOfColumn(at, n)),
    ),
  ),
  onMatrix(
    "sum of the middle of [2, n, 3]",
    (n) => [2 * n, 3],
    (x) => T.sum(x.reshape([2, x.shape[0]! / 2, 3]), 1),
    (at, rows, columns) =>
      many(2 * columns, (i) => {
        const half = rows / 2;
        return exactly(half, (r) => at(Math.floor(i / columns) * half + r, i % columns));
      }),
  ),
  onMatrix(
    "gradient of a broadcast bias",
    tall(4),
    (x) => grad((b: Tensor) => T.sum(T.mul(x, b)))(T.ones([4])),
    (at, n, c) => many(c, sumOfColumn(at, n)),
  ),
  onMatrix(
    "running sum",
    wide(2),
    (x) => T.slice(T.cumsum(x, 1), [null, -1]),
    (at, rows, n) => many(rows, sumOfRow(at, n)),
  ),
  onMatrix(
    "softmax",
    wide(1),
    (x) => T.slice(T.softmax(x), [null, { stop: 4 }]),
    (at, _, n) => {
      const total = exactly(n, (c) => Math.exp(at(0, c)));
      return many(4, (c) => Math.exp(at(0, c)) / total);
    },
  ),
  onMatrix(
    "logarithm of a softmax",
    wide(1),
    (x) => T.slice(T.logSoftmax(x), [null, { stop: 4 }]),
    (at, _, n) => {
      const total = Math.log(exactly(n, (c) => Math.exp(at(0, c))));
      return many(4, (c) => at(0, c) - total);
    },
  ),
  onMatrix(
    "logSumExp",
    wide(2),
    (x) => T.logSumExp(x),
    (at, rows, n) => many(rows, (r) => Math.log(exactly(n, (c) => Math.exp(at(r, c))))),
  ),
  onMatrix(
    "scale of a layer norm",
    wide(1),
    // What lies near the mean is small: its error counts beside the others.
    (x) => T.add(T.slice(T.layerNorm(x, { eps: 0 }), [null, { stop: 4 }]), 4),
    (at, _, n) => {
      const mean = sumOfRow(at, n)(0) / n;
      const deviation = Math.sqrt(exactly(n, (c) => (at(0, c) - mean) ** 2) / n);
      return many(4, (c) => 4 + (at(0, c) - mean) / deviation);
    },
  ),
  onMatrix(
    "scale of an RMS norm",
    wide(1),
    (x) => T.slice(T.rmsNorm(x, { eps: 0 }), [null, { stop: 4 }]),
    (at, _, n) => {
      const root = Math.sqrt(exactly(n, (c) => at(0, c) ** 2) / n);
      return many(4, (c) => at(0, c) / root);
    },
  ),
  onMatrix(
    "variance",
    wide(1),
    (x) => T.variance(x),
    (at, _, n) => {
      const mean = sumOfRow(at, n)(0) / n;
      return [exactly(n, (c) => (at(0, c) - mean) ** 2) / n];
    },
  ),
  onMatrix(
    "gradient of a softmax",
    wide(2),
    // y (g - sum(y g)) + y: what lies near the sum is small, and its error counts beside the others.
    (x) => {
      const y = T.slice(x, [0]);
      const gradient = grad((z: Tensor) => T.sum(T.mul(T.softmax(z), T.slice(x, [1]))))(y);
      return T.slice(T.add(gradient, T.softmax(y)), [null, { stop: 3 }]);
    },
    (at, _, n) => {
      const total = exactly(n, (c) => Math.exp(at(0, c)));
      const y = (c: number): number => Math.exp(at(0, c)) / total;
      const dot = exactly(n, (c) => y(c) * at(1, c));
      return many(3, (c) => y(c) * (at(1, c) - dot + 1));
    },
  ),
  onMatrix(
    "gradient of rows taken from one",
    tall(3),
    (x) => {
      const zeros = T.full([x.shape[0]!], 1, "i32");
      return T.slice(grad((table: Tensor) => T.sum(T.mul(T.take(table, zeros), x)))(T.ones([2, 3])), [1]);
    },
    (at, n, c) => many(c, sumOfColumn(at, n)),
  ),
  onMatrix(
    "gradient of elements gathered from one",
    tall(2),
    (x) => {
      const zeros = T.full(x.shape, 1, "i32");
      return T.slice(grad((y: Tensor) => T.sum(T.mul(T.gather(y, zeros, 0), x)))(T.ones([2, 2])), [1]);
    },
    (at, n, c) => many(c, sumOfColumn(at, n)),
  ),
];

/** Sums over the tokens of one sample, of which there are fewer. */
export const attentionSums: readonly LongSum[] = [
  onMatrix(
    "attention to n keys",
    tall(4),
    (x) => {
      const tokens = x.reshape([1, x.shape[0]!, 1, 4]);
      return T.attention(T.ones([1, 1, 1, 4]), tokens, tokens, { scale: 1 });
    },
    (at, n, width) => {
      const power = (r: number): number => Math.exp(at(r, 0) + at(r, 1) + at(r, 2) + at(r, 3));
      const total = exactly(n, power);
      return many(width, (c) => exactly(n, (r) => power(r) * at(r, c)) / total);
    },
  ),
  onMatrix(
    "gradient of the values that n queries attend to",
    tall(4),
    (x) => {
      const tokens = x.reshape([1, x.shape[0]!, 1, 4]);
      const keys = T.iota([1, 2, 1, 4], 1, "f32");
      const loss = (v: Tensor): Tensor => T.sum(T.mul(T.attention(tokens, keys, v, { scale: 1 }), tokens));
      return grad(loss)(T.ones([1, 2, 1, 4]));
    },
    (at, n, width) => {
      // Scores are 0 and the sum of the query.
      const second = (r: number): number => 1 / (1 + Math.exp(-(at(r, 0) + at(r, 1) + at(r, 2) + at(r, 3))));
      return many(2 * width, (i) => exactly(n, (r) => (i < width ? 1 - second(r) : second(r)) * at(r, i % width)));
    },
  ),
];

/** Products with a long inner axis: weight gradients, whose terms are batch times tokens. */
export const longProducts: readonly LongSum[] = [
  productCase("product with a row, [1, n] [n, 3]", 1, 3, false),
  productCase("product, [5, n] [n, 8]", 5, 8, false),
  productCase("product of odd sizes, [7, n] [n, 9]", 7, 9, false),
  productCase("weight gradient, [n, 8]^T [n, 6]", 8, 6, true),
  onMatrix(
    "attention to n keys",
    tall(4),
    (x) => {
      const tokens = x.reshape([1, x.shape[0]!, 1, 4]);
      return T.attention(T.ones([1, 1, 1, 4]), tokens, tokens, { scale: 1 });
    },
    (at, n, width) => {
      const power = (r: number): number => Math.exp(at(r, 0) + at(r, 1) + at(r, 2) + at(r, 3));
      const total = exactly(n, power);
      return many(width, (c) => exactly(n, (r) => power(r) * at(r, c)) / total);
    },
  ),
  onMatrix(
    "gradient of the values that n queries attend to",
    tall(4),
    (x) => {
      const tokens = x.reshape([1, x.shape[0]!, 1, 4]);
      const keys = T.iota([1, 2, 1, 4], 1, "f32");
      const loss = (v: Tensor): Tensor => T.sum(T.mul(T.attention(tokens, keys, v, { scale: 1 }), tokens));
      return grad(loss)(T.ones([1, 2, 1, 4]));
    },
    (at, n, width) => {
      // Scores are 0 and the sum of the query.
      const second = (r: number): number => 1 / (1 + Math.exp(-(at(r, 0) + at(r, 1) + at(r, 2) + at(r, 3))));
      return many(2 * width, (i) => exactly(n, (r) => (i < width ? 1 - second(r) : second(r)) * at(r, i % width)));
    },
  ),
];

function productCase(name: string, m: number, columns: number, transposed: boolean): LongSum {
  return {
    name,
    async error(device, n) {
      const [a, b] = [positives(m * n, 2), positives(n * columns, 3)];
      const left = device.tensor(a, transposed ? [n, m] : [m, n]);
      const right = device.tensor(b, [n, columns]);
      const expected = [0, Math.floor((m * columns) / 2), m * columns - 1].map((i) => {
        const [r, c] = [Math.floor(i / columns), i % columns];
        const term = (k: number): number => (transposed ? a[k * m + r]! : a[r * n + k]!) * b[k * columns + c]!;
        return [i, exactly(n, term)] as const;
      });
      const product = T.matmul(transposed ? T.transpose(left) : left, right) as Tensor;
      try {
        return await relativeError(product, device, expected);
      } finally {
        left.dispose();
        right.dispose();
      }
    },
  };
}
