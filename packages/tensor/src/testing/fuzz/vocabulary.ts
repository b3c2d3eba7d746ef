import type { DType, Tensor } from "../../index.js";
import type { Draft } from "./draft.js";
import { type Argument, type Call, Ref } from "./program.js";

/** Proposes a call on values of the draft; undefined where none fits. */
export type Maker = (draft: Draft) => Call | undefined;

const call = (name: Call["name"], ...args: readonly Argument[]): Call => ({ name, args });
const ref = (value: number): Ref => new Ref(value);

const positive = (_: Tensor, data: Float64Array): boolean => data.every((v) => v > 0.05 && v < 1e3);
const small = (_: Tensor, data: Float64Array): boolean => data.every((v) => Math.abs(v) < 12);

const unary =
  (names: readonly Call["name"][], fits: (tensor: Tensor, data: Float64Array) => boolean): Maker =>
  (draft) => {
    const x = draft.float(fits);
    return x === undefined ? undefined : call(draft.choices.pick(names), ref(x));
  };

/** Whether two shapes broadcast. */
const meets = (a: readonly number[], b: readonly number[]): boolean =>
  a.every((n, i) => {
    const m = b[i - a.length + b.length];
    return m === undefined || n === m || n === 1 || m === 1;
  });

const binary =
  (
    names: readonly Call["name"][],
    dtypes: readonly DType[],
    fits: (data: Float64Array, side: 0 | 1) => boolean = () => true,
  ): Maker =>
  (draft) => {
    const { choices } = draft;
    const dtype = choices.pick(dtypes);
    const a = draft.pick((x, data) => x.dtype === dtype && fits(data, 0));
    if (a === undefined) return undefined;
    const shape = draft.shape(a);
    const name = choices.pick(names);
    if (choices.chance(0.15)) {
      const number = dtype === "f32" ? choices.integer(-12, 12) / 8 : choices.integer(dtype === "i32" ? -3 : 1, 5);
      return fits(Float64Array.of(number), 1) ? call(name, ref(a), number) : undefined;
    }
    const b = choices.chance(0.75)
      ? draft.pick((x, data) => x.dtype === dtype && meets(x.shape, shape) && fits(data, 1))
      : draft.of(
          shape.slice(choices.integer(0, shape.length)).map((n) => (choices.chance(0.3) ? 1 : n)),
          dtype,
        );
    if (b === undefined || !fits(draft.get(b).data, 1)) return undefined;
    return choices.chance(0.5) && fits(draft.get(b).data, 0) && fits(draft.get(a).data, 1)
      ? call(name, ref(b), ref(a))
      : call(name, ref(a), ref(b));
  };

const awayFromZero = (data: Float64Array, side: 0 | 1): boolean => side === 0 || data.every((v) => Math.abs(v) > 0.1);
const powerDomain = (data: Float64Array, side: 0 | 1): boolean =>
  data.every((v) => (side === 0 ? v > 0.1 && v < 10 : Math.abs(v) < 3));

const axisOf = (draft: Draft, rank: number): number => {
  const axis = draft.choices.integer(0, rank - 1);
  return draft.choices.chance(0.3) ? axis - rank : axis;
};

const someAxes = (draft: Draft, rank: number): number[] =>
  draft.choices
    .shuffle(Array.from({ length: rank }, (_, i) => i))
    .slice(0, draft.choices.integer(1, Math.max(1, rank)));

const reduction =
  (names: readonly Call["name"][], dtypes: readonly DType[]): Maker =>
  (draft) => {
    const { choices } = draft;
    const x = draft.pick((tensor) => dtypes.includes(tensor.dtype));
    if (x === undefined) return undefined;
    const { length } = draft.shape(x);
    const name = choices.pick(names);
    if (length === 0 || choices.chance(0.15)) return call(name, ref(x));
    return call(name, ref(x), someAxes(draft, length), { keepDims: choices.chance(0.5) });
  };

const along =
  (names: readonly Call["name"][], options: (draft: Draft) => readonly Argument[] = () => []): Maker =>
  (draft) => {
    const x = draft.float((tensor, data) => tensor.rank > 0 && small(tensor, data));
    if (x === undefined) return undefined;
    return call(draft.choices.pick(names), ref(x), axisOf(draft, draft.shape(x).length), ...options(draft));
  };

const norm: Maker = (draft) => {
  const { choices } = draft;
  const x = draft.float((tensor) => tensor.rank > 0 && tensor.shape.at(-1)! > 1);
  if (x === undefined) return undefined;
  const width = draft.shape(x).at(-1)!;
  const weight = choices.chance(0.5) ? draft.of([width]) : undefined;
  const bias = choices.chance(0.3) ? draft.of([width]) : undefined;
  return call(choices.pick(["layerNorm", "rmsNorm"] as const), ref(x), {
    eps: 0.0625,
    ...(weight === undefined ? {} : { weight: ref(weight) }),
    ...(bias === undefined ? {} : { bias: ref(bias) }),
  });
};

const groupNorm: Maker = (draft) => {
  const x = draft.float((tensor) => tensor.rank >= 2 && tensor.size / tensor.shape[0]! > 1);
  if (x === undefined) return undefined;
  const channels = draft.shape(x)[1]!;
  const groups = draft.choices.pick([1, 2, 3, channels].filter((n) => channels % n === 0));
  return draft.get(x).tensor.size / draft.shape(x)[0]! / groups > 1
    ? call("groupNorm", ref(x), groups, { eps: 0.0625 })
    : undefined;
};

const conversion: Maker = (draft) => {
  const x = draft.pick(() => true);
  if (x === undefined) return undefined;
  const { dtype } = draft.get(x).tensor;
  const targets = (["f32", "i32", "u32", "bool"] as const).filter((target) => target !== dtype);
  return call("cast", ref(x), draft.choices.pick(targets));
};

const comparison = binary(["less", "lessEqual", "equal"], ["f32", "i32", "u32"]);

const choice: Maker = (draft) => {
  const condition = draft.pick(({ dtype }) => dtype === "bool");
  if (condition === undefined) return undefined;
  const shape = draft.shape(condition);
  const a = draft.pick((x) => x.dtype !== "bool" && meets(x.shape, shape));
  if (a === undefined) return undefined;
  const { dtype } = draft.get(a).tensor;
  const b = draft.pick((x) => x.dtype === dtype && meets(x.shape, shape) && meets(x.shape, draft.shape(a)));
  return call("select", ref(condition), ref(a), b === undefined || draft.choices.chance(0.2) ? 0 : ref(b));
};

const logicalNot: Maker = (draft) => {
  const x = draft.pick(({ dtype }) => dtype === "bool");
  return x === undefined ? undefined : call("logicalNot", ref(x));
};

const clamp: Maker = (draft) => {
  const x = draft.pick(({ dtype }) => dtype === "f32" || dtype === "i32");
  return x === undefined ? undefined : call("clamp", ref(x), -1, draft.choices.integer(0, 2));
};

const bitcast: Maker = (draft) => {
  const x = draft.pick(
    ({ dtype }, data) => dtype === "u32" || dtype === "i32" || (dtype === "f32" && data.every((v) => v !== 0)),
  );
  if (x === undefined) return undefined;
  const { dtype } = draft.get(x).tensor;
  return call("bitcast", ref(x), draft.choices.pick((["u32", "i32"] as const).filter((to) => to !== dtype)));
};

const coordinates: Maker = (draft) => {
  const { choices } = draft;
  const shape = draft.newShape(choices.integer(1, 3));
  return call("iota", shape, choices.integer(0, shape.length - 1), choices.pick(["f32", "i32", "u32"] as const));
};

const constant: Maker = (draft) => {
  const dtype = draft.choices.pick(["f32", "i32", "u32", "bool"] as const);
  return call("full", draft.newShape(), draft.choices.integer(0, 1), dtype);
};

const randomNumbers: Maker = (draft) => {
  const { choices } = draft;
  const key = draft.of([2], "u32");
  if (key === undefined) return undefined;
  const shape = draft.newShape(choices.integer(1, 2));
  return choices.pick([
    call("random.randomBits", ref(key), shape),
    call("random.uniform", ref(key), shape, { low: -1, high: 1 }),
    call("random.normal", ref(key), shape),
    call("random.integers", ref(key), shape, -3, 9),
    call("random.permutation", ref(key), choices.integer(1, 40)),
    call("random.foldIn", ref(key), choices.integer(0, 9)),
  ]);
};

const stop: Maker = (draft) => {
  const x = draft.float();
  return x === undefined ? undefined : call("stopGradient", ref(x));
};

/** Calls on scalars and axes; what joins, moves and multiplies is in `structure.ts`. */
export const arithmetic: readonly (readonly [weight: number, Maker])[] = [
  [
    8,
    unary(
      [
        "abs",
        "cos",
        "sin",
        "tanh",
        "sigmoid",
        "gelu",
        "geluErf",
        "silu",
        "relu",
        "leakyRelu",
        "softplus",
        "neg",
        "erf",
      ],
      small,
    ),
  ],
  [2, unary(["exp", "square"], (_, data) => data.every((v) => Math.abs(v) < 4))],
  [2, unary(["log", "sqrt", "rsqrt", "reciprocal"], positive)],
  [1, unary(["floor", "ceil", "round", "sign"], small)],
  [14, binary(["add", "sub", "mul"], ["f32", "f32", "f32", "i32", "u32"])],
  [2, binary(["maximum", "minimum"], ["f32", "i32", "u32"])],
  [2, binary(["div"], ["f32"], awayFromZero)],
  [1, binary(["pow"], ["f32"], powerDomain)],
  [2, binary(["bitAnd", "bitOr", "bitXor"], ["i32", "u32", "bool"])],
  [1, binary(["remainder", "quotient"], ["u32"])],
  [1, binary(["shiftLeft", "shiftRight"], ["u32"], (data, side) => side === 0 || data.every((v) => v < 32))],
  [2, comparison],
  [2, choice],
  [2, conversion],
  [1, stop],
  [1, logicalNot],
  [1, clamp],
  [1, bitcast],
  [1, coordinates],
  [1, constant],
  [2, randomNumbers],
  [5, reduction(["sum", "mean"], ["f32"])],
  [1, reduction(["variance"], ["f32"])],
  [3, reduction(["sum", "max", "min"], ["f32", "i32", "u32"])],
  [1, along(["logSumExp"])],
  [2, along(["softmax", "logSoftmax"])],
  [1, along(["cumsum"], (draft) => [{ reverse: draft.choices.chance(0.5) }])],
  [4, norm],
  [1, groupNorm],
];
