import { sizesOf } from "../../shape.js";
import { any, call, float, hasAxes, type Maker, on } from "./maker.js";
import type { Argument } from "./program.js";

const reshape = on(any, ({ choices }, x, { size }) => {
  let left = size;
  const shape: number[] = [];
  while (shape.length < 4 && (left > 1 || choices.chance(0.2))) {
    const divisors = [1, 2, 3, 4, 8, left].filter((n) => left % n === 0);
    const n = shape.length === 3 ? left : choices.pick(divisors);
    shape.push(n);
    left /= n;
  }
  if (choices.chance(0.2) && shape.length > 0) shape[choices.integer(0, shape.length - 1)] = -1;
  return call("reshape", x, choices.chance(0.3) && !shape.includes(-1) ? choices.shuffle(shape) : shape);
});

const permute = on(
  ({ rank }) => rank > 1,
  ({ choices }, x, { shape }) =>
    choices.chance(0.3) ? call("transpose", x) : call("permute", x, choices.shuffle([...shape.keys()])),
);

const flip = on(hasAxes, ({ choices }, x, { shape }) =>
  call(
    "flip",
    x,
    shape.flatMap((_, i) => (choices.chance(0.6) ? [i] : [])),
  ),
);

const slice = on(hasAxes, ({ choices }, x, { shape }) => {
  const ranges = shape.map((n): Argument => {
    if (choices.chance(0.35)) return null;
    if (choices.chance(0.15)) return choices.integer(-n, n - 1);
    const start = choices.integer(0, n - 1);
    const step = choices.pick([1, 1, 1, 2, 3, -1, -2]);
    if (step < 0) return choices.chance(0.5) ? { start, step } : { step };
    return choices.chance(0.5) ? { start, step } : { start, stop: choices.integer(start + 1, n), step };
  });
  return call("slice", x, ranges);
});

const broadcast = on(
  ({ size }) => size <= 300,
  ({ choices }, x, tensor) => {
    const shape = tensor.shape.map((n) => (n === 1 ? choices.pick([1, 2, 3, 5]) : n));
    return call("broadcastTo", x, choices.chance(0.4) ? [choices.integer(1, 4), ...shape] : shape);
  },
);

const split = on(
  ({ shape }) => shape.some((n) => n > 1),
  ({ choices }, x, { shape }) => {
    const axis = choices.pick(shape.flatMap((n, i) => (n > 1 ? [i] : [])));
    const first = choices.integer(1, shape[axis]! - 1);
    return { name: "split", args: [x, [first, shape[axis]! - first], axis], part: choices.integer(0, 1) };
  },
);

const concat = on(hasAxes, (draft, x, { dtype, rank, shape }) => {
  const { choices } = draft;
  const axis = choices.integer(0, rank - 1);
  const parts = Array.from({ length: choices.integer(1, 2) }, () =>
    draft.pick(
      (other) =>
        other.dtype === dtype && other.rank === rank && other.shape.every((n, i) => i === axis || n === shape[i]),
    ),
  );
  return call("concat", choices.shuffle([x, ...parts.map((part) => part ?? x)]), axis);
});

const stack = on(
  ({ rank }) => rank < 4,
  (draft, x, { dtype, rank, shape }) => {
    const other = draft.pick((y) => y.dtype === dtype && String(y.shape) === String(shape));
    return call("stack", [x, other ?? x], draft.choices.integer(0, rank));
  },
);

const pad = on(hasAxes, ({ choices }, x, { shape }) => {
  const widths = shape.map(() => [choices.integer(0, 2), choices.integer(0, 2)]);
  const gap = shape.map(() => (choices.chance(0.2) ? 1 : 0));
  return call("pad", x, widths, { value: choices.integer(0, 1), gap });
});

const matmul = on(float(hasAxes), (draft, a, { shape }) => {
  const { choices } = draft;
  const k = shape.at(-1)!;
  const known = draft.float((b) => b.rank > 1 && b.shape.at(-2) === k && (b.rank === 2 || shape.length <= 2));
  const batch = choices.chance(0.4) ? shape.slice(0, -2).map((n) => (choices.chance(0.3) ? 1 : n)) : [];
  const b = choices.chance(0.5) && known ? known : draft.of([...batch, k, draft.extent()]);
  return b && (choices.chance(0.2) ? call("matmul", a, b, { scale: 0.5 }) : call("matmul", a, b));
});

const linear = on(float(hasAxes), (draft, x, { shape }) => {
  const out = draft.extent();
  const weight = draft.of([out, shape.at(-1)!]);
  const bias = draft.choices.chance(0.5) ? draft.of([out]) : undefined;
  return call("linear", x, weight, ...(bias ? [bias] : []));
});

const attention: Maker = (draft) => {
  const { choices } = draft;
  const known = draft.float(({ rank }) => rank === 4);
  const q =
    known ??
    draft.of([choices.integer(1, 2), choices.pick([1, 3, 5, 17]), choices.integer(1, 3), choices.pick([1, 4, 6, 8])]);
  if (!q) return undefined;
  const [b, s, h, d] = sizesOf(draft.shape(q), 4);
  const keys = choices.chance(0.5) ? s : choices.pick([1, 2, 7, 16]);
  const [k, v] = [draft.of([b, keys, h, d]), draft.of([b, keys, h, d])];
  const lengths = choices.chance(0.4) ? draft.of([b], "i32", [0, keys + 1]) : undefined;
  return lengths ? call("attention", q, k, v, { lengths }) : call("attention", q, k, v);
};

/** Around images, as convolutions take it. */
const paddings: readonly Argument[] = [
  0,
  1,
  "same",
  [
    [2, 0],
    [0, 1],
  ],
];

const convolution: Maker = (draft) => {
  const { choices } = draft;
  const x =
    draft.float(({ rank, shape }) => rank === 4 && shape[1]! <= 8) ??
    draft.of([choices.integer(1, 2), choices.pick([1, 2, 4, 6]), choices.integer(1, 6), choices.integer(1, 6)]);
  if (!x) return undefined;
  const [, channels, rows, columns] = sizesOf(draft.shape(x), 4);
  const groups = choices.pick([1, 1, 2, channels].filter((n) => channels % n === 0));
  const kernel = draft.of([
    groups * choices.integer(1, 3),
    channels / groups,
    choices.integer(1, Math.min(3, rows)),
    choices.integer(1, Math.min(3, columns)),
  ]);
  const bias = kernel && draft.of([draft.shape(kernel)[0]!]);
  if (!kernel || !bias) return undefined;
  const stride = choices.pick<Argument>([1, 1, 2, [2, 1]]);
  return groups === 1 && choices.chance(0.3)
    ? call("conv2d", x, kernel)
    : call("conv2d", x, kernel, bias, { groups, stride, padding: choices.pick(paddings) });
};

const pool = on(
  float(({ rank }) => rank === 4),
  ({ choices }, x, { shape: [, , rows = 1, columns = 1] }) => {
    const size = [choices.integer(1, Math.min(3, rows)), choices.integer(1, Math.min(3, columns))];
    const padding = choices.pick([0, "same"] as const);
    return call(choices.pick(["maxPool", "averagePool"] as const), x, size, {
      ...{ padding, stride: choices.integer(1, 2) },
    });
  },
);

const take = on(
  ({ rank }) => rank === 2,
  (draft, table, { shape: [rows = 1] }) => {
    const shape = draft.newShape(draft.choices.integer(1, 2)).map((n) => Math.min(n, 12));
    return call("take", table, draft.of(shape, "i32", [0, rows - 1]));
  },
);

const gather = on(hasAxes, (draft, x, { rank, shape }) => {
  const { choices } = draft;
  const axis = choices.integer(0, rank - 1);
  const sizes = shape.map((n, i) => (i === axis ? choices.integer(1, 5) : n));
  return call("gather", x, draft.of(sizes, "i32", [0, shape[axis]! - 1]), axis);
});

const scatterAdd = on(
  float(({ rank }) => rank === 2),
  (draft, updates, { shape: [n = 1] }) => {
    const rows = draft.choices.integer(1, 9);
    return call("scatterAdd", draft.of([n], "i32", [0, rows - 1]), updates, rows);
  },
);

const resample = on(
  float(({ rank }) => rank === 4),
  ({ choices }, x, { shape: [, , rows = 1, columns = 1] }) => {
    const size = choices.integer(1, 3);
    return call(rows % size === 0 && columns % size === 0 ? "averagePool" : "upsampleNearest", x, size);
  },
);

const adamw = on(float(), (draft, w, { shape }) => {
  const [g, m, v] = [draft.of(shape), draft.of(shape), draft.of(shape, "f32", [0, 1])];
  const step = call("adamw", w, g, m, v, draft.of([3], "f32", [0.125, 0.875]));
  return step && { ...step, part: draft.choices.integer(0, 2) };
});

const crossEntropy = on(
  float(({ rank }, data) => rank === 2 && data.every((v) => Math.abs(v) < 12)),
  (draft, logits, { shape: [n = 1, classes = 1] }) =>
    call("crossEntropy", logits, draft.of([n], "i32", [0, classes - 1])),
);

const regression = on(float(), (draft, a, { shape }) => {
  const b = draft.of(shape);
  return b && call(draft.choices.pick(["meanSquaredError", "huberLoss"] as const), a, b);
});

/** Calls that rearrange, join, multiply and look up. */
export const structure: readonly (readonly [weight: number, Maker])[] = [
  [5, reshape],
  [4, permute],
  [2, flip],
  [6, slice],
  [2, broadcast],
  [4, split],
  [6, concat],
  [1, stack],
  [2, pad],
  [6, matmul],
  [2, linear],
  [2, attention],
  [2, convolution],
  [1, pool],
  [1, resample],
  [1, adamw],
  [1, crossEntropy],
  [2, take],
  [1, gather],
  [1, scatterAdd],
  [1, regression],
];
