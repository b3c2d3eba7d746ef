import { product } from "../../math/product.js";
import type { SurfaceForm } from "../form.js";
import { basin } from "./basin.js";
import { isoflopStart } from "./isoflop-start.js";
import { floorFactor, vanished } from "./terms.js";

/**
 * Every isoFLOP curve at once: L = E + A (ND)^−α e^{sag (ln ND)² + b(d)}, d = ln N − ln N* the distance from the optimum, ln N* = ln G + a ln ND + bend (ln ND)²,
 * and b(d) = κ d² (1 + skew · d/3 + …) the basin about it (`basin`). Where C = k·N·D this is ln(L − E) = p0 − α ln C + κ d² + τ d³ to the third
 * order, with τ = κ · skew / 3. Both laws of Approach 2 and the shape of its curves are parameters, so that all runs speak for each; the
 * exponent of N* may drift by 2 bend for each unit of ln C, and that of the loss by 2 sag.
 * θ = (e, p, α, sag, g, a, bend, k, skew) with E = exp e, A = exp p, G = exp g, κ = exp k.
 */
export const joint: SurfaceForm = {
  name: "joint",
  formula:
    "E + A (ND)^−alpha e^(sag (ln ND)² + b(d)), d = ln N − ln G − a ln ND − bend (ln ND)², b = 2 kappa (e^(skew d) − 1 − skew d)/skew²",
  theta: ["e", "p", "alpha", "sag", "g", "a", "bend", "k", "skew"],
  parameters: [
    { name: "E", exponentialOf: "e" },
    { name: "A", exponentialOf: "p" },
    { name: "alpha", exponent: "alpha", signed: true },
    { name: "sag", exponent: "sag", signed: true },
    { name: "G", exponentialOf: "g" },
    { name: "a", exponent: "a", signed: true },
    { name: "bend", exponent: "bend", signed: true },
    { name: "kappa", exponentialOf: "k" },
    { name: "skew", exponent: "skew", signed: true },
  ],
  logLoss(t, lnN, lnD, gradient) {
    const [e, p, alpha, sag] = [t[0]!, t[1]!, t[2]!, t[3]!];
    const c = lnN + lnD;
    const d = lnN - t[4]! - (t[5]! + t[6]! * c) * c;
    const { height, slope, tilt } = basin(d, Math.exp(t[7]!), t[8]!);
    const reducible = p - (alpha - sag * c) * c + height;
    const top = Math.max(e, reducible);
    const [floor, rest] = [Math.exp(e - top), Math.exp(reducible - top)];
    const share = rest / (floor + rest);
    gradient[0] = floor / (floor + rest);
    gradient[1] = share;
    gradient[2] = -share * c;
    gradient[3] = share * c * c;
    gradient[4] = -share * slope;
    gradient[5] = -share * slope * c;
    gradient[6] = -share * slope * c * c;
    gradient[7] = share * height;
    gradient[8] = share * tilt;
    return top + Math.log(floor + rest);
  },
  recentre(t, shiftN, shiftD) {
    const [e, p, alpha, sag, g, a, bend, k, skew] = t as Theta;
    const c = shiftN + shiftD;
    const level = p - (alpha - sag * c) * c;
    const size = g + (a + bend * c) * c - shiftN;
    return [e, level, alpha - 2 * sag * c, sag, size, a + 2 * bend * c, bend, k, skew];
  },
  floor: (t) => Math.exp(t[0]!),
  withFloor(t, floor, scale) {
    const factor = floorFactor(Math.exp(t[0]!), floor, scale);
    const [, p, alpha, sag, g, a, bend, k, skew] = t as Theta;
    return [Math.log(floor), p - Math.log(factor), alpha * factor, sag, g, a, bend, k + Math.log(factor), skew];
  },
  optimum: (t, lnND) => t[4]! + (t[5]! + t[6]! * lnND) * lnND,
  prior: { sag: 0.01, bend: 0.04, skew: 3 },
  starts: (_, data) =>
    product(FLOORS, SKEWS).map(([share, skew]) => {
      const [e, p, alpha, g, a, k] = isoflopStart(data, share! * data.scale.lowestLoss);
      return [e, p, alpha, 0, g, a, 0, k, skew!];
    }),
  atBound: (t, scale) => (vanished(t[0]!, scale) ? "E" : undefined),
};

type Theta = readonly [number, number, number, number, number, number, number, number, number];

/** Of the lowest loss. */
const FLOORS = [1e-3, 0.4, 0.7, 0.9];
const SKEWS = [-1, 0, 1];
