import type { View } from "../../../compile/kernel.js";
import { rowVariants } from "./rows.js";

/** softmax, or its logarithm, of every row, with the row's maximum taken out first. */
const softmax = rowVariants("softmax", ({ module, at, each, gather }, { inputs, outputs, attrs }) => {
  const [x, y] = [inputs[0]!, outputs[0]!];
  const lowest = `F(${module.parameters.f32(-Infinity)})`;
  const shifted = `(${at(x)} - highAll)`;
  return [
    `var high = ${lowest};`,
    each(`high = max(high, ${at(x)});`),
    gather("high", "max"),
    "var total = F(0.0);",
    each(`total += ${module.use("expF")}${shifted};`),
    gather("total", "sum"),
    attrs.log
      ? `let shift = ${module.use("logF")}(F(totalAll));\n${each(`${at(y)} = ${shifted} - shift;`)}`
      : each(`${at(y)} = expF${shifted} / totalAll;`),
  ];
});

/** softmax of every row and the logarithm of its normaliser, log sum exp x: what a backward pass recomputes it from. */
const softmaxWithLse = rowVariants("softmaxWithLse", ({ module, at, each, gather, once }, { inputs, outputs }) => {
  const [x, y, lse] = [inputs[0]!, outputs[0]!, outputs[1]!];
  const normalisers = module.bind(lse.slot, "f32", "read_write", 1);
  const log = module.use("logF");
  return [
    `var high = F(${module.parameters.f32(-Infinity)});`,
    each(`high = max(high, ${at(x)});`),
    gather("high", "max"),
    "var total = F(0.0);",
    each(`total += ${module.use("expF")}(${at(x)} - highAll);`),
    gather("total", "sum"),
    once(
      `${normalisers}[row + ${module.parameters.u32(lse.offset)}] = highAll + ${log}(F(totalAll))${module.width === 4 ? ".x" : ""};`,
    ),
    each(`${at(y)} = expF(${at(x)} - highAll) / totalAll;`),
  ];
});

/** dx = y (dy - sum(y dy)). */
const softmaxBackward = rowVariants("softmaxBackward", ({ at, each, gather }, { inputs, outputs }) => {
  const [y, dy, dx] = [...inputs, ...outputs] as [View, View, View];
  return [
    "var total = F(0.0);",
    each(`total += ${at(y)} * ${at(dy)};`),
    gather("total", "sum"),
    each(`${at(dx)} = ${at(y)} * (${at(dy)} - totalAll);`),
  ];
});

export const softmaxVariants = [...softmax, ...softmaxWithLse, ...softmaxBackward];
