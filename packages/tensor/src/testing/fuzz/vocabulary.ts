import type { DType } from "../../index.js";
import type { Draft } from "./draft.js";
import { all, any, type Condition, call, float, hasAxes, type Maker, on, small } from "./maker.js";
import type { Argument, Call } from "./program.js";

type Names = readonly Call["name"][];

const unary = (names: Names, fits: Condition): Maker =>
  on(float(fits), ({ choices }, x) => call(choices.pick(names), x));

/** Whether two shapes broadcast. */
const meets = (a: readonly number[], b: readonly number[]): boolean =>
  a.every((n, i) => {
    const m = b[i - a.length + b.length];
    return m === undefined || n === m || n === 1 || m === 1;
  });

type Domain = (data: Float64Array, side: 0 | 1) => boolean;

const binary =
  (names: Names, dtypes: readonly DType[], fits: Domain = () => true): Maker =>
  (draft) => {
    const { choices } = draft;
    const dtype = choices.pick(dtypes);
    const a = draft.pick((x, data) => x.dtype === dtype && fits(data, 0));
    if (!a) return undefined;
    const shape = draft.shape(a);
    const name = choices.pick(names);
    if (choices.chance(0.15)) {
      const number = dtype === "f32" ? choices.integer(-12, 12) / 8 : choices.integer(dtype === "i32" ? -3 : 1, 5);
      return fits(Float64Array.of(number), 1) ? call(name, a, number) : undefined;
    }
    const b = choices.chance(0.75)
      ? draft.pick((x, data) => x.dtype === dtype && meets(x.shape, shape) && fits(data, 1))
      : draft.of(
          shape.slice(choices.integer(0, shape.length)).map((n) => (choices.chance(0.3) ? 1 : n)),
          dtype,
        );
    if (!b || !fits(draft.get(b).data, 1)) return undefined;
    return choices.chance(0.5) && fits(draft.get(b).data, 0) && fits(draft.get(a).data, 1)
      ? call(name, b, a)
      : call(name, a, b);
  };

const awayFromZero: Domain = (data, side) => side === 0 || data.every((v) => Math.abs(v) > 0.1);
const powerDomain: Domain = (data, side) => data.every((v) => (side === 0 ? v > 0.1 && v < 10 : Math.abs(v) < 3));

const axisOf = ({ choices }: Draft, rank: number): number => {
  const axis = choices.integer(0, rank - 1);
  return choices.chance(0.3) ? axis - rank : axis;
};

const reduction = (names: Names, dtypes: readonly DType[]): Maker =>
  on(
    ({ dtype }) => dtypes.includes(dtype),
    ({ choices }, x, { rank, shape }) => {
      const name = choices.pick(names);
      if (rank === 0 || choices.chance(0.15)) return call(name, x);
      const axes = choices.shuffle([...shape.keys()]).slice(0, choices.integer(1, rank));
      return call(name, x, axes, { keepDims: choices.chance(0.5) });
    },
  );

const along = (names: Names, options: (draft: Draft) => readonly Argument[] = () => []): Maker =>
  on(
    float((tensor, data) => hasAxes(tensor, data) && small(tensor, data)),
    (draft, x, { rank }) => call(draft.choices.pick(names), x, axisOf(draft, rank), ...options(draft)),
  );

const norm = on(
  float(({ rank, shape }) => rank > 0 && shape.at(-1)! > 1),
  (draft, x, { shape }) => {
    const { choices } = draft;
    const width = shape.at(-1)!;
    const weight = choices.chance(0.5) ? draft.of([width]) : undefined;
    const bias = choices.chance(0.3) ? draft.of([width]) : undefined;
    const parts = { ...(weight && { weight }), ...(bias && { bias }) };
    return call(choices.pick(["layerNorm", "rmsNorm"] as const), x, { eps: 0.0625, ...parts });
  },
);

const groupNorm = on(
  float(({ rank, size, shape }) => rank >= 2 && size / shape[0]! > 1),
  ({ choices }, x, { size, shape: [batch = 1, channels = 1] }) => {
    const groups = choices.pick([1, 2, 3, channels].filter((n) => channels % n === 0));
    return size / batch / groups > 1 ? call("groupNorm", x, groups, { eps: 0.0625 }) : undefined;
  },
);

const conversion = on(any, ({ choices }, x, { dtype }) =>
  call("cast", x, choices.pick((["f32", "i32", "u32", "bool"] as const).filter((target) => target !== dtype))),
);

const isBool: Condition = ({ dtype }) => dtype === "bool";

const choice = on(isBool, (draft, condition, { shape }) => {
  const a = draft.pick((x) => x.dtype !== "bool" && meets(x.shape, shape));
  if (!a) return undefined;
  const { dtype } = draft.get(a).tensor;
  const b = draft.pick((x) => x.dtype === dtype && meets(x.shape, shape) && meets(x.shape, draft.shape(a)));
  return call("select", condition, a, !b || draft.choices.chance(0.2) ? 0 : b);
});

const clamp = on(
  ({ dtype }) => dtype === "f32" || dtype === "i32",
  ({ choices }, x) => call("clamp", x, -1, choices.integer(0, 2)),
);

const bitcast = on(
  ({ dtype }, data) => dtype === "u32" || dtype === "i32" || (dtype === "f32" && data.every((v) => v !== 0)),
  ({ choices }, x, { dtype }) =>
    call("bitcast", x, choices.pick((["u32", "i32"] as const).filter((to) => to !== dtype))),
);

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
  if (!key) return undefined;
  const shape = draft.newShape(choices.integer(1, 2));
  return choices.pick([
    call("random.randomBits", key, shape),
    call("random.uniform", key, shape, { low: -1, high: 1 }),
    call("random.normal", key, shape),
    call("random.integers", key, shape, -3, 9),
    call("random.permutation", key, choices.integer(1, 40)),
    call("random.foldIn", key, choices.integer(0, 9)),
  ]);
};

const activations: Names = ["tanh", "sigmoid", "gelu", "geluErf", "silu", "relu", "leakyRelu", "softplus"];

/** Calls on scalars and axes; what joins, moves and multiplies is in `structure.ts`. */
export const arithmetic: readonly (readonly [weight: number, Maker])[] = [
  [8, unary(["abs", "cos", "sin", ...activations, "neg", "erf"], small)],
  [
    2,
    unary(
      ["exp", "square"],
      all((v) => Math.abs(v) < 4),
    ),
  ],
  [
    2,
    unary(
      ["log", "sqrt", "rsqrt", "reciprocal"],
      all((v) => v > 0.05 && v < 1e3),
    ),
  ],
  [1, unary(["floor", "ceil", "round", "sign"], small)],
  [14, binary(["add", "sub", "mul"], ["f32", "f32", "f32", "i32", "u32"])],
  [2, binary(["maximum", "minimum"], ["f32", "i32", "u32"])],
  [2, binary(["div"], ["f32"], awayFromZero)],
  [1, binary(["pow"], ["f32"], powerDomain)],
  [2, binary(["bitAnd", "bitOr", "bitXor"], ["i32", "u32", "bool"])],
  [1, binary(["remainder", "quotient"], ["u32"])],
  [1, binary(["shiftLeft", "shiftRight"], ["u32"], (data, side) => side === 0 || data.every((v) => v < 32))],
  [2, binary(["less", "lessEqual", "equal"], ["f32", "i32", "u32"])],
  [2, choice],
  [2, conversion],
  [1, on(float(), (_, x) => call("stopGradient", x))],
  [1, on(isBool, (_, x) => call("logicalNot", x))],
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
  [1, along(["cumsum"], ({ choices }) => [{ reverse: choices.chance(0.5) }])],
  [4, norm],
  [1, groupNorm],
];
