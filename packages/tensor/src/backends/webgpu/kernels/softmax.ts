import type { CallKernel, KernelOf, View } from "../../../compile/kernel.js";
import type { Attrs } from "../../../graph/aval.js";
import type { softmaxBackwardOp, softmaxOp } from "../../../ops/softmax.js";
import { type RowText, rowVariants } from "./rows.js";

/** softmax of every row, with the row's maximum taken out first. */
const plain = ({ module, at, each, sums, max }: RowText, x: View, y: View): string[] => {
  const power = `${module.use("expF")}(${at(x)} - highAll)`;
  return [max("high", at(x)), sums({ total: power }), each(`${at(y)} = ${power} / totalAll;`)];
};

/**
 * Its logarithm. What ties with the maximum counts 1 each, and the rest keeps its accuracy beside them: where a class is all but certain,
 * the result is near 0.
 */
const logarithm = ({ module, at, each, sums, max }: RowText, x: View, y: View): string[] => [
  max("high", at(x)),
  sums(
    { ties: "select(F(0.0), F(1.0), hit)", rest: `select(${module.use("expF")}(d), F(0.0), hit)` },
    `let d = ${at(x)} - highAll;`,
    `let hit = ${at(x)} == F(highAll);`,
  ),
  `let shift = ${module.use("log1pF")}(F(restAll + (tiesAll - 1.0)));`,
  each(`${at(y)} = (${at(x)} - highAll) - shift;`),
];

const softmax = rowVariants("softmax", (text, { inputs: [x], outputs: [y], attrs }: KernelOf<typeof softmaxOp>) =>
  (attrs.log ? logarithm : plain)(text, x, y),
);

type WithLse = CallKernel<Attrs, ["x"], ["y", "lse"]>;

/** softmax of every row and the logarithm of its normaliser, log sum exp x: what a backward pass recomputes it from. */
const softmaxWithLse = rowVariants("softmaxWithLse", (text, { inputs: [x], outputs: [y, lse] }: WithLse) => {
  const { module, at, each, sums, max, once } = text;
  const normalisers = module.bind(lse.slot, "f32", "read_write", 1);
  const log = module.use("logF");
  return [
    max("high", at(x)),
    sums({ total: `${module.use("expF")}(${at(x)} - highAll)` }),
    once(
      `${normalisers}[row + ${module.parameters.u32(lse.offset)}] = highAll + ${log}(F(totalAll))${module.width === 4 ? ".x" : ""};`,
    ),
    each(`${at(y)} = expF(${at(x)} - highAll) / totalAll;`),
  ];
});

/** dx = y (dy - sum(y dy)). */
const softmaxBackward = rowVariants(
  "softmaxBackward",
  (text, { inputs, outputs }: KernelOf<typeof softmaxBackwardOp>) => {
    const { at, each, sums } = text;
    const [y, dy, dx] = [...inputs, ...outputs];
    return [sums({ total: `${at(y)} * ${at(dy)}` }), each(`${at(dx)} = ${at(y)} * (${at(dy)} - totalAll);`)];
  },
);

export const softmaxVariants = [...softmax, ...softmaxWithLse, ...softmaxBackward];
