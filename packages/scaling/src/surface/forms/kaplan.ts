import { product } from "../../math/product.js";
import type { SurfaceForm } from "../form.js";

const EXPONENTS = [0.05, 0.1, 0.2, 0.4];

/** Kaplan et al. 2020, eq. 1.5: L = ((Nc/N)^(αN/αD) + Dc/D)^αD; θ = (ln Nc, ln Dc, αN, αD). No floor. */
export const kaplan: SurfaceForm = {
  name: "kaplan",
  formula: "((Nc/N)^(alphaN/alphaD) + Dc/D)^alphaD",
  theta: ["nc", "dc", "alphaN", "alphaD"],
  parameters: [
    { name: "Nc", exponentialOf: "nc" },
    { name: "Dc", exponentialOf: "dc" },
    { name: "alphaN", exponent: "alphaN" },
    { name: "alphaD", exponent: "alphaD" },
  ],
  logLoss(t, lnN, lnD, gradient) {
    const ratio = t[2]! / t[3]!;
    const n = ratio * (t[0]! - lnN);
    const d = t[1]! - lnD;
    const top = Math.max(n, d);
    const en = Math.exp(n - top);
    const ed = Math.exp(d - top);
    const log = top + Math.log(en + ed);
    const pn = en / (en + ed);
    const pd = 1 - pn;
    gradient[0] = t[3]! * pn * ratio;
    gradient[1] = t[3]! * pd;
    gradient[2] = pn * (t[0]! - lnN);
    gradient[3] = log - pn * n;
    return t[3]! * log;
  },
  recentre: (t, shiftN, shiftD) => [t[0]! - shiftN, t[1]! - shiftD, t[2]!, t[3]!],
  floor: () => 0,
  trade(t) {
    const ratio = t[2]! / t[3]!;
    return { a: ratio * t[0]!, b: t[1]!, alpha: ratio, beta: 1, slope: t[2]! };
  },
  starts: ({ medianLoss }) =>
    product(EXPONENTS, EXPONENTS).map(([alphaN, alphaD]) => {
      // At the centre both terms are equal and their sum to the αD is the median loss.
      const d = Math.log(medianLoss) / alphaD! - Math.LN2;
      return [(d * alphaD!) / alphaN!, d, alphaN!, alphaD!];
    }),
  atBound: (t) => (t[3]! < 1e-4 ? "alphaD" : t[2]! < 1e-4 ? "alphaN" : undefined),
};
