import { sizesOf } from "../../shape.js";
import type { Draft } from "./draft.js";
import { type Argument, type Call, Ref } from "./program.js";
import type { Maker } from "./vocabulary.js";

const call = (name: Call["name"], ...args: readonly Argument[]): Call => ({ name, args });
const ref = (value: number): Ref => new Ref(value);

const withAxes = (draft: Draft): number | undefined => draft.pick(({ rank }) => rank > 0);

const reshape: Maker = (draft) => {
  const x = draft.pick(() => true);
  if (x === undefined) return undefined;
  const { choices } = draft;
  let left = draft.get(x).tensor.size;
  const shape: number[] = [];
  while (shape.length < 4 && (left > 1 || choices.chance(0.2))) {
    const divisors = [1, 2, 3, 4, 8, left].filter((n) => left % n === 0);
    const n = shape.length === 3 ? left : choices.pick(divisors);
    shape.push(n);
    left /= n;
  }
  if (choices.chance(0.2) && shape.length > 0) shape[choices.integer(0, shape.length - 1)] = -1;
  return call("reshape", ref(x), choices.chance(0.3) && !shape.includes(-1) ? choices.shuffle(shape) : shape);
};

const permute: Maker = (draft) => {
  const x = draft.pick(({ rank }) => rank > 1);
  if (x === undefined) return undefined;
  const order = draft.shape(x).map((_, i) => i);
  return draft.choices.chance(0.3) ? call("transpose", ref(x)) : call("permute", ref(x), draft.choices.shuffle(order));
};

const flip: Maker = (draft) => {
  const x = withAxes(draft);
  if (x === undefined) return undefined;
  const axes = draft.shape(x).flatMap((_, i) => (draft.choices.chance(0.6) ? [i] : []));
  return call("flip", ref(x), axes);
};

const slice: Maker = (draft) => {
  const x = withAxes(draft);
  if (x === undefined) return undefined;
  const { choices } = draft;
  const ranges = draft.shape(x).map((n): Argument => {
    if (choices.chance(0.35)) return null;
    if (choices.chance(0.15)) return choices.integer(-n, n - 1);
    const start = choices.integer(0, n - 1);
    const step = choices.pick([1, 1, 1, 2, 3, -1, -2]);
    if (step < 0) return choices.chance(0.5) ? { start, step } : { step };
    return choices.chance(0.5) ? { start, step } : { start, stop: choices.integer(start + 1, n), step };
  });
  return call("slice", ref(x), ranges);
};

const broadcast: Maker = (draft) => {
  const x = draft.pick(({ size }) => size <= 300);
  if (x === undefined) return undefined;
  const { choices } = draft;
  const shape = draft.shape(x).map((n) => (n === 1 ? choices.pick([1, 2, 3, 5]) : n));
  return call("broadcastTo", ref(x), choices.chance(0.4) ? [choices.integer(1, 4), ...shape] : shape);
};

const split: Maker = (draft) => {
  const x = draft.pick(({ shape }) => shape.some((n) => n > 1));
  if (x === undefined) return undefined;
  const { choices } = draft;
  const shape = draft.shape(x);
  const axis = choices.pick(shape.flatMap((n, i) => (n > 1 ? [i] : [])));
  const first = choices.integer(1, shape[axis]! - 1);
  return { ...call("split", ref(x), [first, shape[axis]! - first], axis), part: choices.integer(0, 1) };
};

const concat: Maker = (draft) => {
  const x = withAxes(draft);
  if (x === undefined) return undefined;
  const { choices } = draft;
  const { tensor } = draft.get(x);
  const axis = choices.integer(0, tensor.rank - 1);
  const parts = Array.from({ length: choices.integer(1, 2) }, () =>
    draft.pick(
      (other) =>
        other.dtype === tensor.dtype &&
        other.rank === tensor.rank &&
        other.shape.every((n, i) => i === axis || n === tensor.shape[i]),
    ),
  );
  return call("concat", choices.shuffle([x, ...parts.map((part) => part ?? x)]).map(ref), axis);
};

const stack: Maker = (draft) => {
  const x = draft.pick(({ rank }) => rank < 4);
  if (x === undefined) return undefined;
  const { tensor } = draft.get(x);
  const other = draft.pick((y) => y.dtype === tensor.dtype && String(y.shape) === String(tensor.shape));
  return call("stack", [ref(x), ref(other ?? x)], draft.choices.integer(0, tensor.rank));
};

const pad: Maker = (draft) => {
  const x = withAxes(draft);
  if (x === undefined) return undefined;
  const { choices } = draft;
  const widths = draft.shape(x).map(() => [choices.integer(0, 2), choices.integer(0, 2)]);
  const gap = draft.shape(x).map(() => (choices.chance(0.2) ? 1 : 0));
  return call("pad", ref(x), widths, { value: choices.integer(0, 1), gap });
};

const matmul: Maker = (draft) => {
  const { choices } = draft;
  const a = draft.float(({ rank }) => rank > 0);
  if (a === undefined) return undefined;
  const shape = draft.shape(a);
  const k = shape.at(-1)!;
  const known = draft.float((b) => b.rank > 1 && b.shape.at(-2) === k && (b.rank === 2 || shape.length <= 2));
  const batch = choices.chance(0.4) ? shape.slice(0, -2).map((n) => (choices.chance(0.3) ? 1 : n)) : [];
  const b = choices.chance(0.5) && known !== undefined ? known : draft.of([...batch, k, draft.extent()]);
  if (b === undefined) return undefined;
  return choices.chance(0.2) ? call("matmul", ref(a), ref(b), { scale: 0.5 }) : call("matmul", ref(a), ref(b));
};

const linear: Maker = (draft) => {
  const x = draft.float(({ rank }) => rank > 0);
  if (x === undefined) return undefined;
  const out = draft.extent();
  const weight = draft.of([out, draft.shape(x).at(-1)!]);
  const bias = draft.choices.chance(0.5) ? draft.of([out]) : undefined;
  if (weight === undefined) return undefined;
  return call("linear", ref(x), ref(weight), ...(bias === undefined ? [] : [ref(bias)]));
};

const attention: Maker = (draft) => {
  const { choices } = draft;
  const known = draft.float(({ rank }) => rank === 4);
  const q =
    known ??
    draft.of([choices.integer(1, 2), choices.pick([1, 3, 5, 17]), choices.integer(1, 3), choices.pick([1, 4, 6, 8])]);
  if (q === undefined) return undefined;
  const [b, s, h, d] = sizesOf(draft.shape(q), 4);
  const keys = choices.chance(0.5) ? s : choices.pick([1, 2, 7, 16]);
  const [k, v] = [draft.of([b, keys, h, d]), draft.of([b, keys, h, d])];
  return k === undefined || v === undefined ? undefined : call("attention", ref(q), ref(k), ref(v));
};

const convolution: Maker = (draft) => {
  const { choices } = draft;
  const x =
    draft.float(({ rank, shape }) => rank === 4 && shape[1]! <= 8) ??
    draft.of([1, 2, choices.integer(1, 6), choices.integer(1, 6)]);
  if (x === undefined) return undefined;
  const [, channels, rows, columns] = sizesOf(draft.shape(x), 4);
  const kernel = draft.of([
    choices.integer(1, 3),
    channels,
    choices.integer(1, Math.min(3, rows)),
    choices.integer(1, Math.min(3, columns)),
  ]);
  const bias = kernel === undefined ? undefined : draft.of([draft.shape(kernel)[0]!]);
  if (kernel === undefined || bias === undefined) return undefined;
  return choices.chance(0.5)
    ? call("conv2d", ref(x), ref(kernel))
    : call("conv2d", ref(x), ref(kernel), ref(bias), { stride: choices.integer(1, 2), padding: choices.integer(0, 1) });
};

const take: Maker = (draft) => {
  const table = draft.pick(({ rank }) => rank === 2);
  if (table === undefined) return undefined;
  const [rows] = sizesOf(draft.shape(table), 2);
  const indices = draft.of(
    draft.newShape(draft.choices.integer(1, 2)).map((n) => Math.min(n, 12)),
    "i32",
    [0, rows - 1],
  );
  return indices === undefined ? undefined : call("take", ref(table), ref(indices));
};

const gather: Maker = (draft) => {
  const x = withAxes(draft);
  if (x === undefined) return undefined;
  const { choices } = draft;
  const shape = draft.shape(x);
  const axis = choices.integer(0, shape.length - 1);
  const indices = draft.of(
    shape.map((n, i) => (i === axis ? choices.integer(1, 5) : n)),
    "i32",
    [0, shape[axis]! - 1],
  );
  return indices === undefined ? undefined : call("gather", ref(x), ref(indices), axis);
};

const scatterAdd: Maker = (draft) => {
  const updates = draft.float(({ rank }) => rank === 2);
  if (updates === undefined) return undefined;
  const rows = draft.choices.integer(1, 9);
  const indices = draft.of([draft.shape(updates)[0]!], "i32", [0, rows - 1]);
  return indices === undefined ? undefined : call("scatterAdd", ref(indices), ref(updates), rows);
};

const resample: Maker = (draft) => {
  const x = draft.float(({ rank }) => rank === 4);
  if (x === undefined) return undefined;
  const [, , rows, columns] = sizesOf(draft.shape(x), 4);
  const size = draft.choices.integer(1, 3);
  return rows % size === 0 && columns % size === 0
    ? call("averagePool", ref(x), size)
    : call("upsampleNearest", ref(x), size);
};

const adamw: Maker = (draft) => {
  const w = draft.float();
  if (w === undefined) return undefined;
  const shape = draft.shape(w);
  const [g, m, v] = [draft.of(shape), draft.of(shape), draft.of(shape, "f32", [0, 1])];
  const rates = draft.of([3], "f32", [0.125, 0.875]);
  if (g === undefined || m === undefined || v === undefined || rates === undefined) return undefined;
  return { ...call("adamw", ref(w), ref(g), ref(m), ref(v), ref(rates)), part: draft.choices.integer(0, 2) };
};

const crossEntropy: Maker = (draft) => {
  const logits = draft.float(({ rank }, data) => rank === 2 && data.every((v) => Math.abs(v) < 12));
  if (logits === undefined) return undefined;
  const [n, classes] = sizesOf(draft.shape(logits), 2);
  const labels = draft.of([n], "i32", [0, classes - 1]);
  return labels === undefined ? undefined : call("crossEntropy", ref(logits), ref(labels));
};

const meanSquaredError: Maker = (draft) => {
  const a = draft.float();
  const b = a === undefined ? undefined : draft.of(draft.shape(a));
  return a === undefined || b === undefined
    ? undefined
    : call(draft.choices.pick(["meanSquaredError", "huberLoss"] as const), ref(a), ref(b));
};

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
  [1, convolution],
  [1, resample],
  [1, adamw],
  [1, crossEntropy],
  [2, take],
  [1, gather],
  [1, scatterAdd],
  [1, meanSquaredError],
];
