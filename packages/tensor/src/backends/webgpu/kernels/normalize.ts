import type { KernelOf } from "../../../compile/kernel.js";
import type { normalizeBackwardOp, normalizeOp } from "../../../ops/normalize.js";
import { rowVariants } from "./rows.js";

/** xhat = (x - mean) rstd with rstd = 1 / sqrt(mean square + eps), the mean square taken after centring (two passes). */
const normalize = rowVariants("normalize", (text, kernel: KernelOf<typeof normalizeOp>) => {
  const { module, columns, at, each, sums, once } = text;
  const { attrs } = kernel;
  const [x, xhat, rstd] = [...kernel.inputs, ...kernel.outputs];
  const { parameters } = module;
  const rstds = module.bind(rstd.slot, "f32", "read_write", 1);
  const mean = attrs.center ? [sums({ total: at(x) }), `let mean = totalAll / ${columns};`] : ["let mean = 0.0;"];
  return [
    ...mean,
    sums({ squares: "d * d" }, `let d = ${at(x)} - mean;`),
    `let scale = 1.0 / sqrt(squaresAll / ${columns} + ${parameters.f32(attrs.eps)});`,
    each(`${at(xhat)} = (${at(x)} - mean) * scale;`),
    once(`${rstds}[row + ${parameters.u32(rstd.offset)}] = scale;`),
  ];
});

/** dx = rstd (dxhat - mean(dxhat) - xhat mean(dxhat xhat)); without centring the first mean is absent. */
const normalizeBackward = rowVariants(
  "normalizeBackward",
  ({ module, columns, at, each, sums }, { inputs, outputs, attrs }: KernelOf<typeof normalizeBackwardOp>) => {
    const [dxhat, xhat, rstd, dx] = [...inputs, ...outputs];
    const rstds = module.bind(rstd.slot, "f32", "read", 1);
    const mean = attrs.center ? [sums({ total: at(dxhat) }), `let mean = totalAll / ${columns};`] : ["let mean = 0.0;"];
    return [
      ...mean,
      sums({ products: `${at(dxhat)} * ${at(xhat)}` }),
      `let product = productsAll / ${columns};`,
      `let scale = ${rstds}[row + ${module.parameters.u32(rstd.offset)}];`,
      each(`${at(dx)} = scale * (${at(dxhat)} - mean - ${at(xhat)} * product);`),
    ];
  },
);

export const normalizeVariants = [...normalize, ...normalizeBackward];
