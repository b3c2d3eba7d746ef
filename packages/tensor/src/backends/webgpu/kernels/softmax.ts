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

export const softmaxVariants = [...softmax, ...softmaxBackward];
