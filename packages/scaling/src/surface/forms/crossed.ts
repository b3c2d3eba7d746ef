import type { DataScale, SurfaceForm } from "../form.js";
import { floorFactor, vanished } from "./terms.js";
import { twoTerms } from "./two-terms.js";

/**
 * A/N^α + B·N^c/D^(β0 + β1 ln N), with or without a floor: what more data is worth depends on the size of the model. The logarithm of the
 * second term is bilinear in ln N and ln D: of the surfaces in which, as Li et al. 2025 (2506.10972) see it, a term in D has a coefficient and
 * an exponent that change with N, the one of least curvature. θ = (a, b[, e], α, c, β0, β1) with A = exp a, B = exp b, E = exp e.
 */
const crossedTerms = (name: string, hasFloor: boolean): SurfaceForm => {
  const eAt = hasFloor ? 2 : -1;
  const alphaAt = hasFloor ? 3 : 2;
  const [cAt, beta0At, beta1At] = [alphaAt + 1, alphaAt + 2, alphaAt + 3];
  return {
    name,
    formula: `${hasFloor ? "E + " : ""}A/N^alpha + B N^c/D^(beta0 + beta1 ln N)`,
    theta: ["a", "b", ...(hasFloor ? ["e"] : []), "alpha", "c", "beta0", "beta1"],
    parameters: [
      { name: "E", ...(hasFloor && { exponentialOf: "e" }) },
      { name: "A", exponentialOf: "a" },
      { name: "B", exponentialOf: "b" },
      { name: "alpha", exponent: "alpha" },
      { name: "c", exponent: "c", signed: true },
      { name: "beta0", exponent: "beta0", signed: true },
      { name: "beta1", exponent: "beta1", signed: true },
    ],
    logLoss(t, lnN, lnD, gradient) {
      const n = t[0]! - t[alphaAt]! * lnN;
      const d = t[1]! + t[cAt]! * lnN - (t[beta0At]! + t[beta1At]! * lnN) * lnD;
      const e = hasFloor ? t[eAt]! : Number.NEGATIVE_INFINITY;
      const top = Math.max(n, d, e);
      const en = Math.exp(n - top);
      const ed = Math.exp(d - top);
      const ee = Math.exp(e - top);
      const sum = en + ed + ee;
      const pn = en / sum;
      const pd = ed / sum;
      gradient[0] = pn;
      gradient[1] = pd;
      if (hasFloor) gradient[eAt] = ee / sum;
      gradient[alphaAt] = -lnN * pn;
      gradient[cAt] = lnN * pd;
      gradient[beta0At] = -lnD * pd;
      gradient[beta1At] = -lnN * lnD * pd;
      return top + Math.log(sum);
    },
    recentre(t, shiftN, shiftD) {
      const out = [...t];
      const [c, beta0, beta1] = [t[cAt]!, t[beta0At]!, t[beta1At]!];
      out[0] = t[0]! - t[alphaAt]! * shiftN;
      out[1] = t[1]! + c * shiftN - beta0 * shiftD - beta1 * shiftN * shiftD;
      out[cAt] = c - beta1 * shiftD;
      out[beta0At] = beta0 + beta1 * shiftN;
      return out;
    },
    floor: (t) => (hasFloor ? Math.exp(t[eAt]!) : 0),
    ...(hasFloor && {
      withFloor(t: readonly number[], floor: number, scale: DataScale) {
        const factor = floorFactor(Math.exp(t[eAt]!), floor, scale);
        return t.map((v, j) => (j === eAt ? Math.log(floor) : j < 2 ? v - Math.log(factor) : v * factor));
      },
    }),
    starts: (_, data) =>
      twoTerms(data, hasFloor).map(({ floor, a, b, alpha, c, beta0, beta1 }) => [
        ...[a, b, ...(hasFloor ? [Math.log(floor)] : [])],
        ...[alpha, c, beta0, beta1],
      ]),
    atBound(t, scale) {
      if (hasFloor && vanished(t[eAt]!, scale)) return "E";
      if (vanished(t[0]!, scale)) return "A";
      if (vanished(t[1]!, scale)) return "B";
      return undefined;
    },
  };
};

export const crossed = crossedTerms("crossed", false);
export const crossedFloor = crossedTerms("crossed-floor", true);
